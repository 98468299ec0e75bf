from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.outreach import policy
from stammkunde.outreach.policy import Case, Limit, Open, Taken, Verdict
from stammkunde.outreach.slots import Hours

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)  # a Tuesday noon in Berlin
DAY = timedelta(days=1)
NIGHT = Hours(zone=ZoneInfo("Europe/Berlin"), quiet_from=time(20), quiet_until=time(8))
WEEKLY = (Limit(code="cap_person", most=1, days=7),)


def case(**some) -> Case:
    return Case(
        **{
            "purpose": "advertising",
            "now": NOW,
            "wanted_at": NOW,
            "latest_at": NOW + 10 * DAY,
            "permitted": True,
            "address": "anna@example.org",
        }
        | some
    )


def said(decision):
    return decision.verdict, decision.at, decision.reason


def test_message_without_obstacle_leaves_now():
    decision = policy.decide(case())

    assert said(decision) == (Verdict.ALLOWED, NOW, None)


@pytest.mark.parametrize(
    ("some", "reason"),
    [
        ({"person_is_gone": True}, {"code": "person_gone"}),
        ({"permitted": False, "permission_code": "no_consent"}, {"code": "no_consent"}),
        ({"address": ""}, {"code": "no_address"}),
        ({"undeliverable": "bounced"}, {"code": "address_bounced"}),
        ({"undeliverable": "complained"}, {"code": "address_complained"}),
        ({"held_out": True}, {"code": "held_out"}),
        ({"duplicate_of": 7}, {"code": "duplicate_address", "customer": 7}),
        ({"latest_at": NOW - DAY}, {"code": "too_late"}),
        ({"paused_until_on": date(2026, 12, 24)}, {"code": "paused", "until": "2026-12-24"}),
        ({"limits": (Limit(code="cap_wish", most=0, days=30),)}, {"code": "none_allowed", "days": 30}),
        (
            {"hours": NIGHT, "wanted_at": NOW + 10 * timedelta(hours=1), "latest_at": NOW + 12 * timedelta(hours=1)},
            {"code": "no_time_left", "because": "quiet_hours"},
        ),
    ],
)
def test_message_is_refused_with_its_reason(some, reason):
    assert said(policy.decide(case(**some))) == (Verdict.REFUSED, None, reason)


@pytest.mark.parametrize(
    ("some", "at", "reason"),
    [
        (
            {"hours": NIGHT, "wanted_at": datetime(2026, 11, 24, 20, tzinfo=UTC)},
            datetime(2026, 11, 25, 7, tzinfo=UTC),
            {"code": "quiet_hours"},
        ),
        (
            {"paused_until_on": date(2026, 11, 26), "hours": NIGHT},
            datetime(2026, 11, 27, 7, tzinfo=UTC),
            {"code": "quiet_hours"},
        ),
        (
            {"paused_until_on": date(2026, 11, 26)},
            datetime(2026, 11, 27, tzinfo=UTC),
            {"code": "paused", "until": "2026-11-26"},
        ),
        ({"limits": WEEKLY}, NOW + 5 * DAY, {"code": "cap_person", "most": 1, "days": 7, "taken": 1}),
    ],
)
def test_message_is_put_off_with_the_reason(some, at, reason):
    decision = policy.decide(case(**some), taken=[Taken(person=None, at=NOW - 2 * DAY)])

    assert said(decision) == (Verdict.ALLOWED, at, reason)


def test_message_over_the_cap_waits_where_nothing_is_free_before_it_expires():
    decision = policy.decide(case(limits=WEEKLY, latest_at=NOW + 3 * DAY), taken=[Taken(person=None, at=NOW - 2 * DAY)])

    assert said(decision) == (Verdict.WAITS, None, {"code": "cap_person", "most": 1, "days": 7, "taken": 1})


def test_cap_counts_per_person_unless_it_is_the_customers():
    taken = [Taken(person=1, at=NOW - DAY)]
    of_all = (Limit(code="cap_customer", most=1, days=7, of_customer=True),)

    assert policy.decide(case(limits=WEEKLY), taken=taken, person=2).at == NOW
    assert policy.decide(case(limits=of_all), taken=taken, person=2).at == NOW + 6 * DAY


anything = st.fixed_dictionaries(
    {
        "held_out": st.booleans(),
        "duplicate_of": st.sampled_from([None, 7]),
        "paused_until_on": st.sampled_from([None, date(2027, 1, 1)]),
        "hours": st.sampled_from([None, Hours(zone=ZoneInfo("UTC"), quiet_from=time(8), quiet_until=time(7))]),
        "limits": st.sampled_from([(), WEEKLY, (Limit(code="cap_wish", most=0, days=9),)]),
    }
)


@given(anything, st.integers(0, 9))
def test_orders_and_requests_are_exempt_from_everything_but_permission_and_address(some, slots):
    taken = [Taken(person=None, at=NOW)] * slots

    assert said(policy.decide(case(purpose="service", **some), taken=taken)) == (Verdict.ALLOWED, NOW, None)
    refused = policy.decide(case(purpose="service", **some, permitted=False, permission_code="objected"))
    assert refused.reason == {"code": "objected"}


