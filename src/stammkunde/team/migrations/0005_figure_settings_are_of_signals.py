from django.db import migrations

CONSTRAINTS = (
    "company_activity_days_sane",
    "company_no_purchase_months_sane",
    "company_risk_horizon_days_sane",
)
COLUMNS = ("activity_days", "no_purchase_months", "risk_horizon_days")


class Migration(migrations.Migration):
    """The values have gone over to `signals.FigureSettings` before."""

    dependencies = [("team", "0004_consent_settings_are_of_customers")]

    operations = [
        *(migrations.RemoveConstraint("company", name) for name in CONSTRAINTS),
        *(migrations.RemoveField("company", name) for name in COLUMNS),
    ]
