"""From a figure to the customers behind it: the same days and stays that the figure was counted from."""

import narwhals as nw

from stammkunde.insight import buying
from stammkunde.insight.errors import CannotAnswer
from stammkunde.insight.frames import Facts, Frame, arrow
from stammkunde.insight.periods import Period

GROUPS = ("start", "end", "stayed", "won", "lost", "buyers", "repeated")
OF_KPI = {
    "retention_rate": "stayed",
    "churn_rate": "lost",
    "repurchase_rate": "repeated",
    "revenue_per_customer_cents": "buyers",
    "margin_per_customer_cents": "buyers",
    "average_basket_cents": "buyers",
    "customers_start": "start",
    "customers_end": "end",
    "customers_won": "won",
    "customers_lost": "lost",
    "customer_lifetime_days": "end",
}


class GroupUnknown(CannotAnswer):
    """A figure has no such group of customers."""


def ids(facts: Facts, *, period: Period, group: str, activity_days: int, last_day: int) -> tuple[int, ...]:
    """
    List the customers of a group, by id.

    :raises GroupUnknown: if there is no such group
    """
    if group not in GROUPS:
        raise GroupUnknown(f"There is no group '{group}'. Choose from {', '.join(GROUPS)}.")
    end = min(period.end_day, last_day)
    if group in {"buyers", "repeated"}:
        found = _buyers(facts, first=period.start_day, last=end, least_days=2 if group == "repeated" else 1)
    else:
        stays = buying.stays(facts, activity_days=activity_days)
        found = _members(group, start=_there(stays, period.start_day - 1), end=_there(stays, end))
    return tuple(sorted(arrow(found.select("customer_id")).column("customer_id").to_pylist()))


def last_bought(facts: Facts, *, period: Period, activity_days: int, last_day: int) -> dict[int, int]:
    """Tell of everybody lost in a period on which day the last purchase before that was."""
    end, stays = min(period.end_day, last_day), buying.stays(facts, activity_days=activity_days)
    lost = _members("lost", start=_there(stays, period.start_day - 1), end=_there(stays, end))
    over = stays.filter(nw.col("entered") <= end).group_by("customer_id").agg(nw.col("until").max())
    found = arrow(over.join(lost, on="customer_id", how="semi").select("customer_id", "until")).to_pylist()
    return {row["customer_id"]: row["until"] - activity_days + 1 for row in found}


def _there(stays: Frame, day: int) -> Frame:
    """Find who is a customer on a day."""
    return stays.filter((nw.col("entered") <= day) & (nw.col("until") >= day)).select("customer_id").unique()


def _members(group: str, *, start: Frame, end: Frame) -> Frame:
    if group in {"start", "end"}:
        return start if group == "start" else end
    if group == "won":
        return end.join(start, on="customer_id", how="anti")
    return start.join(end, on="customer_id", how="semi" if group == "stayed" else "anti")


def _buyers(facts: Facts, *, first: int, last: int, least_days: int) -> Frame:
    within = buying.days(facts).filter((nw.col("day") >= first) & (nw.col("day") <= last))
    return within.group_by("customer_id").agg(nw.len().alias("n")).filter(nw.col("n") >= least_days)
