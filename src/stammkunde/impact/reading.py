"""Who is compared: of each draw of a play both arms, once per customer, in the order in which they entered."""

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from stammkunde.impact.models import Trial
from stammkunde.insight.periods import day_number
from stammkunde.outreach.models import Assignment, Draw
from stammkunde.store import bulk

COLUMNS = ("pk", "customer_id", "draw_id", "held_out", "at", "expected_cents", "expected_purchases", "known_risk")
NO_RISK = -1.0  # where it is unknown
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
    found = _members(trial, of_round(trial))
    is_over = found.last_on <= day_number(as_of) - trial.lag_days
    return Members(**{one.name: getattr(found, one.name)[is_over] for one in fields(Members)})


def entered(trial: Trial, *, at_most: int) -> Members:
    """Read the first of the round, whether their window is over or not."""
    return _members(trial, of_round(trial)[:at_most])


def _members(trial: Trial, rows: "QuerySet[Assignment]") -> Members:
    named = rows.annotate(at=bulk.Seconds("entered_at"), known_risk=Coalesce("risk", NO_RISK)).values_list(*COLUMNS)
    table = bulk.taken(named, COLUMNS)

    def whole(name: str) -> "np.ndarray[Any, np.dtype[np.int64]]":
        return np.asarray(table[name].to_numpy(), dtype=np.int64)

    def real(name: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
        return np.asarray(table[name].to_numpy(), dtype=np.float64)

    drawn_by, entered_on = whole("draw_id"), bulk.local_days(whole("at"))
    days = np.zeros(len(table), dtype=np.int64)
    for pk, window_days in draws(trial).values_list("pk", "window_days"):
        days[drawn_by == pk] = window_days
    risk = real("known_risk")
    return Members(
        assignments=whole("pk"),
        customers=whole("customer_id"),
        draws=drawn_by,
        treated=~table["held_out"].to_numpy().astype(np.bool_),
        first_on=entered_on + 1,
        last_on=entered_on + days,
        expected_cents=real("expected_cents"),
        expected_purchases=real("expected_purchases"),
        risk=np.where(risk == NO_RISK, np.nan, risk),
    )
