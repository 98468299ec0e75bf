"""
Giving out slots: all messages of a customer that have not left are decided together, under that customer's lock.

Whoever plans or claims locks the customers' rows of `Turn` first, in the order of their numbers. Nothing else changes a
planned message, so two workers or campaigns never give out the same slot.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from stammkunde.customers import services as customers
from stammkunde.outreach import cases, policy
from stammkunde.outreach.cases import Book
from stammkunde.outreach.models import AddressUse, Message, MessageEvent, Turn
from stammkunde.outreach.policy import Decision, Verdict
from stammkunde.store import rows

State = Message.State
NEVER_LEFT = (State.REFUSED, State.EXPIRED, State.STOPPED, State.FAILED)
LOOK_AGAIN_AFTER = timedelta(hours=6)
DECIDED = ["state", "reason", "due_at", "slot_at", "address", "basis", "finished_at"]


def lock(customer_ids: Iterable[int]) -> None:
    """Wait until nobody else gives out slots of these customers; inside the caller's transaction."""
    ids = sorted(set(customer_ids))
    there = set(Turn.objects.filter(pk__in=ids).values_list("pk", flat=True))
    rows.create([Turn(customer_id=one) for one in ids if one not in there], or_leave=True)
    list(Turn.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))


def lock_free(customer_ids: Collection[int], *, at_most: int) -> list[int]:
    """Lock customers that nobody else has locked, and tell which; inside the caller's transaction."""
    turns = Turn.objects.select_for_update(skip_locked=True).filter(pk__in=customer_ids).order_by("pk")
    return list(turns.values_list("pk", flat=True)[:at_most])


def settle(
    customer_ids: Collection[int], *, now: datetime, new: Sequence[Message] = (), loose: Container[str] = ()
) -> list[Message]:
    """
    Decide about every message of some customers that has not left, and about new ones, and write down what changed.

    Inside the caller's transaction, the customers locked. Gives the messages that are still planned. New ones with a
    loose key are written down only where they are not refused.
    """
    waiting = list(Message.objects.filter(customer__in=customer_ids, state=State.PLANNED).order_by("pk"))
    everything = [*waiting, *new]
    if not everything:
        Turn.objects.filter(pk__in=customer_ids, look_at__isnull=False).update(look_at=None)
        return []
    before = {one.key: _decided(one) for one in waiting}
    book = cases.read(everything, now=now)
    decisions = decide(everything, book)
    claim_addresses(everything, decisions, book)
    for message in everything:
        _apply(message, decisions[message.key], now=now)
    kept = [one for one in new if one.state != State.REFUSED or one.key not in loose]
    rows.create(kept)
    changed = [one for one in waiting if before[one.key] != _decided(one)]
    changed += [one for one in waiting if one.state != State.PLANNED and one not in changed]
    if changed:
        Message.objects.bulk_update(changed, DECIDED, batch_size=200)
    log([*kept, *(one for one in changed if one.reason)], now=now)  # that it may leave now is said by its leaving
    take_questions_back(changed, now=now)
    _set_looks(customer_ids, everything, now=now)
    return [one for one in everything if one.state == State.PLANNED]


def _decided(message: Message) -> tuple[Any, ...]:
    return message.due_at, message.slot_at, message.reason, message.address, message.basis


@transaction.atomic
def look_after(*, now: datetime, at_most: int = 200) -> int:
    """Let expire what is too late, and arrange anew what waits for a slot; tell for how many customers."""
    late = Message.objects.filter(state=State.PLANNED, latest_at__lt=now).order_by("latest_at")
    waiting = Turn.objects.filter(look_at__lte=now).order_by("look_at")
    asked = {*late.values_list("customer_id", flat=True)[:at_most], *waiting.values_list("pk", flat=True)[:at_most]}
    mine = lock_free(asked, at_most=at_most) if asked else []
    if mine:
        settle(mine, now=now)
    return len(mine)


