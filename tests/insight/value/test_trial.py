from datetime import date, timedelta

import numpy as np
import pytest

from stammkunde.insight import facts, periods, value
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.value import past as pasts
from tests.insight.value import simulate

DAY_ZERO = date(1970, 1, 1)
AS_OF = DAY_ZERO + timedelta(days=1079)


@pytest.fixture(scope="module")
def known():
    return facts(simulate.lines(n=3000, days=1080, r=0.6, alpha=40.0, a=0.8, b=4.0, seed=3))


@pytest.fixture(scope="module")
def tracked(known):
    return value.tracking(known, as_of=AS_OF, horizon_days=365, grain="month")


def test_tracking_follows_customers_who_behave_as_the_model_supposes(tracked):
    assert [str(one.period) for one in tracked] == [
        str(period) for period in periods.between(DAY_ZERO, AS_OF, grain="month")
    ]
    assert [one.held_out for one in tracked] == [one.period.end_on > AS_OF - timedelta(days=364) for one in tracked]
    assert tracked[-1].total_expected == pytest.approx(tracked[-1].total_observed, rel=0.06)
    off = [(one.observed - one.expected) / one.expected**0.5 for one in tracked]
    assert np.sqrt(np.mean(np.square(off))) < 3  # purchases cluster by customer, so they scatter more than by Poisson


def test_tracking_adds_up(known, tracked):
    tested = value.back_test(known, as_of=AS_OF, horizon_days=365)

    assert [one.total_observed for one in tracked] == np.cumsum([one.observed for one in tracked]).tolist()
    assert [one.total_expected for one in tracked] == pytest.approx(np.cumsum([one.expected for one in tracked]))
    by_quarter = value.tracking(known, as_of=AS_OF, horizon_days=365, grain="quarter")
    assert by_quarter[-1].total_observed == tracked[-1].total_observed
    assert by_quarter[-1].total_expected == pytest.approx(tracked[-1].total_expected)
    assert tested.customers == 3000


def test_tracking_counts_repeat_purchases_of_those_known_on_the_day_of_the_fit():
    table = simulate.lines(n=40, days=100, r=2.0, alpha=10.0, a=0.1, b=9.0, seed=1)
    past = pasts.past_of(facts(table))
    found = past.repeats(past.known(20), last=99)

    days = {(row["customer_id"], row["ordered_on"]) for row in table.to_pylist()}
    firsts = {who: min(day for one, day in days if one == who) for who, _ in days}
    since = range(past.first, 100)
    expected = [sum(firsts[who] <= 20 and firsts[who] < on == day for who, on in days) for day in since]
    assert found.tolist() == expected


def test_groups_by_frequency_sum_to_the_back_test(known):
    tested = value.back_test(known, as_of=AS_OF)

    groups = value.by_frequency(known, as_of=AS_OF, most=4)

    assert [(one.frequency, one.or_more) for one in groups] == [(n, n == 4) for n in range(5)]
    assert sum(one.customers for one in groups) == tested.customers
    for name in ("observed", "model", "rate"):
        total = sum(one.customers * getattr(one, name) for one in groups)
        assert total == pytest.approx(getattr(tested, name)), name


def test_groups_hold_no_model_where_none_could_be_fitted():
    few = facts(simulate.lines(n=20, days=720, r=0.6, alpha=40.0, a=0.8, b=4.0, seed=3))

    groups = value.by_frequency(few, as_of=DAY_ZERO + timedelta(days=719))

    assert {one.model for one in groups} == {None}
    with pytest.raises(NotEnoughData, match=r"the model needs 30\. A rate of each customer"):
        value.tracking(few, as_of=DAY_ZERO + timedelta(days=719))


def test_short_facts_have_nothing_to_try(known):
    soon = DAY_ZERO + timedelta(days=50)

    assert value.back_test(known, as_of=soon) is None
    assert value.by_frequency(known, as_of=soon) == ()
    with pytest.raises(NotEnoughData, match="less than 60 days"):
        value.tracking(known, as_of=soon)
    with pytest.raises(InvalidInput, match="give at least 1"):
        value.by_frequency(known, as_of=AS_OF, most=0)


@pytest.mark.parametrize("models", [["bg_nbd"], ["mbg_nbd"], ["pareto_nbd"]])
def test_tracking_takes_every_model(known, models):
    found = value.tracking(known, as_of=AS_OF, grain="year", models=models)

    assert found[-1].total_expected == pytest.approx(found[-1].total_observed, rel=0.15)


def test_back_test_is_laid_a_year_back_where_it_can_be(known):
    tested = value.back_test(known, as_of=AS_OF, horizon_days=90)

    assert (tested.laid, tested.as_of) == ("year", AS_OF - timedelta(days=364))
    assert (tested.first_on, tested.last_on) == (tested.as_of + timedelta(days=1), tested.as_of + timedelta(days=90))
    assert (tested.past_days, tested.short_past) == (1079 - 364, False)
    assert value.back_test(known, as_of=AS_OF, horizon_days=730).horizon_days == 364  # more would look into today


@pytest.mark.parametrize(("days", "laid"), [(447, "latest"), (448, "year")])
def test_back_test_ends_today_where_too_little_was_known_a_year_ago(known, days, laid):
    first = pasts.past_of(known).first

    tested = value.back_test(known, as_of=DAY_ZERO + timedelta(days=first + days), horizon_days=300)

    assert tested.laid == laid
    assert tested.horizon_days == (300 if laid == "year" else 223)
    assert tested.short_past == (laid == "year")


def test_past_knows_of_an_evening_what_was_known_then(known):
    all_days = pasts.past_of(known)

    evening, cut = all_days.known(400), pasts.past_of(known.until(400)).known(400)

    for name in ("frequency", "recency", "age"):
        assert (getattr(evening, name) == getattr(cut, name)).all(), name
    later = {
        row["customer_id"] for row in known.lines.to_native().filter("ordered_on > 400").to_arrow_table().to_pylist()
    }
    assert (all_days.came(evening, days=5000) > 0).sum() <= len(later)


def test_sample_of_a_past_keeps_whole_customers(known):
    all_days = pasts.past_of(known)

    few = all_days.sample(300)

    assert 200 < len(few.start) < 400
    assert few.known(1079).history.customers == len(few.start)
    assert all_days.sample(3000) is all_days
    own = {tuple(days) for days in np.split(all_days.day, all_days.start[1:])}
    assert all(tuple(days) in own for days in np.split(few.day, few.start[1:]))
