"""
From claimed to handed over: nothing is lost and no advertising is doubled, whoever is killed at whatever instant.

1. `claim` decides once more and marks messages as a worker's own, with a lease. Committed. Nothing has left.
2. `begin` marks the next few as begun. Committed. From here on one of them may have left.
3. They are handed over, outside any transaction; `record` writes down what came of each.

A worker whose lease ran out has died or sleeps (`take_over`): what it had not begun is planned again; what it had begun
is unclear, and only what belongs to an order, or what the other side recognises by its key, is sent again by itself. Of
a worker that is known to be dead its notes tell more (`leaving`): what had not left yet, and what had been answered.
Lost claims are counted: what was lost twice is claimed alone, so that nothing else is lost with it, and what was lost
three times is set aside.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When

from stammkunde.outreach import channels, leaving, policy
from stammkunde.outreach.models import Face, Hold, Message, Undeliverable
from stammkunde.outreach.services import settling, telling

State = Message.State
LEASE = timedelta(minutes=5)
HELD = (State.CLAIMED, State.UNKNOWN)
EVERYTHING = Q()
NEXT_TO_LOOK_AT = 4  # batches: other workers hold some of the customers
ALONE_AFTER = 2  # lost claims
LONGEST_ANSWER = 300


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of handing a message over."""

    state: str  # handed_over | planned (again) | failed | unknown
    code: str = ""
    answer: str = ""
    bad_address: bool = False
    is_down: bool = False  # nothing else would leave, either
    provider_id: str = ""
    cost_cents: int | None = None
    jitter: float = field(default_factory=random.random)


@transaction.atomic
def claim(
    *, channel: str, holder: str, at_most: int, now: datetime, among: Q = EVERYTHING, until: datetime | None = None
) -> list[Message]:
    """
    Make due messages of a channel a worker's own, the most important first, and give them.

    The governor decides once more: consent may have been withdrawn since, and slots may have moved. `until` is the end
    of the lease, where it is not the usual one.
    """
    claimed = _together(_due(channel, among, at_most=at_most, now=now))
    _take(claimed, holder=holder, until=until or now + LEASE, now=now)
    settling.log(claimed, now=now)
    return claimed


def _due(channel: str, among: Q, *, at_most: int, now: datetime) -> list[Message]:
    """Give what the governor says may leave now, of customers whom nobody else has locked; they are locked then."""
    due = Message.objects.filter(among, channel=channel, state=State.PLANNED, due_at__lte=now)
    due = due.exclude(origin__in=Hold.objects.values("origin"))
    first = due.order_by("-first", "-importance_cents", "id").values_list("customer_id", "pk")
    candidates = list(first[: at_most * NEXT_TO_LOOK_AT])
    mine = set(settling.lock_free({customer for customer, _pk in candidates}, at_most=at_most))
    planned = {one.pk: one for one in settling.settle(mine, now=now)} if mine else {}
    chosen = [planned[pk] for customer, pk in candidates if customer in mine and pk in planned]
    return [one for one in chosen if one.due_at is not None and one.due_at <= now][:at_most]


def _take(claimed: list[Message], *, holder: str, until: datetime, now: datetime) -> None:
    for message in claimed:
        message.state, message.leased_by, message.lease_until = State.CLAIMED, holder, until
        message.begun_at, message.slot_at = None, now if message.slot_at else None
        message.reason, message.claims = None, message.claims + 1
    slot = Case(When(slot_at__isnull=False, then=now), default=None)
    Message.objects.filter(pk__in=[one.pk for one in claimed], state=State.PLANNED).update(
        state=State.CLAIMED,
        leased_by=holder,
        lease_until=until,
        claims=F("claims") + 1,
        begun_at=None,
        slot_at=slot,
        reason=None,
    )


def _together(due: list[Message]) -> list[Message]:
    """Give the first of what is due that may be lost together; what workers may have died of is the only one."""
    if due and due[0].claims >= ALONE_AFTER:
        return due[:1]
    return list(takewhile(lambda one: one.claims < ALONE_AFTER, due))


@transaction.atomic(savepoint=False)
def begin(messages: Sequence[Message], *, holder: str, now: datetime, face: Face | None = None) -> list[Message]:
    """
    Mark messages as about to leave, and give those that are still the holder's own; the others must not leave.

    `face` is what mails among them show of the company.
    """
    ids = [one.pk for one in messages]
    ours = Message.objects.filter(pk__in=ids, leased_by=holder, state=State.CLAIMED)
    marked = ours.filter(lease_until__gt=now).update(
        begun_at=now, rendered_at=now, attempts=F("attempts") + 1, lease_until=now + LEASE, face=face
    )
    kept = set(ids) if marked == len(ids) else set(ours.filter(begun_at=now).values_list("pk", flat=True))
    for message in messages:
        message.attempts += message.pk in kept
    return [message for message in messages if message.pk in kept]


