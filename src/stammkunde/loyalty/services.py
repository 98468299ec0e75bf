"""
What changes points: joining, rules, and what is decided about an account.

Whoever decides something brings a key. Sent again with the same body it is answered as the first time; with another
one it is refused. A decision is judged by what is available under the account's lock, and never revoked afterwards.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.loyalty import ledger, queries
from stammkunde.loyalty.ledger import Books
from stammkunde.loyalty.models import Account, Booking, Hold, Move, Rule, Waiting
from stammkunde.loyalty.queries import Balance
from stammkunde.team import services as team
from stammkunde.team.models import Staff

MOST_POINTS = 10**12
LONGEST_KEY = 120
LONGEST_ORIGIN = 60
LONGEST_REASON = 250
LONGEST_LEASE = timedelta(days=1)

_PUTS = (Booking.Kind.GRANT, Booking.Kind.BACK)  # without asking whether there is enough


class NoAccount(Exception):
    """There is no such account."""


class NoSuchBooking(Exception):
    """The key names nothing of this account that can be captured or given back."""


class BadKey(Exception):
    """A key has 1 to 120 signs that can be printed."""


class KeyUsedForSomethingElse(Exception):
    """The key was sent before, with another body."""


class NotANumberOfPoints(Exception):
    """Points are a whole number above nothing."""


class NotEnoughPoints(Exception):
    """There are fewer points than asked for; `available` says how many."""

    def __init__(self, available: int) -> None:
        super().__init__(available)
        self.available = available


class MoreThanWasTaken(Exception):
    """More would be given back than is left of what was taken; `left` says how much that is."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


class HoldReleased(Exception):
    """The reservation was released or captured before."""


class LeaseTooShortOrLong(Exception):
    """A reservation lasts longer than nothing, and a day at most."""


class ReasonMissing(Exception):
    """Whoever books by hand says why."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The answer to a decision: the same however often it is asked for."""

    booking_id: int
    points: int
    pending: int
    available: int
    held: int
    debt: int


@dataclass(frozen=True, kw_only=True)
class Decision:
    """
    Something that is decided about an account.

    Args:
        key: of whoever decides, so that repeating it is harmless.
        origin: where it was decided: a till, the shop, a page.
        of: the key of the booking that is captured or given back.
        is_own: whether nobody else decided it, but time.
    """

    key: str
    account_id: int
    kind: Booking.Kind
    points: int
    origin: str = ""
    of: str = ""
    reason: str = ""
    is_own: bool = False

    @property
    def body_hash(self) -> str:
        body = [self.account_id, self.kind.value, self.points, self.of, self.reason, self.origin]
        return hashlib.sha256(json.dumps(body).encode()).hexdigest()


@transaction.atomic
def join(*, customer: Customer, now: datetime, staff: Staff | None = None) -> Account:
    """Let a customer collect points from today on; repeating it gives the same account."""
    account, is_new = Account.objects.get_or_create(
        customer_source=customer.source, defaults={"joined_on": timezone.localdate(now), "joined_at": now}
    )
    if is_new:
        ledger.reconcile(ledger.lock([account.pk]), now=now)
        team.record(
            staff=staff, action="points.joined", at=now, thing="customer", thing_id=customer.pk, label=customer.name
        )
    return account


@transaction.atomic
def bring(*, account_id: int, now: datetime) -> Balance:
    """Book what facts and days have brought until now, and give what is in the pots then."""
    accounts = ledger.lock([account_id])
    if not accounts:
        raise NoAccount
    ledger.reconcile(accounts, now=now)
    return queries.balance(account_id)


@transaction.atomic
def write_rule(*, version: Rule, now: datetime, staff: Staff | None) -> Rule:
    """
    Write a rule, or another version of it that holds from a day on; versions that were written stay as they are.

    The worker then looks at all accounts, and books what purchases earn by it.
    """
    version.pk, version.written_at, version.written_by = None, now, staff
    version.full_clean(exclude=["written_by"])
    version.save(force_insert=True)
    Waiting.objects.create(account_id=None)
    team.record(staff=staff, action="points.rule", at=now, thing="rule", thing_id=version.pk, label=version.name)
    return version


def redeem(*, account_id: int, points: int, key: str, now: datetime, origin: str = "") -> Receipt:
    """
    Spend points, where there are as many; whatever is learnt later, they stay spent.

    :raises NotEnoughPoints: if there are fewer
    :raises KeyUsedForSomethingElse: if the key was sent before with another body
    """
    wanted = Decision(key=key, account_id=account_id, kind=Booking.Kind.SPEND, points=points, origin=origin)
    return _decide(wanted, now=now)


