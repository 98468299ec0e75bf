"""
How good the early warning is: on past days as it would have been known then, and what became of real warnings.

Every page quotes these numbers, and no others: they are of the rule that gives the lights (`signals.lit`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db.models import Min

from stammkunde.insight.risk import Counts
from stammkunde.insight.risk.candidates import RULES
from stammkunde.insight.risk.metrics import Bin, Gain
from stammkunde.sales.models import Order
from stammkunde.signals import forecasts, reasons
from stammkunde.signals import queries as signals
from stammkunde.signals.models import CustomerSignal, EarlyWarning, Generation
from stammkunde.ui import writing

_COUNTS = tuple(one.name for one in fields(Counts))


@dataclass(frozen=True, kw_only=True)
class ClassTest(Counts):
    """What the warnings of one day were worth among the customers of one class."""

    abc_class: str


@dataclass(frozen=True, kw_only=True)
class LightTest(Counts):
    """The same among the customers of one light."""

    light: str
    all_left: int  # among all customers

    @property
    def recall(self) -> float | None:
        """Of all who left, the share that had this light."""
        return self.left / self.all_left if self.all_left else None

    @property
    def label(self) -> Any:
        return CustomerSignal.Level(self.light).label


@dataclass(frozen=True, kw_only=True)
class Choice(Counts):
    """The same if another share of all customers were warned about."""

    percent: int


@dataclass(frozen=True, kw_only=True)
class BackTest(Counts):
    """Whom would have been warned on a past day by what was known then, by today's rule, and who left."""

    as_of: date
    rule: str
    days_ahead: float | None
    calibration_error: float | None
    calibration: Sequence[Bin]
    gains: Sequence[Gain]
    by_class: Sequence[ClassTest]
    by_light: Sequence[LightTest]
    choices: Sequence[Choice]

    @property
    def rule_name(self) -> Any:
        return forecasts.rule(self.rule)[0]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One of the rules that competed, and how it did on the company's own past."""

    rule: str
    quality: Mapping[str, float]
    is_used: bool

    @property
    def name(self) -> Any:
        return forecasts.rule(self.rule)[0]

    @property
    def meaning(self) -> Any:
        return forecasts.rule(self.rule)[1]

    @property
    def points_off(self) -> str:
        """Write by how many points of a hundred its probabilities lay from what came."""
        return writing.number(self.quality["calibration_error"] * 100, places=1)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What became of the warnings given so far."""

    test: signals.LiveTest
    since_on: date | None

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """Name every outcome with how many warnings had it."""
        return [(str(label), getattr(self.test, value)) for value, label in EarlyWarning.Outcome.choices]

    @property
    def total(self) -> int:
        return self.test.open + self.test.closed

    @property
    def decided(self) -> int:
        """How many of them are known to have left or to have bought again."""
        return self.test.left + self.test.bought

    @property
    def left_share(self) -> float | None:
        return self.test.left_share


def back_tests(generation: Generation | None) -> list[BackTest]:
    """Read the back-tests of a generation, latest first; what tried another rule than that of the lights is none."""
    found = forecasts.part(generation, "risk").get("back_tests") or []
    return [_back_test(told) for told in found if "by_light" in told]


def latest(generation: Generation | None) -> BackTest | None:
    """Give the back-test that speaks for the warnings of today."""
    return next(iter(back_tests(generation)), None)


@dataclass(frozen=True, kw_only=True)
class IfWarned:
    """What follows if so many percent of customers are warned about: today's lights, and the latest back-test."""

    percent: int
    red: int
    amber: int
    tried: Choice | None
    is_chosen: bool

    @property
    def share(self) -> float:
        return self.percent / 100


def choices(generation: Generation | None) -> list[IfWarned]:
    """Say what follows from each share of customers that may be warned about, for the settings."""
    levels, tried = forecasts.part(generation, "levels"), latest(generation)
    then = {one.percent: one for one in (tried.choices if tried else ())}
    return [
        IfWarned(
            percent=one["percent"],
            red=one["red"],
            amber=one["amber"],
            tried=then.get(one["percent"]),
            is_chosen=one["percent"] == levels.get("warned_percent"),
        )
        for one in levels.get("choices") or ()
    ]


def _back_test(told: Mapping[str, Any]) -> BackTest:
    return BackTest(
        **_counts(told),
        **{name: told[name] for name in ("rule", "days_ahead")},
        as_of=date.fromisoformat(told["as_of"]),
        calibration_error=told["calibration_error"],
        calibration=[Bin(**group) for group in told["calibration"]],
        gains=[_gain(point, customers=told["customers"]) for point in told["lift_curve"] if point["share"]],
        by_class=[ClassTest(abc_class=one["class"], **_counts(one)) for one in told["by_class"] if one["customers"]],
        by_light=[LightTest(light=one["light"], all_left=told["left"], **_counts(one)) for one in told["by_light"]],
        choices=[Choice(percent=one["percent"], **_counts(one)) for one in told["choices"]],
    )


def _counts(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in _COUNTS}


def _gain(point: Mapping[str, float], *, customers: int) -> Gain:
    share, found = point["share"], point["found"]
    return Gain(share=share, customers=round(share * customers), reached=found, lift=found / share)


def candidates(generation: Generation | None) -> list[Candidate]:
    """List the rules that competed, from simple to strong."""
    told = forecasts.part(generation, "risk")
    qualities = told.get("qualities") or {}
    return [
        Candidate(rule=rule, quality=qualities[rule], is_used=rule == told.get("rule"))
        for rule in RULES
        if rule in qualities
    ]


def given() -> Given:
    """Count what became of the warnings given so far; two queries."""
    first = EarlyWarning.objects.aggregate(first=Min("warned_on"))["first"]
    return Given(test=signals.live_test(), since_on=first)


def sentence_numbers(tried: BackTest) -> dict[str, str]:
    """Write the numbers of the sentence that says what a warning on a past day would have been worth."""
    return {
        "day": writing.day(tried.as_of),
        "warned": writing.number(tried.warned),
        "warned_left": writing.number(tried.warned_left),
        "precision": writing.percent(tried.precision, places=0),
        "left": writing.number(tried.left),
        "recall": writing.percent(tried.recall, places=0),
        "days": writing.number(tried.days_ahead),
        "left_share": writing.percent(tried.left_share, places=0),
        "left_euro": writing.money(tried.left_cents, places=0),
        "found_euro": writing.money(tried.warned_left_cents, places=0),
        "missed_euro": writing.money(tried.missed_cents, places=0),
    }


def trust(generation: Generation) -> dict[str, Any]:
    """Tell how far ahead is looked, how good it has been, and what is missing for more."""
    tried = latest(generation)
    told = forecasts.part(generation, "risk")
    return {
        "generation": generation,
        "horizon_days": told.get("horizon_days") if told.get("base_share") is not None else None,
        "tried": tried,
        "numbers": sentence_numbers(tried) if tried else {},
        "refusal": reasons.refusal(told.get("refusal")),
        "enough_on": _enough_on(told.get("refusal"), generation),
    }


def _enough_on(refused: dict[str, Any] | None, generation: Generation) -> date | None:
    """Say when there will be enough past, where only time is missing."""
    needed = (refused or {}).get("needed_days")
    if not needed:
        return None
    took_place = Order.objects.exclude(status=Order.Status.CANCELLED).order_by("ordered_on")
    first = took_place.values_list("ordered_on", flat=True).first()
    return max(first + timedelta(days=needed), generation.as_of_on) if first else None
