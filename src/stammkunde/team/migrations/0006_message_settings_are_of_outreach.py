from django.db import migrations

CONSTRAINTS = ("company_cap_days_sane", "company_quiet_hours_whole", "company_form_known")
COLUMNS = (
    "default_form",
    "quiet_from",
    "quiet_until",
    "quiet_sundays",
    "quiet_holidays",
    "holiday_region",
    "cap_contacts",
    "cap_customer_contacts",
    "cap_days",
    "sender_address",
    "sender_phone",
    "voucher_url",
    "letter_cost_cents",
    "postcard_cost_cents",
)


class Migration(migrations.Migration):
    """The values have gone over to `outreach.MessageSettings` before."""

    dependencies = [("team", "0005_figure_settings_are_of_signals")]

    operations = [
        *(migrations.RemoveConstraint("company", name) for name in CONSTRAINTS),
        *(migrations.RemoveField("company", name) for name in COLUMNS),
    ]
