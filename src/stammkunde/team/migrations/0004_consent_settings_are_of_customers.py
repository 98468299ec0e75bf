from django.db import migrations

CONSTRAINTS = ("company_ip_evidence_known", "company_optin_days_sane")
COLUMNS = ("optin_days", "ip_evidence", "existing_customer_email")


class Migration(migrations.Migration):
    """The values have gone over to `customers.ConsentSettings` before."""

    dependencies = [("team", "0003_time_settings_are_of_tasks")]

    operations = [
        *(migrations.RemoveConstraint("company", name) for name in CONSTRAINTS),
        *(migrations.RemoveField("company", name) for name in COLUMNS),
    ]
