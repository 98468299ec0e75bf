import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A play has a trial of its own, and one of each two words that are compared in one of its steps."""

    dependencies = [("impact", "0003_outcomes_in_order"), ("plays", "0021_fixed_cost")]

    operations = [
        migrations.AddField("trial", "comparisons", models.PositiveSmallIntegerField(db_default=1, default=1)),
        migrations.AddField("trial", "step", models.CharField(blank=True, db_default="", default="", max_length=20)),
        migrations.AddField("trial", "words", models.JSONField(blank=True, db_default=[], default=list)),
        migrations.AlterField(
            "trial",
            "play",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="trials", to="plays.play"
            ),
        ),
        migrations.AddConstraint(
            "trial",
            models.UniqueConstraint(condition=models.Q(("step", "")), fields=("play",), name="trial_of_play_once"),
        ),
        migrations.AddConstraint(
            "trial",
            models.CheckConstraint(condition=models.Q(("comparisons__gte", 1)), name="trial_compares_something"),
        ),
    ]
