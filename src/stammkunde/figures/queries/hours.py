"""Hours budgeted against hours spent: by class, by person, by week, and whom most of the time goes to (R-K9)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.figures.queries.budget import Budget
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.tasks import policy
from stammkunde.tasks import queries as tasks
from stammkunde.tasks.policy import CLASSES
from stammkunde.tasks.queries import Spent
from stammkunde.team import queries as team
from stammkunde.team.models import Staff

SPANS = (1, 4, 13)  # weeks that one may look back
USUAL_SPAN = 4
WEEKS_A_YEAR = 52
MOST_EATERS = 10


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whose hours, over how many weeks up to now."""

    staff: Staff | None  # None: everybody's
    weeks: int
    now: datetime

    @property
    def begin(self) -> datetime:
        return timezone.localtime(self.now - timedelta(weeks=self.weeks))


@dataclass(frozen=True, kw_only=True)
class Line:
    """Hours of a class or of a person, in minutes."""

    name: str
    budget: int
    spent: int
    by_class: tuple[int, ...] = ()  # of what was spent: A, B, C
    yearly_cents: int | None = None
    customers: int = 0

    @property
    def budget_hours(self) -> float:
        return self.budget / 60

    @property
    def spent_hours(self) -> float:
        return self.spent / 60


@dataclass(frozen=True, kw_only=True)
class Eater:
    """A customer whom time goes to, against what they bring."""

    customer: Customer
    abc_class: str
    minutes: int
    time_share: float
    worth_share: float | None  # of what all customers bring in a year
    hourly_cents: int | None  # what a year of theirs brings for each hour, at this pace


@dataclass(frozen=True, kw_only=True)
class Report:
    asked: Asked
    classes: Sequence[Line]
    people: Sequence[Line]
    weeks: Sequence[tuple[date, int]]  # its Monday, minutes spent
    eaters: Sequence[Eater]
    budget: int
    spent: int
    assumed: int
    elsewhere: int  # spent on those without a class, and on nobody in particular
    tasks: int

    @property
    def yearly_cents(self) -> int:
        return sum(line.yearly_cents or 0 for line in self.classes)


def report(asked: Asked, *, plan: Budget, generation: Generation | None) -> Report:
    """Put hours budgeted and spent side by side; six queries at most."""
    rows = tasks.spent(begin=asked.begin, end=asked.now, usual=plan.setting.usual_minutes, staff=asked.staff)
    people = [asked.staff] if asked.staff else list(team.workers())
    signals = _signals({row.customer_id for row in rows if row.customer_id}, generation)
    of_class = {pk: signal.abc_class for pk, signal in signals.items()}
    budget = _minutes(people, weeks=asked.weeks)
    by_class = _by_class(rows, of_class)
    spent = sum(row.minutes for row in rows)
    return Report(
        asked=asked,
        classes=_classes(plan, budget=budget, spent=by_class),
        people=_people(people, rows, of_class, weeks=asked.weeks),
        weeks=_weeks(rows, asked),
        eaters=_eaters(rows, signals, plan=plan, weeks=asked.weeks),
        budget=budget,
        spent=spent,
        assumed=sum(row.assumed for row in rows),
        elsewhere=spent - sum(by_class.values()),
        tasks=sum(row.tasks for row in rows),
    )


def minutes_by_customer(asked: Asked, *, usual: int) -> dict[int, tuple[int, int]]:
    """Give what was spent on each customer, and how much of it nobody said."""
    found: dict[int, tuple[int, int]] = {}
    for row in tasks.spent(begin=asked.begin, end=asked.now, usual=usual, staff=asked.staff):
        if row.customer_id:
            minutes, assumed = found.get(row.customer_id, (0, 0))
            found[row.customer_id] = minutes + row.minutes, assumed + row.assumed
    return found


def _minutes(people: Iterable[Staff], *, weeks: int) -> int:
    return sum(person.hours_per_week for person in people) * 60 * weeks


