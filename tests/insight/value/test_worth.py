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

pytestmark = pytest.mark.slow

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


def steady(*, n, rate, days, cents, seed=5):
    """Customers who have been there from the first days on, and buy at a steady rate of their own."""
    random = np.random.default_rng(seed)
    bought = random.poisson(rate(random) * days, n)
    who = np.concatenate([np.arange(n), np.repeat(np.arange(n), bought)])
    day = np.concatenate([random.integers(0, 5, n), random.integers(5, days, bought.sum())])
    columns = {"customer_id": who, "ordered_on": day, "revenue_cents": cents(random, len(who)) + 100}
    alike = {"product_id": 1, "ordered_month": 0, "channel": "", "kind": "sale", "quantity": 1.0, "cost_cents": 100}
    return facts(
        pa.table({"order_id": np.arange(len(who)), **columns, **{n: [v] * len(who) for n, v in alike.items()}})
    )


def tried(known, *, as_of, days):
    """Fit until a day, and give what is said beside what then came: purchases, and what they brought."""
    fitted = worth.fit(known, as_of=DAY_ZERO + timedelta(days=as_of), horizon_days=days)
    valued = worth.customers(known, fitted, horizon_days=days)
    later = known.lines.to_native().filter(f"ordered_on > {as_of} and ordered_on <= {as_of + days}")
    brought = later.aggregate(
        "customer_id, count(distinct ordered_on) n, sum(revenue_cents - cost_cents) c", "customer_id"
    )
    came = {customer: (n, int(cents)) for customer, n, cents in brought.fetchall()}
    return fitted, valued, np.array([came.get(customer, (0, 0)) for customer in valued["customer_id"].to_pylist()]).T


def test_bounds_hold_what_comes_where_customers_do_not_differ():
    known = steady(n=1500, rate=lambda random: 0.01, days=900, cents=lambda random, n: random.integers(1, 4_000, n))

    fitted, valued, (bought, brought) = tried(known, as_of=600, days=180)

    assert fitted.rule == "rate"
    assert fitted.rate.common or fitted.rate.r > 20
    low, high = valued["purchases_low"].to_numpy(), valued["purchases_high"].to_numpy()
    assert np.mean((low <= bought) & (bought <= high)) > 0.8
    low, high = valued["low_cents"].to_numpy(), valued["high_cents"].to_numpy()
    assert np.mean((low <= brought) & (brought <= high)) == pytest.approx(0.87, abs=0.07)
    top = np.argsort(-valued["expected_cents"].to_numpy())[:150]
    assert (
        valued["expected_cents"].to_numpy()[top].sum() < 1.3 * brought[top].sum()
    )  # own rates: twice as much and more
    assert valued["alive"].null_count == len(valued)


def test_bounds_hold_amounts_that_no_model_describes():
    """Amounts are two sorts, alike for all customers: their mean alone would bound far too narrowly."""
    rates = lambda random: random.gamma(0.8, 1 / 60, 1500)  # noqa: E731
    known = steady(n=1500, rate=rates, days=900, cents=lambda random, n: np.where(random.random(n) < 0.1, 9_000, 1_000))
    fitted, _, _ = tried(known, as_of=600, days=180)

    fitted = replace(fitted, amounts=None, drawn=worth.Drawn(worth.amounts_of(known, "margin")))
    valued = worth.customers(known, fitted, horizon_days=180)

    assert len(fitted.drawn.amounts) == 4096
    assert fitted.drawn.amounts.mean() == pytest.approx(1)
    _, _, (_, brought) = tried(known, as_of=600, days=180)
    low, high = valued["low_cents"].to_numpy(), valued["high_cents"].to_numpy()
    assert np.mean((low <= brought) & (brought <= high)) > 0.8


def test_rate_gives_all_bounds_around_what_it_expects(known, fitted):
    valued = worth.customers(known, replace(fitted, rule="rate"), clv_days=1095)

    assert (valued["clv_low_cents"].to_numpy() <= valued["clv_high_cents"].to_numpy()).all()
    assert (valued["clv_high_cents"].to_numpy() >= valued["high_cents"].to_numpy()).all()
    assert (valued["purchases_low"].to_numpy() <= valued["expected_purchases"].to_numpy() + 1).all()
    assert valued["alive"].null_count == len(valued)


