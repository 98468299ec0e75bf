"""May somebody be called now? The governor is asked for whole lists at once, before anybody takes a call up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from stammkunde.calls import leading, policy
from stammkunde.calls.models import Call, Guide
from stammkunde.customers import queries as customers
from stammkunde.customers.models import Purpose
from stammkunde.customers.policy import Reason
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import services as outreach
from stammkunde.outreach import wording as outreach_wording
from stammkunde.outreach.models import Message
from stammkunde.outreach.policy import Verdict
from stammkunde.outreach.services import Plan
from stammkunde.outreach.services.calling import CALL, OWN_ORIGIN
from stammkunde.tasks.models import Task
from stammkunde.tasks.worklist import Item, Refusal

LED_BY = "call-"  # before the name of a guide, at the end of the key of a task
BY_PHONE_ONLY = frozenset(Reason) - {Reason.PAUSED} | {"duplicate_address"}  # a letter may do what a call may not


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a call is about: its occasion, and the campaign to which it belongs."""

    occasion: str = Guide.Kind.FREE
    purpose: str = ""  # empty: as the occasion has it
    origin: str = ""  # empty: of its own
    title: str = ""


def subject_of(task: Task | None, *, occasion: str = "") -> Subject:
    """Tell what the call of a task is about; what follows from a campaign's call belongs to the campaign, too."""
    message = message_of(task) if task else None
    said = occasion if occasion in Guide.Kind.values else ""
    key = (task.key or "") if task else ""
    if message is None:
        return Subject(
            occasion=said or guide_of(key) or Guide.Kind.FREE,
            purpose=purpose_of(key),
            title=task.title if task else "",
        )
    kept = str(message.content.get("guide", ""))
    kept = kept if kept in Guide.Kind.values else Guide.Kind.FREE
    origin = "" if message.origin.startswith(OWN_ORIGIN) else message.origin
    return Subject(
        occasion=said or kept,
        purpose=message.purpose if origin else purpose_of(key) or _inherited(message, kept, task),
        origin=origin,
        title=task.title if task else "",
    )


def _inherited(message: Message, guide: str, task: Task | None) -> str:
    """Tell what a call stays for the law that was advertising by its task; whoever complains is called back anyway."""
    is_by_task = message.purpose == Purpose.ADVERTISING != policy.PURPOSES[Guide.Kind(guide)]
    return message.purpose if is_by_task and not (task and task.is_complaint) else ""


def led_by(guide: str, *, usual: str) -> str:
    """Say at the end of a task's key by which guide it is led; without one that says so, also what it is for."""
    is_said = guide in Guide.Kind.values and guide != Guide.Kind.FREE
    return f"{LED_BY}{guide}" if is_said else f"{LED_BY}{Guide.Kind.FREE}-{usual}"


def guide_of(key: str) -> str:
    """Tell by which guide the task with a key is led; empty: it does not say."""
    return _led(key)[0]


def purpose_of(key: str) -> str:
    """Tell whether the call of a task is advertising, whatever else somebody makes of it; empty: it is as it is led."""
    guide, said = _led(key)
    usual = said or Purpose.ADVERTISING  # a free call that does not say what it is for is taken for the strictest
    is_advertising = bool(guide) and purpose(guide, usual=usual) == Purpose.ADVERTISING
    return Purpose.ADVERTISING.value if is_advertising else ""


def _led(key: str) -> tuple[str, str]:
    named = key.rpartition(":")[2]
    guide, _dash, said = named.removeprefix(LED_BY).partition("-")
    return (guide, said) if named.startswith(LED_BY) and guide in Guide.Kind.values else ("", "")


def purpose(guide: str, *, usual: str) -> str:
    """Tell what a call is for the law, by its guide; without one that says so, as usual."""
    is_said = guide in Guide.Kind.values and guide != Guide.Kind.FREE
    return policy.PURPOSES[Guide.Kind(guide)] if is_said else usual


def message_of(task: Task) -> Message | None:
    """Give the call that stands on the list as a task, or from which the task follows."""
    listed = outreach.open_call([task.pk])
    if listed is not None:
        return listed
    before = Call.objects.filter(next_task=task, undone_at=None).select_related("message").first()
    return before.message if before else None


def plan(recipient: Recipient, subject: Subject, *, key: str, importance_cents: int = 0, now: datetime) -> Plan:
    """Give a call as the governor sees it: now, or not at all."""
    customer_id, person_id = recipient
    return Plan(
        customer_id=customer_id,
        contact_person_id=person_id,
        channel=CALL,
        purpose=subject.purpose or policy.PURPOSES[Guide.Kind(subject.occasion)],
        key=key,
        origin=subject.origin or key[:60],
        content={"subject": subject.title, "guide": subject.occasion},
        importance_cents=importance_cents,
        not_before_at=now,
        latest_at=now,
    )


def refused(items: Sequence[Item], *, now: datetime) -> dict[str, Refusal]:
    """Tell whom of a list nobody may call now, and why, by their keys; the queries do not grow with the list."""
    asked = [item for item in items if item.customer is not None]
    if not asked:
        return {}
    wanting = {item.customer.pk for item in asked if item.customer and not item.person}
    people = customers.people_to_call(wanting, today=timezone.localdate(now))
    plans = [_plan(item, people.get(item.customer.pk) if item.customer else None, now=now) for item in asked]
    return {
        plan.key: Refusal(
            why=outreach_wording.reason(decision.reason), may_be_written_to=decision.code in BY_PHONE_ONLY
        )
        for plan, decision in outreach.forecast(plans, now=now)
        if decision.verdict != Verdict.ALLOWED
    }


def _plan(item: Item, person: object, *, now: datetime) -> Plan:
    assert item.customer is not None
    whom = item.person or person
    occasion = guide_of(item.key) or leading.kind(item.kind, item.signal)
    subject = Subject(occasion=occasion, purpose=purpose_of(item.key))
    recipient = (item.customer.pk, getattr(whom, "pk", None))
    importance = item.at_risk_cents if item.at_risk_cents is not None else item.stake_cents
    return plan(recipient, subject, key=item.key, importance_cents=max(importance or 0, 0), now=now)


def taken_up(customer_ids: Sequence[int]) -> dict[int, Message]:
    """Give the calls that somebody has taken up and not led yet, by customer; one query."""
    calls = Message.objects.filter(
        channel=CALL, state=Message.State.HANDED_OVER, customer__in=customer_ids, origin__startswith=OWN_ORIGIN
    )
    return {one.customer_id: one for one in calls.order_by("pk")}


def by_whom(message: Message) -> Mapping[str, object]:
    """Say who took a call up, and when."""
    at = message.handed_over_at
    return {
        "staff_id": message.content.get("taken_up_by"),
        "name": message.content.get("taken_up_name", ""),
        "at": timezone.localtime(at) if at else None,
    }
