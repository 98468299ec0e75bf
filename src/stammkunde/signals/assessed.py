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
from stammkunde.signals import lit
from stammkunde.signals.compute import Computation
from stammkunde.signals.outlook import Outlook

_DAYS = ("first_on", "last_on", "due_on", "returned_on")
_AS_THEY_ARE = (
    "customer_id", "stage", "abc_class", "abc_basis", "value_rank", "revenue_rank", "orders", "purchase_days",
    "revenue_cents", "margin_cents", "margin_coverage", "revenue_year_cents", "margin_year_cents",
    "margin_year_coverage",
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
  coalesce(d.silent_days < $activity_days, false) AS is_customer
FROM described d
LEFT JOIN worths v ON v.customer_id = d.customer_id
LEFT JOIN risks r ON r.customer_id = d.customer_id
LEFT JOIN earlier b ON b.customer_id = d.customer_id
"""
_ASKED = (
    "customer_id, risk, coalesce(yearly_cents, 0) AS yearly_cents, coalesce(abc_class, '') AS abc_class, silent_days, "
    "late_after_days, gap_days"
)
_LEVELLED = """
SELECT e.*, l.margin_at_risk_cents, coalesce(l.is_worrying, false) AS is_worrying,
  coalesce(l.risk_level, '') AS risk_level
FROM expected e LEFT JOIN lit_today l ON l.customer_id = e.customer_id
"""


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
    limits: lit.Limits,
    earlier: duckdb.DuckDBPyRelation,  # noqa: ARG001 (named in _EXPECTED)
) -> Assessed:
    """Add value, risk, level, and reasons for whom we warn."""
    worths, risks = outlook.values, outlook.risks  # noqa: F841 (named in the query, as the others)
    expected = connection().sql(_EXPECTED, params={"activity_days": known.activity_days})
    expected = _staged(expected, known, outlook).materialize()
    customers = expected.filter("is_customer").order("customer_id").project(_ASKED).to_arrow_table()
    lights = lit.today(customers, base_share=outlook.base_share, usual_days=known.activity_days, limits=limits)
    lit_today = lights.rows  # noqa: F841
    levelled = connection().sql(_LEVELLED).materialize()
    told = _told(levelled, outlook)
    rows = connection().sql(_SIGNALS).materialize()
    forecast = outlook.forecast | {"levels": lights.told, "risk": outlook.forecast["risk"] | _tried(outlook, limits)}
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


def _tried(outlook: Outlook, limits: lit.Limits) -> dict[str, Any]:
    """Try on past evenings what is shown today; lights by silence alone are not tried, and quote nothing."""
    model = outlook.model
    if model is None or outlook.base_share is None:
        return {}
    return {"back_tests": lit.tried(model.back_tests, limits=limits, part=model.part)}


def _told(levelled: duckdb.DuckDBPyRelation, outlook: Outlook) -> pa.Table:
    """Explain those whom we warn."""
    ids = levelled.filter("risk_level IN ('red', 'amber')").project("customer_id").to_arrow_table()["customer_id"]
    told = [json.dumps(reasons) for reasons in outlook.reasons(ids.combine_chunks())]
    return pa.table({"customer_id": ids, "reasons": pa.array(told, pa.string())})
