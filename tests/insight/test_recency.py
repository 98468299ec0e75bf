from datetime import date, timedelta

import narwhals as nw
import pytest

from stammkunde.insight import recency
from stammkunde.insight.frames import rows
from stammkunde.insight.periods import day, day_number

from .conftest import AS_OF, company, facts_of, line, on_duckdb

TODAY = date(2012, 1, 1)


def ago(days):
    return TODAY - timedelta(days=days)


def described(facts, *, activity_days=100, as_of=TODAY):
    return {row["customer_id"]: row for row in rows(recency.customers(facts, as_of=as_of, activity_days=activity_days))}


def monthly(customer, *, silent, purchases=12):
    return [line(customer=customer, on=ago(silent + 30 * n)) for n in range(purchases)]


@pytest.mark.parametrize(
    ("silent", "stage", "code"),
    [
        (45, "active", "in_rhythm"),
        (46, "at_risk", "late"),
        (68, "at_risk", "late"),
        (69, "dormant", "long_late"),
        (100, "dormant", "long_late"),
        (101, "lost", "outside_window"),
    ],
)
def test_stage_follows_the_silence(silent, stage, code):
    row = described(facts_of(*monthly(1, silent=silent)))[1]

    assert (row["stage"], row["stage_code"]) == (stage, code)
    assert (row["late_after_days"], row["dormant_after_days"], row["lost_after_days"]) == (45, 68, 100)
    assert recency.stage_reason(row) == {
        "code": code,
        "silent_days": silent,
        "late_after_days": 45,
        "dormant_after_days": 68,
        "lost_after_days": 100,
        "gap_days": 30.0,
    }


def test_yearly_buyer_is_not_lost_after_the_window():
    yearly = [line(customer=2, on=ago(200 + 365 * n)) for n in range(8)]

    row = described(facts_of(*yearly))[2]

    assert (row["stage"], row["gap_days"]) == ("active", 365.0)


def test_one_time_buyer_borrows_the_companys_rhythm():
    found = described(facts_of(*monthly(1, silent=5), line(customer=2, on=ago(20)), line(customer=3, on=ago(60))))

    assert [(found[n]["stage"], found[n]["gap_days"], found[n]["due_on"]) for n in (2, 3)] == [
        ("new", None, None),
        ("at_risk", None, None),
    ]


def test_without_repeat_buyers_the_stages_fill_the_window():
    found = described(facts_of(*[line(customer=n, on=ago(n)) for n in (10, 60, 90, 150)]))

    assert [found[n]["stage"] for n in (10, 60, 90, 150)] == ["new", "at_risk", "dormant", "lost"]


def test_due_and_overdue_count_from_the_own_gap():
    row = described(facts_of(*monthly(1, silent=40)))[1]

    assert (day(row["due_on"]), row["overdue_days"], row["silent_days"]) == (ago(10), 10, 40)


def test_returned_mark_stays_while_the_stage_moves_on():
    before = [line(customer=1, on=ago(n)) for n in (900, 870, 840)]
    back = [line(customer=1, on=ago(n)) for n in (400, 370, 340, 310)]

    fresh = described(facts_of(*before, *back), as_of=ago(305))[1]
    later = described(facts_of(*before, *back, *monthly(1, silent=5, purchases=10)))[1]

    assert (fresh["stage"], day(fresh["returned_on"])) == ("returned", ago(400))
    assert (later["stage"], day(later["returned_on"])) == ("active", ago(400))


def test_slow_rhythm_is_no_return():
    row = described(facts_of(*[line(customer=1, on=ago(20 + 120 * n)) for n in range(5, -1, -1)]))[1]

    assert row["returned_on"] == day_number(ago(500))  # the first long gap: no rhythm was known yet


def test_later_lines_change_nothing():
    earlier = monthly(1, silent=50)
    later = line(customer=1, on=TODAY + timedelta(days=1), cents=99)

    assert described(facts_of(*earlier, later)) == described(facts_of(*earlier))


def test_prospect_has_no_numbers():
    row = described(on_duckdb(company()), as_of=AS_OF)[65]

    assert (row["stage"], row["stage_code"], row["orders"], row["revenue_cents"]) == ("prospect", "no_purchase", 0, 0)
    assert (row["margin_cents"], row["last_on"], row["abc_class"], row["late_after_days"]) == (None, None, "", None)
    assert recency.stage_reason(row) == {"code": "no_purchase"}


