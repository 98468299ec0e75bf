import pytest
from django.db import OperationalError, connection

from stammkunde import __version__
from stammkunde.work import workers


@pytest.fixture(autouse=True)
def _data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.mark.django_db
def test_health_answers_without_signing_in(client):
    workers.beat(worker="desk-1")

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
