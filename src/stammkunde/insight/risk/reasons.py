"""
Reasons: the signs that raise a customer's risk against the average customer, as codes with numbers, to be worded later.

Signs that say the same are one reason, with the sum of what they add. A reason is given only where its numbers bear it
out: nobody is told that somebody buys less who buys more.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from stammkunde.insight.risk.happened import REGISTERED, Sign

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
)
CODES = frozenset(
    {*(sense.code for sense in SENSES), "rarely", "once", "attribute", "pair", "like_others", "few_expected"}
)


@cache
def _senses(signs: tuple[Sign, ...]) -> dict[str, Sense]:
    """Say what each column means; a sign of happenings is a reason of its own, told with its own numbers."""
    return {column: sense for sense in (*SENSES, *map(_sense, signs)) for column in sense.signs}


def _sense(sign: Sign) -> Sense:
    def holds(row: Row) -> bool:
        value = row[sign.name]
        if sign.read == "silence":
            return value is not None and value > 1  # longer than usual
        return value is not None if sign.read == "days_since" else bool(value)

    return Sense(sign.name, (sign.name,), holds, sign.columns)


def added(row: Row, raises: Mapping[str, float], *, signs: Sequence[Sign] = REGISTERED) -> list[Reason]:
    """
    Give the reasons of one customer from what each sign adds to her log-odds.

    Args:
        row: her signs and what explains them.
        raises: sign or attribute → what it adds, against the average customer.
        signs: those of happenings.

    Returns:
        at most five reasons, the strongest first: code, odds_factor (how many times higher the odds are), numbers.
    """
    sense_of = _senses(tuple(signs))
    senses = {sense.code: sense for sense in sense_of.values()}
    sums: dict[str, float] = {}
    for sign, add in raises.items():
        code = sense_of[sign].code if sign in sense_of else sign
        sums[code] = sums.get(code, 0.0) + add
    strongest = sorted(((add, code) for code, add in sums.items() if add >= LEAST_RAISE), reverse=True)
    found = [
        {**reason, "odds_factor": round(math.exp(add), 2)}
        for add, code in strongest
        for reason in _told(code, senses.get(code), row)
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


def _told(code: str, sense: Sense | None, row: Row) -> list[Reason]:
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
