"""
Groups of customers: a rule in versions, who is in it as bits, and a row for whoever came or went.

Customers are named by number without a foreign key: that somebody was in a group stays true when her row is gone.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stammkunde.work.models import CountedClaims

NAME_LENGTH = 80


class Segment(models.Model):
    """A group of customers; `play_id` is the play whose own it is, and it has no name of its own then."""

    class Origin(models.TextChoices):
        BUILDER = "builder", _("Written here")
        EXAMPLE = "example", _("From an example")
        LIST = "list", _("From the list of customers")
        FILE = "file", _("From a file")
        FINDING = "finding", _("From a finding")
        PLAY = "play", _("A play's own")

    name = models.CharField(_("name"), max_length=NAME_LENGTH, default="", blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.BUILDER)
    play_id = models.BigIntegerField(null=True)  # plays stand above: no foreign key
    archived_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(archived_at__isnull=True) & ~models.Q(name=""),
                name="segment_name_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") | models.Q(play_id__isnull=False), name="segment_has_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentVersion(models.Model):
    """What a group's rule says from a moment on, until the next version."""

    segment = models.ForeignKey(Segment, db_index=False, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    rule = models.JSONField()  # canonical: `insight.rules.write`
    digest = models.CharField(max_length=64)
    from_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)  # when who is in it was first worked out
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "number"], name="segment_version_once")]


class SegmentState(models.Model):
    """
    Who is in a group by one of its versions, as of the last pass over everybody.

    `bits` are by customer number, packed and deflated; changes after `change_id` are on top of them. `n` counts those
    who are in it now.
    """

    version = models.OneToOneField(SegmentVersion, on_delete=models.CASCADE, related_name="state")
    generation = models.BigIntegerField()
    as_of_on = models.DateField()
    until = models.JSONField()  # table → the day from which its spans counted back
    at = models.DateTimeField()
    highest = models.BigIntegerField()  # customer number: above it, somebody is new
    change_id = models.BigIntegerField(default=0)
    bits = models.BinaryField()
    n = models.BigIntegerField()
    bounds = models.JSONField(default=dict)  # leaf → from which value on somebody is among the top or bottom


class SegmentChange(models.Model):
    """Somebody came into a group or left it."""

    class Cause(models.TextChoices):
        FACT = "fact", _("Something happened")
        TIME = "time", _("Time went by")
        RULE = "rule", _("The rule was changed")
        NEW = "new", _("New customer")
        UNDONE = "undone", _("An import was undone")
        ERASED = "erased", _("The customer was removed")

    version = models.ForeignKey(SegmentVersion, db_index=False, on_delete=models.CASCADE, related_name="changes")
    customer_id = models.BigIntegerField()
    at = models.DateTimeField()
    on = models.DateField()  # the local day
    is_in = models.BooleanField()  # came, or left
    cause = models.CharField(max_length=6, choices=Cause.choices)
    source = models.CharField(max_length=200, default="")  # of the fact: `contacts:17`, `import:4`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "customer_id", "at"], name="segment_change_once"),
        ]
        indexes = [
            models.Index(fields=["version", "on", "is_in"], name="segment_change_by_day"),
            models.Index(fields=["customer_id", "version"], name="segment_change_of_customer"),
        ]


class PastMonth(models.Model):
    """
    Who came into a group and left it in a month long ago, exactly, without why: packed, so that it may stay for ever.

    `changes` are those that `SegmentChange` does not hold any more, in their order; see `packing`.
    """

    segment = models.ForeignKey(Segment, db_index=False, on_delete=models.CASCADE, related_name="past_months")
    month = models.DateField()  # its first day
    changes = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "month"], name="segment_past_month_once")]


class ScoreLeaf(models.Model):
    """
    Of whom a question to a score is held true: an answer counts when it was given twice in a row.

    `said` is the last answer, `held` what counts; both as bits of a group's state.
    """

    digest = models.CharField(max_length=64, unique=True)
    generation = models.BigIntegerField()
    said = models.BinaryField()
    held = models.BinaryField()


class Passing(CountedClaims):
    """Who works groups out: one row, held while somebody does."""

    # The rows of `Touched` about many that were there before the mirror was read: all others are not in it yet
    told = models.JSONField(default=list, db_default=[])

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="segment_passing_is_one_row")]


class Recent(models.Model):
    """A customer who was looked at by her facts in the database; the mirror may be older until it is built again."""

    customer_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