@given(st.integers(0, 9))
def test_thanks_are_outside_caps_and_inside_quiet_hours(slots):
    late = datetime(2026, 11, 24, 20, tzinfo=UTC)
    decision = policy.decide(
        case(purpose="thanks", limits=WEEKLY, hours=NIGHT, wanted_at=late), taken=[Taken(person=None, at=NOW)] * slots
    )

    assert said(decision) == (Verdict.ALLOWED, datetime(2026, 11, 25, 7, tzinfo=UTC), {"code": "quiet_hours"})


def wants(key, *, worth=0, order=1, person=None, **some) -> Open:
    return Open(
        key=key,
        person=person,
        importance_cents=worth,
        order=order,
        case=case(**{"limits": WEEKLY, "latest_at": NOW + 30 * DAY} | some),
    )


def test_more_important_message_takes_the_place_of_one_that_has_not_left():
    decisions = policy.arrange([wants("first", worth=100), wants("worthier", worth=200, order=2)], taken=())

    assert {key: one.at for key, one in decisions.items()} == {"worthier": NOW, "first": NOW + 7 * DAY}


def test_equal_messages_choose_in_the_order_they_were_planned():
    decisions = policy.arrange([wants("second", order=2), wants("first", order=1)], taken=())

    assert {key: one.at for key, one in decisions.items()} == {"first": NOW, "second": NOW + 7 * DAY}


def test_no_importance_takes_the_place_of_what_has_left():
    decisions = policy.arrange([wants("worthy", worth=10**9)], taken=[Taken(person=None, at=NOW - DAY)])

    assert decisions["worthy"].at == NOW + 6 * DAY


several = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 20 * 24), st.integers(1, 30 * 24), st.sampled_from([None, 1, 2])),
    min_size=1,
    max_size=9,
)


@given(several, st.integers(1, 3), st.integers(1, 9))
def test_arrangement_keeps_every_window_and_forgets_nobody(wanted, most, days):
    limits = (Limit(code="cap_person", most=most, days=days),)
    messages = [
        wants(
            str(number),
            worth=worth,
            order=number,
            person=person,
            limits=limits,
            wanted_at=NOW + timedelta(hours=begin),
            latest_at=NOW + timedelta(hours=begin + length),
        )
        for number, (worth, begin, length, person) in enumerate(wanted)
    ]

    decisions = policy.arrange(messages, taken=())

    assert decisions.keys() == {message.key for message in messages}
    for person in (None, 1, 2):
        mine = [decisions[one.key].at for one in messages if one.person == person and decisions[one.key].at]
        span = timedelta(days=days)
        assert max([sum(first <= at < first + span for at in mine) for first in mine], default=0) <= most
    for one in messages:
        at = decisions[one.key].at
        assert (at is None) == (decisions[one.key].verdict == Verdict.WAITS)
        assert at is None or one.case.wanted_at <= at <= one.case.latest_at


@given(several)
def test_arrangement_of_the_worthier_does_not_depend_on_the_others(wanted):
    messages = [
        wants(str(number), worth=worth, order=number, wanted_at=NOW + timedelta(hours=begin), person=person)
        for number, (worth, begin, _length, person) in enumerate(wanted)
    ]
    worthier = [one for one in messages if one.importance_cents >= 2]

    together, alone = policy.arrange(messages, taken=()), policy.arrange(worthier, taken=())

    assert {one.key: together[one.key] for one in worthier} == alone


def test_arrangement_again_changes_nothing():
    messages = [wants("a", worth=5), wants("b", worth=3, order=2), wants("c", worth=9, order=3, person=4)]
    first = policy.arrange(messages, taken=())

    assert policy.arrange(list(reversed(messages)), taken=()) == first


@given(st.text(max_size=20), st.integers(1, 10**9), st.floats(0, 1), st.floats(0, 1))
def test_draw_is_the_same_for_everybody_who_asks_and_grows_with_the_share(salt, customer, one, other):
    small, large = sorted((one, other))

    drawn = policy.is_held_out(salt=salt, key=customer, share=small)

    assert drawn == policy.is_held_out(salt=salt, key=customer, share=small)
    assert not drawn or policy.is_held_out(salt=salt, key=customer, share=large)
    assert not policy.is_held_out(salt=salt, key=customer, share=0.0)
    assert policy.is_held_out(salt=salt, key=customer, share=1.0)


def test_draw_comes_near_its_share():
    held = sum(policy.is_held_out(salt="salt", key=number, share=0.1) for number in range(20_000))

    assert 1_900 < held < 2_100


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 2), (2, 4), (3, 8), (7, 128), (8, 240), (40, 240)])
def test_back_off_doubles_up_to_four_hours_and_is_spread(attempts, minutes):
    assert policy.back_off(attempts=attempts, jitter=1.0) == timedelta(minutes=minutes)
    assert policy.back_off(attempts=attempts, jitter=0.0) == timedelta(minutes=minutes) / 2


def test_decision_says_nothing_where_nothing_is_to_be_said():
    assert replace(policy.decide(case()), at=None).reason is None


@pytest.mark.parametrize("purpose", ["advertising", "newsletter", "survey"])
def test_advertising_waits_while_a_complaint_is_open(purpose):
    decision = policy.decide(case(purpose=purpose, unsettled="open_complaint"))

    assert (decision.verdict, decision.at, decision.reason) == ("waits", None, {"code": "open_complaint"})


@pytest.mark.parametrize("purpose", ["service", "thanks"])
def test_orders_and_thanks_do_not_wait_for_a_complaint(purpose):
    assert policy.decide(case(purpose=purpose, unsettled="open_complaint")).verdict == "allowed"
