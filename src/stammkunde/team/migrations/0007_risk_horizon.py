"""A company may say how far ahead its early warning looks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("team", "0006_time_split")]

    operations = [
        migrations.AddField(
            model_name="company",
            name="risk_horizon_days",
            field=models.PositiveIntegerField(
                blank=True,
                help_text=(
                    "The early warning says who buys nothing within so many days. "
                    "Empty: suggested from your own order rhythm."
                ),
                null=True,
                verbose_name="horizon of the early warning in days",
            ),
        ),
        migrations.AddConstraint(
            model_name="company",
            constraint=models.CheckConstraint(
                condition=models.Q(("risk_horizon_days__isnull", True), ("risk_horizon_days__range", (7, 730)), _connector="OR"),
                name="company_risk_horizon_days_sane",
            ),
        ),
    ]
