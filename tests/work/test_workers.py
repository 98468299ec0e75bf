import os
from datetime import UTC, datetime, timedelta

import pytest

from stammkunde.work import workers

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_worker_is_dead_after_half_a_minute_of_silence(tmp_path):
    for worker, seconds in (("young", 5), ("old", 31)):
        workers.beat(worker=worker)
        at = (NOW - timedelta(seconds=seconds)).timestamp()
        os.utime(tmp_path / "workers" / worker, (at, at))

    assert workers.living(now=NOW) == ["young"]


def test_worker_that_signs_off_is_not_missed(tmp_path):
    workers.beat(worker="desk-1")
    workers.sign_off(worker="desk-1")
    workers.sign_off(worker="desk-1")

    assert list((tmp_path / "workers").iterdir()) == []


def test_heartbeats_of_long_dead_workers_are_forgotten(tmp_path):
    workers.beat(worker="killed")
    at = (NOW - timedelta(days=2)).timestamp()
    os.utime(tmp_path / "workers" / "killed", (at, at))

    workers.forget_the_dead(now=NOW)

    assert list((tmp_path / "workers").iterdir()) == []


def test_worker_is_seen_while_it_works_and_not_afterwards(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "BEAT_SECONDS", 0.01)
    left = tmp_path / "workers" / "desk-1"

    with workers.present("desk-1"):
        assert workers.living(now=datetime.now(UTC)) == ["desk-1"]
        os.utime(left, (0, 0))
        until = datetime.now(UTC) + timedelta(seconds=20)
        while not workers.living(now=datetime.now(UTC)):
            assert datetime.now(UTC) < until, "nobody beats"

    assert not left.exists()
