"""What follows from a call, and when is a good time: tables and properties."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.calls import policy
from stammkunde.calls.models import Guide, Outcome
from stammkunde.calls.policy import Conduct, NextStep, Step, Window
from stammkunde.customers.policy import Basis, Permission, Reason

moment = partial(datetime, tzinfo=UTC)

MONDAY_MORNING = moment(2026, 11, 23, 9, 40)
FRIDAY_AFTERNOON = moment(2026, 11, 27, 16, 5)
ANY = Window()


def step(outcome, called_at=MONDAY_MORNING, *, tries=1, window=ANY, agreed_at=None):
    return policy.next_step(outcome, called_at=called_at, tries=tries, window=window, agreed_at=agreed_at)


@pytest.mark.parametrize(
    ("tries", "called_at", "expected"),
    [
        (1, MONDAY_MORNING, NextStep(step=Step.CALL_AGAIN, on=date(2026, 11, 24), at=time(15))),
        (2, MONDAY_MORNING, NextStep(step=Step.CALL_AGAIN, on=date(2026, 11, 25), at=time(15))),
        (3, FRIDAY_AFTERNOON, NextStep(step=Step.CALL_AGAIN, on=date(2026, 12, 3), at=time(10))),
        (4, FRIDAY_AFTERNOON, NextStep(step=Step.WRITE_INSTEAD, on=date(2026, 11, 30))),
        (9, MONDAY_MORNING, NextStep(step=Step.WRITE_INSTEAD, on=date(2026, 11, 24))),
    ],
)
def test_who_was_not_reached_is_called_again_at_another_time_of_day_then_written_to(tries, called_at, expected):
    assert step(Outcome.NOT_REACHED, called_at, tries=tries) == expected


def test_another_try_keeps_to_the_hours_somebody_likes_and_to_no_holiday():
    likes = Window(since=time(9), until=time(11), weekdays=frozenset({2, 3, 4}), closed={date(2026, 11, 24)})

    found = step(Outcome.NOT_REACHED, MONDAY_MORNING, window=likes)

    assert found == NextStep(step=Step.CALL_AGAIN, on=date(2026, 11, 25), at=time(10))
    assert step(Outcome.NOT_REACHED, moment(2026, 11, 24, 10, 30), window=likes).at == time(9)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.REACHED, NextStep(step=Step.ASK_AGAIN, on=date(2026, 12, 25), if_nothing_else=True)),
        (
            Outcome.NOT_INTERESTED,
            NextStep(step=Step.ASK_LATER, on=date(2027, 2, 23), by_owner=True, if_nothing_else=True),
        ),
        (
            Outcome.NO_MORE_CALLS,
            NextStep(step=Step.IN_WRITING, on=date(2026, 12, 25), by_owner=True, if_nothing_else=True),
        ),
        (Outcome.WANTS_OFFER, NextStep(step=Step.SEND_OFFER, on=date(2026, 11, 30))),
        (Outcome.WRONG_NUMBER, NextStep(step=Step.FIND_NUMBER, on=date(2026, 11, 30), by_owner=True)),
        (
            Outcome.COMPLAINT,
            NextStep(step=Step.SETTLE_COMPLAINT, on=date(2026, 11, 27), is_urgent=True, by_owner=True),
        ),
    ],
)
def test_each_outcome_has_its_next_step(outcome, expected):
    assert step(outcome, FRIDAY_AFTERNOON) == expected


def test_a_call_back_is_due_when_it_was_agreed_upon():
    agreed_at = moment(2026, 11, 28, 8, 15)  # a Saturday: agreed is agreed

    assert step(Outcome.CALL_BACK, agreed_at=agreed_at) == NextStep(
        step=Step.CALL_BACK, on=date(2026, 11, 28), at=time(8, 15)
    )


@pytest.mark.parametrize("agreed_at", [None, MONDAY_MORNING, MONDAY_MORNING - timedelta(minutes=1)])
def test_a_call_back_without_a_moment_to_come_is_tried_on_the_next_working_day(agreed_at):
    assert step(Outcome.CALL_BACK, agreed_at=agreed_at) == NextStep(step=Step.CALL_AGAIN, on=date(2026, 11, 24))


spans = st.tuples(st.times(), st.times()).map(sorted).filter(lambda pair: pair[0] < pair[1])
windows = st.builds(
    lambda span, weekdays, closed: Window(since=span[0], until=span[1], weekdays=weekdays, closed=closed),
    spans,
    st.none() | st.frozensets(st.integers(1, 7), min_size=1),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 1)), max_size=10),
)
moments = st.builds(
    lambda on, at: datetime.combine(on, at, UTC), st.dates(date(2026, 1, 1), date(2026, 2, 1)), st.times()
)


@given(outcome=st.sampled_from([one for one in Outcome if one != Outcome.CALL_BACK]), at=moments, window=windows,
       tries=st.integers(1, 12))  # fmt: skip
def test_a_step_is_never_in_the_past_and_tries_end(outcome, at, window, tries):
    found = step(outcome, at, tries=tries, window=window)

    assert found.on >= at.date()
    assert (found.on == at.date()) == (outcome == Outcome.COMPLAINT)
    assert (found.step == Step.CALL_AGAIN) == (outcome == Outcome.NOT_REACHED and tries <= 3)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([(9, True)] * 3 + [(10, False)], policy.Usual(part=policy.Part.MORNING, reached=3, calls=4)),
        (
            [(9, True)] * 3 + [(9, False)] * 4 + [(15, True)] * 3,
            policy.Usual(part=policy.Part.AFTERNOON, reached=3, calls=3),
        ),
        ([(12, True)] * 4, policy.Usual(part=policy.Part.MIDDAY, reached=4, calls=4)),
        ([(9, True)] * 2 + [(15, True)] * 2, None),
        ([(9, True)] * 3 + [(9, False)] * 4, None),
        ([], None),
    ],
)
def test_usual_is_the_part_of_the_day_in_which_calls_reach_somebody(calls, expected):
    assert policy.usual([(moment(2026, 11, 23, hour, 5), reached) for hour, reached in calls]) == expected


@given(at=moments, window=windows, tries=st.integers(1, 3))
def test_another_try_is_within_the_hours_somebody_likes(at, window, tries):
    found = step(Outcome.NOT_REACHED, at, tries=tries, window=window)

    assert window.fits(datetime.combine(found.on, found.at, UTC))


@given(at=moments, days=st.integers(0, 30))
def test_working_days_are_counted_without_weekends(at, days):
    on = policy.working_day(at.date(), days, closed=())

    between = [at.date() + timedelta(days=n) for n in range(1, (on - at.date()).days + 1)]
    assert sum(day.isoweekday() < 6 for day in between) == days


@pytest.mark.parametrize(
    ("window", "at", "expected"),
    [
        (ANY, MONDAY_MORNING, True),
        (ANY, moment(2026, 11, 28, 10), False),
        (Window(weekdays=frozenset({6})), moment(2026, 11, 28, 10), True),
        (Window(since=time(9), until=time(11)), moment(2026, 11, 23, 11), False),
        (Window(since=time(9), until=time(11)), moment(2026, 11, 23, 10, 59), True),
        (Window(closed={date(2026, 11, 23)}), MONDAY_MORNING, False),
    ],
)
def test_a_good_time_is_on_a_day_and_within_the_hours(window, at, expected):
    assert window.fits(at) is expected


def permission(reason, *, allowed=False):
    return Permission(allowed=allowed, basis=Basis.NONE, reason=reason)


YES = permission(Reason.TRANSACTIONAL, allowed=True)


@pytest.mark.parametrize(
    ("wanted", "service", "expected"),
    [
        (permission(Reason.CONSENT_GIVEN, allowed=True), YES, Conduct.FREELY),
        (permission(Reason.NO_CONSENT), YES, Conduct.SERVICE_ONLY),
        (permission(Reason.OBJECTED), permission(Reason.OBJECTED), Conduct.NOT_AT_ALL),
        (permission(Reason.NO_ADDRESS), permission(Reason.NO_ADDRESS), Conduct.NO_NUMBER),
        (permission(Reason.OBJECTED), permission(Reason.NO_ADDRESS), Conduct.NO_NUMBER),
    ],
)
def test_how_a_call_may_be_led_follows_from_what_is_allowed(wanted, service, expected):
    assert policy.conduct(wanted=wanted, service=service) == expected


def test_every_occasion_has_its_purpose():
    assert set(policy.PURPOSES) == set(Guide.Kind)
