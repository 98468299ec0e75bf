"""
Whom to warn about, today and on the past evenings of the back-test: the same rule, within the same limits.

Red is whom the team reaches within a week, by the minutes that Today plans with; amber whom to watch besides. Together
they are at most so many of all customers as the company decided.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from stammkunde.insight.risk import BackTest, Reach, Told, lights
from stammkunde.insight.risk.metrics import Bools
from stammkunde.insight.value.history import Floats, Whole
from stammkunde.signals.models import FigureSettings
from stammkunde.tasks import queries as tasks
from stammkunde.tasks.policy import Capacity, at_stake
from stammkunde.team import queries as team

CHOICES = (5, 8, 10, 12, 15, 20, 30)  # percent, to choose from knowing what follows
LIT = pa.schema(
    [
        ("customer_id", pa.int64()),
        ("margin_at_risk_cents", pa.int64()),
        ("is_worrying", pa.bool_()),
        ("risk_level", pa.string()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Evening:
    """The customers of an evening, one entry each."""

    stakes: Floats | Whole
    worries: Bools
    classes: np.ndarray
    yearly: Whole


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the team can do, and how many the company wants to be warned about."""

    capacity: Capacity
    warned_percent: int

    @property
    def told(self) -> dict[str, Any]:
        """Give what a generation says of them (`Generation.forecast`)."""
        split = self.capacity.split
        return {
            "warned_percent": self.warned_percent,
            "hours_per_week": self.capacity.hours_per_week,
            "people": self.capacity.people,
            "usual_minutes": self.capacity.usual_minutes,
            "split": split and list(split),
        }

    def reach(self, evening: Evening, *, part: float = 1.0) -> Reach:
        """Tell how far they reach on an evening whose customers are a part of the company's."""
        contacts = self.capacity.week_contacts(
            evening.stakes,
            order=lights.first(evening.stakes, evening.worries),
            classes=evening.classes,
            yearly=evening.yearly,
            part=part,
        )
        return Reach(share=self.warned_percent / 100, contacts=contacts)


def limits() -> Limits:
    """Read them; four queries."""
    return Limits(capacity=tasks.capacity(), warned_percent=FigureSettings.of(team.company()).warned_percent)


@dataclass(frozen=True, kw_only=True)
class Today:
    """The lights of today, and what they would be if another share were warned about."""

    rows: pa.Table
    told: dict[str, Any]


def today(customers: pa.Table, *, base_share: float | None, usual_days: int, limits: Limits) -> Today:
    """
    Give today's customers their lights: by what is at stake or, where no risk is known, by silence and worth.

    `customers`: customer_id, risk, yearly_cents, abc_class, silent_days, late_after_days, gap_days, sorted by number.
    """
    yearly = _numbers(customers, "yearly_cents").astype(np.int64)
    at_risk = None if base_share is None else lights.at_risk_cents(_numbers(customers, "risk"), yearly)
    evening = Evening(
        stakes=_silence(customers, yearly, usual_days=usual_days) if at_risk is None else at_risk,
        worries=_late(customers, yearly)
        if at_risk is None or base_share is None
        else lights.worrying(_numbers(customers, "risk"), at_risk, base_share=base_share),
        classes=customers["abc_class"].to_numpy(),
        yearly=yearly,
    )
    reach = limits.reach(evening)
    given = lights.lights(evening.stakes, evening.worries, reach=reach)
    names = np.array(lights.LIGHTS)[given]
    return Today(
        rows=pa.table([customers["customer_id"], _cents(at_risk, len(given)), evening.worries, names], schema=LIT),
        told={
            **limits.told,
            **_counted(given),
            "contacts": reach.contacts,
            "base_share": base_share,
            "choices": [_choice(evening, reach, percent) for percent in _choices(limits)],
        },
    )


def tried(tests: Iterable[BackTest], *, limits: Limits, part: float) -> list[dict[str, Any]]:
    """
    Warn on past evenings as today, and tell what it was worth, and what another share would have been worth.

    After a jump no probability would have been shown, so there is none to try.
    """
    return [_tried(test, limits=limits, part=part) for test in tests if test.level.purchases != "jump"]


def _tried(test: BackTest, *, limits: Limits, part: float) -> dict[str, Any]:
    evening = Evening(stakes=test.at_risk_cents, worries=test.worries, classes=test.abc_class, yearly=test.yearly_cents)
    reach = limits.reach(evening, part=part)
    found = test.warned(reach)
    others = {percent: Reach(share=percent / 100, contacts=reach.contacts) for percent in _choices(limits)}
    return {
        "as_of": test.as_of.isoformat(),
        "rule": test.rule,
        **_told(found.all),
        "days_ahead": found.days_ahead,
        "by_class": [{"class": one.name, **_told(one)} for one in found.by_class],
        "by_light": [{"light": one.name, **_told(one)} for one in found.by_light],
        "choices": [{"percent": percent, **_told(test.warned(other).all)} for percent, other in others.items()],
        "calibration_error": test.calibration_error,
        "calibration": [asdict(one) for one in test.calibration],
        "lift_curve": [asdict(point) for point in test.lift_curve],
    }


def _told(one: Told) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name != "name"}  # shares: `Counts`


def _choices(limits: Limits) -> list[int]:
    return sorted({*CHOICES, limits.warned_percent})


def _choice(evening: Evening, reach: Reach, percent: int) -> dict[str, int]:
    other = Reach(share=percent / 100, contacts=reach.contacts)
    return {"percent": percent, **_counted(lights.lights(evening.stakes, evening.worries, reach=other))}


def _counted(given: lights.Lights) -> dict[str, int]:
    return {"red": int((given == lights.RED).sum()), "amber": int((given == lights.AMBER).sum())}


def _cents(at_risk: Whole | None, customers: int) -> pa.Array:
    return pa.nulls(customers, pa.int64()) if at_risk is None else pa.array(at_risk)


def _late(customers: pa.Table, yearly: Whole) -> Bools:
    late: Bools = (_numbers(customers, "silent_days") > _numbers(customers, "late_after_days")) & (yearly > 0)
    return late


def _silence(customers: pa.Table, yearly: Whole, *, usual_days: int) -> Floats:
    """Say what is at stake where no risk is known (`policy.at_stake`)."""
    silent, gap = _numbers(customers, "silent_days"), _numbers(customers, "gap_days")
    usual = np.where(np.isnan(gap), usual_days, gap)
    each = zip(yearly.tolist(), silent.tolist(), usual.tolist(), strict=True)
    return np.array([at_stake(cents, silent_days=days, usual_days=gap_days) for cents, days, gap_days in each])


def _numbers(customers: pa.Table, name: str) -> Floats:
    found: Floats = customers[name].cast(pa.float64()).to_numpy()
    return found
