import os
import random
import warnings
from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from stammkunde import insight
from stammkunde.insight import Facts
from stammkunde.insight.periods import day_number, month_number

AS_OF = date(2012, 6, 30)
LINES = pa.schema(
    [
        ("order_id", pa.int64()),
        ("customer_id", pa.int64()),
        ("product_id", pa.int64()),
        ("ordered_on", pa.int32()),
        ("ordered_month", pa.int32()),
        ("channel", pa.string()),
        ("kind", pa.string()),
        ("quantity", pa.float64()),
        ("revenue_cents", pa.int64()),
        ("cost_cents", pa.int64()),
    ]
)


@pytest.fixture(autouse=True)
def _own_data_dir():
    """Insight has no data directory, and needs no Django."""


def line(
    *,
    customer: int | None,
    on: date,
    order: int = 0,
    product: int | None = 1,
    channel: str = "shop",
    kind: str = "sale",
    cents: int = 1000,
    cost: int | None = None,
) -> dict[str, Any]:
    return {
        "order_id": order or day_number(on) * 1000 + (customer or 0),
        "customer_id": customer,
        "product_id": product,
        "ordered_on": day_number(on),
        "ordered_month": month_number(on),
        "channel": channel,
        "kind": kind,
        "quantity": -1.0 if kind in {"return", "cancellation"} else 1.0,
        "revenue_cents": cents,
        "cost_cents": cost,
    }