@transaction.atomic
def hold(*, account_id: int, points: int, key: str, lease: timedelta, now: datetime, origin: str = "") -> Receipt:
    """
    Reserve points for a basket that is not paid yet; nobody else can spend them until it is released.

    Sent again, it renews the reservation.

    :raises NotEnoughPoints: if there are fewer
    :raises HoldReleased: if the reservation has ended since
    :raises LeaseTooShortOrLong: if the lease is nothing, or longer than a day
    """
    if not timedelta(0) < lease <= LONGEST_LEASE:
        raise LeaseTooShortOrLong
    wanted = Decision(key=key, account_id=account_id, kind=Booking.Kind.HOLD, points=points, origin=origin)
    receipt = _decide(wanted, now=now, lease_until=now + lease)
    if not Hold.objects.filter(booking=receipt.booking_id).update(lease_until=now + lease):
        raise HoldReleased
    return receipt


def capture(*, account_id: int, of: str, key: str, now: datetime, origin: str = "") -> Receipt:
    """
    Spend what was reserved; also after its time, as long as nobody has released it.

    :raises HoldReleased: if it was released or captured before
    """
    left = _left_of(account_id, of)
    wanted = Decision(key=key, account_id=account_id, kind=Booking.Kind.CAPTURE, points=left, origin=origin, of=of)
    return _decide(wanted, now=now, ends=Hold.objects.all())


def release(*, account_id: int, of: str, key: str, now: datetime, origin: str = "") -> Receipt:
    """
    Give back what was reserved and is not paid.

    :raises HoldReleased: if it was released or captured before
    """
    left = _left_of(account_id, of)
    wanted = Decision(key=key, account_id=account_id, kind=Booking.Kind.BACK, points=left, origin=origin, of=of)
    return _decide(wanted, now=now, ends=Hold.objects.all())


def release_ended(*, account_id: int, of: str, now: datetime) -> Receipt:
    """
    Give back what was reserved, where its time is over.

    :raises HoldReleased: if it was paid, released or renewed meanwhile
    """
    left = _left_of(account_id, of)
    key = ledger.ended(of)
    wanted = Decision(key=key, account_id=account_id, kind=Booking.Kind.BACK, points=left, of=of, is_own=True)
    return _decide(wanted, now=now, ends=Hold.objects.filter(lease_until__lt=now))


def give_back(*, account_id: int, of: str, points: int, key: str, now: datetime, origin: str = "") -> Receipt:
    """
    Give back points of what was spent, because what was paid with them came back.

    :raises MoreThanWasTaken: if less is left of it
    """
    wanted = Decision(key=key, account_id=account_id, kind=Booking.Kind.BACK, points=points, origin=origin, of=of)
    return _decide(wanted, now=now)


def book_by_hand(*, account_id: int, points: int, reason: str, key: str, now: datetime, staff: Staff | None) -> Receipt:
    """
    Give points by hand, or take some (below nothing), with the reason; it stands in the audit trail.

    :raises NotEnoughPoints: if fewer are there than are to be taken
    :raises ReasonMissing: if nothing is said
    """
    wanted = by_hand(account_id=account_id, points=points, reason=reason, key=key)
    return _decide(wanted, now=now, staff=staff)


def by_hand(*, account_id: int, points: int, reason: str, key: str) -> Decision:
    """Word what is to be booked by hand, and refuse what could not be booked, whatever there is."""
    reason = tidied(reason)
    if not reason:
        raise ReasonMissing
    kind = Booking.Kind.GRANT if points > 0 else Booking.Kind.DEDUCT
    wanted = Decision(key=key, account_id=account_id, kind=kind, points=abs(points), reason=reason, origin="hand")
    _check(wanted)
    return wanted


def tidied(reason: str) -> str:
    return " ".join(reason.split())[:LONGEST_REASON]


@transaction.atomic
def forget(*, account_id: int) -> None:
    """
    Take the name off an account, and the reasons that people wrote; its numbers stay, as evidence of what was booked.

    Repeating it changes nothing that anybody could tell.
    """
    for account in ledger.lock([account_id]):
        account.customer_source = f"forgotten:{secrets.token_hex(16)}"
        account.save(update_fields=["customer_source"])
        Booking.objects.filter(account=account).exclude(reason="").update(reason="")


