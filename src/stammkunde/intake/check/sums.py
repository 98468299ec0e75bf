"""
The lines of a document against the total that stands beside them: where they differ, something is missing, or twice.

What repeats on every line of a document is its total; a column whose values differ within documents is none.
"""

from collections.abc import Iterable

import duckdb

from stammkunde.intake.check import problems
from stammkunde.intake.check.given import Mapped
from stammkunde.intake.check.result import FLAGGED
from stammkunde.intake.formats import engine
from stammkunde.intake.formats.engine import literal

MOST_TOLD = 200  # documents of one file
TOTALS = {"document_net": "net", "document_gross": "gross", "document_total": ""}


def compare(db: duckdb.DuckDBPyConnection, fields: Iterable[Mapped]) -> None:
    """Flag the documents of `priced` whose lines do not come to their total; a cent for two lines is rounding."""
    for one in fields:
        if one.field.name in TOTALS:
            db.execute(f"CREATE OR REPLACE TEMP TABLE compared AS {_compared(one.field.name)}")
            basis = TOTALS[one.field.name] or _likelier(db)
            _tell(db, one.column, basis)


def _compared(name: str) -> str:
    """Give the query for what the lines of each document come to, and what stands beside them."""
    return (
        f"SELECT order_number, min(row) AS row, cents(max({name})) AS total, sum(revenue_cents) AS net, "
        "CASE WHEN count(gross_cents) = count(*) THEN sum(gross_cents) END AS gross, count(*) AS lines "
        f"FROM priced WHERE order_status <> 'cancelled' GROUP BY order_number "
        f"HAVING max({name}) IS NOT NULL AND min({name}) = max({name})"
    )


def _likelier(db: duckdb.DuckDBPyConnection) -> str:
    """Tell whether totals are with or without VAT: whichever more documents come to."""
    counts = ", ".join(f"count(*) FILTER ({_fits(basis)})" for basis in ("net", "gross"))
    net, gross = engine.row(db, f"SELECT {counts} FROM compared")
    return "gross" if gross > net else "net"


def _fits(basis: str) -> str:
    return f"abs(abs({basis}) - abs(total)) <= greatest(1, (lines + 1) // 2)"


def _tell(db: duckdb.DuckDBPyConnection, column: str, basis: str) -> None:
    differ = f"FROM compared WHERE {basis} IS NOT NULL AND NOT ({_fits(basis)})"
    wrong, known = engine.row(db, f"SELECT (SELECT count(*) {differ}), (SELECT count({basis}) FROM compared)")
    if not wrong:
        return
    if wrong * 2 > known > 2:  # it is something else, such as an amount with shipping: told once
        problems.add(
            db,
            f"SELECT min(row), {literal(column)}, arg_min(order_number, row), 'totals_differ', json_object("
            f"'documents', {wrong}, 'of', {known}, 'cents', CAST(sum(abs(total) - abs({basis})) AS BIGINT)), "
            f"'{FLAGGED}' {differ}",
        )
        return
    problems.add(
        db,
        f"SELECT row, {literal(column)}, order_number, 'total_differs', json_object('total_cents', total, "
        f"'cents', CAST({basis} AS BIGINT)), '{FLAGGED}' {differ} ORDER BY row LIMIT {MOST_TOLD}",
    )
