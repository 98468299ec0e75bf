"""
Who is given how many minutes a month (R-K9): the hours of the team, split by class and by what is at stake.

A plan is worked out once per generation and setting, and kept: it names those who are given time, thousands at most.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any, TypeVar

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.store import kept
from stammkunde.tasks import policy
from stammkunde.tasks import queries as tasks
from stammkunde.tasks.models import TimeSettings
from stammkunde.tasks.policy import CLASSES, Lengths
from stammkunde.team import queries as team
from stammkunde.team.models import Company

Thing = TypeVar("Thing")

KEEP_SECONDS = 7 * 86400
AT_RISK = Q(margin_at_risk_cents__gt=0)
SILENT = Q(yearly_cents__gt=0, silent_days__gt=0)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a budget is made from; it can be tried before it is kept."""

    hours_per_week: int  # of all who work the list
    usual_minutes: int  # per contact
    split: tuple[int, ...] | None  # percent for A, B, C; None: as proposed

    @property
    def month_minutes(self) -> int:
        return policy.month_minutes(self.hours_per_week)

    @property
    def lengths(self) -> Lengths:
        return Lengths(usual=self.usual_minutes)


@dataclass(frozen=True, kw_only=True)
class Class:
    """What is known of a class of customers."""

    abc_class: str
    customers: int = 0
    yearly_cents: int = 0
    at_risk_cents: int = 0
    with_stake: int = 0  # how many have something at stake


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of the classes; `by_risk` says whether anybody's risk is known, otherwise silence tells."""

    by_risk: bool
    classes: tuple[Class, ...]


@dataclass(frozen=True, kw_only=True)
class ClassBudget:
    """What a class is given in a month, and how it is spread over those of its customers who are given any."""

    known: Class
    percent: int
    minutes: int
    given: tuple[int, ...] = ()  # minutes per customer, the most first

    @property
    def abc_class(self) -> str:
        return self.known.abc_class

    @property
    def share(self) -> float:
        return self.percent / 100

    @property
    def usual(self) -> int | None:
        """Give what a customer in the middle of them is given."""
        return round(median(self.given)) if self.given else None


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Minutes a month, by class and by customer."""

    setting: Setting
    by_risk: bool = False
    classes: tuple[ClassBudget, ...]
    minutes: Mapping[int, int] = field(default_factory=dict)

    @property
    def split(self) -> tuple[int, ...]:
        return tuple(one.percent for one in self.classes)

    @property
    def left_minutes(self) -> int:
        """Tell how much time nobody needs."""
        return self.setting.month_minutes - sum(one.minutes for one in self.classes)


def setting(company: Company) -> Setting:
    """Read what the budget is made from: everybody's hours, and what the company decided; one query."""
    hours = team.workers().order_by().values_list("hours_per_week", flat=True)
    ours = TimeSettings.of(company)
    return Setting(hours_per_week=sum(hours), usual_minutes=ours.minutes_per_contact, split=ours.time_split)


def of(generation: Generation | None, setting: Setting) -> Budget:
    """Give the budget of a generation under a setting."""
    if generation is None:
        split = setting.split or policy.USUAL_SPLIT
        classes = [
            ClassBudget(known=Class(abc_class=name), percent=percent, minutes=0)
            for name, percent in zip(CLASSES, split, strict=True)
        ]
        return Budget(setting=setting, classes=tuple(classes))
    return _kept(generation, f"plan:{setting}", lambda: _of(generation, setting))


def known(generation: Generation) -> Known:
    """Give what is known of A, B and C; one query, and none when asked again."""
    return _kept(generation, "known", lambda: _known(generation))


@dataclass(frozen=True, kw_only=True)
class OfCustomer:
    """What one customer is given this month, and what has been spent on them."""

    minutes: int
    spent: int
    usual: int  # per contact


def of_customer(customer_id: int, generation: Generation | None, setting: Setting, *, today: date) -> OfCustomer:
    begin = timezone.make_aware(datetime.combine(today.replace(day=1), time()))
    end = timezone.make_aware(datetime.combine(today + timedelta(days=1), time()))
    rows = tasks.spent(begin=begin, end=end, usual=setting.usual_minutes, customer_id=customer_id)
    return OfCustomer(
        minutes=of(generation, setting).minutes.get(customer_id, 0),
        spent=sum(row.minutes for row in rows),
        usual=setting.usual_minutes,
    )