def test_money_channel_and_category_are_told(company_products):
    facts = facts_of(
        line(customer=1, on=ago(500), order=1, product=1, cents=1000, cost=400, channel="shop"),
        line(customer=1, on=ago(20), order=2, product=2, cents=600, cost=300, channel="web"),
        line(customer=1, on=ago(20), order=2, product=3, cents=900, cost=300, channel="web"),
        line(customer=1, on=ago(3), order=3, product=3, cents=-500, cost=-200, channel="phone", kind="return"),
        products=company_products,
    )

    row = described(facts)[1]

    assert {
        "orders": 2,
        "purchase_days": 2,
        "revenue_cents": 2000,
        "margin_cents": 1200,
        "revenue_year_cents": 1000,
        "margin_year_cents": 600,
        "returned_share": 0.2,
        "last_channel": "web",
        "favourite_category": "bread",
        "abc_class": "A",
        "abc_basis": "margin",
        "value_rank": 1,
    }.items() <= row.items()


@pytest.fixture
def company_products():
    return company()["products"]


def test_every_customer_has_one_row_with_every_column():
    found = rows(recency.customers(on_duckdb(company()), as_of=AS_OF, activity_days=90))

    assert sorted(row["customer_id"] for row in found) == list(range(1, 66))
    assert tuple(found[0]) == recency.COLUMNS
    assert {row["stage"] for row in found} <= set(recency.STAGES)


@pytest.mark.parametrize(
    ("purchases", "yearly_cents"),
    [
        ([(1, 100), (730, 300)], 200),  # the mean of both years is more than the last one
        ([(1, 300), (730, 100)], 300),  # the last year is more
        ([(900, 200), (1000, 200)], 400),  # all within a year of each other count as one year
        ([(10, 100), (20, -300)], 0),
    ],
)
def test_year_of_a_customer_is_the_last_or_the_usual_one(purchases, yearly_cents):
    lines = [line(customer=1, on=ago(days), cents=2 * cents, cost=cents) for days, cents in purchases]

    assert described(facts_of(*lines))[1]["yearly_cents"] == yearly_cents


def test_year_counts_revenue_where_costs_are_unknown():
    lines = [line(customer=1, on=ago(5), cents=700), line(customer=2, on=ago(5), cents=100, cost=60)]

    found = described(facts_of(*lines))

    assert [found[n]["yearly_cents"] for n in (1, 2)] == [700, 100]


def risky(facts, *, risk, base_share=0.2, horizon_days=60):
    told = recency.customers(facts, as_of=TODAY, activity_days=100).with_columns(nw.lit(risk).alias("risk"))
    warned = recency.warned(told, as_of=TODAY, base_share=base_share, horizon_days=horizon_days)
    return {row["customer_id"]: row for row in rows(warned)}


@pytest.mark.parametrize(
    ("risk", "base_share", "code"),
    [
        (0.5, 0.2, "risk"),
        (0.49, 0.2, "in_rhythm"),  # staying is more likely
        (0.74, 0.6, "in_rhythm"),  # not twice the odds of all customers
        (0.75, 0.6, "risk"),
        (None, 0.2, "in_rhythm"),
    ],
)
def test_risk_far_above_the_usual_warns_before_the_rhythm_does(risk, base_share, code):
    row = risky(facts_of(*monthly(1, silent=20)), risk=risk, base_share=base_share)[1]

    assert (row["stage"], row["stage_code"]) == ("at_risk" if code == "risk" else "active", code)
    told = {"risk": risk, "base_share": base_share, "horizon_days": 60} if code == "risk" else {}
    assert recency.stage_reason(row) == {
        "code": code,
        "silent_days": 20,
        "late_after_days": 45,
        "dormant_after_days": 68,
        "lost_after_days": 100,
        "gap_days": 30.0,
        **told,
    }


def test_risk_of_whoever_is_not_due_within_the_horizon_says_nothing_about_the_stage():
    yearly = [line(customer=1, on=ago(20 + 365 * n)) for n in range(6)]

    assert risky(facts_of(*yearly), risk=0.9)[1]["stage"] == "active"


def test_low_risk_takes_no_stage_back():
    facts = facts_of(*monthly(1, silent=46), *monthly(2, silent=101), line(customer=3, on=ago(1)))

    found = risky(facts, risk=0.01)

    assert [found[n]["stage"] for n in (1, 2, 3)] == ["at_risk", "lost", "new"]


def test_new_customers_stay_new_and_the_lost_stay_lost_whatever_the_risk():
    facts = facts_of(*monthly(2, silent=101), line(customer=3, on=ago(1)))

    found = risky(facts, risk=0.99)

    assert [found[n]["stage"] for n in (2, 3)] == ["lost", "new"]
