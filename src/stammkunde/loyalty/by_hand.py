"""
Booking by hand with a limit: above it somebody else has to agree first.

The limit counts what one person books for one account on one day, so that many small bookings are no way around it.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from stammkunde.loyalty import ledger, queries, services
from stammkunde.loyalty.models import Booking, PointsSettings, Proposal
from stammkunde.loyalty.services import Receipt
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.models import Staff


class NotWaiting(Exception):
    """Somebody has decided already."""


class OwnProposal(Exception):
    """Whoever asked does not agree to it herself."""


def limit() -> int:
    """Give how many points one person may book alone, for one customer on one day."""
    return PointsSettings.of(team.company()).points_by_hand


def left_for(account_id: int, *, staff: Staff, now: datetime) -> int:
    """Give how many points somebody may still book today for an account alone."""
    booked = Booking.objects.filter(
        account=account_id,
        kind__in=[Booking.Kind.GRANT, Booking.Kind.DEDUCT],
        booked_by=staff,
        happened_on=timezone.localdate(now),
    ).exclude(key__in=Proposal.objects.filter(account=account_id).values("key"))
    return max(limit() - int(booked.aggregate(points=Sum("points"))["points"] or 0), 0)


@transaction.atomic
def book(*, account_id: int, points: int, reason: str, key: str, now: datetime, staff: Staff) -> Receipt | Proposal:
    """
    Give points by hand, or take some (below nothing); above the limit it waits for somebody else. Safe to repeat.

    :raises NotEnoughPoints: if fewer are there than would be taken
    :raises KeyUsedForSomethingElse: if the key was sent before with another body
    """
    wanted = services.by_hand(account_id=account_id, points=points, reason=reason, key=key)
    if not ledger.lock([account_id]):  # so that two bookings at once do not both fit below the limit
        raise services.NoAccount
    asked = Proposal.objects.filter(key=key).first()
    if asked is not None:
        if (asked.account_id, asked.points, asked.reason, asked.asked_by_id) != (
            account_id, points, wanted.reason, staff.pk,
        ):  # fmt: skip
            raise services.KeyUsedForSomethingElse
        return asked
    is_small = wanted.points <= left_for(account_id, staff=staff, now=now)
    if is_small or Booking.objects.filter(key=key).exists():
        return services.book_by_hand(account_id=account_id, points=points, reason=reason, key=key, now=now, staff=staff)
    available = queries.balance(account_id).available
    if available < -points:
        raise services.NotEnoughPoints(available)
    made = Proposal.objects.create(
        key=key, account_id=account_id, points=points, reason=wanted.reason, asked_at=now, asked_by=staff
    )
    _record("points.proposed", made, by=staff, now=now)
    return made


@transaction.atomic
def agree(*, proposal_id: int, staff: Staff, now: datetime) -> Receipt:
    """
    Agree to what somebody else wants to book, and book it.

    :raises NotWaiting: if it is decided already
    :raises OwnProposal: if it is one's own
    :raises NotEnoughPoints: if fewer are there by now than would be taken; it then keeps waiting
    """
    one = _waiting(proposal_id)
    if one.asked_by_id == staff.pk:
        raise OwnProposal
    receipt = services.book_by_hand(
        account_id=one.account_id, points=one.points, reason=one.reason, key=one.key, now=now, staff=one.asked_by
    )
    _decide(one, Proposal.State.AGREED, "points.agreed", by=staff, now=now)
    return receipt


@transaction.atomic
def refuse(*, proposal_id: int, staff: Staff, now: datetime) -> Proposal:
    """Say no; of one's own that is taking it back. Nothing is booked."""
    one = _waiting(proposal_id)
    if one.asked_by_id == staff.pk:
        return _decide(one, Proposal.State.WITHDRAWN, "points.withdrawn", by=staff, now=now)
    return _decide(one, Proposal.State.REFUSED, "points.refused", by=staff, now=now)


def may_decide(one: Proposal, *, staff: Staff) -> bool:
    """Say whether somebody may agree to it."""
    return one.asked_by_id != staff.pk and policy.may(staff, policy.POINTS_AGREE)


def _waiting(proposal_id: int) -> Proposal:
    found = Proposal.objects.select_for_update(of=["self"]).select_related("asked_by")
    one = found.filter(pk=proposal_id, state=Proposal.State.WAITING).first()
    if one is None:
        raise NotWaiting
    return one


def _decide(one: Proposal, state: Proposal.State, action: str, *, by: Staff, now: datetime) -> Proposal:
    one.state, one.decided_at, one.decided_by = state, now, by
    one.save(update_fields=["state", "decided_at", "decided_by"])
    _record(action, one, by=by, now=now)
    return one


def _record(action: str, one: Proposal, *, by: Staff, now: datetime) -> None:
    services.note(action, one.account, points=one.points, reason=one.reason, by=by, now=now)
