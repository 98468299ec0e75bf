"""
From claimed to handed over: nothing is lost and no advertising is doubled, whoever is killed at whatever instant.

1. `claim` decides once more and marks messages as a worker's own, with a lease. Committed. Nothing has left.
2. `begin` marks the next few as begun. Committed. From here on one of them may have left.
3. They are handed over, outside any transaction; `record` writes down what came of each.

A worker whose lease ran out has died or sleeps (`take_over`): what it had not begun is planned again; what it had begun
is unclear, and only what belongs to an order, or what the other side recognises by its key, is sent again by itself.
"""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, QuerySet, When

from stammkunde.outreach import channels, policy
from stammkunde.outreach.models import Message, Undeliverable
from stammkunde.outreach.services import settling

State = Message.State
LEASE = timedelta(minutes=5)
NEXT_TO_LOOK_AT = 4  # batches: other workers hold some of the customers
LONGEST_ANSWER = 300


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of handing a message over."""

    state: str  # handed_over | planned (again) | failed | unknown
    code: str = ""
    answer: str = ""
    bad_address: bool = False
    provider_id: str = ""
    cost_cents: int | None = None
    jitter: float = field(default_factory=random.random)


@transaction.atomic
def claim(*, channel: str, holder: str, at_most: int, now: datetime) -> list[Message]:
    """
    Make due messages of a channel a worker's own, the most important first, and give them.

    The governor decides once more: consent may have been withdrawn since, and slots may have moved.
    """
    due = Message.objects.filter(channel=channel, state=State.PLANNED, due_at__lte=now)
    first = due.order_by("-first", "-importance_cents", "id").values_list("customer_id", "pk")
    candidates = list(first[: at_most * NEXT_TO_LOOK_AT])
    mine = set(settling.lock_free({customer for customer, _pk in candidates}, at_most=at_most))
    planned = {one.pk: one for one in settling.settle(mine, now=now)} if mine else {}
    chosen = [planned[pk] for customer, pk in candidates if customer in mine and pk in planned]
    claimed = [one for one in chosen if one.due_at is not None and one.due_at <= now][:at_most]
    for message in claimed:
        message.state, message.leased_by, message.lease_until = State.CLAIMED, holder, now + LEASE
        message.begun_at, message.slot_at = None, now if message.slot_at else None
        message.reason = None
    slot = Case(When(slot_at__isnull=False, then=now), default=None)
    Message.objects.filter(pk__in=[one.pk for one in claimed]).update(
        state=State.CLAIMED, leased_by=holder, lease_until=now + LEASE, begun_at=None, slot_at=slot, reason=None
    )
    settling.log(claimed, now=now)
    return claimed


@transaction.atomic(savepoint=False)
def begin(messages: Sequence[Message], *, holder: str, now: datetime) -> list[Message]:
    """Mark messages as about to leave, and give those that are still the holder's own; the others must not leave."""
    ours = _ours(messages, holder).filter(lease_until__gt=now)
    kept = set(ours.values_list("pk", flat=True))
    Message.objects.filter(pk__in=kept).update(
        begun_at=now, rendered_at=now, attempts=F("attempts") + 1, lease_until=now + LEASE
    )
    for message in messages:
        message.attempts += message.pk in kept
    return [message for message in messages if message.pk in kept]


@transaction.atomic(savepoint=False)
def record(results: Sequence[tuple[Message, Result]], *, holder: str, now: datetime) -> None:
    """
    Write down what came of messages. Of what was taken over meanwhile only an unclear one is corrected: now we know.
    """
    kept = set(_ours([one for one, _result in results], holder, State.UNKNOWN).values_list("pk", flat=True))
    done = [(one, result) for one, result in results if one.pk in kept]
    for message, result in done:
        _note(message, result, now=now)
    _save_handed_over([one for one, _result in done if one.state == State.HANDED_OVER])
    _save([one for one, _result in done if one.state != State.HANDED_OVER])
    settling.log([message for message, _result in done], now=now)
    _shun([message for message, result in done if result.bad_address], now=now)
    settling.look_again([one.customer_id for one, _result in done if one.state == State.FAILED], now=now)


@transaction.atomic
def release(messages: Sequence[Message], *, holder: str, now: datetime) -> None:
    """Plan claimed messages again that were not begun: nothing has left."""
    ours = _ours(messages, holder).filter(begun_at=None)
    kept = set(ours.values_list("pk", flat=True))
    _plan_again([one for one in messages if one.pk in kept], code="released", now=now)


@transaction.atomic
def take_over(*, now: datetime, at_most: int = 500) -> int:
    """Settle what workers left behind whose lease ran out, and tell how much there was; repeating is harmless."""
    lost = Message.objects.select_for_update(skip_locked=True).filter(state=State.CLAIMED, lease_until__lt=now)
    messages = list(lost.order_by("pk")[:at_most])
    again = [one for one in messages if one.begun_at is None or may_repeat(one)]
    _plan_again(again, code="worker_lost", now=now)
    unclear = [one for one in messages if one not in again]
    for message in unclear:
        message.state, message.lease_until = State.UNKNOWN, None
        message.reason, message.finished_at = {"code": "worker_lost"}, now
    _save(unclear)
    settling.log(unclear, now=now)
    return len(messages)


def may_repeat(message: Message) -> bool:
    """Tell whether something that may have left is sent again by itself."""
    return message.purpose in policy.REPEATED_IF_UNCLEAR or channels.get(message.channel).repeatable


def _ours(messages: Sequence[Message], holder: str, *others: str) -> QuerySet[Message]:
    """Choose those that the holder still holds, and lock them."""
    ids = [one.pk for one in messages]
    held = Message.objects.select_for_update().filter(pk__in=ids, leased_by=holder, state__in=[State.CLAIMED, *others])
    return held.order_by("pk")


def _note(message: Message, result: Result, *, now: datetime) -> None:
    why: Mapping[str, Any] = {"code": result.code, "answer": result.answer[:LONGEST_ANSWER]}
    message.lease_until = None
    if result.state == State.PLANNED:
        _note_again(message, why, jitter=result.jitter, now=now)
    elif result.state == State.HANDED_OVER:
        message.state, message.reason, message.handed_over_at = State.HANDED_OVER, None, now
        message.provider_id, message.cost_cents, message.finished_at = result.provider_id[:255], result.cost_cents, None
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


def _save_handed_over(messages: Sequence[Message]) -> None:
    """Save what mostly is alike in one statement each; this runs for every message there is."""
    alike: dict[tuple[str, int | None], list[Message]] = defaultdict(list)
    for message in messages:
        alike[message.provider_id, message.cost_cents].append(message)
    for (provider_id, cost_cents), some in alike.items():
        Message.objects.filter(pk__in=[one.pk for one in some]).update(
            state=State.HANDED_OVER,
            handed_over_at=some[0].handed_over_at,
            lease_until=None,
            reason=None,
            finished_at=None,
            provider_id=provider_id,
            cost_cents=cost_cents,
        )
