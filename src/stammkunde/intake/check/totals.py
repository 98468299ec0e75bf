"""
Control totals: what a file comes to, in the figures of a shop's or an ERP's own report.

They are reckoned from the checked tables, so that they are what would be imported. Cancelled orders are counted by
status, and are in no sum; what was set aside is told beside them.
"""

from pathlib import Path
from typing import Any

import duckdb

from stammkunde.intake.formats.engine import literal

MONTHS_SHOWN = 240
_SUMS = ("documents", "customers", "quantity", "net", "gross", "discount", "returns", "returned", "shipping")


def reckon(db: duckdb.DuckDBPyConnection, out_dir: Path, *, tables: dict[str, int], gross: bool) -> dict[str, Any]:
    """
    Add up what the checked tables hold; {} where they hold neither orders nor lines.

    Args:
        db: still has `priced`, where there are lines.
        out_dir: has the checked tables.
        tables: those that there are.
        gross: whether `priced` knows what lines come to with VAT.

    Cents are whole; `gross` is None unless it is known of every line that counts, `discount` and `shipping` where the
    file does not say them.
    """
    if "lines" in tables:
        _sum_lines(db, out_dir, gross=gross)
    elif "orders" not in tables:
        return {}
    _put_together(db, out_dir, tables)
    counting = "status <> 'cancelled'"
    found: dict[str, Any] = _row(db, counting)
    found["months"] = [{"month": one.pop("key"), **one} for one in _by(db, "month", counting)]
    found["status"] = [{"status": one.pop("key"), **one} for one in _by(db, "status", "true")]
    found["kinds"] = _kinds(db, out_dir) if "lines" in tables else []
    return found


def by_unit(found: dict[str, Any], units: list[dict[str, Any]]) -> dict[str, Any]:
    """Put sums by unit in place of those of all quantities, where what counts is in several."""
    if sum(bool(one["unit"]) for one in units) < 2:
        return found
    parts = {name: [one | {"quantity": None} for one in found[name]] for name in ("months", "status", "kinds")}
    return found | parts | {"quantity": None, "units": units}


def _sum_lines(db: duckdb.DuckDBPyConnection, out_dir: Path, *, gross: bool) -> None:
    """Make `line_sums`: what the lines of each order come to."""
    columns = _columns(db, out_dir, "lines")
    priced = ""
    with_tax = "NULL::BIGINT"
    if gross:
        priced = " LEFT JOIN (SELECT row, line_key, any_value(gross_cents) AS gross_cents FROM priced GROUP BY ALL) p "
        priced += "ON p.row = l.row AND p.line_key = l.key"
        with_tax = "CASE WHEN count(p.gross_cents) = count(*) THEN CAST(sum(p.gross_cents) AS BIGINT) END"
    discount = "CAST(sum(l.discount_cents) AS BIGINT)" if "discount_cents" in columns else "NULL::BIGINT"
    db.execute(f"""
        CREATE OR REPLACE TEMP TABLE line_sums AS SELECT l.order_source, sum(l.quantity) AS quantity,
            CAST(sum(l.revenue_cents) AS BIGINT) AS net, {with_tax} AS gross, {discount} AS discount,
            count(*) FILTER ({_GIVEN_BACK}) AS returns,
            CAST(coalesce(sum(l.revenue_cents) FILTER ({_GIVEN_BACK}), 0) AS BIGINT) AS returned
        FROM {_table(out_dir, "lines")} l{priced} GROUP BY l.order_source""")


_GIVEN_BACK = "l.kind IN ('return', 'cancellation') OR l.kind = 'adjustment' AND l.revenue_cents < 0"


def _put_together(db: duckdb.DuckDBPyConnection, out_dir: Path, tables: dict[str, int]) -> None:
    """Make `document_sums`: a row for each document, with its month and status where the file says them."""
    sums = ", ".join(f"s.{one}" for one in ("quantity", "net", "gross", "discount", "returns", "returned"))
    if "lines" not in tables:
        sums = (
            "NULL::DOUBLE AS quantity, NULL::BIGINT AS net, NULL::BIGINT AS gross, NULL::BIGINT AS discount, "
            "NULL::BIGINT AS returns, NULL::BIGINT AS returned"
        )
    if "orders" not in tables:
        db.execute(f"CREATE OR REPLACE TEMP TABLE document_sums AS SELECT s.order_source AS source, '' AS month, "
                   f"'completed' AS status, NULL::VARCHAR AS customer, NULL::BIGINT AS shipping, {sums} FROM line_sums s")  # fmt: skip  # noqa: E501
        return
    columns = _columns(db, out_dir, "orders")
    month = "strftime(o.ordered_on, '%Y-%m')" if "ordered_on" in columns else "''"
    status = "o.status" if "status" in columns else "'completed'"
    customer = "o.customer_source" if "customer_source" in columns else "NULL::VARCHAR"
    shipping = "o.shipping_cents" if "shipping_cents" in columns else "NULL::BIGINT"
    joined = " LEFT JOIN line_sums s ON s.order_source = o.source" if "lines" in tables else ""
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE document_sums AS SELECT o.source, coalesce({month}, '') AS month, "
        f"{status} AS status, {customer} AS customer, {shipping} AS shipping, {sums} "
        f"FROM {_table(out_dir, 'orders')} o{joined}"
    )


# Sums over documents; with VAT only where it is known of all that have lines.
_SELECTED = """count(*) AS documents, count(DISTINCT customer) AS customers, sum(quantity) AS quantity,
    CAST(sum(net) AS BIGINT) AS net,
    CASE WHEN count(gross) = count(net) THEN CAST(sum(gross) AS BIGINT) END AS gross,
    CAST(sum(discount) AS BIGINT) AS discount, CAST(sum(returns) AS BIGINT) AS returns,
    CAST(sum(returned) AS BIGINT) AS returned, CAST(sum(shipping) AS BIGINT) AS shipping"""


def _row(db: duckdb.DuckDBPyConnection, where: str) -> dict[str, Any]:
    found = db.execute(f"SELECT {_SELECTED} FROM document_sums WHERE {where}").fetchone()
    return dict(zip(_SUMS, found or (), strict=True))


def _by(db: duckdb.DuckDBPyConnection, key: str, where: str) -> list[dict[str, Any]]:
    found = db.execute(
        f"SELECT {key}, {_SELECTED} FROM document_sums WHERE {where} GROUP BY {key} ORDER BY {key} LIMIT {MONTHS_SHOWN}"
    ).fetchall()
    return [dict(zip(("key", *_SUMS), one, strict=True)) for one in found]


def _kinds(db: duckdb.DuckDBPyConnection, out_dir: Path) -> list[dict[str, Any]]:
    """Add up lines by their kind, without those of cancelled orders."""
    found = db.execute(
        "SELECT l.kind, count(*), count(DISTINCT l.order_source), sum(l.quantity), "
        f"CAST(sum(l.revenue_cents) AS BIGINT) FROM {_table(out_dir, 'lines')} l "
        "JOIN document_sums d ON d.source = l.order_source WHERE d.status <> 'cancelled' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [dict(zip(("kind", "lines", "documents", "quantity", "net"), one, strict=True)) for one in found]


def _table(out_dir: Path, name: str) -> str:
    return f"read_parquet({literal(str(out_dir / f'{name}.parquet'))})"


def _columns(db: duckdb.DuckDBPyConnection, out_dir: Path, name: str) -> set[str]:
    return {one[0] for one in db.execute(f"DESCRIBE SELECT * FROM {_table(out_dir, name)}").fetchall()}
