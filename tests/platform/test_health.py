import os
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from stammkunde import __version__, health

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.mark.django_db
def test_health_answers_without_signing_in(client):
    health.beat(worker="desk-1")

    answer = client.get("/health/")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "worker": "ok", "version": __version__}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_health_is_degraded_without_a_worker(client):
    answer = client.get("/health/")

    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["worker"] == "missing"


@pytest.mark.django_db
def test_health_is_down_without_a_database(client):
    def gone(*_args):
        raise OperationalError("the server is gone")

    with connection.execute_wrapper(gone):
        answer = client.get("/health/")

    assert answer.status_code == 503
    assert answer.json()["status"] == "down"


@pytest.mark.django_db
def test_health_changes_nothing_and_takes_no_post(client):
    assert client.post("/health/").status_code == 405


def test_worker_is_dead_after_half_a_minute_of_silence(tmp_path):
    for worker, seconds in (("young", 5), ("old", 31)):
        health.beat(worker=worker)
        at = (NOW - timedelta(seconds=seconds)).timestamp()
        os.utime(tmp_path / "workers" / worker, (at, at))

    assert health.living_workers(now=NOW) == ["young"]


def test_worker_that_signs_off_is_not_missed(tmp_path):
    health.beat(worker="desk-1")
    health.sign_off(worker="desk-1")
    health.sign_off(worker="desk-1")

    assert list((tmp_path / "workers").iterdir()) == []


def test_heartbeats_of_long_dead_workers_are_forgotten(tmp_path):
    health.beat(worker="killed")
    at = (NOW - timedelta(days=2)).timestamp()
    os.utime(tmp_path / "workers" / "killed", (at, at))

    health.forget_the_dead(now=NOW)

    assert list((tmp_path / "workers").iterdir()) == []
