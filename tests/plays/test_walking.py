"""Where somebody stands × what happens → where she stands then: every row of the table of states, by its name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stammkunde.plays import clock, contents, walking
from stammkunde.plays.contents import Wait
from stammkunde.plays.walking import Became, Event, Standing, Zones

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
ZONES = Zones(ours=BERLIN, own=BERLIN)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def content(**more) -> contents.Content:
    steps = [
        {
            "kind": "message",
            "key": "mail",
            "templates": [1],
            "otherwise": [{"kind": "task", "key": "call", "title": "Anrufen"}],
        },
        {"kind": "wait", "key": "pause", "days": 10},
        {"kind": "branch", "key": "bought", "rule": {"x": 1}, "yes": [{"kind": "end", "key": "over"}]},
        {"kind": "message", "key": "card", "templates": [2]},
    ]
    said = {"trigger": {"kind": "happened", "table": "orders"}, "goal": {"kind": "purchase"}, "holdout": {"share": 0.1}}
    return contents.read({**said, "steps": steps, **more})


PLAY = content()
READY = Standing(state="ready", step="mail", since_at=AT, due_at=AT)
ACTING = walking.act(READY, key="play:1:1:mail:1:email", until=AT + DAY)
WAITING = walking.arrive(PLAY, "pause", at=AT, zones=ZONES)
CLOSED = walking.close(READY, "done", at=AT)
OPEN = (READY, ACTING, WAITING)


def ends_with(code: str, event: Event, *, said=PLAY) -> None:
    for there in OPEN:
        came = walking.after(there, event, content=said, at=AT)
        assert (came.state, came.code) == ("closed", code)


def stays(event: Event, *, said=PLAY) -> None:
    for there in OPEN:
        assert walking.after(there, event, content=said, at=AT) == there


def test_goal_fact_after_time_zero_closes_any_open_one_at_once_and_stops_what_is_planned():
    ends_with("goal", Event.GOAL)


def test_trigger_fact_undone_closes_an_open_one_as_reason_gone():
    ends_with("reason_gone", Event.TRIGGER_UNDONE)


def test_late_fact_dated_before_time_zero_closes_an_open_one_as_reason_gone():
    ends_with("reason_gone", Event.REASON_GONE)


def test_leaving_the_group_changes_nothing_unless_asked():
    stays(Event.LEFT)
    ends_with("left", Event.LEFT, said=content(ends_on=["left"]))


def test_complaint_changes_nothing_unless_asked():
    stays(Event.COMPLAINT)
    ends_with("complaint", Event.COMPLAINT, said=content(ends_on=["complaint"]))


def test_objection_to_advertising_ends_it_where_nothing_but_advertising_is_left():
    ends_with("objected", Event.OBJECTED)


def test_consent_withdrawn_while_acting_leads_to_the_way_for_who_cannot_be_reached():
    step = contents.find(PLAY, "mail")
    assert step is not None

    way = walking.way_after(step, Became.REFUSED)
    then = walking.go_on(PLAY, ACTING, at=AT, zones=ZONES, way=way)

    assert (then.state, then.step) == ("ready", "call")


def test_play_stopped_ends_an_open_one():
    ends_with("stopped", Event.STOPPED)


def test_last_day_of_the_play_ends_it():
    ends_with("too_late", Event.TOO_LATE)


@pytest.mark.parametrize("event", list(Event))
def test_closed_is_left_by_nothing(event):
    assert walking.after(CLOSED, event, content=content(ends_on=["left", "complaint"]), at=AT) == CLOSED


@pytest.mark.parametrize(
    ("became", "way", "run"),
    [
        (Became.DONE, "", ("done", "")),
        (Became.REFUSED, "otherwise", ("skipped", "refused")),
        (Became.TOO_LATE, "", ("skipped", "too_late")),
        (Became.NOT_DONE, "otherwise", ("skipped", "not_done")),
        (Became.NO_CAPACITY, "otherwise", ("skipped", "no_capacity")),
        (Became.NO_BUDGET, "otherwise", ("skipped", "no_budget")),
        (Became.NOT_NEEDED, "", ("skipped", "not_needed")),
    ],
)
def test_what_became_of_a_step_says_how_it_counts_and_which_way_follows(became, way, run):
    mail, card = contents.find(PLAY, "mail"), contents.find(PLAY, "card")
    assert mail is not None
    assert card is not None

    assert walking.way_after(mail, became) == way
    assert walking.way_after(card, became) == ""  # no other way is given
    assert walking.run_after(became) == run


def test_waits_count_from_what_happened_really_and_not_from_when_somebody_looked():
    left_at = AT + 2 * DAY

    then = walking.go_on(PLAY, ACTING, at=left_at, zones=ZONES)

    assert (then.state, then.since_at, then.due_at) == ("waiting", left_at, datetime(2026, 3, 14, 9, tzinfo=UTC))


def test_after_the_last_step_it_is_done():
    then = walking.go_on(PLAY, replace(READY, step="card"), at=AT, zones=ZONES)

    assert (then.state, then.code, then.due_at) == ("closed", "done", None)


def test_a_branch_takes_exactly_one_of_two_ways():
    at_branch = replace(READY, step="bought")

    assert walking.go_on(PLAY, at_branch, at=AT, zones=ZONES, way="yes").step == "over"
    assert walking.go_on(PLAY, at_branch, at=AT, zones=ZONES, way="no").step == "card"  # no steps: the usual way


@pytest.mark.parametrize(
    ("wait", "since", "ends"),
    [
        # 29 March 2026: clocks go forward at 2; a day of 23 hours is a day
        (Wait(key="a", days=1), datetime(2026, 3, 28, 8, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        # 25 October 2026: clocks go back; a day of 25 hours is a day
        (Wait(key="a", days=1), datetime(2026, 10, 24, 7, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
        (Wait(key="a", months=1), datetime(2026, 1, 31, 9, tzinfo=UTC), datetime(2026, 2, 28, 9, tzinfo=UTC)),
        (Wait(key="a", months=1, days=1), datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 12, 31, 9, tzinfo=UTC)),
        # Monday noon: until Tuesday, 9 o'clock
        (Wait(key="a", weekday=2, hour=9), datetime(2026, 3, 2, 11, tzinfo=UTC), datetime(2026, 3, 3, 8, tzinfo=UTC)),
        # Tuesday, 10 o'clock: until the next
        (Wait(key="a", weekday=2, hour=9), datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 10, 8, tzinfo=UTC)),
        (Wait(key="a", hour=9), datetime(2026, 3, 3, 7, tzinfo=UTC), datetime(2026, 3, 3, 8, tzinfo=UTC)),
        # 2:30 does not exist in that night: it is 3:30
        (Wait(key="a", days=1), datetime(2026, 3, 28, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_days_are_those_on_the_clock_at_the_wall(wait, since, ends):
    assert clock.wait_ends(wait, since=since, zone=BERLIN, own_zone=BERLIN) == ends


def test_an_hour_is_the_customers_own():
    nine = Wait(key="a", weekday=2, hour=9)

    assert clock.wait_ends(nine, since=AT, zone=BERLIN, own_zone=TOKYO) == datetime(2026, 3, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("steps", "was_at", "said"),
    [
        ([{"kind": "wait", "key": "pause", "days": 3}], (), "stays"),
        ([{"kind": "end", "key": "other"}], (), "lost"),
        ([{"kind": "wait", "key": "new", "days": 1}, {"kind": "wait", "key": "pause", "days": 3}], ("mail",), "skips"),
        (
            [{"kind": "wait", "key": "pause", "days": 3}, {"kind": "wait", "key": "mail", "days": 1}],
            ("mail",),
            "repeats",
        ),
    ],
)
def test_moving_to_another_version_says_who_would_skip_repeat_or_be_lost(steps, was_at, said):
    assert walking.moved_over(PLAY, content(steps=steps), standing=WAITING, was_at=frozenset(was_at)) == said
