"""The back-test: whom would have been warned on past evenings, by what was known then, and who left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from stammkunde.insight.frames import Facts
from stammkunde.insight.risk import lights
from stammkunde.insight.risk.bins import numbers
from stammkunde.insight.risk.calibration import Line
from stammkunde.insight.risk.candidates import Rule
from stammkunde.insight.risk.contest import MOST_TRIALS, Trial, judge
from stammkunde.insight.risk.evenings import Question
from stammkunde.insight.risk.level import RiskLevel
from stammkunde.insight.risk.levelling import find_level
from stammkunde.insight.risk.lights import LIGHTS, Lights, Reach
from stammkunde.insight.risk.metrics import Bin, Bools, calibration, calibration_error
from stammkunde.insight.value.history import Floats, Whole

CURVE_STEPS = 20
CLASSES = ("A", "B", "C")


@dataclass(frozen=True)
class LiftPoint:
    """Of those who left, the share that is found when this share of the customers is warned by probability alone."""

    share: float
    found: float


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What warnings were worth among some customers; cents are what a year of theirs was worth, as known then."""

    customers: int
    left: int
    warned: int
    warned_left: int
    left_cents: int  # of those who left
    warned_left_cents: int  # of those of them who were warned about

    @property
    def precision(self) -> float | None:
        """Give the share of the warned that left."""
        return self.warned_left / self.warned if self.warned else None

    @property
    def recall(self) -> float | None:
        """Give the share of those who left that were warned."""
        return self.warned_left / self.left if self.left else None

    @property
    def lift(self) -> float | None:
        """Say how many times as often the warned left as everybody."""
        return self.precision * self.customers / self.left if self.left and self.precision is not None else None

    @property
    def left_share(self) -> float | None:
        """Give the share of all that left."""
        return self.left / self.customers if self.customers else None

    @property
    def missed_cents(self) -> int:
        """Say what a year of those who left unwarned was worth."""
        return self.left_cents - self.warned_left_cents


@dataclass(frozen=True, kw_only=True)
class Told(Counts):
    """The same under the name of those among whom it was counted."""

    name: str  # a class (A, B, C), a light, or "" for all


@dataclass(frozen=True, kw_only=True)
class Warned:
    """
    What the warnings of one past evening would have been worth, by the rule of `lights`.

    `days_ahead` is how long before the customer fell out of the activity window the warning came, the median over those
    who were warned and left; empty where there was none. `by_class` names A, B and C, `by_light` red, amber and green,
    those without customers too.
    """

    reach: Reach
    lights: Lights
    all: Told
    by_class: tuple[Told, ...]
    by_light: tuple[Told, ...]
    days_ahead: float | None


