"""What was said on the phone before, what to say now, and when somebody likes to be called."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from stammkunde.calls import guides, policy
from stammkunde.calls.models import Call, Draft, EarlierGuide, Guide, Outcome
from stammkunde.calls.policy import Usual, Window
from stammkunde.contacts import queries as contacts
from stammkunde.customers.models import ContactPreference, Customer
from stammkunde.outreach import places
from stammkunde.outreach.models import MessageSettings
from stammkunde.team.models import Company, Staff

FORGET_TRIES_AFTER_DAYS = 30
MOST_TRIES = 10
USUAL_AFTER_DAYS = 730  # calls of two years tell when somebody is usually reached


def of_customer(customer_id: int, *, limit: int) -> list[Call]:
    """Give the latest calls with a customer, without those taken back."""
    calls = Call.objects.filter(customer=customer_id, undone_at=None).select_related("staff", "contact_person")
    return list(calls.order_by("-happened_at", "-pk")[:limit])


def tries(customer_id: int, *, now: datetime) -> int:
    """Count how many times in a row nobody was reached lately."""
    calls = Call.objects.filter(customer=customer_id, undone_at=None)
    since = now - timedelta(days=FORGET_TRIES_AFTER_DAYS)
    latest = calls.filter(happened_at__gt=since, happened_at__lte=now).order_by("-happened_at", "-pk")
    count = 0
    for outcome in latest.values_list("outcome", flat=True)[:MOST_TRIES]:
        if outcome != Outcome.NOT_REACHED:
            break
        count += 1
    return count


def taken_back_with(task_ids: Iterable[int], staff: Staff, *, now: datetime) -> dict[int, int]:
    """Tell which call of somebody's finished a task, where it can still be taken back: task → call; one query."""
    since = now - policy.CORRECTED_WITHIN
    calls = Call.objects.filter(task__in=set(task_ids), staff=staff, undone_at=None, happened_at__gte=since)
    return {task: call for task, call in calls.values_list("task", "pk") if task}


@dataclass(frozen=True, kw_only=True)
class Results:
    """What came of the calls of a campaign: customers by what was said last, and what it took."""

    outcomes: dict[str, int]
    calls: int
    minutes: int
    cost_cents: int | None  # None: nobody said what an hour costs
    uncosted: int  # calls of which it is not known


def results(origin: str) -> Results:
    """Count what came of the calls of an origin; one query."""
    calls = Call.objects.filter(message__origin=origin, undone_at=None).order_by("happened_at", "pk")
    latest, minutes, costs = dict[int, str](), 0, list[int | None]()
    for customer, outcome, content, cost in calls.values_list(
        "customer", "outcome", "message__content", "message__cost_cents"
    ):
        latest[customer] = outcome
        minutes += int(content.get("minutes") or 0)
        costs.append(cost)
    known = [one for one in costs if one is not None]
    return Results(
        outcomes=dict(Counter(latest.values())),
        calls=len(costs),
        minutes=minutes,
        cost_cents=sum(known) if known else None,
        uncosted=len(costs) - len(known),
    )


def draft(staff: Staff, customer_id: int) -> Draft | None:
    return Draft.objects.filter(staff=staff, customer=customer_id).first()


def guide(kind: str, language: str, form: str, *, at: datetime | None = None) -> guides.Script:
    """Give the company's own guide, or else the ready-made one; with a moment, as it stood then."""
    language, form = guides.style(language, form)
    if at is not None:
        changed = EarlierGuide.objects.filter(kind=kind, language=language, form=form, until_at__gt=at)
        if earlier := changed.order_by("until_at", "pk").first():
            return guides.read(earlier.texts)
    own = Guide.objects.filter(kind=kind, language=language, form=form).first()
    return script(own) if own else guides.ready_made(kind, language, form)


def script(own: Guide) -> guides.Script:
    """Read a guide as it is kept."""
    return guides.Script(
        opening=own.opening,
        questions=tuple(own.questions),
        goals=tuple(own.goals),
        offer=own.offer,
        avoid=own.avoid,
        closing=own.closing,
    )


def own_guides() -> dict[tuple[str, str, str], Guide]:
    """Give the company's own guides by kind, language and form."""
    return {(one.kind, one.language, one.form): one for one in Guide.objects.select_related("changed_by")}


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When somebody likes to be called, and the time zone in which that is meant."""

    window: Window
    zone: ZoneInfo

    def fit(self, now: datetime) -> bool:
        """Tell whether it is a good time now."""
        return self.window.fits(now.astimezone(self.zone))


Recipient = tuple[int, int | None]


def hours(customers: Iterable[Customer], *, company: Company) -> dict[Recipient, Hours]:
    """Give the hours of customers and of those contact persons who said some; one query."""
    known = {one.pk: one for one in customers}
    if not known:
        return {}
    region = MessageSettings.of(company).holiday_region
    found: dict[Recipient, Hours] = {(pk, None): _hours(one, None, region) for pk, one in known.items()}
    for said in ContactPreference.objects.filter(customer__in=known):
        if said.contact_person_id is None or said.call_from is not None or said.call_weekdays:
            found[said.customer_id, said.contact_person_id] = _hours(known[said.customer_id], said, region)
    return found


def hours_of(found: Mapping[Recipient, Hours], customer_id: int, person_id: int | None) -> Hours:
    """Choose the person's own hours, or else the customer's."""
    return found.get((customer_id, person_id)) or found[customer_id, None]


def usually_reached(hours: Mapping[Recipient, Hours], *, now: datetime) -> dict[int, Usual]:
    """Say of customers whose hours are known in which part of the day they are reached best; one query."""
    told: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    since = now - timedelta(days=USUAL_AFTER_DAYS)
    for customer_id, at, was_reached in contacts.on_the_phone({pk for pk, _person in hours}, since=since, until=now):
        told[customer_id].append((at.astimezone(hours[customer_id, None].zone), was_reached))
    found = {customer_id: policy.usual(calls) for customer_id, calls in told.items()}
    return {customer_id: one for customer_id, one in found.items() if one}


def closed_days(company: Company) -> Container[date]:
    """Give the public holidays where the company is."""
    region = MessageSettings.of(company).holiday_region
    return places.closed_days(country="", region="", company_region=region)


def _hours(customer: Customer, said: ContactPreference | None, region: str) -> Hours:
    return Hours(
        window=Window(
            since=said.call_from if said else None,
            until=said.call_until if said else None,
            weekdays=frozenset(said.call_weekdays) if said and said.call_weekdays else None,
            closed=places.closed_days(country=customer.country, region=customer.region, company_region=region),
        ),
        zone=places.zone(customer.country, settings.TIME_ZONE),
    )
