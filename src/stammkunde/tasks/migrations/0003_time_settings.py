import django.db.models.deletion
from django.db import migrations, models

from stammkunde.team import moved

PARTS = ("time_a_percent", "time_b_percent", "time_c_percent")


class Migration(migrations.Migration):
    """What the company decided about time is a row of this app."""

    dependencies = [("tasks", "0002_moments_by_the_caller"), ("team", "0002_moments_by_the_caller")]
    run_before = [("team", "0003_time_settings_are_of_tasks")]

    operations = [
        migrations.CreateModel(
            name="TimeSettings",
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
                ("minutes_per_contact", models.PositiveSmallIntegerField(default=24, verbose_name="minutes per contact")),
                (
                    "time_a_percent",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="time for A customers in percent"
                    ),
                ),
                (
                    "time_b_percent",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="time for B customers in percent"
                    ),
                ),
                (
                    "time_c_percent",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="time for C customers in percent"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(minutes_per_contact__range=(5, 240)), name="tasks_minutes_per_contact_sane"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(**{f"{part}__isnull": True for part in PARTS})
                        | models.Q(
                            **{f"{part}__isnull": False for part in PARTS},
                            time_c_percent=models.Value(100) - models.F("time_a_percent") - models.F("time_b_percent"),
                        ),
                        name="tasks_time_adds_up",
                    ),
                ]
            },
        ),
        moved.settings("tasks.TimeSettings", "minutes_per_contact", *PARTS),
    ]
