from typing import Any

from django.core.management.color import no_style
from django.db import migrations, models
from django.db.models import Q, deletion

AT_ONCE = 2_000


def carry(apps: Any, editor: Any) -> None:
    """Take over who was held out, with the same numbers."""
    Holdout, Assignment = apps.get_model("outreach", "Holdout"), apps.get_model("outreach", "Assignment")
    rows = Holdout.objects.order_by("pk").values_list("pk", "draw_id", "customer_id", "since_at")
    found = (
        Assignment(pk=pk, draw_id=draw, customer_id=customer, held_out=True, entered_at=at)
        for pk, draw, customer, at in rows.iterator(chunk_size=AT_ONCE)
    )
    Assignment.objects.bulk_create(found, batch_size=AT_ONCE)
    for statement in editor.connection.ops.sequence_reset_sql(no_style(), [Assignment]):
        editor.execute(statement)


class Migration(migrations.Migration):
    """A draw knows both arms, and what was expected of whom when it was drawn."""

    dependencies = [("outreach", "0016_a_rule_for_c_customers")]

    operations = [
        migrations.AddField("draw", "name", models.CharField(blank=True, db_default="", default="", max_length=80)),
        migrations.AddField("draw", "window_days", models.PositiveSmallIntegerField(db_default=91, default=91)),
        migrations.AddConstraint(
            "draw", models.CheckConstraint(condition=Q(window_days__gte=1), name="draw_window_has_days")
        ),
        migrations.CreateModel(
            "Assignment",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_out", models.BooleanField(db_default=True, default=True)),
                ("entered_at", models.DateTimeField(null=True)),
                ("eligible", models.BooleanField(null=True)),
                ("expected_cents", models.BigIntegerField(db_default=0, default=0)),
                ("expected_purchases", models.FloatField(db_default=0.0, default=0.0)),
                ("risk", models.FloatField(null=True)),
                (
                    "customer",
                    models.ForeignKey(on_delete=deletion.PROTECT, related_name="+", to="customers.customer"),
                ),
                (
                    "draw",
                    models.ForeignKey(on_delete=deletion.PROTECT, related_name="assignments", to="outreach.draw"),
                ),
            ],
        ),
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.DeleteModel("Holdout"),
        migrations.AddConstraint(
            "assignment", models.UniqueConstraint(fields=("draw", "customer"), name="assignment_once")
        ),
        migrations.AddIndex(
            "assignment", models.Index(fields=["draw", "entered_at", "id"], name="assignment_by_entry")
        ),
    ]
