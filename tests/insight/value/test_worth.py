from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stammkunde.insight import facts, value
from stammkunde.insight.errors import InvalidInput, NotEnoughData
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
    assert (fitted.basis, fitted.rule, fitted.refusal) == ("margin", "model", None)
    assert fitted.back_test.model == pytest.approx(fitted.back_test.observed, rel=0.1)


@pytest.fixture(scope="module")
def came(lines):
    """What customers then brought until day 1080: times bought, margin, and the margin discounted at 10 % a year."""
    later = lines.filter(pc.greater(lines["ordered_on"], 720)).to_pylist()
    found = {}
    for row in later:
        margin = row["revenue_cents"] - row["cost_cents"]
        worth_now = margin * 1.1 ** -((row["ordered_on"] - 720) / 365)
        found.setdefault(row["customer_id"], []).append((1, margin, worth_now))
    return {customer: np.sum(rows, axis=0) for customer, rows in found.items()}


@pytest.mark.parametrize(
    ("low", "high", "what"),
    [("purchases_low", "purchases_high", 0), ("low_cents", "high_cents", 1), ("clv_low_cents", "clv_high_cents", 2)],
)
def test_bounds_hold_what_came_as_often_as_they_say(known, fitted, came, low, high, what):
    valued = worth.customers(known, fitted, horizon_days=360, share=0.8, discount=0.1, clv_days=360)

    then = np.array([came.get(customer, (0, 0, 0))[what] for customer in valued["customer_id"].to_pylist()])
    above, below = then > valued[high].to_numpy(), then < valued[low].to_numpy()
    assert (above.mean(), below.mean()) <= (0.12, 0.1)
    assert what == 0 or above.mean() == pytest.approx(0.1, abs=0.02)  # counts are whole, so their bounds hold more
    expected = {0: "expected_purchases", 1: "expected_cents", 2: "clv_cents"}[what]
    assert valued[expected].to_numpy().sum() == pytest.approx(then.sum(), rel=0.1)


def test_bounds_of_the_plain_rate_hold_what_comes_at_a_steady_rate():
    random = np.random.default_rng(5)
    rate = random.gamma(0.5, 1 / 100, 20_000)
    few, then = random.poisson(rate * 365), random.poisson(rate * 200)

    bounds = worth._rate_bounds(few.astype(float), np.full(20_000, 365.0), horizon=200, levels=(0.1, 0.9))

    assert np.mean(then > bounds.high) < 0.1
    assert np.mean((bounds.low <= then) & (then <= bounds.high)) > 0.8


def test_plain_rate_gives_all_bounds_around_what_it_expects(known, fitted):
    valued = worth.customers(known, replace(fitted, rule="rate"), clv_days=1095)

    assert (valued["clv_low_cents"].to_numpy() <= valued["clv_high_cents"].to_numpy()).all()
    assert (valued["clv_high_cents"].to_numpy() >= valued["high_cents"].to_numpy()).all()
    assert (valued["purchases_low"].to_numpy() <= valued["expected_purchases"].to_numpy() + 1).all()
    assert valued["alive"].null_count == len(valued)


def test_pareto_nbd_values_customers_where_it_is_asked_for(known, fitted):
    other = worth.fit(known, as_of=NOW, horizon_days=360, models=["pareto_nbd"])

    valued, usual = (worth.customers(known, one, horizon_days=360) for one in (other, fitted))
    assert isinstance(other.purchases, value.ParetoNbd)
    total = valued["expected_cents"].to_numpy().sum()
    assert total == pytest.approx(usual["expected_cents"].to_numpy().sum(), rel=0.15)
    assert valued["clv_high_cents"].to_numpy().sum() == pytest.approx(usual["clv_high_cents"].to_numpy().sum(), rel=0.2)


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

    seen = worth.customers(few, fitted)
    assert (fitted.rule, fitted.refusal.code) == ("rate", "few_repeaters")
    assert fitted.refusal.numbers["needed"] == 30
    assert "Every customer's own rate of the last year is carried forward instead." in fitted.refusal.text
    assert fitted.refusals[1].code == "few_amounts"
    assert fitted.refusals[1].numbers == {"customers": len(seen), "needed": 30}
    assert seen["alive"].null_count == seen["mean_low_cents"].null_count == len(seen)


def test_worth_says_what_is_done_where_margins_are_not_positive(lines):
    dear = lines.set_column(9, "cost_cents", pc.multiply(lines["revenue_cents"], 2))

    fitted = worth.fit(facts(dear), as_of=NOW)

    valued = worth.customers(facts(dear), fitted)
    assert (fitted.refusal.code, fitted.refusal.numbers) == (
        "few_positive",
        {"positive": 0, "customers": len(valued), "needed": 30},
    )
    assert "The mean of all purchases stands for everybody instead." in fitted.refusal.text
    assert (fitted.not_positive, fitted.usual_cents) == (len(valued), 0.0)
    assert set(valued["clv_high_cents"].to_pylist()) == {0}


def orders(*, gap, cents):
    """A hundred customers who buy 40 times; `gap` gives the days between, `cents` the revenue, by customer."""
    rows = [
        {"order_id": n, "customer_id": c, "product_id": 1, "ordered_on": gap(c) * n, "ordered_month": 0, "channel": ""}
        | {"kind": "sale", "quantity": 1.0, "revenue_cents": cents(c), "cost_cents": 100}
        for c in range(100)
        for n in range(40)
    ]
    return facts(pa.Table.from_pylist(rows))


def test_worth_says_that_all_spend_alike():
    known = orders(gap=lambda c: 5 + c % 7, cents=lambda _: 1100)

    fitted = worth.fit(known, as_of=DAY_ZERO + timedelta(days=430))

    assert fitted.refusals[-1].code == "amounts_alike"
    assert fitted.refusals[-1].numbers == {"customers": 100}
    assert set(worth.customers(known, fitted)["mean_cents"].to_pylist()) == {1000}


def test_worth_says_that_customers_do_not_differ():
    known = orders(gap=lambda _: 10, cents=lambda c: 900 + c)

    fitted = worth.fit(known, as_of=DAY_ZERO + timedelta(days=395))

    assert (fitted.rule, fitted.refusal.code) == ("rate", "no_variation")
    assert fitted.refusal.numbers == {"customers": 100, "repeaters": 100}
    assert fitted.back_test.refusal.code == "no_variation"


def test_worth_refuses_a_model_that_it_does_not_know(known):
    with pytest.raises(InvalidInput, match="of bg_nbd, mbg_nbd, pareto_nbd"):
        worth.fit(known, as_of=NOW, models=["nbd"])


def test_worth_refuses_where_nobody_bought(lines):
    with pytest.raises(NotEnoughData, match="Nobody has bought yet"):
        worth.fit(facts(lines.slice(0, 0)), as_of=NOW)
