"""
Points that customers collect, on a ledger that is only ever appended to.

Whole numbers only. A move says what changes in the four pots and what is in them afterwards; the moves of an account
are numbered and chained, each to the one before, and so are those of a lot. So the balance is the last row, and the
chain is its own proof. Triggers keep the chain, and refuse to change or delete what was written (`triggers`).

Nothing here points at imported rows: what caused a move is named in words, so that an import can be taken back.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stammkunde.loyalty import postings
from stammkunde.team.models import Settings

MOST_BY_HAND = 10**9


class Rule(models.Model):
    """
    A rule as it holds from a day on: how many points a purchase earns, when they are confirmed, and when they expire.

    Another version is another row. Of one code, the version counts that began last before the day of the order.
    """

    code = models.SlugField(max_length=40)
    name = models.CharField(_("name"), max_length=120)
    holds_from_on = models.DateField(_("holds from"))
    points_num = models.PositiveIntegerField()  # so many points
    points_den = models.PositiveIntegerField()  # for so many cents
    delivery_days = models.PositiveSmallIntegerField(_("days of delivery, where no day is known"), default=3)
    return_days = models.PositiveSmallIntegerField(_("days within which goods may come back"), default=14)
    years = models.PositiveSmallIntegerField(_("years after which points expire"), default=3)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points_den__gt=0), name="rule_divides"),
            # Shorter is void in terms and conditions: BGH X ZR 42/16.
            models.CheckConstraint(condition=Q(years__gte=3), name="rule_points_last_three_years"),
        ]
        indexes = [models.Index(fields=["code", "holds_from_on"], name="rule_by_day")]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """Who collects points: a customer by name of its source, or nobody by name any more."""

    customer_source = models.CharField(max_length=200, unique=True)
    joined_on = models.DateField(_("joined on"))  # the local day; purchases earn from then on
    joined_at = models.DateTimeField()
    due_on = models.DateField(null=True)  # the next day on which something changes by itself

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(customer_source=""), name="account_has_source")]
        indexes = [models.Index(fields=["due_on", "id"], name="account_due", condition=Q(due_on__isnull=False))]


class Lot(models.Model):
    """Points that expire together; never changed."""

    account = models.ForeignKey(Account, db_index=False, on_delete=models.PROTECT, related_name="lots")
    key = models.TextField()
    expires_on = models.DateField(_("good until"))  # through this day

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="lot_has_key"),
            models.UniqueConstraint(fields=["account", "key"], name="lot_once"),
        ]


class Booking(models.Model):
    """
    Something that was decided about an account (points spent, given by hand), or one look at its facts.

    `key` makes repeating it harmless: with the same body it is answered alike, with another one it is refused.
    """

    class Kind(models.TextChoices):
        RECONCILE = "reconcile", _("Purchases, returns and days")
        SPEND = postings.Kind.SPEND.value, _("Redeemed")
        HOLD = postings.Kind.HOLD.value, _("Reserved")
        CAPTURE = postings.Kind.CAPTURE.value, _("Reservation redeemed")
        BACK = postings.Kind.BACK.value, _("Given back")
        GRANT = postings.Kind.GRANT.value, _("Given by hand")
        DEDUCT = postings.Kind.DEDUCT.value, _("Taken by hand")

    key = models.CharField(max_length=120, unique=True)
    body_hash = models.CharField(max_length=64, default="")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="bookings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    points = models.BigIntegerField(default=0)
    of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    happened_on = models.DateField()
    reason = models.CharField(_("reason"), max_length=250, default="")
    origin = models.CharField(max_length=60, default="")  # the till, the shop, a page
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="booking_has_key"),
            models.CheckConstraint(condition=Q(points__gte=0), name="booking_points_not_negative"),
            models.CheckConstraint(
                condition=Q(kind__in=["back", "capture"], of__isnull=False)
                | ~Q(kind__in=["back", "capture"]) & Q(of__isnull=True),
                name="booking_of_another",
            ),
            models.CheckConstraint(
                condition=Q(kind="reconcile", points=0) | ~Q(kind="reconcile") & Q(points__gt=0),
                name="booking_decides_points",
            ),
        ]


class Hold(models.Model):
    """A reservation that is neither paid nor released yet, and the moment from which on it may be released."""

    booking = models.OneToOneField(Booking, primary_key=True, on_delete=models.PROTECT, related_name="open")
    lease_until = models.DateTimeField(db_index=True)


class Waiting(models.Model):
    """An account whose customer's facts have changed, written in their transaction; without a number: all of them."""

    account_id = models.BigIntegerField(null=True)  # no key: whoever writes facts waits for nobody


