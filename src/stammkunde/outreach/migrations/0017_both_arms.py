from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A draw knows both arms, and what was expected of whom when it was drawn."""

    dependencies = [("outreach", "0016_a_rule_for_c_customers")]

    operations = [
        migrations.RenameModel("Holdout", "Assignment"),
        migrations.RemoveConstraint("assignment", "holdout_once"),
        migrations.RenameField("assignment", "since_at", "entered_at"),
        migrations.AlterField("assignment", "entered_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "assignment",
            "draw",
            models.ForeignKey(
                on_delete=models.deletion.PROTECT, related_name="assignments", to="outreach.draw"
            ),
        ),
        migrations.AddField("assignment", "held_out", models.BooleanField(db_default=True, default=True)),
        migrations.AddField("assignment", "eligible", models.BooleanField(null=True)),
        migrations.AddField("assignment", "expected_cents", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("assignment", "expected_purchases", models.FloatField(db_default=0.0, default=0.0)),
        migrations.AddField("assignment", "risk", models.FloatField(null=True)),
        migrations.AddConstraint(
            "assignment", models.UniqueConstraint(fields=("draw", "customer"), name="assignment_once")
        ),
        migrations.AddIndex(
            "assignment", models.Index(fields=["draw", "entered_at", "id"], name="assignment_by_entry")
        ),
        migrations.AddField("draw", "name", models.CharField(blank=True, db_default="", default="", max_length=80)),
        migrations.AddField("draw", "window_days", models.PositiveSmallIntegerField(db_default=91, default=91)),
        migrations.AddConstraint(
            "draw", models.CheckConstraint(condition=Q(window_days__gte=1), name="draw_window_has_days")
        ),
    ]
