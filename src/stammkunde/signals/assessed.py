"""
One row per customer: what the facts say, what is to be expected, and whom to worry about.

Everything is joined in the engine; only those who are warned are looked at one by one, for their reasons.
"""

import json
from dataclasses import dataclass
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa

from stammkunde.insight import recency
from stammkunde.insight.frames import Frame
from stammkunde.mirror.engine import connection
from stammkunde.signals.compute import Computation
from stammkunde.signals.outlook import Outlook
from stammkunde.tasks.queries import Capacity

_DAYS = ("first_on", "last_on", "due_on", "returned_on")
_AS_THEY_ARE = (
    "customer_id", "stage", "abc_class", "abc_basis", "value_rank", "orders", "purchase_days", "revenue_cents",
    "margin_cents", "margin_coverage", "revenue_year_cents", "margin_year_cents", "margin_year_coverage",
    "yearly_cents", "gap_days", "gap_spread_days",
    "silent_days", "overdue_days", "recency_score", "frequency_score", "monetary_score", "favourite_category",
    "last_channel", "returned_share", "expected_purchases", "expected_cents", "expected_low_cents",
    "expected_high_cents", "clv_cents", "clv_low_cents", "clv_high_cents", "risk", "risk_level",
    "margin_at_risk_cents", "risk_before",
)  # fmt: skip
_REASON = (  # insight's `recency.stage_reason`, for a million rows at once: what is unknown is left out
    "json_merge_patch('{}', json_object('code', stage_code, 'silent_days', silent_days, "
    "'late_after_days', late_after_days, 'dormant_after_days', dormant_after_days, "
    "'lost_after_days', lost_after_days, 'returned_on', returned_on, 'gap_days', round(gap_days, 1), "
    "'risk', CASE WHEN stage_code = 'risk' THEN round(risk, 3) END, "
    "'base_share', round(base_share, 3), 'horizon_days', horizon_days))::VARCHAR"
)
_SIGNAL_COLUMNS = ", ".join(
    [
        "row_number() OVER (ORDER BY customer_id) AS row",
        *_AS_THEY_ARE,
        *(f"(DATE '1970-01-01' + {name}::INTEGER) AS {name}" for name in _DAYS),
        f"{_REASON} AS stage_reason",
        "reasons AS risk_reasons",
    ]
)
_SIGNALS = f"SELECT {_SIGNAL_COLUMNS} FROM levelled LEFT JOIN told USING (customer_id) ORDER BY customer_id"  # noqa: S608 (our own names)
_EXPECTED = """
SELECT d.*, v.* EXCLUDE (customer_id), r.risk, b.risk_before,
  round(r.risk * greatest(d.yearly_cents, 0))::BIGINT AS margin_at_risk_cents,
  coalesce(d.silent_days < $activity_days, false) AS is_customer
FROM described d
LEFT JOIN worths v ON v.customer_id = d.customer_id
LEFT JOIN risks r ON r.customer_id = d.customer_id
LEFT JOIN earlier b ON b.customer_id = d.customer_id
"""
# As `policy.level` says, for a million rows at once.
_PLACED = """
SELECT *, CASE WHEN is_worrying THEN
  row_number() OVER (PARTITION BY is_worrying ORDER BY {stake} DESC, customer_id) END AS place
FROM (SELECT *, is_customer AND coalesce({worrying}, false) AS is_worrying FROM expected)
"""
_LEVELLED = """
SELECT *, CASE WHEN NOT is_customer THEN '' WHEN place <= $week THEN 'red' WHEN place <= $month THEN 'amber'
  ELSE 'green' END AS risk_level
FROM placed
"""
_BY_RISK = {"worrying": "risk > $base_share AND margin_at_risk_cents > 0", "stake": "margin_at_risk_cents"}
_BY_SILENCE = {"worrying": "silent_days > late_after_days AND yearly_cents > 0", "stake": "yearly_cents"}


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """All customers' rows, shaped like our table, numbered by `row`; and the same as they are in the engine."""

    rows: duckdb.DuckDBPyRelation
    known: duckdb.DuckDBPyRelation  # with is_customer, is_worrying, late_after_days, …
    told: pa.Table  # reasons of those who are red or amber
    forecast: dict[str, Any]
    horizon_days: int | None
    total: int


