from django.db import migrations

CONSTRAINTS = ("company_time_adds_up", "company_minutes_per_contact_sane")
COLUMNS = ("minutes_per_contact", "time_a_percent", "time_b_percent", "time_c_percent")


class Migration(migrations.Migration):
    """The values have gone over to `tasks.TimeSettings` before."""

    dependencies = [("team", "0002_moments_by_the_caller")]

    operations = [
        *(migrations.RemoveConstraint("company", name) for name in CONSTRAINTS),
        *(migrations.RemoveField("company", name) for name in COLUMNS),
    ]
