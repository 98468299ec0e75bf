from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.outreach.slots import Cap, Hours, first_free

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 20, tzinfo=UTC)
NIGHT = {"quiet_from": time(20), "quiet_until": time(8)}

moments = st.integers(0, 60 * 24 * 40).map(lambda minutes: START + timedelta(minutes=minutes))
zones = st.sampled_from([BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"), ZoneInfo("Pacific/Apia")])
clocks = st.one_of(st.none(), st.integers(0, 24 * 60 - 1).map(lambda m: time(m // 60, m % 60)))
days = st.integers(0, 45).map(lambda n: START.date() + timedelta(days=n))


@st.composite
def hours(draw):
    return Hours(
        zone=draw(zones),
        quiet_from=draw(clocks),
        quiet_until=draw(clocks),
        sundays_are_quiet=draw(st.booleans()),
        holidays=draw(st.frozensets(days, max_size=6)),
    )


def berlin(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def most_within(slots, length):
    """Count by brute force: the fullest window that begins at a slot."""
    return max(sum(first <= slot < first + length for slot in slots) for first in slots)


@given(st.lists(moments, min_size=1, max_size=12), st.integers(1, 4), st.integers(1, 14), st.booleans())
def test_no_window_holds_more_than_the_cap_in_whatever_order_slots_are_given_out(wanted, most, days, by_day):
    slots: list[datetime] = []
    opened = Hours(zone=BERLIN, **NIGHT) if by_day else None
    for moment in wanted:
        cap = Cap(code="cap", most=most, span=timedelta(days=days), slots=tuple(sorted(slots)))
        slots.append(first_free(wanted_at=moment, hours=opened, caps=[cap]))

    assert most_within(slots, timedelta(days=days)) <= most
    assert all(slot >= moment for slot, moment in zip(slots, wanted, strict=True))


@given(
    st.lists(moments, max_size=8), st.lists(moments, max_size=5), moments, st.integers(1, 3), st.integers(1, 9), hours()
)
def test_first_free_moment_is_open_and_free_and_none_comes_before(slots, others, wanted, most, days, opened):
    caps = [
        Cap(code="one", most=most, span=timedelta(days=days), slots=tuple(sorted(slots))),
        Cap(code="two", most=2, span=timedelta(days=3), slots=tuple(sorted(others))),
    ]

    found = first_free(wanted_at=wanted, hours=opened, caps=caps)

    assert found is not None
    assert not opened.closed_by(found)
    assert all(cap.fits(found) for cap in caps)
    step = timedelta(minutes=17)
    before = (wanted + step * n for n in range(int((found - wanted) / step)))
    assert [at for at in before if not opened.closed_by(at) and all(cap.fits(at) for cap in caps)] == []


@given(moments, hours())
def test_next_open_moment_is_the_first_one(at, opened):
    found = opened.next_open(at)

    assert found is not None
    assert found >= at
    assert not opened.closed_by(found)
    minute = timedelta(minutes=1)
    assert found == at or opened.closed_by(max(at, found - minute)), "a minute earlier was open, too"


def test_cap_of_nothing_has_no_free_moment():
    assert first_free(wanted_at=START, hours=None, caps=[Cap(code="cap", most=0, span=timedelta(days=7))]) is None


def test_cap_counts_eleven_at_night_and_midnight_together():
    cap = Cap(code="cap", most=1, span=timedelta(days=1), slots=(berlin("2026-03-24T23:00"),))

    assert first_free(wanted_at=berlin("2026-03-25T00:00"), hours=None, caps=[cap]) == berlin("2026-03-25T23:00")


def test_cap_looks_ahead_at_what_is_reserved_later():
    cap = Cap(code="cap", most=1, span=timedelta(days=7), slots=(START + timedelta(days=5),))

    assert first_free(wanted_at=START, hours=None, caps=[cap]) == START + timedelta(days=12)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-03-24T12:00", "2026-03-24T12:00"),
        ("2026-03-24T20:00", "2026-03-25T08:00"),
        ("2026-03-24T03:00", "2026-03-24T08:00"),
        ("2026-03-24T07:59", "2026-03-24T08:00"),
        ("2026-03-28T21:00", "2026-03-30T08:00"),  # Saturday night, over a Sunday on which clocks go forward
        ("2026-04-02T21:00", "2026-04-04T08:00"),  # Good Friday
        ("2026-04-04T21:00", "2026-04-07T08:00"),  # Easter Sunday and Monday
    ],
)
def test_quiet_hours_sundays_and_holidays_end_where_the_customer_is(at, opens):
    holidays = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
    opened = Hours(zone=BERLIN, **NIGHT, sundays_are_quiet=True, holidays=holidays)

    assert opened.next_open(berlin(at)) == berlin(opens)


def test_quiet_hours_that_end_twice_end_the_second_time():
    opened = Hours(zone=BERLIN, quiet_from=time(22), quiet_until=time(2, 30))
    second_pass = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 for the second time

    assert opened.next_open(second_pass) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_quiet_hours_need_both_ends():
    assert Hours(zone=BERLIN, quiet_from=time(20)).closed_by(berlin("2026-03-24T23:00")) == ""