def described(known: Computation) -> duckdb.DuckDBPyRelation:
    """Describe every customer by what the facts say."""
    frame = recency.customers(known.facts, as_of=known.as_of, activity_days=known.activity_days)
    found: duckdb.DuckDBPyRelation = frame.to_native().materialize()
    return found


def assess(
    known: Computation,
    *,
    described: duckdb.DuckDBPyRelation,  # noqa: ARG001 (named in _EXPECTED)
    outlook: Outlook,
    capacity: Capacity,
    earlier: duckdb.DuckDBPyRelation,  # noqa: ARG001 (named in _EXPECTED)
) -> Assessed:
    """Add value, risk, level, and reasons for whom we warn."""
    worths, risks = outlook.values, outlook.risks  # noqa: F841 (named in the query, as the others)
    expected = connection().sql(_EXPECTED, params={"activity_days": known.activity_days})
    expected = _staged(expected, known, outlook).materialize()
    levelled = _levelled(expected, base_share=outlook.base_share, capacity=capacity)
    told = _told(levelled, outlook)
    rows = connection().sql(_SIGNALS).materialize()
    forecast = outlook.forecast | {"levels": _counted(levelled, outlook, capacity)}
    horizon_days = outlook.horizon_days
    return Assessed(rows=rows, known=levelled, told=told, forecast=forecast, horizon_days=horizon_days, total=len(rows))


def _staged(expected: duckdb.DuckDBPyRelation, known: Computation, outlook: Outlook) -> duckdb.DuckDBPyRelation:
    """Let the risk speak where the rhythm sees nothing yet."""
    if outlook.model is None or outlook.base_share is None:
        return expected.project("*, NULL::DOUBLE AS base_share, NULL::INTEGER AS horizon_days")
    frame: Frame = nw.from_native(expected).lazy()
    horizon = outlook.model.horizon_days
    warned = recency.warned(frame, as_of=known.as_of, base_share=outlook.base_share, horizon_days=horizon)
    staged: duckdb.DuckDBPyRelation = warned.to_native()
    return staged


def _levelled(
    expected: duckdb.DuckDBPyRelation,  # noqa: ARG001 (named in _PLACED)
    *,
    base_share: float | None,
    capacity: Capacity,
) -> duckdb.DuckDBPyRelation:
    rule = _BY_SILENCE if base_share is None else _BY_RISK
    share = {} if base_share is None else {"base_share": base_share}
    placed = connection().sql(_PLACED.format(**rule), params=share)  # noqa: F841
    return connection().sql(_LEVELLED, params={"week": capacity.week, "month": capacity.month}).materialize()


def _told(levelled: duckdb.DuckDBPyRelation, outlook: Outlook) -> pa.Table:
    """Explain those whom we warn."""
    ids = levelled.filter("risk_level IN ('red', 'amber')").project("customer_id").to_arrow_table()["customer_id"]
    told = [json.dumps(reasons) for reasons in outlook.reasons(ids.combine_chunks())]
    return pa.table({"customer_id": ids, "reasons": pa.array(told, pa.string())})


def _counted(levelled: duckdb.DuckDBPyRelation, outlook: Outlook, capacity: Capacity) -> dict[str, Any]:
    red, amber = levelled.aggregate(
        "count(*) FILTER (risk_level = 'red'), count(*) FILTER (risk_level = 'amber')"
    ).fetchall()[0]
    limits = {"week_capacity": capacity.week, "month_capacity": capacity.month}
    return {"red": red, "amber": amber, **limits, "base_share": outlook.base_share}
