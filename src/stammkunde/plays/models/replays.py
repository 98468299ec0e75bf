"""A measure on the past year."""

from django.db import models

from stammkunde.work.models import CountedClaims


class Replay(CountedClaims):
    """
    Whom a measure would have taken within the past year: asked for once, worked out week by week, kept as numbers.

    `content` and `rule` are what the measure and its group said when it was asked for.
    """

    play = models.OneToOneField("plays.Play", primary_key=True, on_delete=models.CASCADE, related_name="replay")
    content = models.JSONField()
    rule = models.JSONField()
    asked_at = models.DateTimeField()
    today = models.DateField(null=True)  # the last day that it looks at
    done = models.PositiveSmallIntegerField(default=0)  # weeks
    result = models.JSONField(default=dict)
    trouble = models.CharField(max_length=20, default="", blank=True)
    finished_at = models.DateTimeField(null=True)


class ReplayWeek(models.Model):
    """Who came in one week of a replay, until its numbers are there; customers by number, as groups name them."""

    replay = models.ForeignKey(Replay, db_index=False, on_delete=models.CASCADE, related_name="weeks")
    number = models.PositiveSmallIntegerField()  # 0: the evening before the first
    inside = models.BinaryField(null=True)  # who was in the group on its last day; None: nobody can tell
    came = models.JSONField(default=list)  # [customer, day, what began it]

    class Meta:
        ordering = ["replay", "number"]
        constraints = [models.UniqueConstraint(fields=["replay", "number"], name="replay_week_once")]
