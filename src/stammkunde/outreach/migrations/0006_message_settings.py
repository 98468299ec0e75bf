from datetime import time

import django.db.models.deletion
from django.db import migrations, models

from stammkunde.team import moved

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
    """What the company decided about messages is a row of this app."""

    dependencies = [("outreach", "0005_print_runs_are_claimed"), ("team", "0002_moments_by_the_caller")]
    run_before = [("team", "0006_message_settings_are_of_outreach")]

    operations = [
        migrations.CreateModel(
            name="MessageSettings",
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
                    "default_form",
                    models.CharField(
                        choices=[("sie", "formal (Sie)"), ("du", "informal (Du)")],
                        default="sie",
                        max_length=5,
                        verbose_name="form of address",
                    ),
                ),
                (
                    "quiet_from",
                    models.TimeField(blank=True, default=time(20), null=True, verbose_name="quiet from"),
                ),
                (
                    "quiet_until",
                    models.TimeField(blank=True, default=time(8), null=True, verbose_name="quiet until"),
                ),
                ("quiet_sundays", models.BooleanField(default=True, verbose_name="not on Sundays")),
                ("quiet_holidays", models.BooleanField(default=True, verbose_name="not on public holidays")),
                (
                    "holiday_region",
                    models.CharField(blank=True, default="DE", max_length=10, verbose_name="region for holidays"),
                ),
                (
                    "cap_contacts",
                    models.PositiveSmallIntegerField(
                        blank=True, default=2, null=True, verbose_name="contacts per person at most"
                    ),
                ),
                (
                    "cap_customer_contacts",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="contacts per customer at most"
                    ),
                ),
                ("cap_days", models.PositiveSmallIntegerField(default=7, verbose_name="in days")),
                (
                    "sender_address",
                    models.TextField(blank=True, default="", max_length=300, verbose_name="sender's address"),
                ),
                (
                    "sender_phone",
                    models.CharField(blank=True, default="", max_length=60, verbose_name="sender's phone"),
                ),
                (
                    "voucher_url",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="address behind QR codes"),
                ),
                (
                    "letter_cost_cents",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="cost of a letter"),
                ),
                (
                    "postcard_cost_cents",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="cost of a postcard"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(default_form__in=["sie", "du"]), name="outreach_form_known"
                    ),
                    models.CheckConstraint(condition=models.Q(cap_days__range=(1, 366)), name="outreach_cap_days_sane"),
                    models.CheckConstraint(
                        condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                        | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                        name="outreach_quiet_hours_whole",
                    ),
                ]
            },
        ),
        moved.settings("outreach.MessageSettings", *COLUMNS),
    ]
