"""
For whom a play works: by honest splits where there are enough customers, else by three segments named beforehand.

The three are the same for every play, so that nobody can look first and name then. All that customers are told apart by
was known on the evening before each entered; whatever came later would be an outcome.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from stammkunde import mirror
from stammkunde.impact import own_groups
from stammkunde.impact.reading import Members
from stammkunde.insight import uplift
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.uplift import Between, Gap, Segment, Uplift
from stammkunde.insight.value.history import Floats, Whole
from stammkunde.mirror.engine import connection

YEAR_DAYS = 365
MOST = 200_000  # of more, so many are looked at as chance has it: it tells as well, and fits into memory
SPLITS, NAMED = "splits", "named"  # how it was found
SEGMENTS = ("worth_more", "at_risk", "new")
_FROZEN = ("expected_cents", "expected_purchases", "risk")
_BEFORE = ("purchases_year", "revenue_year_cents", "days_since", "days_known")
_SAID = ("kind", "country", "industry")  # nothing that a play changes
TRAITS = (*_FROZEN, *_BEFORE, *_SAID)
_EARLIER = """
SELECT e.entry_id, any_value(c.kind) AS kind, any_value(c.country) AS country, any_value(c.industry) AS industry,
  count(DISTINCT l.ordered_on) FILTER (l.ordered_on >= e.first_on - 1 - $year) AS purchases_year,
  coalesce(sum(l.revenue_cents) FILTER (l.ordered_on >= e.first_on - 1 - $year), 0)::BIGINT AS revenue_year_cents,
  (any_value(e.first_on) - 1 - max(l.ordered_on))::BIGINT AS days_since,
  (any_value(e.first_on) - 1 - min(l.ordered_on))::BIGINT AS days_known
FROM entries e LEFT JOIN customers c ON c.customer_id = e.customer_id
LEFT JOIN lines l ON l.customer_id = e.customer_id AND l.kind = 'sale' AND l.ordered_on < e.first_on - 1
GROUP BY e.entry_id, e.first_on ORDER BY e.entry_id
"""


def tell(members: Members, net_cents: Floats) -> dict[str, Any]:
    """Tell who gained more than others, as plain values; nobody is named where it may be chance."""
    some = _some(len(members))
    members, net_cents = members.only(some), net_cents[some]
    table = _table(members, net_cents)
    asked: Any = {"treated": "treated", "outcome": "net_cents", "draw": "draw"}
    try:
        return _by_splits(table, members, asked)
    except NotEnoughData:
        pass
    try:
        found = uplift.segments(table, segments=SEGMENTS, covariate="expected_cents", **asked)
    except NotEnoughData:
        return {"by": NAMED, "rows": [], **_arms(members)}
    return {"by": NAMED, "rows": [_segment(one) for one in found.segments], **_arms(members)}


def _by_splits(table: pa.Table, members: Members, asked: dict[str, Any]) -> dict[str, Any]:
    """
    Look for it by what is known of everybody, and by the company's own groups.

    :raises NotEnoughData: if too few were contacted, or left alone
    """
    treated = int(members.treated.sum())
    own = own_groups.traits(members) if min(treated, len(members) - treated) >= uplift.LEAST_PER_ARM else {}
    for name, column in own.items():
        table = table.append_column(name, pa.array(column, from_pandas=True))
    found = _of_splits(uplift.find(table, traits=(*TRAITS, *own), **asked))
    called = own_groups.names([one["name"] for one in found["rows"]])
    rows = [one | ({"called": called[one["name"]]} if one["name"] in called else {}) for one in found["rows"]]
    return found | {"rows": rows, "own_groups": len(own)}


def _some(many: int) -> Whole:
    """Give whom to look at: everybody, or of very many those whom chance takes, always the same."""
    if many <= MOST:
        return np.arange(many)
    return np.sort(np.random.default_rng(many).choice(many, MOST, replace=False))


def _arms(members: Members) -> dict[str, int]:
    treated = int(members.treated.sum())
    return {"treated": treated, "held_out": len(members) - treated, "least": uplift.LEAST_PER_ARM}


def _of_splits(found: Uplift) -> dict[str, Any]:
    return {
        "by": SPLITS,
        "is_clear": found.is_clear,
        "p": found.p,
        "better_half": _between(found.better_half),
        "rest": _between(found.rest),
        "rows": [_gap(one) for one in found.gaps],
        "treated": found.treated,
        "held_out": found.held_out,
    }


def _gap(one: Gap) -> dict[str, Any]:
    sides = {"having": _between(one.having), "lacking": _between(one.lacking), "difference": _between(one.difference)}
    return {"name": one.trait.name, "value": one.trait.value, "p": one.p, "is_clear": True, **sides}


def _segment(one: Segment) -> dict[str, Any]:
    sides = {"having": _between(one.inside), "lacking": _between(one.outside), "difference": _between(one.difference)}
    return {"name": one.name, "value": "", "p": one.p, "is_clear": one.is_clear, **sides}


def _between(one: Between) -> list[float]:
    return [one.value, one.low, one.high]


def _table(members: Members, net_cents: Floats) -> pa.Table:
    """Give a row a customer: her arm, what she brought, what was known of her before, and the three segments."""
    known = _before(members)
    frozen = {name: getattr(members, name) for name in _FROZEN}
    columns = {"treated": members.treated, "draw": members.draws, "net_cents": net_cents, **frozen}
    table = pa.table({**columns, **{name: known[name] for name in (*_BEFORE, *_SAID)}})
    of_days = known["days_known"].to_numpy(zero_copy_only=False).astype(np.float64)
    segments = {
        "worth_more": _upper_half(members.expected_cents),
        "at_risk": _upper_half(members.risk),
        "new": np.where(np.isnan(of_days), np.nan, of_days < YEAR_DAYS),
    }
    for name in SEGMENTS:
        table = table.append_column(name, pa.array(segments[name], from_pandas=True))
    return table.set_column(table.column_names.index("risk"), "risk", pa.array(members.risk, from_pandas=True))


def _upper_half(values: Floats) -> Floats:
    """Tell who lies above the middle, 1 or 0; not a number of whom nothing is known."""
    is_known = ~np.isnan(values)
    middle = np.median(values[is_known]) if is_known.any() else 0.0
    half: Floats = np.where(is_known, values > middle, np.nan)
    return half


def _before(members: Members) -> pa.Table:
    tables = mirror.tables()
    home, entries = connection(), _entries(members)  # noqa: F841 (named in SQL)
    customers, lines = tables.customers, tables.lines  # noqa: F841 (as above)
    found: pa.Table = home.sql(_EARLIER, params={"year": YEAR_DAYS}).to_arrow_table()
    return found


def _entries(members: Members) -> Any:
    return connection().from_arrow(members.entries())


def clear(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give those in which it works differently beyond chance."""
    return [one for one in rows if one["is_clear"]]
