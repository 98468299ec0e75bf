"""The back-test: whom would have been warned on past evenings, by what was known then, and who left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow.compute as pc

from stammkunde.insight.risk.bins import numbers
from stammkunde.insight.risk.candidates import Rule
from stammkunde.insight.risk.contest import MOST_TRIALS, Trial, judge
from stammkunde.insight.risk.metrics import Bin, Bools, calibration, calibration_error
from stammkunde.insight.value.history import Floats, Whole

WARNED_SHARE = 0.1
CURVE_STEPS = 20
CLASSES = ("A", "B", "C")


@dataclass(frozen=True)
class LiftPoint:
    """Of those who left, the share that is found when this share of the customers is warned."""

    share: float
    found: float


@dataclass(frozen=True)
class ClassTest:
    """What the warnings were worth among the customers of one class."""

    abc_class: str  # by contribution margin (or revenue), as known on that evening
    customers: int
    left: int
    warned: int
    warned_left: int


@dataclass(frozen=True)
class BackTest:
    """
    What warnings on a past evening would have been worth.

    `days_ahead` is how long before the customer fell out of the activity window the warning came, the median over those
    who were warned and left; empty where there was none. `lift_curve` has a point every five per cent of the customers;
    it is empty where nobody left. `by_class` names A, B and C, those without customers too.
    """

    as_of: date
    rule: Rule
    customers: int
    left: int
    warned: int
    warned_left: int
    days_ahead: float | None
    calibration: tuple[Bin, ...]
    lift_curve: tuple[LiftPoint, ...]
    by_class: tuple[ClassTest, ...]
    probability: Floats
    customer_id: Whole
    gone: Bools

    @property
    def precision(self) -> float:
        """Give the share of the warned that left."""
        return self.warned_left / self.warned

    @property
    def recall(self) -> float | None:
        """Give the share of those who left that were warned."""
        return self.warned_left / self.left if self.left else None

    @property
    def lift(self) -> float | None:
        """Say how many times as often the warned left as everybody."""
        return self.precision * self.customers / self.left if self.left else None

    @property
    def calibration_error(self) -> float:
        """Say how far probability and share that left lie apart."""
        return calibration_error(self.calibration)


def replay(tried: Sequence[Trial], *, activity_days: int, warned_share: float = WARNED_SHARE) -> list[BackTest]:
    """
    Warn on past evenings by what was known then: candidate and correction are chosen from older evenings alone.

    Args:
        tried: from `trials`, latest first.
        activity_days: length of the activity window.
        warned_share: the share of the customers who are warned, above 0 and at most 1.

    Returns:
        at most four back-tests, latest first.
    """
    return [
        _back_test(trial, tried[number + 1 :], activity_days, warned_share)
        for number, trial in enumerate(tried[:MOST_TRIALS])
        if trial.by == "time"
    ]


def _back_test(trial: Trial, older: Sequence[Trial], activity_days: int, warned_share: float) -> BackTest:
    verdict = judge(older)
    rule = verdict.rule if verdict.rule in trial.said else "silence"
    p, left = verdict.line.at(trial.said[rule]), trial.evening.left
    order = np.argsort(-p, kind="stable")
    warned = order[: max(round(warned_share * len(p)), 1)]
    hit = warned[left[warned]]
    ahead = activity_days - numbers(trial.evening.table["silent_days"])[hit]
    return BackTest(
        as_of=trial.evening.on,
        rule=rule,
        customers=len(p),
        left=int(left.sum()),
        warned=len(warned),
        warned_left=len(hit),
        days_ahead=float(np.median(ahead)) if len(hit) else None,
        calibration=calibration(p, left),
        lift_curve=_lift_curve(left[order]),
        by_class=_by_class(trial, warned),
        probability=p,
        customer_id=trial.evening.table["customer_id"].to_numpy(),
        gone=left,
    )


def _lift_curve(left: Bools) -> tuple[LiftPoint, ...]:
    """Count who is found the further one goes down the list, given in the order of the list."""
    found, whole = np.concatenate([[0], np.cumsum(left)]), int(left.sum())
    steps = [step / CURVE_STEPS for step in range(CURVE_STEPS + 1)] if whole else []
    return tuple(LiftPoint(share, int(found[round(share * len(left))]) / whole) for share in steps)


def _by_class(trial: Trial, warned: Whole) -> tuple[ClassTest, ...]:
    left, told = trial.evening.left, np.zeros(len(trial.evening.left), dtype=bool)
    told[warned] = True
    tests = []
    for name in CLASSES:
        own = np.asarray(pc.equal(trial.evening.table["abc_class"], name), dtype=bool)
        counts = (own, own & left, own & told, own & told & left)
        tests.append(ClassTest(name, *(int(rows.sum()) for rows in counts)))
    return tuple(tests)
