from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.insight import classes, rfm
from stammkunde.insight.frames import rows

from .conftest import facts_of, line

DAY = date(2011, 5, 1)


def bought(*margins, cost=0):
    return facts_of(*[line(customer=n, on=DAY, cents=m, cost=cost) for n, m in enumerate(margins, start=1)])


def classed(facts):
    found = sorted(rows(classes.customers(facts)), key=lambda row: row["value_rank"])
    return [(row["customer_id"], row["abc_class"]) for row in found]


def test_classes_follow_the_running_total():
    assert classed(bought(50, 30, 15, 5)) == [(1, "A"), (2, "A"), (3, "B"), (4, "C")]


def test_first_is_a_however_much_it_brings():
    assert classed(bought(99, 1)) == [(1, "A"), (2, "C")]


def test_equal_values_are_ranked_by_key():
    assert classed(bought(10, 10, 10))[0] == (1, "A")


def test_who_costs_money_is_c_and_takes_nothing_from_the_total():
    facts = facts_of(
        line(customer=1, on=DAY, cents=100, cost=20),
        line(customer=2, on=DAY, cents=100, cost=80),
        line(customer=3, on=DAY, cents=100, cost=500),
    )

    assert classed(facts) == [(1, "A"), (2, "C"), (3, "C")]
    assert [share.value_cents for share in classes.shares(classes.customers(facts))] == [80, 0, -380]


def test_all_at_a_loss_are_c():
    assert [name for _, name in classed(bought(10, 20, cost=100))] == ["C", "C"]


def test_unknown_costs_fall_back_to_revenue_and_say_so():
    (row,) = rows(classes.customers(bought(10, cost=None)))

    assert (row["basis"], row["value_cents"], row["abc_class"]) == ("revenue", 10, "A")


def test_range_of_days_is_kept_to():
    facts = facts_of(line(customer=1, on=DAY), line(customer=2, on=date(2012, 1, 1)))

    found = rows(classes.customers(facts, first_on=DAY, last_on=DAY))

    assert [row["customer_id"] for row in found] == [1]


def test_nothing_sold_gives_no_curve():
    assert classes.pareto(classes.customers(facts_of())) == []


def test_pareto_ends_at_the_whole():
    points = classes.pareto(classes.customers(bought(*range(1, 51))), points=5)

    assert [point["rank"] for point in points] == [1, 10, 20, 30, 40, 50]
    assert (points[-1]["members_share"], points[-1]["value_share"]) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("values", "n", "limits"),
    [
        ([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], [2, 3, 4, 5]),
        ([7], [9], [7, 7]),  # everybody alike is in the middle
        ([1, 9], [60, 40], [1, 9, 9, 9][:4]),
    ],
)
def test_scores_are_fifths_with_ties_in_the_middle(values, n, limits):
    assert rfm.thresholds(values, n)[: len(limits)] == limits


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.integers(-1000, 1000), st.integers(1, 50), min_size=1, max_size=30))
def test_scores_never_fall_with_the_value(counts):
    limits = rfm.thresholds(list(counts), list(counts.values()))

    assert limits == sorted(limits)
    assert set(limits) <= set(counts)


def test_rfm_scores_the_best_highest():
    lines = [line(customer=n, on=date(2011, n, day), cents=1000 * n) for n in range(1, 6) for day in range(1, n + 1)]

    found = sorted(rows(rfm.table(facts_of(*lines), as_of=date(2011, 6, 1))), key=lambda row: row["customer_id"])

    names = ("recency_score", "frequency_score", "monetary_score")
    assert [tuple(row[name] for name in names) for row in found] == [(n, n, n) for n in range(1, 6)]
    assert [row["rfm_segment"] for row in found] == ["asleep", "asleep", "loyal", "champions", "champions"]


def test_who_bought_once_is_new_or_asleep_however_few_bought_again():
    once = [line(customer=n, on=date(2011, 1, 1) + timedelta(days=n), cents=100_000) for n in range(1, 19)]
    twice = [line(customer=n, on=date(2011, 1, day)) for n in (19, 20) for day in (10, 30)]

    found = rows(rfm.table(facts_of(*once, *twice), as_of=date(2011, 6, 1)))

    segments = {row["customer_id"]: row["rfm_segment"] for row in found}
    assert {row["frequency_score"] for row in found if row["purchase_days"] == 1} == {3}
    assert {segments[n] for n in range(1, 13)} == {"asleep"}
    assert (segments[18], segments[20]) == ("newcomers", "champions")