def log(messages: Iterable[Message], *, now: datetime, by: str = "") -> None:
    """Append what messages are now to their history."""
    rows.create([MessageEvent(message=one, at=now, state=one.state, reason=one.reason, by=by) for one in messages])


def take_questions_back(messages: Iterable[Message], *, now: datetime) -> None:
    """Let nobody count as asked for consent by what ended without leaving; inside the caller's transaction."""
    ended = [one for one in messages if one.state in NEVER_LEFT and not one.is_set_aside]
    if numbers := [one.question for one in ended if one.asks_many]:
        customers.unask(optin_ids=numbers, now=now)


def look_again(customer_ids: Iterable[int], *, now: datetime) -> None:
    """Ask for another look at customers' messages, because a slot became free; inside the caller's transaction."""
    ids = sorted(set(customer_ids))
    if ids:
        list(Turn.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
        Turn.objects.filter(pk__in=ids).update(look_at=now)


def decide(messages: Iterable[Message], book: Book) -> dict[str, Decision]:
    by_customer: dict[int, list[policy.Open]] = defaultdict(list)
    for message in messages:
        by_customer[message.customer_id].append(book.open(message))
    decisions: dict[str, Decision] = {}
    for customer, wanted in by_customer.items():
        decisions |= policy.arrange(wanted, taken=book.taken.get(customer, ()), reached=book.reached.get(customer, ()))
    return decisions


def claim_addresses(messages: Sequence[Message], decisions: dict[str, Decision], book: Book) -> None:
    """Write down whom each address belongs to within its origin; whoever comes second is refused."""
    guarded = [
        one
        for one in messages
        if decisions[one.key].verdict != Verdict.REFUSED
        and one.governed_as not in policy.OUTSIDE_CAPS
        and (one.origin, one.channel, one.address) not in book.uses
    ]
    if not guarded:
        return
    wanted = {(one.origin, one.channel, one.address): one.customer_id for one in reversed(guarded)}
    uses = [
        AddressUse(origin=o, channel=c, address=a, customer_id=wanted[o, c, a], used_at=book.now)
        for o, c, a in sorted(wanted)
    ]
    rows.create(uses, or_leave=True)
    book.uses.update(cases.uses(guarded))
    for message in guarded:
        owner = book.uses[message.origin, message.channel, message.address]
        if owner != message.customer_id:
            decisions[message.key] = policy.decide(book.case(message))


def _apply(message: Message, decision: Decision, *, now: datetime) -> None:
    if decision.verdict == Verdict.REFUSED:
        message.state = State.EXPIRED if decision.code == "too_late" and message.pk else State.REFUSED
        message.reason, message.due_at, message.slot_at = _why(message, decision), None, None
        message.finished_at = now
    elif decision.verdict == Verdict.WAITS:
        message.reason, message.due_at, message.slot_at = decision.reason, None, None
    else:
        is_due_still = message.due_at is not None and message.due_at <= now == decision.at
        due_at = message.due_at if is_due_still else decision.at
        message.due_at, message.slot_at = due_at, due_at
        if decision.code or "attempts" not in (message.reason or {}):  # why it is tried again stays
            message.reason = decision.reason


def _why(message: Message, decision: Decision) -> dict[str, int | str]:
    """Say why it is over: of what expired, also what it had waited for."""
    reason = decision.reason or {}
    waited_for = (message.reason or {}).get("code")
    return {**reason, "waited_for": waited_for} if decision.code == "too_late" and waited_for else reason


def _set_looks(customer_ids: Collection[int], messages: Iterable[Message], *, now: datetime) -> None:
    """Look again later where something waits for a slot, and not before where nothing does."""
    waiting = {one.customer_id for one in messages if one.state == State.PLANNED and one.due_at is None}
    if waiting:
        Turn.objects.filter(pk__in=waiting).update(look_at=now + LOOK_AGAIN_AFTER)
    others = Q(pk__in=set(customer_ids) - waiting, look_at__isnull=False)
    Turn.objects.filter(others).update(look_at=None)
