"""
Figures of what is expected, dated by the month in which it was said.

They cannot be counted again later: those of earlier months are handed on from generation to generation as they were
said then, whatever has changed since.
"""

import pyarrow as pa

from stammkunde.insight.frames import text
from stammkunde.mirror.engine import connection
from stammkunde.signals import frames, margins, reuse
from stammkunde.signals.assessed import Assessed
from stammkunde.signals.compute import FIGURES, Computation
from stammkunde.signals.models import Generation
from stammkunde.signals.policy import SAID, SAID_OF_PEOPLE, month_of
from stammkunde.store import bulk

SLICES = ("class", "kind", "country", "segment", "region", "industry", "owner")
_COUNTS = """
SELECT {value} AS slice_value, count(*) FILTER (is_customer) AS customers, count(expected_cents) AS valued,
  count(*) FILTER (purchase_days > 0) AS bought, sum(expected_cents)::DOUBLE AS expected, count(risk) AS scored,
  count(*) FILTER (risk_level IN ('red', 'amber')) AS warned,
  coalesce(sum(margin_at_risk_cents) FILTER (risk_level IN ('red', 'amber')), 0)::DOUBLE AS at_risk
FROM everyone {join} GROUP BY 1
"""
_FIGURES = """
SELECT kpi, $period AS period, $by AS slice_by, slice_value, value, numerator, denominator, n, reason, '' AS remark,
  NULL::DOUBLE AS coverage
FROM (
  SELECT 'predicted_value_cents' AS kpi, slice_value, CASE WHEN valued > 0 THEN expected END AS value,
    NULL::DOUBLE AS numerator, NULL::DOUBLE AS denominator, valued AS n,
    CASE WHEN valued > 0 THEN '' WHEN bought = 0 THEN 'no_buyers' ELSE 'value_unknown' END AS reason FROM counts
  UNION ALL SELECT 'margin_at_risk_cents', slice_value, CASE WHEN scored > 0 THEN at_risk END, NULL, NULL, warned,
    CASE WHEN scored > 0 THEN '' WHEN customers = 0 THEN 'no_customers' ELSE 'risk_unknown' END FROM counts
  UNION ALL SELECT 'warned_customers', slice_value, CASE WHEN customers > 0 THEN warned::DOUBLE END, warned, customers,
    warned, CASE WHEN customers > 0 THEN '' ELSE 'no_customers' END FROM counts
) ORDER BY kpi, slice_value
"""
_HAND_ON = (
    "INSERT INTO signals_figure (generation_id, {columns}) SELECT %s, {columns} FROM signals_figure "
    "WHERE generation_id = %s AND kpi = %s AND period < %s ORDER BY id"
)


def figures(known: Computation, found: Assessed) -> pa.Table:
    """Sum up what is expected of all customers, and of every slice that tells them apart."""
    wanted = [by for by in SLICES if frames.says_something(known.facts, by=by)]
    return pa.concat_tables([_figures(known, found, by=by) for by in ("", *wanted)])


def _figures(known: Computation, found: Assessed, *, by: str) -> pa.Table:
    everyone, value, join = found.known, "''", ""  # noqa: F841
    if by:
        told_apart = frames.customers(frames.cut(known.facts, by=by))
        of = told_apart.select("customer_id", text(by).alias("value")).to_native()  # noqa: F841
        value, join = "value", "JOIN of USING (customer_id)"
    # Worked out here, as three figures read it: each reading would copy everyone, all columns, while planning.
    counts = connection().sql(_COUNTS.format(value=value, join=join)).to_arrow_table()  # noqa: F841
    period = {"period": month_of(known.as_of), "by": by}
    return connection().sql(_FIGURES, params=period).to_arrow_table().cast(FIGURES)


def hand_on(former: Generation | None, now: Generation) -> None:
    """Take over what was said in earlier months, a figure a transaction; no money that was counted otherwise."""
    if former is None:
        return
    sql = _HAND_ON.format(columns=reuse.COLUMNS)
    for kpi in SAID if margins.are_alike(former, now) else SAID_OF_PEOPLE:
        bulk.run(sql, [now.pk, former.pk, kpi, month_of(now.as_of_on)])
