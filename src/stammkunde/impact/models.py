"""
What plays changed: whoever was contacted compared with whoever was left alone, as chance had it.

A trial is the comparison of one play, over all of its draws, or of all plays together for a year, or of two words of a
step among those who are contacted; a verdict is what was said at one of its planned looks, and never changes. Who is in
which arm, and what was known of each when she entered, stands in `outreach.Assignment`.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy

from stammkunde.outreach.models import Assignment, Draw
from stammkunde.plays.models import Play
from stammkunde.work.models import CountedClaims


class Year(CountedClaims):
    """A year in which chance leaves some alone of everything, and how far it is drawn, in the order of their ids."""

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="year")
    total = models.PositiveIntegerField()  # who took part when it was switched on
    customers = models.PositiveIntegerField(default=0)  # drawn so far, and `held_out` of them
    held_out = models.PositiveIntegerField(default=0)
    upto_customer = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)  # None: some are still to be drawn


class Trial(CountedClaims):
    class Plan(models.TextChoices):
        ONCE = "once", pgettext_lazy("trial", "One verdict, when all are through")
        ROLLING = "rolling", pgettext_lazy("trial", "Four looks a round")

    play = models.ForeignKey(Play, null=True, on_delete=models.SET_NULL, related_name="trials")
    # Of two words of a step: the step, both with letter, template and name, the first of them compared with the second,
    # and how many such comparisons were begun at once
    step = models.CharField(max_length=20, default="", db_default="", blank=True)
    words = models.JSONField(default=list, db_default=[], blank=True)
    comparisons = models.PositiveSmallIntegerField(default=1, db_default=1)
    origin = models.CharField(max_length=60, unique=True)  # of its draws: it outlives the play
    name = models.CharField(max_length=80)
    plan = models.CharField(max_length=7, choices=Plan.choices)
    lag_days = models.PositiveSmallIntegerField()  # from an order to what comes back of it, nearly always
    worth_cents = models.BigIntegerField(default=0)  # the smallest gain per customer that is worth having
    round = models.PositiveSmallIntegerField(default=1)
    skipped = models.PositiveIntegerField(default=0)  # customers of earlier rounds
    # How many a round waits for, fixed before anybody's window was over; None: not yet
    planned = models.PositiveIntegerField(null=True)
    begun_at = models.DateTimeField()
    seen_generation = models.BigIntegerField(null=True)  # the figures as of which it was looked at last
    progress = models.JSONField(default=dict)  # counts as of then, see `counting.Progress`
    # Per customer, what was probably luck taken back: to compare plays with each other; None: nothing to compare with
    careful_cents = models.IntegerField(null=True)

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(origin=""), name="trial_has_origin"),
            models.UniqueConstraint(fields=["play"], condition=Q(step=""), name="trial_of_play_once"),
            models.CheckConstraint(condition=Q(comparisons__gte=1), name="trial_compares_something"),
            models.CheckConstraint(condition=Q(planned__isnull=True) | Q(planned__gte=1), name="trial_plans_somebody"),
        ]

    def __str__(self) -> str:
        return self.called

    @property
    def is_of_everything(self) -> bool:
        """Tell whether it compares those left alone of everything with all others: there is no play of it."""
        return self.origin.startswith(Draw.OF_EVERYTHING)

    @property
    def is_of_words(self) -> bool:
        """Tell whether it compares words among those who are contacted: then nobody is left alone of it."""
        return bool(self.step)

    @property
    def called(self) -> str:
        if self.is_of_words:
            words = {"name": self.name, "first": self.words[0]["name"], "second": self.words[1]["name"]}
            return gettext("%(name)s: “%(first)s” or “%(second)s”") % words
        return called(self.origin, self.name)


def called(origin: str, name: str) -> str:
    """Name what a draw is of, as people called it; what is of everything, by its year."""
    if not origin.startswith(Draw.OF_EVERYTHING):
        return name or origin or gettext("Everything")
    return gettext("All measures together, from %(year)s") % {"year": origin.split(":")[1]}


class Verdict(models.Model):
    """What was said at a planned look, with all numbers that it rests on."""

    class Code(models.TextChoices):
        WORKS = "works", pgettext_lazy("verdict", "Works")
        HARMS = "harms", pgettext_lazy("verdict", "Costs more than it brings")
        TOO_LITTLE = "too_little", pgettext_lazy("verdict", "Brings too little")
        CANNOT_TELL = "cannot_tell", pgettext_lazy("verdict", "Cannot be told yet")
        TOO_FEW = "too_few", pgettext_lazy("verdict", "Too few customers")
        WRONG_SPLIT = "wrong_split", pgettext_lazy("verdict", "Split is wrong")

    trial = models.ForeignKey(Trial, db_index=False, on_delete=models.CASCADE, related_name="verdicts")
    round = models.PositiveSmallIntegerField()
    look = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()  # looks of the round
    code = models.CharField(max_length=12, choices=Code.choices)
    customers = models.PositiveIntegerField()  # whose window was over
    as_of_on = models.DateField()
    at = models.DateTimeField()
    numbers = models.JSONField(default=dict)  # see `comparing`

    class Meta:
        ordering = ["trial", "round", "look"]
        constraints = [models.UniqueConstraint(fields=["trial", "round", "look"], name="verdict_once_a_look")]


class Outcome(models.Model):
    """What a customer did within her window, as the last verdict on her round counted it."""

    trial = models.ForeignKey(Trial, db_index=False, on_delete=models.CASCADE, related_name="outcomes")
    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, related_name="outcome")
    round = models.PositiveSmallIntegerField()
    brought_cents = models.BigIntegerField()  # margin, or revenue where no costs are known
    cost_cents = models.BigIntegerField()  # of the play, for her
    purchases = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["trial", "id"], name="outcome_of_trial"),
            models.Index(fields=["trial", "brought_cents", "id"], name="outcome_by_brought"),
            models.Index(fields=["trial", "purchases", "id"], name="outcome_by_purchases"),
        ]
