"""What a point of retention is worth: by hand, by simulation, from facts, and where it cannot be said."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.insight import kpis, retention
from stammkunde.insight.errors import InvalidInput, NotEnoughData

from .conftest import facts_of, line, on_duckdb

SHOP = retention.Base(customers=2000, kept=1600, each_cents=10_000)


def test_point_is_worth_what_is_reckoned_by_hand():
    """20 customers more at 100 euro; they stay with .8 a year: 1.1 / .3 years' money, discounted."""
    worth = retention.point(SHOP)

    assert (worth.customers, worth.year.cents) == (20, 200_000)
    assert worth.lifetime.cents == pytest.approx(200_000 * 1.1 / 0.3)
    assert worth.lasting.cents == pytest.approx(2000 * 10_000 * (1.1 / 0.29 - 1.1 / 0.3))
    assert worth.rises == pytest.approx(0.3 / 0.29 - 1)
    assert worth.is_ceiling


def test_lifetime_is_the_sum_of_the_years():
    years = sum(20 * 10_000 * (0.8 / 1.1) ** year for year in range(200))

    assert retention.point(SHOP).lifetime.cents == pytest.approx(years)


@pytest.mark.parametrize(("kept", "rises"), [(1800, 1.0), (1200, 1 / 7)])
def test_five_points_raise_a_customer_s_value_most_where_few_leave(kept, rises):
    """From 90 to 95 % doubles how long they stay, from 60 to 65 % adds a seventh: what the literature leaves out."""
    worth = retention.point(replace(SHOP, kept=kept), points=5, discount=0)

    assert worth.rises == pytest.approx(rises)


def test_those_who_leave_count_as_what_they_brought():
    worth = retention.point(replace(SHOP, like=0.4))

    assert (worth.year.cents, worth.is_ceiling) == (80_000, False)


def test_interval_covers_nine_of_ten_years():
    dice = np.random.default_rng(4)
    truth = retention.point(replace(SHOP, like=0.5))
    hits = {"year": 0, "lifetime": 0, "lasting": 0}
    for _ in range(400):
        drawn = retention.Base(
            customers=2000,
            kept=int(dice.binomial(2000, 0.8)),
            each_cents=dice.normal(10_000, 600),
            error_cents=600,
            like=dice.normal(0.5, 0.04),
            like_error=0.04,
        )
        worth = retention.point(drawn)
        for name in hits:
            amount, true = getattr(worth, name), getattr(truth, name).cents
            hits[name] += amount.low_cents < true < amount.high_cents

    assert all(0.86 < count / 400 < 0.94 for count in hits.values()), hits


@given(st.integers(40, 5000), st.floats(0.05, 0.9), st.floats(0, 0.5), st.floats(1, 5))
def test_more_is_worth_more_and_a_life_more_than_a_year(customers, rate, discount, points):
    base = retention.Base(customers=customers, kept=int(rate * customers), each_cents=5000, error_cents=10)

    one, other = (retention.point(base, points=more, discount=discount) for more in (points, points * 1.1))

    assert one.year.cents < other.year.cents
    assert one.year.cents <= one.lifetime.cents
    assert one.lifetime.low_cents < one.lifetime.cents < one.lifetime.high_cents


def test_without_discount_nobody_is_kept_for_ever():
    worth = retention.point(replace(SHOP, kept=1900), points=5, discount=0)

    assert (worth.lasting, worth.rises) == (None, None)


@pytest.mark.parametrize(
    ("base", "asked", "refusal", "says"),
    [
        (replace(SHOP, customers=20, kept=10), {}, NotEnoughData, "20 customers at the start"),
        (replace(SHOP, kept=2000), {}, NotEnoughData, "Nobody left"),
        (replace(SHOP, kept=2001), {}, InvalidInput, "cannot have been kept"),
        (replace(SHOP, kept=1940), {"points": 5}, InvalidInput, "3.0 of 100 customers left"),
        (SHOP, {"points": 0}, InvalidInput, "0 points more cannot be"),
        (SHOP, {"discount": -0.1}, InvalidInput, "Give 0 or more"),
    ],
)
def test_what_cannot_be_said_is_refused(base, asked, refusal, says):
    with pytest.raises(refusal, match=says):
        retention.point(base, **asked)


