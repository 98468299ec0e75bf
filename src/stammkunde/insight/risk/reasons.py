"""
Reasons: the signs that raise a customer's risk against the average customer, as codes with numbers, to be worded later.

Signs that say the same are one reason, with the sum of what they add. A reason is given only where its numbers bear it
out: nobody is told that somebody buys less who buys more.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

MOST_REASONS = 5
LEAST_RAISE = 0.1  # in log-odds: a tenth more
Row = Mapping[str, Any]
Reason = dict[str, Any]


@dataclass(frozen=True)
class Sense:
    """Which signs make one reason, what its numbers must show, and which of them are told."""

    code: str
    signs: tuple[str, ...]
    holds: Callable[[Row], bool]
    told: tuple[str, ...]


def _falls(row: Row, recent: str, earlier: str) -> bool:
    return bool(row[recent] < row[earlier])


SENSES = (
    Sense(
        "silent",
        ("silent_days", "silence", "lasts_longer", "gap_days", "slowing", "expected_purchases"),
        lambda _: True,
        (),
    ),
    Sense("few_purchases", ("purchase_days", "window_days"), lambda _: True, ("purchase_days", "window_days")),
    Sense("irregular", ("irregularity",), lambda row: row["irregularity"] is not None, ("own_gap_days",)),
    Sense("tenure", ("tenure_days",), lambda _: True, ("tenure_days",)),
    Sense(
        "buys_less",
        ("frequency_trend", "long_trend"),
        lambda row: _falls(row, "recent_days", "earlier_days"),
        ("recent_days", "earlier_days"),
    ),
    Sense(
        "spends_less",
        ("money_trend",),
        lambda row: _falls(row, "recent_cents", "earlier_cents"),
        ("recent_cents", "earlier_cents"),
    ),
    Sense("small_purchases", ("money_per_day",), lambda _: True, ("money_per_day",)),
    Sense("narrow", ("products", "lines_per_day"), lambda _: True, ("products", "lines_per_day")),
    Sense("returns", ("returned_share",), lambda row: bool(row["returned_share"]), ("returned_share",)),
    Sense("off_season", ("season_days",), lambda row: row["season_days"] == 0, ()),
    Sense("one_channel", ("channels",), lambda row: row["channels"] == 1, ()),
    Sense(
        "late_deliveries",
        ("late_deliveries",),
        lambda row: bool(row["late_deliveries"]),
        ("late_deliveries", "deliveries"),
    ),
)
_SENSE_OF = {sign: sense for sense in SENSES for sign in sense.signs}


def added(row: Row, raises: Mapping[str, float]) -> list[Reason]:
    """
    Give the reasons of one customer from what each sign adds to her log-odds.

    Args:
        row: her signs and what explains them.
        raises: sign or attribute → what it adds, against the average customer.

    Returns:
        at most five reasons, the strongest first: code, odds_factor (how many times higher the odds are), numbers.
    """
    sums: dict[str, float] = {}
    for sign, add in raises.items():
        code = _SENSE_OF[sign].code if sign in _SENSE_OF else sign
        sums[code] = sums.get(code, 0.0) + add
    strongest = sorted(((add, code) for code, add in sums.items() if add >= LEAST_RAISE), reverse=True)
    found = [
        {**reason, "odds_factor": round(math.exp(add), 2)} for add, code in strongest for reason in _told(code, row)
    ]
    return found[:MOST_REASONS]


def silent(row: Row) -> Reason:
    """
    Word silence against the own rhythm, or the lack of either.

    Args:
        row: signs and what explains them.

    Returns:
        `once` (bought on one day only; silent_days), `rarely` (within her rhythm, which is slow; gap_days, silent_days)
        or `silent` (gap_days, silent_days).
    """
    days = int(row["silent_days"])
    if row["own_gap_days"] is None:
        return {"code": "once", "silent_days": days}
    gap = round(row["gap_days"])  # drawn towards the company's, as everywhere in the product
    return {"code": "silent" if days > gap else "rarely", "gap_days": gap, "silent_days": days}


def _told(code: str, row: Row) -> list[Reason]:
    sense = next((sense for sense in SENSES if sense.code == code), None)
    if sense is None:
        return [{"code": "attribute", "column": code, "value": row[code]}]
    if code == "silent":
        return [silent(row)]
    return [{"code": code, **{name: _short(row[name]) for name in sense.told}}] if sense.holds(row) else []


def _short(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else int(value) if value == int(value) else round(value, 2)


def table_rows(table: pa.Table, rows: list[int]) -> list[dict[str, Any]]:
    """
    Fetch chosen rows as dictionaries.

    Args:
        table: any table.
        rows: numbers of rows.

    Returns:
        one dictionary a row.
    """
    found: list[dict[str, Any]] = table.take(pa.array(rows, pa.int64())).to_pylist()
    return found