@transaction.atomic(savepoint=False)
def record(results: Sequence[tuple[Message, Result]], *, holder: str, now: datetime) -> None:
    """
    Write down what came of messages. Of what was taken over meanwhile only an unclear one is corrected: now we know.
    """
    taken = [(one, result) for one, result in results if result.state == State.HANDED_OVER]
    noted = _save_handed_over(taken, holder=holder, now=now)
    others = [(one, result) for one, result in results if result.state != State.HANDED_OVER]
    if others:
        kept = set(_ours([one for one, _result in others], holder).values_list("pk", flat=True))
        done = [(one, result) for one, result in others if one.pk in kept]
        _save_others(done, now=now)
        noted += [one for one, _result in done]
    settling.log(noted, now=now)


def _save_others(done: Sequence[tuple[Message, Result]], *, now: datetime) -> None:
    for message, result in done:
        _note(message, result, now=now)
    _save([message for message, _result in done])
    _shun([message for message, result in done if result.bad_address], now=now)
    settling.take_questions_back([message for message, _result in done], now=now)
    settling.look_again([one.customer_id for one, _result in done if one.state == State.FAILED], now=now)


@transaction.atomic
def release(messages: Collection[Message], *, holder: str, code: str, until: datetime) -> None:
    """Plan claimed messages again for later that were not begun: nothing has left."""
    ours = _ours(messages, holder).filter(begun_at=None)
    kept = set(ours.values_list("pk", flat=True))
    released = [one for one in messages if one.pk in kept]
    for message in released:
        message.claims = 0
    _plan_again(released, code=code, now=until)


@transaction.atomic
def take_over(*, now: datetime, is_gone: Callable[[str], bool], at_most: int = 500) -> int:
    """
    Settle what workers left behind, and tell how much there was; repeating is harmless.

    A worker is lost when its lease ran out, or at once where `is_gone` knows that its process is dead. What a print
    run holds is nobody's loss.
    """
    claimed = Message.objects.filter(state=State.CLAIMED).exclude(channel__in=channels.collecting())
    holders = claimed.order_by().values_list("leased_by", flat=True).distinct()
    gone = [holder for holder in holders if is_gone(holder)]
    lost = claimed.select_for_update(skip_locked=True).filter(Q(lease_until__lt=now) | Q(leased_by__in=gone))
    found = list(lost.order_by("pk")[:at_most])
    messages, has_left = _by_notes(found, gone, now=now)
    unclear = [one for one in messages if one.pk in has_left and not may_repeat(one)]
    deadly = [one for one in messages if one.kills_workers and one not in unclear]
    _plan_again([one for one in messages if one not in unclear and one not in deadly], code="worker_lost", now=now)
    _give_up(unclear, deadly, now=now)
    return len(found)


def _by_notes(lost: list[Message], gone: list[str], *, now: datetime) -> tuple[list[Message], set[int]]:
    """Write down what the dead had noted; give what is left, and which of it may have left."""
    told = {holder: leaving.read(holder) for holder in {one.leased_by for one in lost}.intersection(gone)}
    left, has_left = list[Message](), set[int]()
    for message in lost:
        notes = told.get(message.leased_by)
        if notes and message.begun_at is not None and message.pk in notes.ended:
            record([(message, Result(**notes.ended[message.pk]))], holder=message.leased_by, now=now)
            continue
        left.append(message)
        if message.begun_at is not None and (notes is None or message.pk in notes.begun):
            has_left.add(message.pk)
    return left, has_left


def forget_notes(*, is_gone: Callable[[str], bool]) -> None:
    """Remove the notes of the dead of whom nothing is left to settle. Repeating is harmless."""
    for holder in filter(is_gone, leaving.holders()):
        if not Message.objects.filter(leased_by=holder, state=State.CLAIMED).exists():
            leaving.forget(holder)


