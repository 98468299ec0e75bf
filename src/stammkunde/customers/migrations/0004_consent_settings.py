import django.db.models.deletion
from django.db import migrations, models

from stammkunde.team import moved


class Migration(migrations.Migration):
    """What the company decided about consent is a row of this app."""

    dependencies = [("customers", "0003_moments_by_the_caller"), ("team", "0002_moments_by_the_caller")]
    run_before = [("team", "0004_consent_settings_are_of_customers")]

    operations = [
        migrations.CreateModel(
            name="ConsentSettings",
            fields=[
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="%(app_label)s",
                        serialize=False,
                        to="team.company",
                    ),
                ),
                ("optin_days", models.PositiveSmallIntegerField(default=14, verbose_name="days to confirm")),
                (
                    "ip_evidence",
                    models.CharField(
                        choices=[("cut", "shortened"), ("full", "complete"), ("none", "not kept")],
                        default="cut",
                        max_length=5,
                        verbose_name="internet address in evidence",
                    ),
                ),
                (
                    "existing_customer_email",
                    models.BooleanField(default=False, verbose_name="e-mail to existing customers"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(ip_evidence__in=["cut", "full", "none"]), name="customers_ip_evidence_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(optin_days__range=(1, 90)), name="customers_optin_days_sane"
                    ),
                ]
            },
        ),
        moved.settings("customers.ConsentSettings", "optin_days", "ip_evidence", "existing_customer_email"),
    ]
