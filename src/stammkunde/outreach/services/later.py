"""What people decide about messages, and what the other side reports when they have left."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from stammkunde.outreach.models import AddressUse, Message, Undeliverable
from stammkunde.outreach.services import settling, telling
from stammkunde.team import services as team
from stammkunde.team.models import Staff

State = Message.State
SENT = (State.HANDED_OVER, State.DELIVERED, State.UNKNOWN)
NOT_LEFT = (State.PLANNED, State.CLAIMED)
AT_ONCE = 500
ONE_MORE_DAY = timedelta(days=1)


class NotUnclear(Exception):
    """Only what is unclear or set aside has to be decided; somebody was quicker, or the answer came after all."""


def stop(*, origin: str, staff: Staff, now: datetime) -> int:
    """Stop everything of an origin that has not left, and tell how much that was; repeating changes nothing."""
    stopped = 0
    planned = Message.objects.filter(origin=origin, state=State.PLANNED)
    while ids := list(planned.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        stopped += _stop(ids, staff=staff, now=now)
    return stopped


@transaction.atomic
def stop_by_key(*, keys: Collection[str], now: datetime) -> int:
    """Stop messages by their keys if they have not left, because what they were planned for is over; tell how many."""
    planned = Message.objects.filter(key__in=keys, state=State.PLANNED)
    return len(_stopped(list(planned.order_by("pk").values_list("pk", flat=True)), by="", now=now))


def free_addresses(*, origin: str, before: datetime) -> None:
    """Let others be reached at the addresses of an earlier round, but where something waits to leave."""
    waits = Message.objects.filter(customer=OuterRef("customer"), origin=origin, state__in=NOT_LEFT)
    AddressUse.objects.filter(~Exists(waits), origin=origin, used_at__lt=before).delete()


@transaction.atomic
def stop_one(*, message_id: int, staff: Staff, now: datetime) -> bool:
    """Stop one message if it has not left, and tell whether it had not; repeating changes nothing."""
    return bool(_stop([message_id], staff=staff, now=now))


@transaction.atomic
def send_again(*, message_id: int, staff: Staff, now: datetime) -> Message:
    """
    Plan an unclear message again, although it may have arrived, or one that was set aside; at least one more day is
    left for it.

    :raises NotUnclear: if it is neither
    """
    message = _unclear(message_id, or_set_aside=True)
    settling.lock([message.customer_id])
    message.state, message.reason, message.begun_at, message.finished_at = State.PLANNED, None, None, None
    message.not_before_at = message.due_at = now
    message.latest_at, message.slot_at = max(message.latest_at, now + ONE_MORE_DAY), None
    message.leased_by = ""
    message.save()
    settling.log([message], now=now, by=staff.name)
    settling.settle([message.customer_id], now=now)
    _audit(staff, "message.sent_again", message, at=now)
    return Message.objects.get(pk=message_id)


@transaction.atomic
def count_as_sent(*, message_id: int, staff: Staff, now: datetime) -> Message:
    """
    Take an unclear message as arrived.

    :raises NotUnclear: if it is not unclear
    """
    message = _unclear(message_id)
    message.state, message.reason, message.finished_at = State.HANDED_OVER, None, None
    message.handed_over_at = message.begun_at or now
    _tell(message, now=now)
    message.save(update_fields=["state", "reason", "finished_at", "handed_over_at", "slot_at"])
    settling.log([message], now=now, by=staff.name)
    _audit(staff, "message.counted_as_sent", message, at=now)
    return message


@transaction.atomic
def note_delivery(*, message_id: int, now: datetime) -> bool:
    """Note that a message arrived, and tell whether that was new; repeating changes nothing."""
    states = [State.HANDED_OVER, State.UNKNOWN]
    return _note(message_id, states, State.DELIVERED, None, now=now) is not None


@transaction.atomic
def note_bounce(*, message_id: int, answer: str, for_good: bool, now: datetime) -> bool:
    """
    Note that a message came back, and tell whether that was new; repeating changes nothing.

    Its slot becomes free. Where it came back for good, nothing more is sent to the address.
    """
    reason = {"code": "bounced", "answer": answer[:300]}
    message = _note(message_id, SENT, State.BOUNCED, reason, now=now)
    if message is None:
        return False
    if for_good:
        _shun(message, code="bounced", now=now)
    settling.look_again([message.customer_id], now=now)
    return True


@transaction.atomic
def note_complaint(*, message_id: int, now: datetime) -> Message | None:
    """Note that somebody called a message spam and give it, if it was sent: the address is shut from now on."""
    message = Message.objects.filter(pk=message_id, state__in=[*SENT, State.BOUNCED]).first()
    if message is not None:
        _shun(message, code="complained", now=now)
    return message


@transaction.atomic
def lift_undeliverable(*, channel: str, address: str, now: datetime, staff: Staff) -> bool:
    """Allow an address again, and tell whether it was shut; repeating changes nothing."""
    lifted, _each = Undeliverable.objects.filter(channel=channel, address=address).delete()
    if lifted:
        team.record(staff=staff, action="address.lifted", at=now, thing="address", label=address)
    return bool(lifted)


@transaction.atomic
def _stop(ids: Collection[int], *, staff: Staff, now: datetime) -> int:
    messages = _stopped(ids, by=staff.name, now=now)
    _audit_stop(staff, messages, at=now)
    return len(messages)


def _stopped(ids: Collection[int], *, by: str, now: datetime) -> list[Message]:
    customers = set(Message.objects.filter(pk__in=ids).values_list("customer_id", flat=True))
    settling.lock(customers)
    messages = list(Message.objects.filter(pk__in=ids, state=State.PLANNED))
    for message in messages:
        message.state, message.reason, message.finished_at = State.STOPPED, {"code": "stopped"}, now
        message.due_at = message.slot_at = None
    Message.objects.bulk_update(messages, ["state", "reason", "finished_at", "due_at", "slot_at"], batch_size=200)
    settling.log(messages, now=now, by=by)
    settling.take_questions_back(messages, now=now)
    settling.look_again(customers, now=now)
    return messages


def _audit_stop(staff: Staff, messages: Sequence[Message], *, at: datetime) -> None:
    if messages:
        team.record(
            staff=staff,
            action="messages.stopped",
            at=at,
            thing="message",
            label=messages[0].origin,
            messages=len(messages),
        )


def _unclear(message_id: int, *, or_set_aside: bool = False) -> Message:
    message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id).first()
    if message is None or not (message.state == State.UNKNOWN or (or_set_aside and message.is_set_aside)):
        raise NotUnclear(message_id)
    return message


def _note(
    message_id: int, states: Collection[str], state: str, reason: dict[str, str] | None, *, now: datetime
) -> Message | None:
    message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id, state__in=states).first()
    if message is None:
        return None
    message.state, message.reason, message.finished_at = State(state), reason, now
    message.handed_over_at = message.handed_over_at or message.begun_at or now
    if state == State.BOUNCED:
        telling.untell(message, now=now)
        message.slot_at = None
    else:
        _tell(message, now=now)
    message.save(update_fields=["state", "reason", "finished_at", "handed_over_at", "slot_at"])
    settling.log([message], now=now)
    return message


def _tell(message: Message, *, now: datetime) -> None:
    """Let a message that was sent become a contact, which counts in the place of its slot."""
    telling.tell([message], now=now)
    if telling.is_contact(message):
        message.slot_at = None


def _shun(message: Message, *, code: str, now: datetime) -> None:
    Undeliverable.objects.bulk_create(
        [Undeliverable(channel=message.channel, address=message.address, code=code, since_at=now)],
        ignore_conflicts=True,
    )


def _audit(staff: Staff, action: str, message: Message, *, at: datetime) -> None:
    team.record(staff=staff, action=action, at=at, thing="message", thing_id=message.pk, label=message.key)
