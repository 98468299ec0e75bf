"""What the analysts' door makes of moments, and of what is empty or infinite: alike on every engine, in every zone."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from stammkunde import insight
from stammkunde.insight.errors import InvalidInput, WrongType
from stammkunde.insight.periods import day_number

ROOT = Path(__file__).parents[2]
NAN, INFINITE = float("nan"), float("inf")
MOMENTS = [
    datetime(2011, 3, 31, 22, 30, tzinfo=UTC),  # in Berlin the next day, and the next month
    datetime(2011, 10, 30, 0, 30, tzinfo=UTC),  # an hour that Berlin has twice
    datetime(2011, 12, 31, 22, 59, tzinfo=UTC),
]
IN_BERLIN = [date(2011, 4, 1), date(2011, 10, 30), date(2011, 12, 31)]
ENGINES = ["arrow", "polars", "duckdb", pytest.param("spark", marks=pytest.mark.spark)]


def of_lines(**columns):
    return pa.table({"who": ["a", "b", "c"], "on": pa.array(MOMENTS, pa.timestamp("us", tz="UTC"))} | columns)


@pytest.fixture(params=ENGINES)
def engine(request):
    """Give a table to one engine, whose clock stands in Tokyo wherever it has one."""
    if request.param != "spark":
        home = duckdb.connect()
        home.execute("SET TimeZone = 'Asia/Tokyo'")
        yield {"arrow": lambda table: table, "polars": pl.from_arrow, "duckdb": home.from_arrow}[request.param]
        return
    spark = request.getfixturevalue("spark")
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    yield spark.createDataFrame
    spark.conf.set("spark.sql.session.timeZone", "UTC")


def read(table, **choices):
    return insight.purchases(table, customer="who", date="on", revenue="sum", **choices)


def told(facts):
    found = insight.frames.rows(facts.lines)
    return sorted((row["ordered_on"], row["ordered_month"], row["customer_id"], row["revenue_cents"]) for row in found)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
def test_moments_count_on_the_day_of_the_place_that_is_named(engine):
    table = engine(of_lines(sum=[1.0, 2.0, 3.0]))

    assert [row[0] for row in told(read(table, zone="Europe/Berlin"))] == [day_number(on) for on in IN_BERLIN]
    assert [row[1] for row in told(read(table, zone="UTC"))] == [494, 501, 503]
    assert [row[1] for row in told(read(table, zone="Asia/Tokyo"))] == [495, 501, 504]
    with pytest.raises(InvalidInput, match="Say whose days count: zone='Europe/Berlin'"):
        read(table)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
@pytest.mark.parametrize("nothing", [None, NAN])
def test_empty_amounts_are_refused_or_left_out(engine, nothing):
    table = engine(of_lines(sum=pa.array([1.0, nothing, 3.0], pa.float64())))

    with pytest.raises(InvalidInput, match=r"'sum' for the revenue is empty in 1 lines.*empty='leave_out'"):
        read(table, zone="UTC")
    assert [row[3] for row in told(read(table, zone="UTC", empty="leave_out"))] == [100, 300]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
@pytest.mark.parametrize("endless", [INFINITE, -INFINITE, 1e17])
def test_infinite_amounts_are_refused_whatever_is_said_of_empty_ones(engine, endless):
    table = engine(of_lines(sum=[1.0, endless, 3.0]))

    for empty in ("refuse", "leave_out"):
        with pytest.raises(InvalidInput, match="'sum' for the revenue is infinite, or beyond"):
            read(table, zone="UTC", empty=empty)


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_zone_of_the_machine_plays_no_part(zone):
    code = (
        "import duckdb, pyarrow as pa, polars as pl\n"
        "from stammkunde import insight\n"
        "table = pa.table({'who': [1], 'on': pa.array([1301610600], pa.timestamp('s', tz='UTC')), 'sum': [1.0]})\n"
        "for one in (table, pl.from_arrow(table), duckdb.connect().from_arrow(table)):\n"
        "    print(insight.purchases(one, customer='who', date='on', revenue='sum', zone='Europe/Berlin').days()[0])\n"
    )

    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "TZ": zone},
    )

    assert found.stdout.split() == [str(day_number(date(2011, 4, 1)))] * 3


def test_days_without_a_zone_are_taken_as_they_are_and_want_none():
    table = of_lines(sum=[1.0, 2.0, 3.0]).set_column(1, "on", pa.array([m.replace(tzinfo=None) for m in MOMENTS]))

    assert [row[0] for row in told(read(table))] == [day_number(moment.date()) for moment in MOMENTS]
    with pytest.raises(InvalidInput, match="has no time zone"):
        read(table, zone="UTC")
    with pytest.raises(InvalidInput, match="No time zone is called 'Mars'"):
        read(of_lines(sum=[1.0, 2.0, 3.0]), zone="Mars")


def test_empty_days_are_refused_or_left_out_and_guests_stay():
    days = pa.array([date(2011, 1, 5), None, date(2011, 1, 7)])
    table = pa.table({"who": ["", "b", None], "on": days, "sum": [1.0, 2.0, 3.0]})

    with pytest.raises(InvalidInput, match="'on' for the date is empty in 1 lines"):
        read(table)
    assert [row[2:] for row in told(read(table, empty="leave_out"))] == [(None, 100), (None, 300)]
    with pytest.raises(InvalidInput, match="'refuse' or 'leave_out', not 'zero'"):
        read(table, empty="zero")


def test_infinite_days_are_no_days():
    table = duckdb.connect().sql("SELECT 1 AS who, 1.0 AS sum, unnest(['infinity'::DATE, '2011-01-05'::DATE]) AS on")

    with pytest.raises(InvalidInput, match="'on' for the date is empty in 1 lines"):
        read(table)
    assert len(told(read(table, empty="leave_out"))) == 1


def test_unknown_cost_stays_unknown_and_text_is_no_amount():
    table = of_lines(sum=[1.0, 2.0, 3.0], cost=[0.5, None, NAN], text=["1", "2", "3"])

    lines = insight.frames.rows(read(table, zone="UTC", cost="cost").lines)
    assert sorted((row["cost_cents"] for row in lines), key=str) == [50, None, None]
    with pytest.raises(WrongType, match=r"'text' for the cost holds String. Give numbers"):
        read(table, zone="UTC", cost="text")
