"""Into an engine and out of it: tables are opened where they are, worked out where they live, fetched as Arrow."""

from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa

Frame = nw.LazyFrame[Any]
Table = Any  # whatever Narwhals accepts, or a path of a Parquet file


def hold(frame: Frame) -> Frame:
    """
    Work out a table once and keep the rows where the engine keeps its data.

    Args:
        frame: a lazy table.

    Returns:
        the same table, worked out (Spark: marked to be persisted at its first use).
    """
    native = frame.to_native()
    if frame.implementation.is_duckdb():
        return _lazy(native.materialize())
    if frame.implementation.is_polars():
        return frame.collect().lazy()
    if frame.implementation.is_spark_like():
        return _lazy(native.persist())
    return frame


def rows(frame: Frame) -> list[dict[str, Any]]:
    """
    Fetch a small table as dictionaries.

    Args:
        frame: a lazy table, small by construction.

    Returns:
        one dictionary a row, in no promised order.
    """
    fetched: list[dict[str, Any]] = arrow(frame).to_pylist()
    return fetched


def arrow(frame: Frame) -> pa.Table:
    """
    Fetch a table as Arrow, the one form in which every engine hands out its rows.

    Args:
        frame: a lazy table.

    Returns:
        a PyArrow table.
    """
    table: pa.Table = frame.collect(backend="pyarrow").to_native()
    return table


def open_table(table: Table, home: duckdb.DuckDBPyConnection) -> Frame:
    """
    Read a table lazily, whatever it is.

    Args:
        table: a path of a Parquet file, or anything that Narwhals accepts.
        home: where files are opened, and tables go that no engine holds yet.

    Returns:
        the lazy table.
    """
    if isinstance(table, str | Path):
        return _lazy(home.read_parquet(str(table)))
    frame: Any = nw.from_native(table)
    if isinstance(frame, nw.LazyFrame) or frame.implementation.is_polars():
        return _lazy(frame.to_native())
    return _lazy(home.from_arrow(frame.to_arrow()))


def on_the_clock_of(frame: Frame, *, column: str, zone: str) -> Frame:
    """
    Turn moments into the time that clocks of a place showed, whatever zone the machine or the engine is set to.

    Args:
        frame: a lazy table.
        column: moments with a time zone.
        zone: the place, as "Europe/Berlin".

    Returns:
        the table, the column without a time zone.
    """
    native = frame.to_native()
    name = f'"{column.replace(chr(34), chr(34) * 2)}"'
    if frame.implementation.is_duckdb():
        return _lazy(native.project(f"* REPLACE (timezone('{zone}', {name}) AS {name})"))
    if frame.implementation.is_spark_like():
        since = f"CAST(unix_micros(`{column.replace('`', '``')}`) AS DECIMAL(24, 6)) / 1000000"
        utc = f"timestamp_ntz'1970-01-01 00:00:00' + make_dt_interval(0, 0, 0, {since})"
        return _lazy(native.withColumn(column, _spark_sql(f"convert_timezone('UTC', '{zone}', {utc})")))
    local = nw.col(column).dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return frame.with_columns(local.alias(column))


def _spark_sql(text: str) -> Any:
    from pyspark.sql import functions  # noqa: PLC0415 (only where Spark is in use)

    return functions.expr(text)


def _lazy(native: Any) -> Frame:
    frame: Frame = nw.from_native(native).lazy()
    return frame
