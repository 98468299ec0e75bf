"""Who may enter: the pause, what is too old, what is too many, what the limits leave."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from stammkunde.plays import contents, entering, ranking
from stammkunde.plays.contents import Goal, Holdout, Limits, Message, Reentry
from stammkunde.plays.entering import Before, Used

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "reentry", "said"),
    [
        (Before(), Reentry(), ""),
        (Before(is_open=True), Reentry(again=True), "open"),
        (Before(last_at=datetime(2020, 1, 1, tzinfo=UTC)), Reentry(), "once"),
        (Before(last_at=datetime(2026, 11, 1, 11, tzinfo=UTC)), Reentry(again=True, pause_days=30), "pause"),
        (Before(last_at=datetime(2026, 10, 25, 11, tzinfo=UTC)), Reentry(again=True, pause_days=30), ""),
        (Before(last_at=datetime(2026, 10, 25, 11, 1, tzinfo=UTC)), Reentry(again=True, pause_days=30), "pause"),
        (Before(last_at=NOW), Reentry(again=True), ""),
    ],
)
def test_nobody_is_in_twice_and_again_only_after_the_pause(before, reentry, said):
    assert entering.refusal(before, reentry, now=NOW, zone=BERLIN) == said


@pytest.mark.parametrize(
    ("reentry", "days"),
    [(Reentry(), 60), (Reentry(again=True), 60), (Reentry(again=True, pause_days=365), 365)],
)
def test_a_household_counts_as_reached_as_long_as_a_round_may_take_or_the_pause(reentry, days):
    usual = {"trigger": contents.Enters(), "steps": (), "goal": Goal(happening=None), "holdout": Holdout()}
    said = contents.Content(**usual, reentry=reentry, latest_days=60)

    begins = entering.round_begins(said, now=NOW, zone=BERLIN)

    assert (NOW - begins).days == days


@pytest.mark.parametrize(
    ("on", "is_too_old"),
    [(date(2026, 11, 24), False), (date(2026, 11, 21), False), (date(2026, 11, 20), True), (date(2026, 11, 9), True)],
)
def test_what_happened_too_long_ago_or_before_the_start_begins_nothing(on, is_too_old):
    said = entering.is_too_old(on, today=date(2026, 11, 24), too_old_days=3, started_on=date(2026, 11, 10))

    assert said == is_too_old


@pytest.mark.parametrize(
    ("of_today", "usual_week", "brakes"),
    [(50, 0, False), (51, 0, True), (51, 20, False), (60, 20, False), (61, 20, True)],
)
def test_surge_is_more_than_fifty_and_three_usual_weeks(of_today, usual_week, brakes):
    assert entering.is_surge(of_today=of_today, usual_week=usual_week) == brakes


@pytest.mark.parametrize(
    ("limits", "used", "room"),
    [
        (Limits(), Used(entries=10**6), (None, "")),
        (Limits(entries=10), Used(entries=7), (3, "cap")),
        (Limits(entries=10, entries_a_day=2), Used(entries=7, of_today=2), (0, "cap_of_day")),
        (Limits(budget_cents=1000), Used(spent_cents=300, reserved_cents=200), (5, "budget")),
        (Limits(budget_cents=1000), Used(spent_cents=1200), (0, "budget")),
    ],
)
def test_limits_leave_room_and_say_which_is_the_least(limits, used, room):
    assert entering.room(limits, used, each_cents=100) == room


@pytest.mark.parametrize(("spent", "may"), [(1000, True), (1099, True), (1100, False)])
def test_budget_stops_acts_a_little_above_it(spent, may):
    assert entering.may_act(Limits(budget_cents=1000), spent_cents=spent) == may
    assert entering.may_act(Limits(), spent_cents=spent)


def test_those_in_the_group_already_are_spread_evenly_over_weeks():
    days = [day for _one, day in entering.spread(range(42), weeks=3)]

    assert days == sorted(days)
    assert {day: days.count(day) for day in days} == dict.fromkeys(range(21), 2)
    assert entering.spread([7, 8], weeks=0) == [(7, 0), (8, 0)]


def test_kind_comes_before_gain_and_gain_is_half_of_what_is_hoped_for_less_the_cost():
    def play(kind: str) -> contents.Content:
        steps = (Message(key="a", templates=(1,)),)
        return contents.Content(
            trigger=contents.Enters(),
            group=1,
            steps=steps,
            goal=Goal(happening=contents.Happening(table="orders"), window_days=365),
            holdout=Holdout(),
            kind=kind,
            prior_percent=2.0,
        )

    gain = ranking.gain_cents(play("play"), expected_cents=100_000, cost_cents=80)
    order = ["owed", "reply", "dated", "play", "newsletter"]

    assert gain == 920
    assert ranking.importance_cents(play("play"), gain=gain) == 920
    worth = [ranking.importance_cents(play(kind), gain=-(10**9) * place) for place, kind in enumerate(order)]
    assert worth == sorted(worth, reverse=True)
