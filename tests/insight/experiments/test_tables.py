"""Effects from tables: sums where they live, exact on every engine, or rows."""

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from stammkunde.insight import experiments
from stammkunde.insight.errors import ColumnMissing, InvalidInput, WrongType
from stammkunde.insight.experiments import Arm, Draw
from tests.insight.experiments.companies import company


def frame(seed=9, n=11_000, share=0.5):
    y, z, x = company(seed, n=n, share=share)
    draws = np.where(np.arange(n) % 3 == 0, "spring", "summer")
    return pl.DataFrame(
        {
            "outcome": np.rint(y * 100 - 3_000).astype(np.int64),
            "treated": z,
            "expected": np.rint(x * 100).astype(np.int64),
            "draw": draws,
        }
    )


ENGINES = {
    "polars": lambda table: table.lazy(),
    "duckdb": lambda table: duckdb.connect().from_arrow(table.to_arrow()),
    "arrow": lambda table: table.to_arrow(),
}
COLUMNS = {"outcome": "outcome", "treated": "treated", "covariate": "expected", "draw": "draw"}


@pytest.mark.parametrize("engine", ENGINES)
def test_sums_are_exact_on_every_engine(engine):
    table = frame()

    found = experiments.sums(ENGINES[engine](table), **COLUMNS)

    expected = []
    for draw in ("spring", "summer"):
        parts = [table.filter(pl.col("draw") == draw, pl.col("treated") == treated) for treated in (True, False)]
        expected.append(Draw(draw, *(exactly(part) for part in parts)))
    assert found == tuple(expected)


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
def test_sums_are_exact_on_spark(spark):
    table = frame(n=600)

    found = experiments.sums(spark.createDataFrame(table.to_arrow()), **COLUMNS)

    assert found == experiments.sums(table, **COLUMNS)


def exactly(part):
    y, x = part["outcome"].to_list(), part["expected"].to_list()
    pairs = ((y, y), (x, x), (x, y))
    yy, xx, xy = (sum(a * b for a, b in zip(*pair, strict=True)) for pair in pairs)
    return Arm(len(y), sum(y), yy, sum(x), xx, xy)


def test_sums_of_the_largest_numbers_are_exact():
    large = [2**31 - 1, -(2**31) + 1, 2**31 - 2] * 20
    table = pl.DataFrame({"outcome": large, "expected": large[::-1], "treated": [False, True, True] * 20})

    (found,) = experiments.sums(table, outcome="outcome", treated="treated", covariate="expected")

    assert found.treated == exactly(table.filter(pl.col("treated")))
    assert found.held_out == exactly(table.filter(~pl.col("treated")))


def test_many_customers_are_estimated_from_sums_and_few_from_rows():
    many, few = frame(n=33_000), frame(n=600)

    summed = experiments.estimate_table(many, **COLUMNS)
    fetched = experiments.estimate_table(few, **COLUMNS)

    columns = {"treated": many["treated"], "covariate": many["expected"], "draw": many["draw"]}
    rows = experiments.estimate(many["outcome"], **columns)
    assert summed.moved == ()
    assert len(fetched.moved) == 3
    assert (summed.effect, summed.uncorrected_se) == pytest.approx((rows.effect, rows.uncorrected_se), rel=1e-9)
    assert summed.se == pytest.approx(rows.se, rel=1e-3)
    assert summed.df == pytest.approx(rows.df, rel=1e-2)


def test_numbers_that_are_not_whole_are_fetched():
    table = frame(n=600).with_columns(pl.col("outcome") / 100)

    found = experiments.estimate_table(table, **COLUMNS)

    assert found.effect == pytest.approx(experiments.estimate_table(frame(n=600), **COLUMNS).effect / 100, rel=1e-9)


def test_tables_that_cannot_be_read_are_refused():
    table = pa.table({"y": [1, 2], "z": [True, None], "t": ["a", "b"]})

    with pytest.raises(ColumnMissing, match="no column 'margin' for the outcome"):
        experiments.sums(table, outcome="margin", treated="z")
    with pytest.raises(WrongType, match="Column 't' holds String"):
        experiments.sums(table, outcome="t", treated="z")
    with pytest.raises(InvalidInput, match="of no arm"):
        experiments.sums(table, outcome="y", treated="z")
    with pytest.raises(InvalidInput, match="is missing"):
        experiments.sums(pa.table({"y": [1, None], "z": [0, 1]}), outcome="y", treated="z")
    with pytest.raises(InvalidInput, match="larger unit"):
        experiments.sums(pa.table({"y": [1, 2**31], "z": [0, 1]}), outcome="y", treated="z")
