"""The door for who holds no purchases, only how often, how lately and how long ago the first."""

from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from stammkunde.insight import facts
from stammkunde.insight.errors import ColumnMissing, InvalidInput, NotEnoughData, WrongType
from stammkunde.insight.value import summaries, worth
from stammkunde.insight.value.buyers import buyers
from tests.insight.value import simulate

TODAY = date(1998, 1, 1)
NAMES = {"customer": "id", "frequency": "x", "recency": "t_x", "age": "T"}
ROWS = {"id": ["a", "b"], "x": [0, 2], "t_x": [0.0, 20.0], "T": [30.0, 39.0]}


def test_published_models_of_cdnow_come_out_of_its_summaries(cdnow):
    table = pl.DataFrame({"id": range(len(cdnow["x"])), **{name: cdnow[name] for name in ("x", "t_x", "t", "mean")}})

    known = summaries.known_of(
        table, customer="id", frequency="x", recency="t_x", age="t", mean_of_repeats="mean", unit_days=7
    )
    fitted = summaries.fit(known, as_of=TODAY)

    model, amounts = fitted.purchases, fitted.amounts
    weekly = (model.r, model.alpha / 7, model.a, model.b)
    assert weekly == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=5e-4)  # Fader, Hardie & Lee (2005), table 2
    assert (amounts.p, amounts.q, amounts.gamma / 100) == pytest.approx((6.25, 3.74, 15.44), rel=5e-3)
    valued = summaries.customers(known, fitted, horizon_days=273)
    assert valued["expected_purchases"].to_numpy() == pytest.approx(
        model.expected_purchases(273, cdnow["x"], cdnow["t_x"] * 7, cdnow["t"] * 7)
    )
    never_back = valued["mean_cents"].to_numpy()[cdnow["x"] == 0]
    assert set(never_back) == {round(amounts.p * amounts.gamma / (amounts.q - 1))}  # everybody's


@pytest.mark.slow
def test_customers_are_valued_as_from_their_purchases_at_the_level_of_the_model():
    lines = simulate.lines(n=1500, days=720, r=0.6, alpha=40.0, a=0.8, b=4.0, seed=3).drop_columns(["cost_cents"])
    lines = lines.append_column("cost_cents", pa.nulls(lines.num_rows, pa.int64()))
    as_of = date(1971, 12, 22)
    known = facts(lines)
    past = pl.from_arrow(buyers(known.until(as_of), as_of=as_of))
    mean = pl.col("revenue_cents") / pl.col("purchase_days") / 100

    door = summaries.known_of(
        past.with_columns(mean.alias("mean")),
        customer="customer_id", frequency="frequency", recency="recency", age="age", mean_of_all="mean",
    )  # fmt: skip
    fitted, straight = summaries.fit(door, as_of=as_of), worth.fit(known, as_of=as_of)

    assert fitted.purchases == straight.purchases
    for name in ("p", "q", "gamma"):
        assert getattr(fitted.amounts, name) == pytest.approx(getattr(straight.amounts, name), rel=1e-6)
    own = summaries.customers(door, fitted)
    other = worth.valued(
        buyers(known.until(as_of), as_of=as_of), fitted, horizon_days=365, share=0.8, discount=0.1, clv_days=1095
    )
    for name in ("expected_cents", "low_cents", "high_cents", "clv_cents"):
        assert np.allclose(own[name].to_numpy(), other[name].to_numpy(), atol=1)


def test_without_amounts_there_are_purchases_and_no_money():
    known = summaries.known_of(
        pa.table({name: values * 30 for name, values in ROWS.items()} | {"id": range(60)}), **NAMES
    )

    found = summaries.customers(known, summaries.fit(known, as_of=TODAY))

    assert found.column_names == ["customer", "alive", "expected_purchases", "purchases_low", "purchases_high"]
    assert found["customer"].to_pylist() == list(range(60))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"x": [0, 2.5]}, InvalidInput, "Row 1: frequency must be a whole number"),
        ({"t_x": [0.0, 40.0]}, InvalidInput, "Row 1: recency must lie between 0 and age"),
        ({"T": [30.0, None]}, InvalidInput, "Row 1"),
        ({"id": ["a", "a"]}, InvalidInput, "names a customer twice"),
        ({"id": ["a", None]}, InvalidInput, "is empty in a row"),
        ({"x": ["0", "2"]}, WrongType, "Give numbers"),
        ({"mean": [None, -1.0]}, InvalidInput, "Row 1: the mean is -1, of 2 purchases"),
    ],
)
def test_rows_that_cannot_be_are_refused_with_their_place(change, error, words):
    mean = {"mean_of_repeats": "mean"} if "mean" in change else {}
    with pytest.raises(error, match=words):
        summaries.known_of(pa.table({**ROWS, **change}), **NAMES, **mean)


def test_columns_units_and_empty_tables_are_refused():
    with pytest.raises(ColumnMissing, match="'x' for the frequency"):
        summaries.known_of(pa.table({"id": [1], "t_x": [0], "T": [3]}), **NAMES)
    with pytest.raises(InvalidInput, match="7 for weeks"):
        summaries.known_of(pa.table(ROWS), **NAMES, unit_days=0)
    with pytest.raises(InvalidInput, match="mean_of_all or mean_of_repeats"):
        summaries.known_of(pa.table(ROWS), **NAMES, mean="x")
    nobody = summaries.known_of(pa.table({name: pa.array([], pa.float64()) for name in ROWS}), **NAMES)
    with pytest.raises(NotEnoughData):
        summaries.fit(nobody, as_of=TODAY)


def test_where_a_mean_cannot_be_expected_of_who_has_no_amounts_the_model_is_refused():
    """With q at most 1, everybody's mean is infinite: fine for who has bought, nothing for who has not."""
    random = np.random.default_rng(2)
    n = 3000
    means = 2.0 / (1 / random.gamma(0.9, 1.0, n)) ** -1
    x = random.poisson(3, n) * (np.arange(n) % 2)
    table = {"id": range(n), "x": x, "t_x": np.where(x > 0, 20.0, 0.0), "T": np.full(n, 39.0), "mean": means}

    known = summaries.known_of(pa.table(table), **NAMES, mean_of_repeats="mean")
    fitted = summaries.fit(known, as_of=TODAY)

    found = summaries.customers(known, fitted)
    assert np.isfinite(found["expected_cents"].to_numpy()).all()
    assert fitted.amounts is None
    assert fitted.refusal.code == "no_mean"
    assert "q = " in fitted.refusal.text
