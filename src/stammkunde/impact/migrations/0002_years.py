from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def drawn_at_once(apps: Any, _schema_editor: Any) -> None:
    """Earlier versions drew a year at once, when it was switched on."""
    draws, assignments = apps.get_model("outreach", "Draw"), apps.get_model("outreach", "Assignment")
    for draw in draws.objects.filter(origin__startswith="all:"):
        rows = assignments.objects.filter(draw=draw)
        n = rows.count()
        apps.get_model("impact", "Year").objects.create(
            draw=draw,
            total=n,
            customers=n,
            held_out=rows.filter(held_out=True).count(),
            finished_at=draw.drawn_at,
        )


class Migration(migrations.Migration):
    """How far a year is drawn in which some customers are left alone of everything."""

    dependencies = [("impact", "0001_trials"), ("outreach", "0020_households_are_found")]

    operations = [
        migrations.CreateModel(
            name="Year",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("leased_by", models.CharField(default="", max_length=80)),
                ("claims", models.PositiveSmallIntegerField(db_default=0)),
                ("total", models.PositiveIntegerField()),
                ("customers", models.PositiveIntegerField(default=0)),
                ("held_out", models.PositiveIntegerField(default=0)),
                ("upto_customer", models.BigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "draw",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="year", to="outreach.draw"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(drawn_at_once, migrations.RunPython.noop),
    ]