def _signals(customer_ids: set[int], generation: Generation | None) -> dict[int, CustomerSignal]:
    if not customer_ids or generation is None:
        return {}
    signals = CustomerSignal.objects.filter(generation=generation, customer__in=customer_ids)
    return {signal.customer_id: signal for signal in signals.only("customer_id", "abc_class", "yearly_cents")}


def _by_class(rows: Iterable[Spent], of_class: Mapping[int, str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        name = of_class.get(row.customer_id or 0, "")
        if name in CLASSES:
            found[name] += row.minutes
    return found


def _classes(plan: Budget, *, budget: int, spent: Mapping[str, int]) -> list[Line]:
    parts = policy.shared_out(budget, plan.split)
    return [
        Line(
            name=one.abc_class,
            budget=part,
            spent=spent.get(one.abc_class, 0),
            yearly_cents=one.known.yearly_cents,
            customers=one.known.customers,
        )
        for one, part in zip(plan.classes, parts, strict=True)
    ]


def _people(people: Sequence[Staff], rows: Sequence[Spent], of_class: Mapping[int, str], *, weeks: int) -> list[Line]:
    """Give everybody's hours; those who have left, if they spent any."""
    mine: dict[int, list[Spent]] = {}
    for row in rows:
        mine.setdefault(row.staff_id or 0, []).append(row)
    known = {person.pk for person in people}
    gone = Staff.objects.filter(pk__in=mine.keys() - known).order_by("name", "pk")
    everyone = [(person, _minutes([person], weeks=weeks)) for person in people] + [(person, 0) for person in gone]
    found = []
    for person, budget in everyone:
        own = mine.get(person.pk, [])
        by_class = _by_class(own, of_class)
        spent = sum(row.minutes for row in own)
        parts = tuple(by_class[name] for name in CLASSES)
        found.append(Line(name=str(person), budget=budget, spent=spent, by_class=parts))
    return found


def _weeks(rows: Iterable[Spent], asked: Asked) -> list[tuple[date, int]]:
    """Give every week of the span, the latest first; a week in which nothing was done is there with zero."""
    found: Counter[date] = Counter()
    for row in rows:
        found[row.week_on] += row.minutes
    today = timezone.localdate(asked.now)
    monday = today - timedelta(days=today.weekday())
    return [(on, found[on]) for on in (monday - timedelta(weeks=back) for back in range(asked.weeks))]


def _eaters(rows: Sequence[Spent], signals: Mapping[int, CustomerSignal], *, plan: Budget, weeks: int) -> list[Eater]:
    """Give those who take most time against what they bring."""
    minutes: Counter[int] = Counter()
    for row in rows:
        if row.customer_id:
            minutes[row.customer_id] += row.minutes
    time, worth = sum(row.minutes for row in rows), sum(one.known.yearly_cents for one in plan.classes)

    def surplus(pk: int) -> float:
        yearly = max((signals[pk].yearly_cents or 0) if pk in signals else 0, 0)
        return minutes[pk] / time - (yearly / worth if worth else 0)

    most = sorted((pk for pk in minutes if minutes[pk]), key=lambda pk: (-surplus(pk), pk))[:MOST_EATERS]
    customers = Customer.objects.in_bulk(most)
    return [
        _eater(customers[pk], signals.get(pk), minutes=minutes[pk], time=time, worth=worth, weeks=weeks)
        for pk in most
        if pk in customers
    ]


def _eater(
    customer: Customer, signal: CustomerSignal | None, *, minutes: int, time: int, worth: int, weeks: int
) -> Eater:
    yearly = signal.yearly_cents if signal else None
    yearly_minutes = minutes * WEEKS_A_YEAR / weeks
    return Eater(
        customer=customer,
        abc_class=signal.abc_class if signal else "",
        minutes=minutes,
        time_share=minutes / time,
        worth_share=None if yearly is None or not worth else max(yearly, 0) / worth,
        hourly_cents=None if yearly is None else round(yearly * 60 / yearly_minutes),
    )
