"""
Reading the mirror: DuckDB in memory, one instance a process (one memory limit), one connection a thread.

There is no `.duckdb` file; what does not fit into memory goes to a directory beside the mirror.
"""

import os
import threading
from dataclasses import dataclass

import duckdb
from django.conf import settings

from stammkunde.mirror import manifest as manifests
from stammkunde.mirror.manifest import Manifest, NoMirror

LINES = {
    "order_id": "BIGINT",
    "customer_id": "BIGINT",
    "product_id": "BIGINT",
    "ordered_on": "INTEGER",
    "ordered_month": "INTEGER",
    "channel": "VARCHAR",
    "kind": "VARCHAR",
    "quantity": "DOUBLE",
    "revenue_cents": "BIGINT",
    "cost_cents": "BIGINT",
}
ORDERS = {
    "order_id": "BIGINT",
    "customer_id": "BIGINT",
    "ordered_on": "INTEGER",
    "ordered_month": "INTEGER",
    "promised_on": "INTEGER",
    "delivered_on": "INTEGER",
    "status": "VARCHAR",
    "channel": "VARCHAR",
    "shipping_cents": "BIGINT",
    "shipping_cost_cents": "BIGINT",
}

_lock = threading.Lock()
_roots: dict[int, duckdb.DuckDBPyConnection] = {}
_mine = threading.local()


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The mirror's tables as lazy DuckDB relations of this thread's connection."""

    version: str
    built_at: str
    lines: duckdb.DuckDBPyRelation
    orders: duckdb.DuckDBPyRelation
    customers: duckdb.DuckDBPyRelation
    products: duckdb.DuckDBPyRelation
    customer_columns: list[str]


def connection() -> duckdb.DuckDBPyConnection:
    """Give this thread's connection to this process's engine."""
    if getattr(_mine, "of", None) != os.getpid():
        _mine.connection, _mine.of = _root().cursor(), os.getpid()
    return _mine.connection


def _root() -> duckdb.DuckDBPyConnection:
    with _lock:
        if os.getpid() not in _roots:
            spill = settings.DATA_DIR / "engine"
            _roots[os.getpid()] = duckdb.connect(
                ":memory:",
                config={
                    "memory_limit": f"{settings.ENGINE_MEMORY_MB}MB",
                    "temp_directory": str(spill),
                    "preserve_insertion_order": False,
                    "partitioned_write_flush_threshold": 122_880,
                },
            )
        return _roots[os.getpid()]


def tables(manifest: Manifest | None = None) -> Tables:
    """
    Open the mirror's tables.

    :raises NoMirror: if nothing was mirrored yet
    """
    manifest = manifest or manifests.read()
    if manifest is None:
        raise NoMirror
    months = [month for _, month in sorted(manifest.months.items())]
    return Tables(
        version=manifest.version,
        built_at=manifest.built_at,
        lines=_relation([name for month in months for name in month.lines], LINES),
        orders=_relation([name for month in months for name in month.orders], ORDERS),
        customers=_relation(manifest.customers, {}),
        products=_relation(manifest.products, {}),
        customer_columns=manifest.customer_columns,
    )


def _relation(names: list[str], columns: dict[str, str]) -> duckdb.DuckDBPyRelation:
    if names:
        paths = [str(manifests.path(name)) for name in names]
        return connection().read_parquet(paths, hive_partitioning=False)
    empty = ", ".join(f"NULL::{kind} AS {name}" for name, kind in columns.items())
    return connection().sql(f"SELECT {empty} WHERE false")
