"""
In which units quantities are: pieces and kilograms are not added up, and a product that is sold in both is told.

A unit stands behind the quantity (2 Stk), or in a column of its own.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from stammkunde.intake.check import problems
from stammkunde.intake.check.given import Mapped
from stammkunde.intake.check.result import FLAGGED
from stammkunde.intake.formats import engine
from stammkunde.intake.formats.engine import literal

MOST_TOLD = 200  # products
_SAME = {
    "Stück": "stk stck st stück stueck pc pcs pce piece pieces ea each x × mal unit units einheit einheiten",
    "kg": "kg kilo kilogramm kilogram",
    "g": "g gr gramm gram",
    "l": "l ltr liter litre",
    "m": "m lfm meter metre",
    "h": "h std stunde stunden hour hours",
    "Karton": "karton kartons ktn krt carton cartons ve vpe box boxes kiste kisten",
    "Pack": "pack pck packung packungen pkt paket pakete",
    "Palette": "palette paletten pal pallet pallets",
    "Flasche": "flasche flaschen fl bottle bottles",
}
_BEHIND = r"^[\s\d.,'+-]*\d\s*([[:alpha:]×²³][[:alpha:]²³\d]*)\.?$"


def find(db: duckdb.DuckDBPyConnection, fields: Iterable[Mapped]) -> bool:
    """Make `units` of `given`, where there are several: the unit of each row that says one. Tell whether there are."""
    columns = {one.field.name: one for one in fields}
    behind, beside = columns.get("quantity"), columns.get("unit")
    if behind is None or (beside is None and not _has_words(db)):
        return False
    said = f"regexp_extract(lower(coalesce(g.{behind.raw}, '')), {literal(_BEHIND)}, 1)"
    if beside is not None:
        said = f"coalesce(nullif({said}, ''), rtrim(lower(trim(g.{beside.raw})), '.'), '')"
    known = ((word, unit) for unit, words in _SAME.items() for word in words.split())
    words = ", ".join(f"({literal(word)}, {literal(unit)})" for word, unit in known)
    product = columns.get("product_number") or columns.get("product_name")
    about = f"g.{product.raw}" if product else "NULL::VARCHAR"
    db.execute(
        f"CREATE TABLE units AS SELECT row, product, coalesce(k.unit, word) AS unit FROM "
        f"(SELECT g.row, {about} AS product, {said} AS word FROM given g) "
        f"LEFT JOIN (VALUES {words}) k(word, unit) USING (word)"
    )
    return engine.count(db, "SELECT count(DISTINCT unit) FROM units WHERE unit <> ''") > 1


def _has_words(db: duckdb.DuckDBPyConnection) -> bool:
    words = f"SELECT count(*) FROM d_quantity WHERE regexp_matches(lower(text), {literal(_BEHIND)})"
    return bool(engine.count(db, words))


def remark(db: duckdb.DuckDBPyConnection, fields: Iterable[Mapped]) -> None:
    """Flag, once, each product that stands in several units."""
    column = next((one.column for one in fields if one.field.name in {"unit", "quantity"}), "")
    problems.add(
        db,
        f"SELECT min(row), {literal(column)}, product, 'units_differ', "
        f"json_object('units', string_agg(DISTINCT unit, ', ' ORDER BY unit), 'rows', count(*)), '{FLAGGED}' "
        "FROM units WHERE unit <> '' AND product IS NOT NULL GROUP BY product HAVING count(DISTINCT unit) > 1 "
        f"ORDER BY 1 LIMIT {MOST_TOLD}",
    )


def totals(db: duckdb.DuckDBPyConnection, out_dir: Path) -> list[dict[str, Any]]:
    """Add up quantities by unit, the most frequent first; those of cancelled orders count as in all sums."""
    lines = f"read_parquet({literal(str(out_dir / 'lines.parquet'))})"
    found = db.execute(
        f"SELECT u.unit, sum(l.quantity), count(*) FROM {lines} l JOIN units u USING (row) "
        "JOIN document_sums d ON d.source = l.order_source WHERE d.status <> 'cancelled' GROUP BY 1 ORDER BY 3 DESC, 1"
    ).fetchall()
    return [{"unit": unit, "quantity": quantity, "lines": lines} for unit, quantity, lines in found]