def _decide(
    wanted: Decision,
    *,
    now: datetime,
    staff: Staff | None = None,
    lease_until: datetime | None = None,
    ends: QuerySet[Hold] | None = None,
) -> Receipt:
    """Book a decision once, and end the reservation that it is about, which must be one of `ends`."""
    _check(wanted)
    with transaction.atomic():
        account = next(iter(ledger.lock([wanted.account_id])), None)
        if account is None:
            raise NoAccount
        made = _take_key(wanted, now=now, staff=staff)  # after the lock: bookings are numbered as they are decided
        if made is None:
            return _answer(wanted)
        books = Books([account], now=now)
        standing = books.bring(account, without=made)
        _judge(wanted, made, available=standing.available, ends=ends)
        books.bring(account, decided=made)
        books.save()
        if lease_until:
            Hold.objects.create(booking=made, lease_until=lease_until)
        if staff or wanted.reason:
            _record(wanted, account, now=now, staff=staff)
        return _receipt(made)


def _check(wanted: Decision) -> None:
    is_printable = wanted.key.removeprefix(ledger.OWN if wanted.is_own else "").isprintable()
    if not (0 < len(wanted.key) <= LONGEST_KEY and is_printable):
        raise BadKey
    if isinstance(wanted.points, bool) or not isinstance(wanted.points, int) or not 0 < wanted.points <= MOST_POINTS:
        raise NotANumberOfPoints


def _take_key(wanted: Decision, *, now: datetime, staff: Staff | None) -> Booking | None:
    """Write the booking, unless there is one of that key; whoever is writing one for another account is waited for."""
    made = Booking(
        key=wanted.key,
        body_hash=wanted.body_hash,
        account_id=wanted.account_id,
        kind=wanted.kind,
        points=wanted.points,
        of=_meant(wanted),
        happened_on=timezone.localdate(now),
        reason=wanted.reason,
        origin=wanted.origin[:LONGEST_ORIGIN],
        booked_at=now,
        booked_by=staff,
    )
    if connection.vendor == "sqlite":  # which has one writer, and a trigger that lets nobody write over a booking
        if Booking.objects.filter(key=wanted.key).exists():
            return None
        made.save(force_insert=True)
        return made
    columns = [one for one in Booking._meta.concrete_fields if one.column != "id"]  # noqa: SLF001
    names, places = ", ".join(str(one.column) for one in columns), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO loyalty_booking ({names}) VALUES ({places}) ON CONFLICT (key) DO NOTHING RETURNING id",  # noqa: S608
            [getattr(made, one.attname) for one in columns],
        )
        taken = cursor.fetchone()
    made.pk = taken[0] if taken else None
    return made if taken else None


def _meant(wanted: Decision) -> Booking | None:
    if not wanted.of:
        return None
    meant = Booking.objects.filter(
        key=wanted.of, account=wanted.account_id, kind__in=[Booking.Kind.SPEND, Booking.Kind.HOLD]
    ).first()
    if meant is None:
        raise NoSuchBooking
    return meant


def _judge(wanted: Decision, made: Booking, *, available: int, ends: QuerySet[Hold] | None) -> None:
    """Refuse what is not there to be taken or given back; under the account's lock."""
    if made.of is None:
        if wanted.kind not in _PUTS and wanted.points > available:
            raise NotEnoughPoints(available)
        return
    if ends is not None:
        ended, _rows = ends.filter(booking=made.of).delete()
        if not ended:
            raise HoldReleased
    elif Hold.objects.filter(booking=made.of).exists():
        raise NoSuchBooking  # a reservation is released, or captured first
    left = queries.left_of(made.of, without=made)
    if wanted.points > left:
        raise MoreThanWasTaken(left)


def _left_of(account_id: int, key: str) -> int:
    found = Booking.objects.filter(account=account_id, key=key, kind=Booking.Kind.HOLD).first()
    if found is None:
        raise NoSuchBooking
    return found.points


def _answer(wanted: Decision) -> Receipt:
    known = Booking.objects.get(key=wanted.key)
    if known.body_hash != wanted.body_hash:
        raise KeyUsedForSomethingElse
    return _receipt(known)


def _receipt(made: Booking) -> Receipt:
    last = Move.objects.filter(booking=made).order_by("-part").first()
    assert last is not None, "whatever is decided moves points"
    return Receipt(
        booking_id=made.pk,
        points=made.points,
        pending=last.pending,
        available=last.available,
        held=last.held,
        debt=last.debt,
    )


def _record(wanted: Decision, account: Account, *, now: datetime, staff: Staff | None) -> None:
    action = "points.granted" if wanted.kind == Booking.Kind.GRANT else "points.deducted"
    note(action, account, points=wanted.points, reason=wanted.reason, by=staff, now=now)


def note(action: str, account: Account, *, points: int, reason: str, by: Staff | None, now: datetime) -> None:
    """Write into the audit trail what became of points, by the name of whose account it is."""
    customer = queries.customer_of(account)
    team.record(
        staff=by,
        action=action,
        at=now,
        thing="customer",
        thing_id=customer.pk if customer else None,
        label=customer.name if customer else "",
        points=points,
        reason=reason,
    )