def table(lines: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(lines, schema=LINES)


def facts_of(*lines: dict[str, Any], **tables: pa.Table) -> Facts:
    """Give tables as facts: on Polars, which says the same as DuckDB (`test_engines.py`), in a third of the time."""
    return on_polars({"lines": table(list(lines)), **tables})


def company() -> dict[str, pa.Table]:
    """A small company with everything that figures stumble over: guests, returns, unknown costs, ties, nulls."""
    dice = random.Random(20)
    lines = [line_ for customer in range(1, 61) for line_ in _customer(dice, customer)]
    guests = [line(customer=None, on=date(2011, 5, 1 + n), order=900_000 + n, cents=700, cost=300) for n in range(9)]
    customers = {
        "customer_id": list(range(1, 66)),
        "country": [dice.choice(["DE", "AT", "", None]) for _ in range(65)],
        "segment": [dice.choice(["bakery", "hotel"]) for _ in range(65)],
    }
    products = {
        "product_id": list(range(1, 9)),
        "number": [f"P{n}" for n in range(1, 9)],
        "name": [f"Product {n}" for n in range(1, 9)],
        "category": ["bread", "bread", "cake", "cake", "", "coffee", "coffee", "tea"],
    }
    return {"lines": table(lines + guests), "customers": pa.table(customers), "products": pa.table(products)}


def eventful() -> dict[str, pa.Table]:
    """The same company, with deliveries that come late, early, without a promise or not; and with what was said."""
    dice, tables = random.Random(21), company()
    lines = [row for row in tables["lines"].to_pylist() if row["kind"] == "sale"]
    dates = [(row["customer_id"], row["ordered_on"]) for row in lines]
    promised = [None if dice.random() < 0.2 else on + 3 for _, on in dates]
    delivered = [None if dice.random() < 0.1 else on + dice.randrange(9) for _, on in dates]
    heard = [
        (dice.randrange(1, 66), on + dice.randrange(40), "complaint", None) for _, on in dates if dice.random() < 0.3
    ]
    heard += [(dice.randrange(1, 66), on, "rating", dice.randrange(11) / 4) for _, on in dates if dice.random() < 0.2]
    own = random.Random(22)
    heard += [(customer, on + own.randrange(60), "conversation", None) for customer, on in dates if own.random() < 0.3]
    ids, days, kinds, numbers = zip(*heard, (None, 15000, "complaint", None), (1, None, "complaint", None), strict=True)
    orders = {
        "customer_id": pa.array([customer for customer, _ in dates], pa.int64()),
        "promised_on": pa.array(promised, pa.int32()),
        "delivered_on": pa.array(delivered, pa.int32()),
    }
    happenings = {
        "customer_id": pa.array(ids, pa.int64()),
        "known_on": pa.array(days, pa.int32()),
        "kind": pa.array(kinds, pa.string()),
        "number": pa.array(numbers, pa.float64()),
    }
    return {**tables, "orders": pa.table(orders), "happenings": pa.table(happenings)}


def _customer(dice: random.Random, customer: int) -> list[dict[str, Any]]:
    day, gap, lines = day_number(date(2010, 11, 3)) + dice.randrange(300), dice.choice([9, 30, 75, 200]), []
    for order in range(dice.choice([1, 1, 2, 4, 9])):
        on = date.fromordinal(date(1970, 1, 1).toordinal() + day)
        lines += [_line(dice, customer, on, customer * 100 + order) for _ in range(dice.choice([1, 2, 3]))]
        day += dice.randrange(gap) + 1 + dice.choice([0, 0, 0, 0, 260])
    return [found for found in lines if found["ordered_on"] <= day_number(date(2012, 9, 1))]


def _line(dice: random.Random, customer: int, on: date, order: int) -> dict[str, Any]:
    kind = dice.choice(["sale"] * 8 + ["return", "adjustment"])
    cents = dice.choice([500, 1000, 1999, 12345])
    return line(
        customer=customer,
        on=on,
        order=order,
        product=dice.choice([1, 2, 3, 4, 5, 6, 7, 8, None]),
        channel=dice.choice(["shop", "web", "phone"]),
        kind=kind,
        cents=-cents if kind == "return" else 0 if kind == "adjustment" else cents,
        cost=None if dice.random() < 0.01 else cents * (-6 if kind == "return" else 6) // 10,
    )


Open = Callable[[dict[str, pa.Table]], Facts]


def on_duckdb(tables: dict[str, pa.Table]) -> Facts:
    connection = duckdb.connect()
    return _facts({name: connection.from_arrow(found) for name, found in tables.items()})


def on_polars(tables: dict[str, pa.Table]) -> Facts:
    return _facts({name: pl.from_arrow(found).lazy() for name, found in tables.items()})


def on_arrow(tables: dict[str, pa.Table]) -> Facts:
    return _facts(tables)


def _facts(tables: dict[str, Any]) -> Facts:
    others = {name: found for name, found in tables.items() if name not in {"lines", "happenings"}}
    heard = [tables["happenings"]] if "happenings" in tables else []
    return insight.facts(tables["lines"], **others, happenings=heard)


@pytest.fixture(scope="session")
def spark():
    """One Spark in local mode for the whole session."""
    session = _spark_session()
    yield session
    session.stop()


def _spark_session() -> Any:
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an optional dependency

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _local(SparkSession.builder)
    except Exception as missing:
        if "spark" in os.environ.get("STAMMKUNDE_REQUIRE", "").split():
            raise
        pytest.skip(f"Spark does not start here: {missing}")


def _local(builder: Any) -> Any:
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",  # compiling takes longer than these few rows
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "ERROR",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.master("local[1]").appName("stammkunde tests").getOrCreate()


@pytest.fixture(scope="session")
def on_spark(spark) -> Open:
    def opened(tables: dict[str, pa.Table]) -> Facts:
        return _facts({name: spark.createDataFrame(found) for name, found in tables.items()})

    return opened


@pytest.fixture(scope="session")
def retail(shared_data) -> Facts:
    """UCI Online Retail, through the analysts' door."""
    return insight.purchases(
        shared_data / "online_retail" / "online_retail.parquet",
        customer="CustomerID",
        date="InvoiceDate",
        quantity="Quantity",
        price="UnitPrice",
        order="InvoiceNo",
        product="StockCode",
        channel="Country",
    )