def _kept(generation: Generation, name: str, make: Callable[[], Thing]) -> Thing:
    """Make it once per generation; the moment tells generations of another database apart."""
    key = f"budget:{generation.pk}:{generation.started_at.timestamp()}:{name}".replace(" ", "")
    return kept.or_made(key, make, seconds=KEEP_SECONDS)


def _customers(generation: Generation) -> QuerySet[CustomerSignal]:
    """Give those whom there is time for: the customers of the evening, as the lights know them, without the lost."""
    classed = CustomerSignal.objects.filter(generation=generation, abc_class__in=CLASSES)
    return classed.filter(silent_days__lt=generation.activity_days)


def _known(generation: Generation) -> Known:
    rows = (
        _customers(generation)
        .order_by()
        .values("abc_class")
        .annotate(
            customers=Count("pk"),
            yearly=Sum("yearly_cents", filter=Q(yearly_cents__gt=0), default=0),
            at_risk_cents=Sum("margin_at_risk_cents", filter=AT_RISK, default=0),
            at_risk=Count("pk", filter=AT_RISK),
            rated=Count("margin_at_risk_cents"),
            silent=Count("pk", filter=SILENT),
        )
    )
    found = {row["abc_class"]: row for row in rows}
    by_risk = any(row["rated"] for row in found.values())
    return Known(by_risk=by_risk, classes=tuple(_class(name, found.get(name), by_risk=by_risk) for name in CLASSES))


def _class(name: str, row: Mapping[str, Any] | None, *, by_risk: bool) -> Class:
    if row is None:
        return Class(abc_class=name)
    return Class(
        abc_class=name,
        customers=row["customers"],
        yearly_cents=row["yearly"],
        at_risk_cents=row["at_risk_cents"],
        with_stake=row["at_risk" if by_risk else "silent"],
    )


def _of(generation: Generation, setting: Setting) -> Budget:
    found = known(generation)
    split = setting.split or policy.proposed_split(
        margins=[one.yearly_cents for one in found.classes], at_risk=[one.at_risk_cents for one in found.classes]
    )
    customers = [one.with_stake for one in found.classes]
    parts = policy.by_class(setting.month_minutes, split=split, customers=customers, lengths=setting.lengths)
    classes, minutes = list[ClassBudget](), dict[int, int]()
    for one, percent, part in zip(found.classes, split, parts, strict=True):
        given = _given(generation, one, part, by_risk=found.by_risk, lengths=setting.lengths)
        classes.append(ClassBudget(known=one, percent=percent, minutes=part, given=tuple(given.values())))
        minutes |= given
    return Budget(setting=setting, by_risk=found.by_risk, classes=tuple(classes), minutes=minutes)


def _given(generation: Generation, of: Class, minutes: int, *, by_risk: bool, lengths: Lengths) -> dict[int, int]:
    """Spread a class's minutes over its customers, those with most at stake first."""
    limit = minutes // lengths.least
    if not limit:
        return {}
    signals = _customers(generation).filter(abc_class=of.abc_class)
    if by_risk:
        needs = signals.filter(AT_RISK).annotate(need=F("margin_at_risk_cents"))
        needs = needs.order_by("-margin_at_risk_cents", "customer_id")
    else:
        needs = signals.filter(SILENT).annotate(need=_by_silence(generation)).order_by("-need", "customer_id")
    rows = list(needs.values_list("customer_id", "need")[:limit])
    given = policy.by_need(minutes, [need for _pk, need in rows], lengths=lengths)
    return {pk: part for (pk, _need), part in zip(rows, given, strict=True) if part}


def _by_silence(generation: Generation) -> Any:
    """Say what is at stake where no risk is known (`policy.at_stake`), in the database."""
    silent = Cast("silent_days", FloatField())
    return F("yearly_cents") * silent / (silent + Coalesce(F("gap_days"), float(generation.activity_days)))
