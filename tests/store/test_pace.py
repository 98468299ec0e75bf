from types import SimpleNamespace

import pytest

from stammkunde.store.bulk import pace
from stammkunde.store.bulk.pace import Pace


def test_pace_aims_at_a_lock_of_less_than_half_a_second():
    going = Pace(rows=10_000)

    going.note(0.9)

    assert going.rows == 5_000
    assert going.longest_seconds == 0.9


@pytest.mark.parametrize(("rows", "seconds", "next_rows"), [(4_000, 0.0001, 8_000), (90_000, 0.01, 100_000)])
def test_pace_grows_at_most_twofold_and_never_beyond_the_largest(rows, seconds, next_rows):
    going = Pace(rows=rows)

    going.note(seconds)

    assert going.rows == next_rows


def test_pace_slows_down_to_a_third_at_once_and_never_below_the_smallest():
    going = Pace(rows=3_000)

    going.note(60)
    assert going.rows == 900

    going.note(60)
    assert going.rows == 500


def test_rest_is_never_longer_than_the_lock_was(monkeypatch):
    slept = []
    monkeypatch.setattr(pace.time, "sleep", slept.append)
    monkeypatch.setattr(pace, "connection", SimpleNamespace(vendor="sqlite"))

    pace.rest(0.02)
    pace.rest(3)

    assert slept == [0.02, pace.GAP_SECONDS]


def test_rest_is_not_needed_where_rows_are_locked_one_by_one(monkeypatch):
    monkeypatch.setattr(pace.time, "sleep", lambda seconds: pytest.fail("rested"))
    monkeypatch.setattr(pace, "connection", SimpleNamespace(vendor="postgresql"))

    pace.rest(3)