def test_costs_are_compared_where_both_are_known():
    found = retention.costs(SHOP, won=300, winning_cents=1_500_000, keeping_cents=1_600_000)

    assert (found.winning_each_cents, found.keeping_each_cents, found.times) == (5000, 1000, 5)
    assert found.most_cents == pytest.approx(10_000 * 1.1 / 0.3)


def test_costs_that_are_not_known_stay_unknown():
    found = retention.costs(SHOP, won=0, winning_cents=1_500_000, keeping_cents=None)

    assert (found.winning_each_cents, found.keeping_each_cents, found.times) == (None, None, None)


def test_negative_costs_are_refused():
    with pytest.raises(InvalidInput, match="cannot be negative"):
        retention.costs(SHOP, won=1, winning_cents=-1, keeping_cents=None)


@pytest.fixture(scope="module")
def facts():
    """120 customers buy each year for 100 euro at a cost of 60; 40 buy for a quarter of it, and 2025 no more."""
    loyal = [
        line(customer=number, on=date(year, 3, 1 + number % 20), cents=10_000, cost=6_000)
        for number in range(1, 121)
        for year in (2023, 2024, 2025, 2026)
    ]
    leaving = [
        line(customer=number, on=date(year, 3, 1 + number % 20), cents=2_500, cost=1_500)
        for number in range(201, 241)
        for year in (2023, 2024)
    ]
    return facts_of(line(customer=None, on=date(2023, 1, 2)), *loyal, *leaving)


def test_year_is_read_off_the_facts(facts):
    base = retention.base(facts, year="2025", activity_days=365)

    assert (base.customers, base.kept, base.basis) == (160, 120, "margin")
    assert (base.each_cents, base.error_cents, base.like) == (4000, 0, 0.25)
    assert retention.point(base).year.cents == pytest.approx(1.6 * 1000)
    assert retention.base(facts, year="2025", activity_days=365, basis="revenue").each_cents == 10_000


def test_engines_read_the_same_year(facts):
    lines = facts.lines.collect(backend="pyarrow").to_native()

    assert retention.base(on_duckdb({"lines": lines}), year="2025", activity_days=365) == retention.base(
        facts, year="2025", activity_days=365
    )


def test_year_counts_as_the_figures_do(facts):
    found = kpis.figures(facts, periods=["2025"], activity_days=365)

    figure = next(one for one in found if one.kpi == "retention_rate")
    assert (figure.numerator, figure.denominator) == (120, 160)


def test_nothing_is_said_of_those_lost_where_the_year_before_is_not_known():
    young = [
        line(customer=number, on=date(year, 6, 1), cents=5_000, cost=None)
        for number in range(1, 101)
        for year in ((2024,) if number > 60 else (2024, 2025))
    ]
    ends = line(customer=None, on=date(2026, 1, 1))

    base = retention.base(facts_of(*young, ends), year="2025", activity_days=214)

    assert (base.like, base.basis, base.each_cents) == (None, "revenue", 5_000)


@pytest.mark.parametrize(
    ("asked", "refusal", "says"),
    [
        ({"year": "2025-Q1", "activity_days": 365}, InvalidInput, "is no year"),
        ({"year": "2025", "activity_days": 0}, InvalidInput, "at least 1"),
        ({"year": "2026", "activity_days": 365}, NotEnoughData, "2026 is not over: facts end on 2026-03-20"),
        ({"year": "2023", "activity_days": 365}, NotEnoughData, "Facts begin on 2023-01-02"),
        ({"year": "2025", "activity_days": 30}, NotEnoughData, "0 customers were kept"),
    ],
)
def test_year_that_says_too_little_is_refused(facts, asked, refusal, says):
    with pytest.raises(refusal, match=says):
        retention.base(facts, **asked)


def test_each_claim_says_what_was_measured_where_it_stands_and_how_sure_that_is():
    keys = [claim.key for claim in retention.CLAIMS]

    assert len(set(keys)) == len(keys)
    assert {claim.evidence for claim in retention.CLAIMS} == {"read", "quoted", "not_verified"}
    assert [claim.key for claim in retention.CLAIMS if not claim.url.startswith("http")] == []
    assert {"times_5", "times_6_7", "times_5_25", "value_75", "profit_25_95"} <= set(keys)  # those of the requirement