def test_level_moves_purchases_money_and_bounds_together(known, fitted):
    raised = replace(fitted, level=value.Level("year", np.log(1.3), 0.15))
    plain = replace(fitted, level=value.Level("year", 0.0, 0.15))

    found = [worth.customers(known, one, horizon_days=360) for one in (raised, plain)]

    more, usual = ({name: one[name].to_numpy().sum() for name in one.column_names[2:]} for one in found)
    assert more["expected_purchases"] == pytest.approx(1.3 * usual["expected_purchases"], rel=1e-4)
    assert more["expected_cents"] == pytest.approx(1.3 * usual["expected_cents"], rel=0.02)
    assert 1.15 < more["high_cents"] / usual["high_cents"] < 1.4
    assert more["purchases_high"] > usual["purchases_high"]
    assert found[0]["alive"].equals(found[1]["alive"])  # whether she still buys is no question of the season
    assert found[0]["clv_cents"].equals(found[1]["clv_cents"])  # three years have every season


def test_unsure_level_widens_all_bounds(known, fitted):
    wide, narrow = (
        worth.customers(known, replace(fitted, level=value.Level("none", 0.0, spread)), horizon_days=360)
        for spread in (0.4, 0.0)
    )

    assert wide["expected_cents"].equals(narrow["expected_cents"])
    assert wide["high_cents"].to_numpy().sum() > 1.02 * narrow["high_cents"].to_numpy().sum()


def test_season_is_met_by_what_a_year_ago_was_wrong():
    known = facts(simulate.lines(n=3000, days=1080, r=0.7, alpha=60.0, a=1.0, b=6.0, seed=3, arriving=1.0, season=0.5))

    fitted, valued, (bought, _) = tried(known, as_of=910, days=90)

    plain = fitted.used.expected_purchases(90, *worth.states(worth.buyers(known.until(910), as_of=fitted.as_of)))
    assert (fitted.level.kind, fitted.back_test.laid) == ("year", "year")
    assert abs(np.log(plain.sum() / bought.sum())) > 0.25
    assert abs(np.log(valued["expected_purchases"].to_numpy().sum() / bought.sum())) < 0.15


def test_pareto_nbd_values_customers_where_it_is_asked_for(known, fitted):
    other = worth.fit(known, as_of=NOW, horizon_days=360, models=["pareto_nbd"])

    valued, usual = (worth.customers(known, one, horizon_days=360) for one in (other, fitted))
    assert isinstance(other.purchases, value.ParetoNbd)
    total = valued["expected_cents"].to_numpy().sum()
    assert total == pytest.approx(usual["expected_cents"].to_numpy().sum(), rel=0.15)
    high = usual["clv_high_cents"].to_numpy().sum()
    assert valued["clv_high_cents"].to_numpy().sum() == pytest.approx(high, rel=0.25)


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


def test_worth_says_why_a_rate_is_used_where_few_came_back(lines):
    few = facts(lines.filter(pc.less(lines["customer_id"], 20)))

    fitted = worth.fit(few, as_of=NOW)

    seen = worth.customers(few, fitted)
    assert (fitted.rule, fitted.refusal.code) == ("rate", "few_repeaters")
    assert fitted.refusal.numbers["needed"] == 30
    assert "A rate of each customer, drawn towards everybody's, is used instead." in fitted.refusal.text
    assert fitted.refusals[1].code == "few_amounts"
    assert fitted.refusals[1].numbers == {"customers": len(seen), "needed": 30}
    assert seen["alive"].null_count == seen["mean_low_cents"].null_count == len(seen)


def test_worth_expects_nothing_of_anybody_where_hardly_anybody_bought_again(lines):
    few = facts(lines.filter(pc.less(lines["customer_id"], 6)))

    fitted = worth.fit(few, as_of=NOW)

    valued = worth.customers(few, fitted)
    assert fitted.used is None
    assert (fitted.refusal.code, fitted.refusal.numbers["needed"]) == ("few_purchases", 30)
    assert "Nothing is expected of anybody." in fitted.refusal.text
    for name in ("expected_purchases", "purchases_high", "expected_cents", "high_cents", "clv_cents"):
        assert valued[name].null_count == len(valued) > 0
    assert valued["mean_cents"].null_count == 0


def test_worth_says_what_is_done_where_margins_are_not_positive(lines):
    dear = lines.set_column(9, "cost_cents", pc.multiply(lines["revenue_cents"], 2))

    fitted = worth.fit(facts(dear), as_of=NOW)

    valued = worth.customers(facts(dear), fitted)
    assert (fitted.refusal.code, fitted.refusal.numbers) == (
        "few_positive",
        {"positive": 0, "customers": len(valued), "needed": 30},
    )
    assert "All amounts that there were stand for everybody's instead." in fitted.refusal.text
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
