"""
Early warnings: who is warned about anew, and what became of those about whom somebody was warned before.

They are few, as many as the team can contact. So they are planned beforehand, and written in the transaction that shows
the generation: a refresh that is killed leaves none behind, and repeating one changes nothing.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
from django.db.models import Q

from stammkunde.customers.models import Customer
from stammkunde.insight import buying
from stammkunde.insight.frames import Facts
from stammkunde.insight.periods import day, day_number
from stammkunde.mirror.engine import connection
from stammkunde.signals import policy
from stammkunde.signals.models import CustomerSignal, EarlyWarning

CHUNK = 500
Outcome, Level = EarlyWarning.Outcome, CustomerSignal.Level


class _Open(NamedTuple):
    """What deciding needs of an open warning."""

    pk: int
    customer_id: int
    warned_on: date
    horizon_days: int
    level: str
    last_on: date | None


_OPEN = pa.schema([("id", pa.int64()), ("customer_id", pa.int64()), ("known_day", pa.int64())])
_SINCE = """
SELECT o.id, any_value(k.risk_level) AS level, any_value(k.is_worrying OR NOT k.is_customer) AS is_at_risk,
  min(b.day) FILTER (b.day > o.known_day) AS bought_day, bool_or(b.day = o.known_day) AS is_founded
FROM opened o
LEFT JOIN known k ON k.customer_id = o.customer_id
LEFT JOIN bought b ON b.customer_id = o.customer_id
GROUP BY o.id
"""
_NOW = """
SELECT customer_id, risk_level AS level, risk, margin_at_risk_cents, last_on AS last_day, reasons
FROM known LEFT JOIN told USING (customer_id)
WHERE risk_level IN ('red', 'amber') ORDER BY customer_id
"""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is to be written once the generation is shown."""

    opened: list[EarlyWarning] = field(default_factory=list)
    risen: list[int] = field(default_factory=list)  # from amber to red
    closed: dict[tuple[str, date], list[int]] = field(default_factory=dict)  # (outcome, day) → warnings


def changes(
    facts: Facts,
    *,
    known: duckdb.DuckDBPyRelation,
    told: pa.Table,
    as_of: date,
    horizon_days: int | None,
) -> Changes:
    """Decide whom to warn about anew, and what became of the open warnings; nothing is written."""
    before = _open()
    since = _since(facts, before, known=known)
    ends = {one.pk: _end(one, as_of=as_of, **since[one.pk]["fate"]) for one in before}
    closed = defaultdict(list)
    for pk, end in ends.items():
        if end:
            closed[end].append(pk)
    brighter = {pk for pk, seen in since.items() if seen["level"] == Level.RED}
    still = [one for one in before if ends[one.pk] is None]
    just_left = [one for one in before if (ends[one.pk] or [""])[0] == Outcome.LEFT]
    opened = horizon_days and _opened(
        known, told, still=still, just_left=just_left, as_of=as_of, horizon_days=horizon_days
    )
    return Changes(
        opened=opened or [],  # without a horizon nobody has bought, and nobody is at risk
        risen=[one.pk for one in still if one.pk in brighter and one.level != Level.RED and one.warned_on <= as_of],
        closed=dict(closed),
    )


def _open() -> list[_Open]:
    names = [name for name in _Open._fields if name != "pk"]
    return [_Open(*row) for row in EarlyWarning.objects.filter(outcome=Outcome.OPEN).values_list("pk", *names)]


def _end(
    warning: _Open, *, as_of: date, is_at_risk: bool, bought_on: date | None, is_founded: bool
) -> tuple[str, date] | None:
    return policy.outcome(
        warned_on=warning.warned_on,
        horizon_days=warning.horizon_days,
        bought_on=bought_on,
        is_at_risk=is_at_risk,
        is_founded=is_founded or warning.last_on is None,
        as_of=as_of,
    )


def write(due: Changes) -> None:
    """Write what was planned; inside the caller's transaction."""
    for (outcome, closed_on), pks in due.closed.items():
        for some in _chunks(pks):
            EarlyWarning.objects.filter(pk__in=some, outcome=Outcome.OPEN).update(outcome=outcome, closed_on=closed_on)
    for some in _chunks(due.risen):
        EarlyWarning.objects.filter(pk__in=some).update(level=Level.RED)
    for new in _chunks(due.opened):
        ids = [warning.customer_id for warning in new]
        there = set(Customer.objects.select_for_update(no_key=True).filter(pk__in=ids).values_list("pk", flat=True))
        EarlyWarning.objects.bulk_create(warning for warning in new if warning.customer_id in there)


def _since(
    facts: Facts,
    open_before: Sequence[_Open],
    *,
    known: duckdb.DuckDBPyRelation,  # noqa: ARG001 (named in _SINCE)
) -> dict[int, dict[str, Any]]:
    """Look at the customers of open warnings: their light now, and their first purchase since."""
    rows = [(one.pk, one.customer_id, day_number(one.last_on or one.warned_on)) for one in open_before]
    columns: Sequence[Sequence[int]] = list(zip(*rows, strict=True)) or [[], [], []]
    opened = pa.table(columns, schema=_OPEN)  # noqa: F841 (named in _SINCE)
    bought = buying.days(facts).to_native()  # noqa: F841
    return {
        pk: {
            "level": level,
            "fate": {
                "is_at_risk": bool(is_at_risk),
                "bought_on": None if bought_day is None else day(bought_day),
                "is_founded": bool(is_founded),
            },
        }
        for pk, level, is_at_risk, bought_day, is_founded in connection().sql(_SINCE).fetchall()
    }


def _opened(
    known: duckdb.DuckDBPyRelation,  # noqa: ARG001 (named in _NOW)
    told: pa.Table,  # noqa: ARG001
    *,
    still: Sequence[_Open],
    just_left: Sequence[_Open],
    as_of: date,
    horizon_days: int,
) -> list[EarlyWarning]:
    """Warn about whoever is red or amber, once a day, and once a silence: who has left is not warned about again."""
    without = {one.customer_id for one in still}
    found = [row for row in connection().sql(_NOW).to_arrow_table().to_pylist() if row["customer_id"] not in without]
    told_before = _told_before([row["customer_id"] for row in found], as_of=as_of)
    for one in just_left:
        told_before[one.customer_id].add(one.last_on)
    return [
        EarlyWarning(
            customer_id=row["customer_id"],
            warned_on=as_of,
            horizon_days=horizon_days,
            level=row["level"],
            risk=row["risk"],
            margin_at_risk_cents=row["margin_at_risk_cents"],
            last_on=day(row["last_day"]),
            reasons=json.loads(row["reasons"] or "[]"),
        )
        for row in found
        if not told_before[row["customer_id"]] & {as_of, day(row["last_day"])}
    ]


def _told_before(ids: list[int], *, as_of: date) -> dict[int, set[date | None]]:
    """Find, by customer, the last purchases of silences that ended as "left"; and today, where told already."""
    found: dict[int, set[date | None]] = defaultdict(set)
    for some in _chunks(ids):
        told = EarlyWarning.objects.filter(Q(outcome=Outcome.LEFT) | Q(warned_on=as_of), customer__in=some)
        for customer_id, warned_on, last_on in told.values_list("customer_id", "warned_on", "last_on"):
            found[customer_id].add(as_of if warned_on == as_of else last_on)
    return found


def _chunks(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (things[start : start + CHUNK] for start in range(0, len(things), CHUNK))
