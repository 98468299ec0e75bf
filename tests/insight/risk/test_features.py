from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy import special

from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.periods import day_number
from stammkunde.insight.risk import features, suggest_horizon_days
from stammkunde.insight.risk.features import SIGNS
from tests.insight.conftest import AS_OF as DAY
from tests.insight.conftest import company, facts_of, line, on_duckdb, on_polars


def one(*lines, on=date(2012, 6, 30), **tables):
    (row,) = features(facts_of(*lines, **tables), as_of=on, activity_days=60).to_pylist()
    return row


def test_features_by_hand():
    found = one(
        line(customer=1, on=date(2012, 2, 1), channel="web"),
        line(customer=1, on=date(2012, 5, 1), cents=4000),
        line(customer=1, on=date(2012, 5, 21), cents=3000, product=1),
        line(customer=1, on=date(2012, 5, 21), cents=3000, product=2),
        line(customer=1, on=date(2012, 6, 10), cents=2000, product=2),
        line(customer=1, on=date(2012, 6, 12), cents=-500, kind="return"),
    )

    gap = (20 * 3 + 20 * 2) / 5  # gaps of 90, 20 and 20 days; the company's is hers
    assert (found["silent_days"], found["own_gap_days"], found["gap_days"]) == (20, 20, gap)
    assert (found["silence"], found["slowing"], found["irregularity"]) == (1.0, 1.0, (55 - 20) / 2 / 20)
    assert (found["purchase_days"], found["window_days"], found["tenure_days"]) == (4, 2, 150)
    assert (found["recent_days"], found["earlier_days"], found["frequency_trend"]) == (1, 1, 0.0)
    assert (found["recent_cents"], found["earlier_cents"], found["money_trend"]) == (1500, 6000, -0.6)
    assert found["long_trend"] == pytest.approx(0.7369655941662062)  # log2(2.5 / 1.5)
    assert (found["products"], found["lines_per_day"], found["channels"]) == (2, 1.25, 1)
    assert found["returned_share"] == 500 / 13000
    assert found["money_per_day"] == 13000 / 4


def test_how_likely_a_gap_lasts_longer_goes_by_its_length_and_by_how_even_gaps_are():
    even = [line(customer=1, on=date(2012, 6, 30) - timedelta(days=30 + 20 * n)) for n in range(20)]
    days = (30, 35, 75, 80, 120, 125, 165, 170, 210)  # gaps of 5 and 40 days in turn
    uneven = [line(customer=2, on=date(2012, 6, 30) - timedelta(days=day)) for day in days]

    table = features(facts_of(*even, *uneven), as_of=date(2012, 6, 30), activity_days=60)

    squares = 8 * 17.5**2 / 22.5**2  # distances from the mean, against it
    usual = (0 + squares / 7) / 2
    gap, found = (np.array(table[name].to_pylist()) for name in ("gap_days", "lasts_longer"))
    drawn = np.array([2 * usual / (18 + 2), (squares + 2 * usual) / (7 + 2)])
    assert found == pytest.approx(special.gammaincc(1 / drawn, 30 / (gap * drawn)))
    assert found[0] < 0.02
    assert found[1] > 0.15


def test_what_is_not_known_stays_empty():
    found = one(line(customer=1, on=date(2012, 6, 10), cents=2000))

    empty = {name for name in SIGNS if found[name] is None}
    assert empty == {
        "irregularity",
        "slowing",
        "frequency_trend",
        "long_trend",
        "money_trend",
        "season_days",
        "late_deliveries",
        "contact_silence",
    }
    assert found["own_gap_days"] is None


def test_season_looks_at_the_same_time_a_year_ago():
    lines = [
        line(customer=1, on=on) for on in (date(2010, 1, 1), date(2011, 7, 15), date(2011, 10, 1), date(2012, 6, 1))
    ]

    assert one(*lines)["season_days"] == 1


def test_margin_is_taken_where_costs_are_known():
    lines = [line(customer=1, on=date(2012, 6, 1), cents=1000, cost=400)]

    assert one(*lines)["money_per_day"] == 600
    assert one(*lines, line(customer=1, on=date(2012, 6, 2), cents=1000))["money_per_day"] == 1000


def test_late_deliveries_count_once_they_arrived():
    day = day_number(date(2012, 6, 1))
    lines = [line(customer=1, on=date(2012, 6, 1))]
    orders = pa.table(
        {
            "customer_id": [1, 1, 1, 1, None],
            "promised_on": [day, day, day, None, day],
            "delivered_on": [day + 3, day, day + 300, day, day + 9],
        }
    )

    found = one(*lines, orders=orders)

    assert (found["deliveries"], found["late_deliveries"]) == (2, 1)


def test_only_customers_of_the_evening_are_described():
    lines = [line(customer=1, on=date(2012, 4, 30)), line(customer=2, on=date(2012, 5, 2))]

    assert one(*lines)["customer_id"] == 2


@pytest.mark.parametrize("change", ["gone", "shuffled", "multiplied"])
def test_the_future_changes_nothing(change):
    tables, today = company(), day_number(DAY)
    early = pc.less_equal(tables["lines"]["ordered_on"], today)
    past, future = tables["lines"].filter(early), tables["lines"].filter(pc.invert(early))
    assert future.num_rows > 0
    dear = future.set_column(8, "revenue_cents", pc.multiply(future["revenue_cents"], 7))
    other = {
        "gone": past,
        "shuffled": pa.concat_tables([past, future.set_column(1, "customer_id", future["customer_id"][::-1])]),
        "multiplied": pa.concat_tables([past, *[dear] * 5]),
    }[change]
    before = features(on_duckdb(dict(tables)), as_of=DAY, activity_days=120)

    after = features(on_duckdb({**tables, "lines": other}), as_of=DAY, activity_days=120)

    assert after.equals(before)


def test_engines_agree():
    found = features(on_duckdb(company()), as_of=DAY, activity_days=365, horizon_days=60)

    assert found.num_rows > 10
    assert features(on_polars(company()), as_of=DAY, activity_days=365, horizon_days=60).equals(found)


def test_lengths_are_at_least_a_day():
    with pytest.raises(InvalidInput, match="at least one day"):
        features(facts_of(), as_of=DAY, activity_days=0)


def test_horizon_holds_three_in_four_usual_gaps():
    start = date(2011, 1, 1)
    lines = [line(customer=n, on=start + timedelta(days=d)) for n in range(1, 41) for d in (0, n, 2 * n, 3 * n)]
    far = line(customer=99, on=start + timedelta(days=900))

    found = suggest_horizon_days(facts_of(*lines, far))

    assert (found.horizon_days, found.covered_gap_days, found.repeat_buyers, found.shortened) == (45, 31.0, 40, False)
    assert suggest_horizon_days(facts_of(*lines)).horizon_days == 30  # 120 days hold four times 30
    assert suggest_horizon_days(facts_of(*lines)).shortened


def test_horizon_refuses_too_few_repeat_buyers():
    with pytest.raises(NotEnoughData, match="0 customers bought more than once"):
        suggest_horizon_days(facts_of(line(customer=1, on=DAY)))