def _give_up(unclear: Sequence[Message], deadly: Sequence[Message], *, now: datetime) -> None:
    """Leave to people what may have left, and what is set aside since nobody came back from it."""
    for message in unclear:
        message.state, message.reason = State.UNKNOWN, {"code": "worker_lost"}
    for message in deadly:
        message.state = State.UNKNOWN if message.attempts else State.FAILED  # it may have left, or never began to
        message.reason = {"code": "kills_workers", "times": message.claims}
    given_up = [*unclear, *deadly]
    for message in given_up:
        message.lease_until, message.claims, message.finished_at = None, 0, now
        message.slot_at = message.slot_at if message.state == State.UNKNOWN else None
    _save(given_up)
    settling.log(given_up, now=now)
    settling.look_again([one.customer_id for one in given_up if one.state == State.FAILED], now=now)


def may_repeat(message: Message) -> bool:
    """Tell whether something that may have left is sent again by itself."""
    return message.governed_as in policy.REPEATED_IF_UNCLEAR or channels.get(message.channel).repeatable


def _ours(messages: Collection[Message], holder: str) -> QuerySet[Message]:
    """Choose those that the holder still holds, or held last before they became unclear, and lock them."""
    held = Message.objects.select_for_update().filter(pk__in=[one.pk for one in messages], leased_by=holder)
    return held.filter(state__in=HELD).order_by("pk")


def _note(message: Message, result: Result, *, now: datetime) -> None:
    why: Mapping[str, Any] = {"code": result.code, "answer": result.answer[:LONGEST_ANSWER]}
    message.lease_until, message.claims = None, 0
    if result.state == State.PLANNED:
        _note_again(message, why, jitter=result.jitter, now=now)
    else:
        message.state, message.reason, message.finished_at = State(result.state), dict(why), now
        message.slot_at = message.slot_at if message.state == State.UNKNOWN else None


def _note_again(message: Message, why: Mapping[str, Any], *, jitter: float, now: datetime) -> None:
    at = now + policy.back_off(attempts=message.attempts, jitter=jitter)
    if at > message.latest_at:
        message.state, message.finished_at, message.slot_at = State.FAILED, now, None
        message.reason = {**why, "code": "no_more_tries", "because": why["code"], "attempts": message.attempts}
    else:
        message.state, message.reason, message.begun_at = State.PLANNED, {**why, "attempts": message.attempts}, None
        message.not_before_at, message.due_at, message.slot_at = at, at, at if message.slot_at else None


def _plan_again(messages: Collection[Message], *, code: str, now: datetime) -> None:
    for message in messages:
        message.state, message.lease_until, message.begun_at = State.PLANNED, None, None
        message.reason, message.due_at = {"code": code}, now
    _save(messages)
    settling.log(messages, now=now)


def _shun(messages: Sequence[Message], *, now: datetime) -> None:
    """Send nothing more to addresses that do not exist."""
    Undeliverable.objects.bulk_create(
        [Undeliverable(channel=one.channel, address=one.address, code="bounced", since_at=now) for one in messages],
        ignore_conflicts=True,
    )


_RECORDED = [
    "state",
    "reason",
    "lease_until",
    "claims",
    "begun_at",
    "not_before_at",
    "due_at",
    "slot_at",
    "handed_over_at",
    "finished_at",
    "provider_id",
    "cost_cents",
]


def _save(messages: Collection[Message]) -> None:
    if messages:
        Message.objects.bulk_update(messages, _RECORDED, batch_size=100)


def _save_handed_over(done: Sequence[tuple[Message, Result]], *, holder: str, now: datetime) -> list[Message]:
    """Save what mostly is alike in one statement, for this runs for every message there is; give what was ours."""
    alike: dict[tuple[str, int | None], list[Message]] = defaultdict(list)
    for message, result in done:
        alike[result.provider_id[:255], result.cost_cents].append(message)
    return [one for said, some in alike.items() for one in _save_alike(some, *said, holder=holder, now=now)]


def _save_alike(
    some: list[Message], provider_id: str, cost_cents: int | None, *, holder: str, now: datetime
) -> list[Message]:
    rows = Message.objects.filter(pk__in=[one.pk for one in some], leased_by=holder)
    saved = rows.filter(state__in=HELD).update(
        state=State.HANDED_OVER,
        handed_over_at=now,
        lease_until=None,
        claims=0,
        reason=None,
        finished_at=None,
        provider_id=provider_id,
        cost_cents=cost_cents,
        **({"slot_at": None} if telling.is_contact(some[0]) else {}),
    )
    ours = set(rows.filter(handed_over_at=now).values_list("pk", flat=True)) if saved < len(some) else None
    kept = [one for one in some if ours is None or one.pk in ours]
    for message in kept:
        message.state, message.reason, message.cost_cents = State.HANDED_OVER, None, cost_cents
    telling.tell(kept, now=now)
    return kept
