from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde import insight
from stammkunde.insight import lifetime, periods
from stammkunde.insight.errors import InvalidInput, NotEnoughData

from .conftest import company, facts_of, line, on_duckdb

# Remission of leukaemia under 6-MP: Freireich et al. (1963), as in Klein & Moeschberger (2003), table 4.1
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
LOST = [True, True, True, False, True, False, True, False, False, True, True] + [False] * 3 + [True] * 2 + [False] * 5


def test_kaplan_meier_gives_the_published_curve():
    curve = lifetime.kaplan_meier(WEEKS, LOST)

    assert curve.days == (6, 7, 10, 13, 16, 22, 23)
    assert curve.at_risk == (21, 17, 15, 12, 11, 7, 6)
    assert curve.lost == (3, 1, 1, 1, 1, 1, 1)
    assert [round(share, 4) for share in curve.share] == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert [round(error, 4) for error in curve.error] == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]


def test_restricted_mean_and_median_are_the_published_ones():
    curve = lifetime.kaplan_meier(WEEKS, LOST)

    mean, error = lifetime.restricted_mean(curve, horizon_days=35)

    assert (round(mean, 3), round(error, 2)) == (23.287, 2.83)
    assert lifetime.median(curve) == (23, 13, None)


def test_weights_stand_for_rows():
    weighted = lifetime.kaplan_meier([3, 5, 5], [True, True, False], [2, 1, 4])

    assert weighted == lifetime.kaplan_meier([3, 3, 5, 5, 5, 5, 5], [True, True, True] + [False] * 4)


def test_whoever_comes_into_sight_late_counts_from_then_on():
    """Worked by hand: of ages 2 to 9; two were seen from the beginning, three from day 3, 3 and 5 on."""
    curve = lifetime.kaplan_meier([2, 6, 4, 8, 9], [True, True, True, False, True], entered=[0, 0, 3, 3, 5])

    assert (curve.days, curve.at_risk, curve.lost) == ((2, 4, 6, 9), (2, 3, 3, 1), (1, 1, 1, 1))
    assert curve.share == pytest.approx((1 / 2, 1 / 3, 2 / 9, 0))
    followed = lifetime.kaplan_meier(WEEKS, LOST, entered=[0] * len(WEEKS))
    assert followed == lifetime.kaplan_meier(WEEKS, LOST)


def test_late_entry_finds_the_curve_of_everybody_where_only_those_who_stayed_are_in_sight():
    random = np.random.default_rng(5)
    lives = random.geometric(1 / 300, 200_000)
    began = random.integers(0, 900, len(lives))  # days before the books begin
    known = lives > began  # whoever left before is in no book
    end = 500  # days that the books span

    stayed = np.minimum(lives, began + end)[known]
    curve = lifetime.kaplan_meier(stayed, stayed < began[known] + end, entered=began[known])

    half = lifetime.median(curve)[0]
    assert half == pytest.approx(300 * np.log(2), rel=0.03)
    without = lifetime.median(lifetime.kaplan_meier(stayed, stayed < began[known] + end))[0]
    assert without > 2 * half  # what late entry is for


@pytest.mark.parametrize("entered", [[0], [-1, 0], [2, 0], [0, 9]])
def test_entries_that_cannot_be_are_refused(entered):
    with pytest.raises(InvalidInput):
        lifetime.kaplan_meier([2, 5], [True, False], entered=entered)


def test_curve_that_falls_to_nothing_has_no_error_left():
    curve = lifetime.kaplan_meier([2, 4], [True, True])

    assert (curve.share[-1], curve.error[-1]) == (0.0, 0.0)
    assert lifetime.restricted_mean(curve, horizon_days=10)[0] == 3.0


@pytest.mark.parametrize(("days", "lost"), [([1, 2], [True]), ([-1], [True]), ([[1]], [[True]])])
def test_shapes_that_do_not_fit_are_refused(days, lost):
    with pytest.raises(InvalidInput):
        lifetime.kaplan_meier(days, lost)


