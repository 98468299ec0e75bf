"""Who is compared: of each draw of a play both arms, once per customer, in the order in which they entered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from stammkunde.impact.models import Trial
from stammkunde.insight.periods import day_number
from stammkunde.outreach.models import Assignment, Draw

COLUMNS = ("pk", "customer_id", "draw_id", "held_out", "entered_at", "expected_cents", "expected_purchases", "risk")
_EARLIER = Q(entered_at__lt=OuterRef("entered_at")) | Q(entered_at=OuterRef("entered_at"), pk__lt=OuterRef("pk"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Members:
    """Customers who are compared, an array each; days since 1970-01-01, windows with both their ends."""

    assignments: np.ndarray
    customers: np.ndarray
    draws: np.ndarray
    treated: np.ndarray
    first_on: np.ndarray
    last_on: np.ndarray
    expected_cents: np.ndarray
    expected_purchases: np.ndarray
    risk: np.ndarray  # not a number where it is unknown

    def __len__(self) -> int:
        return len(self.assignments)

    def only(self, rows: np.ndarray) -> "Members":
        """Give some of them, by their places."""
        return Members(**{name: values[rows] for name, values in vars(self).items()})

    def entries(self) -> pa.Table:
        """Give them as `insight.outcomes` wants them, each named by her place."""
        places = np.arange(len(self), dtype=np.int64)
        columns = (places, self.customers, self.first_on, self.last_on)
        return pa.table(dict(zip(("entry_id", "customer_id", "first_on", "last_on"), columns, strict=True)))


def draws(trial: Trial) -> "QuerySet[Draw]":
    """Give the draws of a trial: one of a campaign, of a measure one for each share that it had."""
    return Draw.objects.filter(Q(origin=trial.origin) | Q(origin__startswith=f"{trial.origin}:draw:"))


def is_cut_short(trial: Trial) -> bool:
    """Tell whether what left customers alone was ended within its window: then nothing can be compared."""
    ended = draws(trial).exclude(ended_at=None)
    return any(one.ended_at < one.drawn_at + timedelta(days=one.window_days) for one in ended if one.ended_at)


def drawn(trial: Trial) -> "QuerySet[Assignment]":
    """Give all who were drawn and have begun."""
    return Assignment.objects.filter(draw__in=draws(trial), entered_at__isnull=False)


def compared(trial: Trial) -> "QuerySet[Assignment]":
    """
    Give who is compared, in the order of their entries: whom anything could have reached, in either arm alike.

    Of whoever was drawn again under another share, the first entry counts; of a household that was drawn as one, the
    first who entered: its members are no chance of their own.
    """
    mine = drawn(trial).exclude(eligible=False)
    if draws(trial).count() > 1:
        mine = mine.exclude(
            Exists(drawn(trial).exclude(eligible=False).filter(_EARLIER, customer=OuterRef("customer")))
        )
    return _first_of_each(mine).order_by("entered_at", "pk")


def units(trial: Trial) -> "QuerySet[Assignment]":
    """Give one of each that was drawn: a customer, or the first of a household."""
    return _first_of_each(drawn(trial))


def _first_of_each(rows: "QuerySet[Assignment]") -> "QuerySet[Assignment]":
    household = rows.exclude(key="").filter(_EARLIER, draw=OuterRef("draw"), key=OuterRef("key"))
    return rows.filter(Q(key="") | ~Exists(household))


def of_round(trial: Trial) -> "QuerySet[Assignment]":
    """Give who belongs to the round at hand; all who are left as long as nobody knows how many it waits for."""
    rows = compared(trial)
    upto = None if trial.planned is None else trial.skipped + trial.planned
    return rows[trial.skipped : upto]


def ripe(trial: Trial, *, as_of: date) -> Q:
    """Say whose window is over, and the time in which things come back after it."""
    is_ripe = Q(pk__in=())
    for draw in draws(trial):
        last = as_of - timedelta(days=draw.window_days + trial.lag_days)
        is_ripe |= Q(draw=draw, entered_at__lt=begin_of(last + timedelta(days=1)))
    return is_ripe


def begin_of(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))


def members(trial: Trial, *, as_of: date) -> Members:
    """Read those of the round whose window is over."""
    windows = _windows(trial)
    limits = {pk: day_number(as_of) - days - trial.lag_days for pk, days in windows.items()}
    rows = of_round(trial).values_list(*COLUMNS).iterator(chunk_size=10_000)
    return _members([row for row in rows if _day(row[4]) <= limits[row[2]]], windows)


def entered(trial: Trial, *, at_most: int) -> Members:
    """Read the first of the round, whether their window is over or not."""
    return _members(list(of_round(trial).values_list(*COLUMNS)[:at_most]), _windows(trial))


def _windows(trial: Trial) -> dict[int, int]:
    return dict(draws(trial).values_list("pk", "window_days"))


def _members(rows: Sequence[tuple[Any, ...]], windows: Mapping[int, int]) -> Members:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
    entered_on = np.array([_day(at) for at in columns[4]], dtype=np.int64)
    whole = {name: np.array(columns[place], dtype=np.int64) for place, name in enumerate(COLUMNS[:3])}
    return Members(
        assignments=whole["pk"],
        customers=whole["customer_id"],
        draws=whole["draw_id"],
        treated=~np.array(columns[3], dtype=np.bool_),
        first_on=entered_on + 1,
        last_on=entered_on + np.array([windows[pk] for pk in columns[2]], dtype=np.int64),
        expected_cents=np.array(columns[5], dtype=np.float64),
        expected_purchases=np.array(columns[6], dtype=np.float64),
        risk=np.array([np.nan if one is None else one for one in columns[7]], dtype=np.float64),
    )


@lru_cache(maxsize=4096)
def _day(at: datetime) -> int:
    """Number the local day of a moment; many enter at the same one."""
    return day_number(timezone.localdate(at))
