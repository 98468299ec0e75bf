"""Time spent on customers, at what an hour of it costs: finished tasks, and contacts whose time no task tells."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

import duckdb

from stammkunde import mirror
from stammkunde.insight.periods import day_number
from stammkunde.mirror.engine import connection

TABLES = ("contacts", "tasks")  # of the mirror, and parts of the facts, that are read
ALWAYS = 1_000_000  # days before and after 1970 that lie beyond all facts
# Who speaks with a customer spends time, whether somebody said how much or not; who writes may have done so in passing.
_TALKED = (
    "minutes IS NULL AND tells_time AND channel IN ('phone', 'meeting') AND (direction = 'in' OR outcome = 'reached')"
)
_BOUGHT = "kind = 'sale' AND quantity > 0 AND revenue_cents > 0 AND customer_id IS NOT NULL"

_TOLD = """
SELECT customer_id, finished_on AS spent_on, finished_month AS spent_month, role, coalesce(minutes, {usual}) AS minutes,
  minutes IS NULL AS is_assumed FROM tasks
UNION ALL SELECT customer_id, happened_on, happened_month, role, minutes, false FROM contacts
"""


@dataclass(frozen=True, kw_only=True)
class Hourly:
    """What an hour of a role costs, from a day on; what a role costs first, it cost before, too."""

    role: str  # empty: nobody knows who it was
    holds_from_on: str  # an ISO day
    cents: int


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How time becomes money."""

    usual_minutes: int  # of a task of which nobody said how long it took
    hourly: tuple[Hourly, ...]


def pieces(tables: mirror.Tables, rule: Rule) -> duckdb.DuckDBPyRelation:
    """
    List the pieces of time spent on customers.

    Columns: customer_id, spent_on, spent_month, role, minutes, is_assumed (nobody said them), has_bought (at any time),
    hour_cents (empty: not set for the role).
    """
    tasks, contacts = tables.tasks, tables.contacts.filter("minutes IS NOT NULL")  # noqa: F841 (named in SQL)
    buyers = tables.lines.filter(_BOUGHT).project("customer_id").distinct()  # noqa: F841
    told = connection().sql(  # noqa: F841
        _TOLD.format(usual=int(rule.usual_minutes))
    )
    hourly = _spans(rule.hourly)  # noqa: F841
    return connection().sql(
        "SELECT t.*, b.customer_id IS NOT NULL AS has_bought, h.cents AS hour_cents FROM told t "
        "LEFT JOIN buyers b ON b.customer_id = t.customer_id "
        "LEFT JOIN hourly h ON h.role = t.role AND t.spent_on >= h.from_day AND t.spent_on < h.until_day"
    )


def gaps(tables: mirror.Tables, rule: Rule, *, as_of: date) -> dict[str, object]:
    """Sum up the time known on the evening of a day, and count what is missing of it."""
    until = f"<= {day_number(as_of)}"
    known = pieces(tables, rule).filter(f"spent_on {until}")
    ((ahead,),) = known.filter("NOT has_bought").aggregate("coalesce(sum(minutes), 0)::BIGINT").fetchall()
    (row,) = (
        known.filter("has_bought")
        .aggregate(
            "coalesce(sum(minutes) FILTER (hour_cents IS NOT NULL), 0)::BIGINT, "
            "coalesce(sum(round(minutes * hour_cents / 60)), 0)::BIGINT, "
            "coalesce(sum(minutes) FILTER (hour_cents IS NOT NULL AND is_assumed), 0)::BIGINT, "
            "coalesce(sum(minutes) FILTER (hour_cents IS NULL), 0)::BIGINT, "
            "coalesce(list(DISTINCT role) FILTER (hour_cents IS NULL), [])"
        )
        .fetchall()
    )
    minutes, cost, assumed, uncosted, roles = row
    talked = tables.contacts.filter(f"({_TALKED}) AND happened_on {until}")
    ((untimed,),) = talked.aggregate("count(*)").fetchall()
    return {
        "minutes": minutes,
        "service_cost_cents": cost,
        "assumed_minutes": assumed,
        "uncosted_minutes": uncosted,
        "uncosted_roles": sorted(roles),
        "untimed_contacts": untimed,
        "prospects_minutes": ahead,
    }


def _spans(hourly: Iterable[Hourly]) -> duckdb.DuckDBPyRelation:
    """Say from which day until which one a role costs what."""
    rows = [f"('{role}', {first}, {last}, {cents})" for role, first, last, cents in _held(hourly)]
    given = f"VALUES {', '.join(rows)}" if rows else "SELECT NULL, NULL, NULL, NULL WHERE false"
    return connection().sql(
        f"SELECT role::VARCHAR AS role, from_day::INTEGER AS from_day, until_day::INTEGER AS until_day, "  # noqa: S608
        f"cents::BIGINT AS cents FROM ({given}) AS given(role, from_day, until_day, cents)"
    )


def _held(hourly: Iterable[Hourly]) -> Iterator[tuple[str, int, int, int]]:
    ordered = sorted(hourly, key=lambda one: (one.role, one.holds_from_on))
    for role, group in groupby(ordered, key=lambda one: one.role):
        own = list(group)
        days = [-ALWAYS, *(day_number(date.fromisoformat(one.holds_from_on)) for one in own[1:]), ALWAYS]
        for one, (first, last) in zip(own, pairwise(days), strict=True):
            yield role.replace("'", "''"), first, last, int(one.cents)