def test_life_ends_the_window_after_the_last_purchase():
    gone = [line(customer=1, on=on) for on in (date(2011, 1, 1), date(2011, 1, 21))]
    there = line(customer=2, on=date(2011, 3, 1))

    found = lifetime.lifetime(facts_of(*gone, there), as_of=date(2011, 3, 31), activity_days=40)[None]

    assert (found.n, found.lost, found.censored) == (2, 1, 1)
    assert found.curve.days == (60,)


def test_nobody_lost_is_refused():
    found = lifetime.lifetime(facts_of(line(customer=1, on=date(2011, 3, 1))), as_of=date(2011, 3, 2), activity_days=9)

    assert isinstance(found[None], NotEnoughData)


@pytest.mark.parametrize(("window", "days"), [(30, 365), (180, 365), (183, 730), (365, 730), (540, 1095)])
def test_look_ahead_is_whole_years_that_hold_two_windows(window, days):
    assert lifetime.look_ahead(window) == days


def test_lifetime_does_not_rise_by_itself_where_customers_stay_as_long_as_ever():
    lives = [(90, 20), (200, 10), (900, 10)]  # bought every 30 days for so long: so many who come each month
    starts = [date(2009 + month // 12, month % 12 + 1, 1) for month in range(48)]
    stays = [(start, length) for start in starts for length, n in lives for _ in range(n)]
    facts = facts_of(
        *[
            line(customer=who, on=start + timedelta(days=past))
            for who, (start, length) in enumerate(stays)
            for past in range(0, length, 30)
            if start + timedelta(days=past) < date(2013, 1, 1)
        ]
    )
    asked = [str(period) for period in periods.between(date(2009, 1, 1), date(2012, 12, 31), grain="quarter")]

    found = insight.figures(facts, periods=asked, activity_days=60, names=["customer_lifetime_days"])

    assert [figure.reason for figure in found[:4]] == ["nobody_lost_yet"] + ["followed_too_briefly"] * 3
    known = [figure.value for figure in found[4:]]
    assert {figure.denominator for figure in found[4:]} == {365}
    assert max(known) - min(known) < 3
    assert known[-1] == pytest.approx((20 * 120 + 10 * 240 + 10 * 365) / 40, abs=3)


def test_pause_is_part_of_the_life():
    facts = facts_of(
        line(customer=1, on=date(2010, 1, 1)),
        line(customer=1, on=date(2011, 1, 1)),
        line(customer=2, on=date(2010, 1, 1)),
    )

    found = lifetime.lifetime(facts, as_of=date(2011, 1, 10), activity_days=30)[None]

    assert (found.n, found.lost, found.curve.days) == (2, 1, (30,))


def test_figures_at_a_months_end_agree_with_looking_at_the_day():
    facts = on_duckdb(company())
    asked = periods.between(date(2010, 11, 1), date(2012, 8, 31), grain="month")

    found = insight.figures(facts, periods=asked, activity_days=60, names=["customer_lifetime_days"], by="segment")

    on_day = {"activity_days": 60, "by": "segment", "horizon_days": 365}
    by_hand = {p: lifetime.lifetime(facts, as_of=p.end_on, **on_day) for p in asked}
    for figure in found:
        seen = by_hand[periods.parse(figure.period)].get(figure.slice)
        known = isinstance(seen, lifetime.Lifetime) and seen.horizon_days == 365
        assert figure.value == (seen.mean_days if known else None)
    assert sum(figure.value is not None for figure in found) > len(asked)


follow_ups = st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=30)


@settings(max_examples=50, deadline=None)
@given(follow_ups)
def test_curve_falls_from_one_and_never_rises(followed):
    days, lost = zip(*followed, strict=True)

    curve = lifetime.kaplan_meier(days, lost)

    heights = [1.0, *curve.share]
    assert heights == sorted(heights, reverse=True)
    assert all(0 <= share <= 1 for share in curve.share)
    assert 0 <= lifetime.restricted_mean(curve, horizon_days=61)[0] <= 61
