from datetime import date, timedelta

import numpy as np
import polars as pl
import pyarrow.compute as pc
import pytest

from stammkunde.insight import facts
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.value import worth
from tests.insight.value import simulate

DAY_ZERO = date(1970, 1, 1)
NOW = DAY_ZERO + timedelta(days=720)


@pytest.fixture(scope="module")
def lines():
    return simulate.lines(n=4000, days=1080, r=0.6, alpha=40.0, a=0.8, b=4.0, seed=3)


@pytest.fixture(scope="module")
def known(lines):
    return facts(lines)


@pytest.fixture(scope="module")
def fitted(known):
    return worth.fit(known, as_of=NOW, horizon_days=360)


def test_worth_uses_the_margin_and_the_model_that_the_customers_obey(fitted):
    assert (fitted.basis, fitted.rule, fitted.refusal) == ("margin", "model", "")
    assert fitted.back_test.model == pytest.approx(fitted.back_test.observed, rel=0.1)


def test_bounds_hold_what_came_as_often_as_they_say(lines, known, fitted):
    valued = worth.customers(known, fitted, horizon_days=360, share=0.8)

    later = lines.filter(pc.greater(lines["ordered_on"], 720))
    margin = dict.fromkeys(valued["customer_id"].to_pylist(), 0)
    for row in later.to_pylist():
        if row["customer_id"] in margin:
            margin[row["customer_id"]] += row["revenue_cents"] - row["cost_cents"]
    came = np.array([margin[customer] for customer in valued["customer_id"].to_pylist()])
    assert np.mean(came <= valued["high_cents"].to_numpy()) == pytest.approx(0.9, abs=0.02)
    assert np.mean(came < valued["low_cents"].to_numpy()) < 0.1
    assert valued["expected_cents"].to_numpy().sum() == pytest.approx(came.sum(), rel=0.1)


def test_worth_knows_nothing_of_what_came_later(lines, fitted):
    before = facts(lines.filter(pc.less_equal(lines["ordered_on"], 720)))

    assert worth.fit(before, as_of=NOW, horizon_days=360) == fitted


def test_worth_is_the_same_on_polars(lines, known, fitted):
    other = facts(pl.from_arrow(lines))

    assert worth.customers(other, worth.fit(other, as_of=NOW, horizon_days=360)).equals(worth.customers(known, fitted))


def test_discounted_value_is_less_than_the_plain_sum_and_more_than_a_year(known, fitted):
    valued = worth.customers(known, fitted, discount=0.1, clv_days=1095)
    plain = worth.customers(known, fitted, discount=0.0, horizon_days=1095, clv_days=1095)

    clv, year = valued["clv_cents"].to_numpy(), valued["expected_cents"].to_numpy()
    assert (clv <= plain["expected_cents"].to_numpy() + 1).all()
    assert (clv >= year * 0.9).all()
    assert plain["clv_cents"].to_numpy() == pytest.approx(plain["expected_cents"].to_numpy(), abs=2)


def test_worth_says_why_a_plain_rate_is_used_where_few_came_back(lines):
    few = facts(lines.filter(pc.less(lines["customer_id"], 20)))

    fitted = worth.fit(few, as_of=NOW)

    assert fitted.rule == "rate"
    assert "the model needs 30" in fitted.refusal
    assert worth.customers(few, fitted)["alive"].null_count == len(worth.customers(few, fitted))


def test_worth_refuses_where_nobody_bought(lines):
    with pytest.raises(NotEnoughData, match="Nobody has bought yet"):
        worth.fit(facts(lines.slice(0, 0)), as_of=NOW)
