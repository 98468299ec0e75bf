"""The level of all customers together: the published numbers of the rule, and its guards."""

import numpy as np
import pytest

from stammkunde.insight.value.level import Weeks, YearAgo, level, spread, total_bounds


def weeks(came=100.0, expected=100.0, *, scale=1.0, **changed):
    """Give seventy weeks alike; `changed` says what came in some, by first and last week (`w39_51=150`)."""
    found = Weeks(np.full(70, came / scale), np.full(70, expected / scale))
    for name, value in changed.items():
        first, last = (int(number) for number in name[1:].split("_"))
        found.came[first : last + 1] = value / scale
    return found


def ago(*, came=1000.0, expected=1000.0, past_days=476, scale=1.0, repeats=1000):
    return YearAgo(came, expected, weeks(80, 80, scale=scale), past_days, repeats)


def test_level_is_left_alone_where_all_came_as_expected():
    assert level(weeks(), ago(), horizon_days=90) == ("year", 0.0)


def test_level_follows_the_same_time_last_year():
    kind, found = level(weeks(w39_51=150), ago(came=1300), horizon_days=90)

    assert (kind, round(found, 5), round(np.exp(found), 4)) == ("year", 0.31778, 1.3741)


def test_level_follows_half_of_what_has_changed_since():
    assert round(level(weeks(w0_7=80), ago(), horizon_days=90)[1], 5) == -0.11389


def test_level_jumps_where_twice_as_much_came_lately():
    kind, found = level(weeks(w0_7=230), ago(), horizon_days=90)

    assert (kind, round(found, 5)) == ("jump", 0.8322)
    assert level(weeks(w0_7=230), None, horizon_days=90)[0] == "jump"
    assert level(weeks(scale=100, w0_7=230), None, horizon_days=90) == ("none", 0.0)  # 18 purchases are no jump


@pytest.mark.parametrize("missing", [{"past_days": 60}, {"past_days": 83}, {"repeats": 29}])
def test_level_needs_a_past_before_the_evening_a_year_ago(missing):
    assert level(weeks(w39_51=150), ago(came=1300, **missing), horizon_days=90) == ("none", 0.0)
    assert level(weeks(w39_51=150), None, horizon_days=90) == ("none", 0.0)


def test_level_trusts_a_short_past_less():
    found = level(weeks(w39_51=150), ago(came=1300, past_days=120), horizon_days=180)

    assert round(found[1], 5) == 0.18231


def test_level_does_not_follow_chance():
    assert level(weeks(scale=50), ago(came=12, expected=8, scale=50), horizon_days=90) == ("year", 0.0)


def test_level_never_more_than_doubles_or_halves():
    kind, found = level(weeks(w39_51=900), ago(came=9000), horizon_days=90)

    assert (kind, found) == ("year", pytest.approx(np.log(2)))


def test_spread_is_the_usual_one_until_something_was_seen_to_be_wrong():
    assert [spread(kind, []) for kind in ("year", "none", "jump")] == pytest.approx([0.15, 0.30, 0.40])
    assert spread("year", [(1000, 1000)]) < 0.15 < spread("year", [(1500, 1000)])
    assert spread("year", [(4, 8)]) < 0.15 < spread("year", [(400, 800)])  # a few are off by chance


def test_total_bounds_hold_chance_and_level():
    assert total_bounds(1000.0, 0.0) == pytest.approx((1000 * np.exp(-0.05731), 1000 * np.exp(0.05731)), rel=1e-4)
    low, high = total_bounds(1000.0, 0.15)
    assert (round(low), round(high)) == (818, 1222)
