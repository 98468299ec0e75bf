import django.db.models.deletion
from django.db import migrations, models

from stammkunde.team import moved

WINDOW = "Whoever bought within this many days is a customer. Empty: suggested from your own order rhythm."
HORIZON = "The early warning says who buys nothing within so many days. Empty: suggested from your own order rhythm."


def within(column: str, least: int, most: int) -> models.Q:
    return models.Q(**{f"{column}__isnull": True}) | models.Q(**{f"{column}__range": (least, most)})


class Migration(migrations.Migration):
    """What the company decided about figures is a row of this app."""

    dependencies = [("signals", "0002_moments_by_the_caller"), ("team", "0002_moments_by_the_caller")]
    run_before = [("team", "0005_figure_settings_are_of_signals")]

    operations = [
        migrations.CreateModel(
            name="FigureSettings",
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
                (
                    "activity_days",
                    models.PositiveIntegerField(
                        blank=True, help_text=WINDOW, null=True, verbose_name="activity window in days"
                    ),
                ),
                (
                    "no_purchase_months",
                    models.PositiveSmallIntegerField(default=6, verbose_name="months without purchase"),
                ),
                (
                    "risk_horizon_days",
                    models.PositiveIntegerField(
                        blank=True, help_text=HORIZON, null=True, verbose_name="horizon of the early warning in days"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=within("activity_days", 1, 3650), name="signals_activity_days_sane"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(no_purchase_months__range=(1, 120)), name="signals_no_purchase_months_sane"
                    ),
                    models.CheckConstraint(
                        condition=within("risk_horizon_days", 7, 730), name="signals_risk_horizon_days_sane"
                    ),
                ]
            },
        ),
        moved.settings("signals.FigureSettings", "activity_days", "no_purchase_months", "risk_horizon_days"),
    ]
