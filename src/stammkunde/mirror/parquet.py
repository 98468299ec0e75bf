"""From the snapshot's rows to the mirror's Parquet files: which columns, which types, which month."""

# ruff: noqa: S608 (our own table and column names; values are days and months)

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from stammkunde.mirror import engine
from stammkunde.mirror import manifest as manifests
from stammkunde.mirror.manifest import Month
from stammkunde.store.bulk import Snapshot

CUSTOMER_COLUMNS = ["customer_id", "kind", "country", "region", "industry", "segment", "owner", "since_on"]
ATTRIBUTE = "attr_"

_MONTH = "((year({day}) - 1970) * 12 + month({day}) - 1)::INTEGER"


@dataclass(kw_only=True)
class Written:
    """What one build wrote."""

    customers: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    customer_columns: list[str] = field(default_factory=list)
    months: dict[str, Month] = field(default_factory=dict)


def selects(snapshot: Snapshot, *, parts: Iterable[str], months: frozenset[str] | None) -> dict[str, str]:
    """Say in SQL what to read: whole tables, and the orders and lines of these months (None: all)."""
    wanted = {"customers": _customers(snapshot), "products": _products()}
    chosen = {part: wanted[part] for part in parts}
    if months is None or months:
        chosen |= {"orders": _orders(snapshot, months), "lines": _lines(months)}
    return chosen


def _customers(snapshot: Snapshot) -> str:
    return (
        "SELECT c.id AS customer_id, c.kind, c.country, c.region, c.industry, c.segment, "
        "COALESCE(NULLIF(s.name, ''), s.email, '') AS owner, "
        f"{snapshot.day('c.since_on')} AS since_on, CAST(c.attributes AS TEXT) AS attributes "
        "FROM customers_customer c LEFT JOIN team_staff s ON s.id = c.owner_id"
    )


def _products() -> str:
    return "SELECT id AS product_id, number, name, category, kind FROM sales_product"


def _orders(snapshot: Snapshot, months: frozenset[str] | None) -> str:
    days = ", ".join(f"{snapshot.day(f'o.{name}')} AS {name}" for name in ("ordered_on", "promised_on", "delivered_on"))
    return (
        f"SELECT o.id AS order_id, o.customer_id, {days}, o.status, o.channel, o.shipping_cents, "
        f"o.shipping_cost_cents FROM sales_order o WHERE {_within(months)}"
    )


def _lines(months: frozenset[str] | None) -> str:
    """Read lines without their orders where all are wanted: the engine joins quicker than the database."""
    columns = "SELECT l.order_id, l.product_id, l.kind, l.quantity, l.revenue_cents, l.cost_cents FROM sales_line l"
    if months is None:
        return columns
    return f"{columns} JOIN sales_order o ON o.id = l.order_id WHERE {_within(months)}"


def sums(snapshot: Snapshot, *, months: frozenset[str] | None) -> dict[str, tuple[int, int, int]]:
    """Count in the database, by month: all orders, and the lines and cents of those that took place."""
    key = "substr(CAST(o.ordered_on AS TEXT), 1, 7)"
    orders = snapshot.fetch(f"SELECT {key}, count(*) FROM sales_order o WHERE {_within(months)} GROUP BY 1")
    lines = snapshot.fetch(
        f"SELECT {key}, count(*), CAST(sum(l.revenue_cents) AS BIGINT) FROM sales_line l "
        f"JOIN sales_order o ON o.id = l.order_id WHERE o.status <> 'cancelled' AND {_within(months)} GROUP BY 1"
    )
    of_lines = {month: (rows, cents) for month, rows, cents in lines}
    return {month: (rows, *of_lines.get(month, (0, 0))) for month, rows in orders}


def _within(months: frozenset[str] | None) -> str:
    if months is None:
        return "1 = 1"
    return "(" + " OR ".join(_span(*span) for span in _spans(sorted(months))) + ")"


def _spans(months: list[str]) -> list[tuple[str, str]]:
    """Join neighbouring months, so that the database reads few ranges: (first, the one after the last)."""
    spans: list[tuple[str, str]] = []
    for month in months:
        if spans and spans[-1][1] == month:
            spans[-1] = (spans[-1][0], _next(month))
        else:
            spans.append((month, _next(month)))
    return spans


def _span(first: str, after: str) -> str:
    return f"(o.ordered_on >= '{first}-01' AND o.ordered_on < '{after}-01')"


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:7])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def write(snapshot: Snapshot, *, parts: Iterable[str], orders: bool, folder: Path) -> Written:
    """Write the taken tables below `folder`; inside the mirror's lock."""
    written = Written()
    if "customers" in parts:
        written.customers, written.customer_columns = _write_customers(snapshot.rows("customers"), folder)
    if "products" in parts:
        written.products = [_write_products(snapshot.rows("products"), folder)]
    if orders:
        _write_orders(snapshot.rows("orders"), folder)
        _write_lines(snapshot.rows("lines"), folder)
        written.months = _months(folder)
    return written


def _copy_taken(rows: pa.RecordBatchReader, select: str, target: Path, options: str = "") -> None:
    """Stream rows, known to SQL as `taken`, into Parquet."""
    engine.connection().register("taken", rows)
    try:
        _copy(select, target, options)
    finally:
        engine.connection().unregister("taken")


def _copy(select: str, target: Path, options: str = "") -> None:
    sql = f"COPY ({select}) TO '{_quoted(target)}' (FORMAT parquet, COMPRESSION zstd{options})"
    engine.connection().execute(sql)