@dataclass(frozen=True, kw_only=True)
class BackTest:
    """
    A past evening: what was said of its customers by what was known then, and who left.

    Arrays hold one entry a customer, sorted by number. `lift_curve` has a point every five per cent of the customers,
    the most probable first; it is empty where nobody left.
    """

    as_of: date
    rule: Rule
    activity_days: int
    base_share: float  # that had left on evenings known by then, at the level of that evening
    level: RiskLevel  # to which all were moved, as known then
    calibration: tuple[Bin, ...]
    lift_curve: tuple[LiftPoint, ...]
    customer_id: Whole
    probability: Floats
    yearly_cents: Whole
    silent_days: Floats
    abc_class: NDArray[np.str_]  # by contribution margin (or revenue)
    gone: Bools

    @property
    def customers(self) -> int:
        """Count the customers."""
        return len(self.gone)

    @property
    def left(self) -> int:
        """Count those who left."""
        return int(self.gone.sum())

    @property
    def calibration_error(self) -> float:
        """Say how far probability and share that left lie apart."""
        return calibration_error(self.calibration)

    @property
    def at_risk_cents(self) -> Whole:
        """Say what was at stake with each."""
        return lights.at_risk_cents(self.probability, self.yearly_cents)

    @property
    def worries(self) -> Bools:
        """Say who was to worry about."""
        return lights.worrying(self.probability, self.at_risk_cents, base_share=self.base_share)

    def warned(self, reach: Reach | None = None) -> Warned:
        """
        Warn as would have been done that evening.

        Args:
            reach: how many are warned about, and how many of them first; the usual share where None.

        Returns:
            the lights, and what they were worth.
        """
        reach = reach or Reach()
        given = lights.lights(self.at_risk_cents, self.worries, reach=reach)
        told = given > lights.GREEN
        hit = told & self.gone
        return Warned(
            reach=reach,
            lights=given,
            all=self._told("", told, np.ones(self.customers, dtype=bool)),
            by_class=self._each(CLASSES, told, (self.abc_class == name for name in CLASSES)),
            by_light=self._each(LIGHTS[::-1], told, (given == LIGHTS.index(name) for name in LIGHTS[::-1])),
            days_ahead=float(np.median(self.activity_days - self.silent_days[hit])) if hit.any() else None,
        )

    def _each(self, names: Sequence[str], told: Bools, which: Iterable[Bools]) -> tuple[Told, ...]:
        return tuple(self._told(name, told, own) for name, own in zip(names, which, strict=True))

    def _told(self, name: str, told: Bools, own: Bools) -> Told:
        gone, worth = own & self.gone, np.maximum(self.yearly_cents, 0)
        return Told(
            name=name,
            customers=int(own.sum()),
            left=int(gone.sum()),
            warned=int((own & told).sum()),
            warned_left=int((gone & told).sum()),
            left_cents=int(worth[gone].sum()),
            warned_left_cents=int(worth[gone & told].sum()),
        )


def replay(tried: Sequence[Trial], facts: Facts, question: Question) -> list[BackTest]:
    """
    Go through past evenings by what was known then: candidate, correction and level come from older evenings alone.

    Args:
        tried: from `trials`, latest first.
        facts: the facts that were tried on.
        question: what was asked.

    Returns:
        at most four back-tests, latest first.
    """
    return [
        _back_test(trial, tried[number + 1 :], facts, question)
        for number, trial in enumerate(tried[:MOST_TRIALS])
        if trial.by == "time"
    ]


def _back_test(trial: Trial, older: Sequence[Trial], facts: Facts, question: Question) -> BackTest:
    verdict, evening = judge(older), trial.evening
    rule = verdict.rule if verdict.rule in trial.said else "silence"
    level = find_level(
        facts,
        question,
        as_of=evening.on,
        table=evening.table,
        value=evening.value,
        chance=lambda table: verdict.line.at(trial.fitted[rule].probability(table)),
    )
    p = Line(offset=level.log_odds).at(verdict.line.at(trial.said[rule]))
    return BackTest(
        as_of=evening.on,
        rule=rule,
        activity_days=question.activity_days,
        base_share=level.share(trial.base_share),
        level=level,
        calibration=calibration(p, evening.left),
        lift_curve=_lift_curve(evening.left[np.argsort(-p, kind="stable")]),
        customer_id=evening.table["customer_id"].to_numpy(),
        probability=p,
        yearly_cents=numbers(evening.table["yearly_cents"]).astype(np.int64),
        silent_days=numbers(evening.table["silent_days"]),
        abc_class=np.array([name or "" for name in evening.table["abc_class"].to_pylist()], dtype=np.str_),
        gone=evening.left,
    )


def _lift_curve(left: Bools) -> tuple[LiftPoint, ...]:
    """Count who is found the further one goes down the list, given in the order of the list."""
    found, whole = np.concatenate([[0], np.cumsum(left)]), int(left.sum())
    steps = [step / CURVE_STEPS for step in range(CURVE_STEPS + 1)] if whole else []
    return tuple(LiftPoint(share, int(found[round(share * len(left))]) / whole) for share in steps)