class Checked(models.Model):
    """The day on which the chains were last looked through, and what was wrong then."""

    on = models.DateField(unique=True)
    flaw = models.CharField(max_length=250, default="")


class Move(models.Model):
    """What changes in an account, and what there is afterwards."""

    # What these point at is looked up by the trigger `move_chain`, and stays, because nothing there can be deleted.
    booking = models.ForeignKey(
        Booking, db_index=False, db_constraint=False, on_delete=models.PROTECT, related_name="moves"
    )
    account = models.ForeignKey(
        Account, db_index=False, db_constraint=False, on_delete=models.PROTECT, related_name="moves"
    )
    seq = models.BigIntegerField()
    part = models.PositiveIntegerField()
    more = models.BooleanField()  # not the last one of its booking
    cause = models.TextField()
    rule = models.CharField(max_length=40, default="")
    kind = models.CharField(max_length=10)
    lot = models.ForeignKey(
        Lot, null=True, db_index=False, db_constraint=False, on_delete=models.PROTECT, related_name="moves"
    )
    lot_seq = models.BigIntegerField(null=True)
    happened_on = models.DateField()
    d_pending = models.BigIntegerField()
    d_available = models.BigIntegerField()
    d_held = models.BigIntegerField()
    d_debt = models.BigIntegerField()
    pending = models.BigIntegerField()
    available = models.BigIntegerField()
    held = models.BigIntegerField()
    debt = models.BigIntegerField()
    lot_left = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "seq"], name="move_numbered"),
            models.UniqueConstraint(fields=["booking", "part"], name="move_part_once"),
            models.UniqueConstraint(fields=["lot", "lot_seq"], name="move_numbered_in_lot"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="move_counts_from_one"),
            models.CheckConstraint(condition=Q(pending__gte=0), name="move_pending_not_negative"),
            models.CheckConstraint(condition=Q(available__gte=0), name="move_available_not_negative"),
            models.CheckConstraint(condition=Q(held__gte=0), name="move_held_not_negative"),
            models.CheckConstraint(condition=Q(debt__gte=0), name="move_debt_not_negative"),
            models.CheckConstraint(
                condition=Q(more=True) | Q(available=0) | Q(debt=0), name="move_available_pays_debt"
            ),
            # What is available lies in lots, and in no other place.
            models.CheckConstraint(
                condition=Q(lot__isnull=True, lot_seq__isnull=True, lot_left__isnull=True, d_available=0)
                | Q(lot__isnull=False, lot_seq__gte=1, lot_left__gte=0, lot_left__lte=F("available")),
                name="move_available_in_lots",
            ),
        ]


class Proposal(models.Model):
    """What somebody wants to book by hand, more than one person may decide; somebody else agrees, or says no."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("proposal", "Waiting")
        AGREED = "agreed", pgettext_lazy("proposal", "Agreed to")
        REFUSED = "refused", pgettext_lazy("proposal", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")

    key = models.CharField(max_length=120, unique=True)  # of the booking that it becomes
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="proposals")
    points = models.BigIntegerField()  # below nothing: to take
    reason = models.CharField(_("reason"), max_length=250)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(points=0), name="proposal_moves_points"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state="waiting") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | ~Q(decided_by=F("asked_by")), name="proposal_agreed_by_another"
            ),
        ]
        indexes = [models.Index(fields=["id"], name="proposal_waiting", condition=Q(state="waiting"))]


class PointsSettings(Settings):
    """What one person may decide about points."""

    points_by_hand = models.PositiveBigIntegerField(_("points that one person may book by hand"), default=500)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points_by_hand__lte=MOST_BY_HAND), name="loyalty_points_by_hand_sane")
        ]