def _quoted(target: Path) -> str:
    return str(manifests.path(str(target))).replace("'", "''")


def _write_products(rows: pa.RecordBatchReader, folder: Path) -> str:
    target = folder / "products.parquet"
    texts = ", ".join(f"{name}::VARCHAR AS {name}" for name in ("number", "name", "category", "kind"))
    _copy_taken(rows, f"SELECT product_id::BIGINT AS product_id, {texts} FROM taken ORDER BY product_id", target)
    return str(target)


def _write_customers(rows: pa.RecordBatchReader, folder: Path) -> tuple[list[str], list[str]]:
    """Write the customers, each attribute a text column of its own: first as they come, then spread."""
    raw, target = folder / "customers-raw.parquet", folder / "customers.parquet"
    _copy_taken(rows, "SELECT * REPLACE (attributes::VARCHAR AS attributes) FROM taken", raw)
    names = _attributes(raw)
    texts = [f"{name}::VARCHAR AS {name}" for name in CUSTOMER_COLUMNS[1:-1]]
    spread = [f"{_attribute_value(group)} AS {_column(group[0])}" for group in names]
    columns = ["customer_id::BIGINT AS customer_id", *texts, "since_on::INTEGER AS since_on", *spread]
    source = f"read_parquet('{_quoted(raw)}')"
    _copy(f"SELECT {', '.join(columns)} FROM {source} ORDER BY customer_id", target)
    manifests.path(str(raw)).unlink()
    return [str(target)], [*CUSTOMER_COLUMNS, *(ATTRIBUTE + group[0] for group in names)]


def _attributes(raw: Path) -> list[list[str]]:
    """Find the attributes' names, those that differ in case only together: the engine does not tell them apart."""
    found = engine.connection().execute(
        "SELECT DISTINCT unnest(json_keys(attributes)) AS name FROM "
        f"(SELECT DISTINCT attributes FROM read_parquet('{_quoted(raw)}') WHERE attributes <> '{{}}') ORDER BY name"
    )
    groups: dict[str, list[str]] = {}
    for (name,) in found.fetchall():
        groups.setdefault(name.lower(), []).append(name)
    return [groups[key] for key in sorted(groups)]


def _column(name: str) -> str:
    return '"' + (ATTRIBUTE + name).replace('"', '""') + '"'


def _attribute_value(names: list[str]) -> str:
    values = ", ".join(f"json_extract_string(attributes, '{_pointer(name)}')" for name in names)
    return f"COALESCE({values}, '')"


def _pointer(name: str) -> str:
    """Write a JSON pointer (RFC 6901) inside an SQL text."""
    return "/" + name.replace("~", "~0").replace("/", "~1").replace("'", "''")


def _write_orders(rows: pa.RecordBatchReader, folder: Path) -> None:
    day = "(DATE '1970-01-01' + ordered_on::INTEGER)"
    columns = {name: f"{name}::{kind} AS {name}" for name, kind in engine.ORDERS.items()}
    columns["ordered_month"] = f"{_MONTH.format(day=day)} AS ordered_month"
    _copy_taken(rows, f"SELECT {', '.join(columns.values())} FROM taken", folder / "orders", _BY_MONTH)


def _write_lines(rows: pa.RecordBatchReader, folder: Path) -> None:
    of_order = {"customer_id", "ordered_on", "ordered_month", "channel"}
    columns = ", ".join(
        f"{'o' if name in of_order else 'l'}.{name}::{kind} AS {name}" for name, kind in engine.LINES.items()
    )
    orders = f"read_parquet('{_quoted(folder / 'orders')}/**/*.parquet', hive_partitioning=false)"
    if not _files(folder, "orders"):
        return
    _copy_taken(
        rows,
        f"SELECT {columns} FROM taken l JOIN {orders} o ON o.order_id = l.order_id WHERE o.status <> 'cancelled'",
        folder / "lines",
        _BY_MONTH,
    )


_BY_MONTH = ", PARTITION_BY (ordered_month), WRITE_PARTITION_COLUMNS true"


def _files(folder: Path, table: str) -> dict[str, list[str]]:
    """Find a table's files by month."""
    found: dict[str, list[str]] = {}
    for file in sorted(manifests.path(str(folder / table)).glob("ordered_month=*/*.parquet")):
        number = int(file.parent.name.partition("=")[2])
        key = f"{1970 + number // 12:04d}-{number % 12 + 1:02d}"
        found.setdefault(key, []).append(str(folder / table / file.parent.name / file.name))
    return found


def _months(folder: Path) -> dict[str, Month]:
    """Describe what was written by what the files say, not by what was meant."""
    orders, lines = _files(folder, "orders"), _files(folder, "lines")
    return {key: _month(names, lines.get(key, [])) for key, names in orders.items()}


def _month(orders: list[str], lines: list[str]) -> Month:
    order_rows, _ = _count(orders, "NULL::BIGINT")
    line_rows, cents = _count(lines, "revenue_cents") if lines else (0, 0)
    return Month(lines=lines, orders=orders, line_rows=line_rows, line_cents=cents, order_rows=order_rows)


def _count(names: list[str], of: str) -> tuple[int, int]:
    paths = [str(manifests.path(name)) for name in names]
    relation: duckdb.DuckDBPyRelation = engine.connection().read_parquet(paths, hive_partitioning=False)
    return relation.aggregate(f"count(*), coalesce(sum({of}), 0)::BIGINT").fetchall()[0]
