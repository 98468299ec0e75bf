import threading

import pytest
from django.db import OperationalError

from stammkunde.work.beats import beating


def test_beat_goes_on_until_the_block_ends():
    enough, beats = threading.Event(), []

    def beat():
        beats.append(threading.current_thread().name)
        if len(beats) == 3:
            enough.set()
        return True

    with beating(beat, every_seconds=0.001, name="small"):
        assert enough.wait(20)

    assert set(beats) == {"small"}
    assert "small" not in [one.name for one in threading.enumerate()]


def test_beat_ends_when_there_is_no_more_to_do():
    beats = []

    with beating(lambda: beats.append(1), every_seconds=0.001, name="small"):
        for thread in [one for one in threading.enumerate() if one.name == "small"]:
            thread.join(20)
            assert not thread.is_alive()

    assert beats == [1]


@pytest.mark.parametrize("problem", [OperationalError("database is locked"), OSError("no space left")])
def test_beat_that_fails_is_made_up_for_by_the_next(problem):
    again, answers = threading.Event(), iter([problem, problem, None])

    def beat():
        answer = next(answers)
        if answer:
            raise answer
        again.set()
        return False

    with beating(beat, every_seconds=0.001, name="small"):
        assert again.wait(20)


def test_beat_ends_with_a_block_that_breaks():
    with pytest.raises(ZeroDivisionError), beating(lambda: True, every_seconds=60, name="small"):
        1 / 0  # noqa: B018

    assert "small" not in [one.name for one in threading.enumerate()]
