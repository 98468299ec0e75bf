"""
Whether dates begin with the day or the month: as a column's own texts show, else as the file's other dates do. What
stays open is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.check.given import Mapped
from stammkunde.intake.formats.engine import literal, row
from stammkunde.intake.parsing import Reading, dates

OPTION = "date_order"
ORDERS = ("dmy", "mdy")


@dataclass(frozen=True, kw_only=True)
class Order:
    """How many dates of a column can only begin with the day, or the month; with either; or are written with points."""

    dmy: int = 0
    mdy: int = 0
    either: int = 0
    pointed: int = 0

    @property
    def only(self) -> str:
        return "" if bool(self.dmy) == bool(self.mdy) else "dmy" if self.dmy else "mdy"


def seen(db: duckdb.DuckDBPyConnection, one: Mapped, texts: str, how: Reading) -> Order:
    dmy, mdy, either, pointed = dates.evidence(db, one.field, texts, how)
    return Order(dmy=dmy, mdy=mdy, either=either, pointed=pointed)


def of_file(orders: Mapping[str, Order], *, options: Mapping[str, Any]) -> str:
    """Say in which order the file writes dates; nothing where no column shows it, or each another one."""
    if options.get(OPTION) in (*ORDERS, "ymd"):
        return str(options[OPTION])
    shown = {one.only for one in orders.values()} - {""}
    return shown.pop() if len(shown) == 1 else ""


def of_column(one: Mapped, order: Order, *, file: str, options: Mapping[str, Any]) -> str:
    """Say in which order a column writes dates; nothing where that is to be asked."""
    if options.get(name(one)) in ORDERS:
        return str(options[name(one)])
    if order.only or not order.either:
        return order.only or file or "dmy"
    if order.dmy and order.mdy:
        return ""
    return file or ("dmy" if order.pointed else "")  # who writes some with points begins with the day


def name(one: Mapped) -> str:
    """Name the option that says in which order a column writes dates."""
    return f"{OPTION}:{one.column}"


def question(db: duckdb.DuckDBPyConnection, columns: list[Mapped], *, option: str) -> Question:
    """Ask for the order of dates, by the first one that reads either way."""
    one = columns[0]
    place, text, first, second, year = row(
        db,
        f"""SELECT row, text, p.a, p.b, CASE WHEN length(p.c) = 2 THEN '20' || p.c ELSE p.c END
        FROM (SELECT row, {one.raw} AS text, regexp_extract({one.raw}, {literal(dates.EITHER)}, ['a', 'b', 'c']) AS p
            FROM given)
        WHERE p.a <> '' AND CAST(p.a AS INTEGER) <= 12 AND CAST(p.b AS INTEGER) <= 12 AND p.a <> p.b
        ORDER BY row LIMIT 1""",
    )
    read = {"dmy": f"{year}-{int(second):02d}-{int(first):02d}", "mdy": f"{year}-{int(first):02d}-{int(second):02d}"}
    return Question(
        option=option,
        columns=tuple(each.column for each in columns),
        row=place,
        example=text,
        answers=tuple(Answer(value=order, example=day) for order, day in read.items()),
    )
