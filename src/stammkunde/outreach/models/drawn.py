"""Who is left alone on purpose, and with whom they are compared."""

from django.db import models
from django.db.models import Q

from stammkunde.customers.models import Customer


class Draw(models.Model):
    """
    How it was drawn who is left alone by an origin. Kept for ever.

    `all:2027` stands for everything, for a year, and `all:2027:2` for a second draw of that year; so does an empty
    origin, of earlier versions. One that `ended_at` keeps its customers, and holds nobody back any more.
    `play:3:ab:letter:1:A-B` leaves nobody alone: it says of two words which each gets, the first by `held_out`.
    Its name and window are those of the origin when it was drawn first: they outlive it.
    """

    OF_EVERYTHING = "all:"
    OF_WORDS = ":ab:"

    origin = models.CharField(max_length=60, unique=True)
    salt = models.CharField(max_length=64)
    share = models.FloatField()
    drawn_at = models.DateTimeField()
    name = models.CharField(max_length=80, default="", db_default="", blank=True)  # as people called the origin
    window_days = models.PositiveSmallIntegerField(default=91, db_default=91)  # after entry, in which it may show
    ended_at = models.DateTimeField(null=True)  # it holds nobody back any more; None: it is in force

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(share__gte=0) & Q(share__lte=1), name="draw_share_is_a_share"),
            models.CheckConstraint(condition=Q(window_days__gte=1), name="draw_window_has_days"),
        ]

    @property
    def is_of_everything(self) -> bool:
        return not self.origin or self.origin.startswith(self.OF_EVERYTHING)


# Of assignments: by what chose between words, so that nobody is left alone of it
OF_WORDS = Q(draw__origin__contains=Draw.OF_WORDS)
# Of assignments: by what leaves her alone of everything, as of now
IN_FORCE = (Q(draw__origin="") | Q(draw__origin__startswith=Draw.OF_EVERYTHING)) & Q(draw__ended_at=None)


class Assignment(models.Model):
    """
    Into which arm a draw put a customer, once, and what was known of her at that moment. Kept for ever.

    Whoever is held out is left alone on purpose, so that it can be told what contacting brings. What is known here of
    both arms alike is never changed afterwards: a later value would be an outcome.
    """

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="assignments")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    held_out = models.BooleanField(default=True, db_default=True)
    key = models.CharField(max_length=32, default="", db_default="", blank=True)  # of a household that is drawn as one
    entered_at = models.DateTimeField(null=True)  # time zero; None: drawn, and not begun
    # Whether anything would have been let through, whoever is left alone; None: nobody asked
    eligible = models.BooleanField(null=True)
    expected_cents = models.BigIntegerField(default=0, db_default=0)  # within the window; unknown is 0
    expected_purchases = models.FloatField(default=0.0, db_default=0.0)  # within the window
    risk = models.FloatField(null=True)  # of leaving

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draw", "customer"], name="assignment_once")]
        indexes = [
            models.Index(fields=["draw", "entered_at", "id"], name="assignment_by_entry"),
            models.Index(fields=["draw", "key"], condition=~Q(key=""), name="assignment_of_household"),
        ]
