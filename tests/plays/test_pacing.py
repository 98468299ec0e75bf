from itertools import accumulate

import pytest

from stammkunde.plays.measures import pacing


@pytest.mark.parametrize(
    ("before", "seconds", "then"), [(100, 0.05, 150), (150, 0.01, 200), (200, 0.3, 100), (100, 5, 50), (50, 5, 50)]
)
def test_batches_grow_where_they_are_quick_and_shrink_where_they_keep_others_waiting(before, seconds, then):
    pace = pacing.Pace(at_once=before, gives_way=True, seconds=seconds)
    pace.learn()

    assert pace.at_once == then


def test_who_is_alone_takes_as_many_as_ever_and_gives_way_to_nobody(monkeypatch):
    monkeypatch.setattr(pacing.time, "sleep", lambda _seconds: pytest.fail("rests"))
    pace = pacing.Pace(at_once=100)
    with pace.room_for_others():
        pass
    pace.learn()

    assert pace.at_once == 100


ASKS_AFTER = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, *[100] * 30]  # milliseconds: so does SQLite


@pytest.mark.parametrize("seconds", [0.12, 0.15, 0.19, 0.24, 2.0])
def test_whoever_waits_notices_that_nobody_writes(seconds):
    asked = list(accumulate(ASKS_AFTER))
    first_after = next(at for at in asked if at > seconds * 1000)
    longest = max(ASKS_AFTER[place] for place, at in enumerate(asked) if at <= first_after)

    assert pacing.gap(seconds) * 1000 > longest


def test_hardly_anybody_waits_after_a_short_batch():
    assert pacing.gap(0.004) == 0.002
