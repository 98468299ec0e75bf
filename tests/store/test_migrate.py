"""Two machines that start at once on one database: the second waits, and finds everything made."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection

from stammkunde.store import fresh

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite the command line locks a file"),
    pytest.mark.django_db(transaction=True),
]
LOCKS = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
PATIENCE = 20


@pytest.fixture(autouse=True)
def nothing_else_to_do(monkeypatch):
    monkeypatch.setattr(migrate.Command, "handle", lambda *_given, **_options: None)


def locks(*, granted: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(LOCKS, [granted])
        return cursor.fetchone()[0]


def start() -> None:
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()


def test_second_waits_until_the_first_has_made_the_tables(monkeypatch):
    made, building, go_on = [], threading.Event(), threading.Event()

    def build(_connection):
        building.set()
        assert go_on.wait(PATIENCE)
        made.append("tables")

    monkeypatch.setattr(fresh, "is_empty", lambda _connection: not made)
    monkeypatch.setattr(fresh, "build", build)
    with ThreadPoolExecutor() as machines:
        first = machines.submit(start)
        assert building.wait(PATIENCE)
        second = machines.submit(start)
        ticks = threading.Event()
        waited = any(locks(granted=False) or ticks.wait(0.02) for _tick in range(PATIENCE * 50))
        go_on.set()
        first.result(PATIENCE)
        second.result(PATIENCE)

    assert (waited, made) == (True, ["tables"])


def test_first_that_fails_keeps_nobody_waiting(monkeypatch):
    def fails(_connection):
        raise ArithmeticError

    monkeypatch.setattr(fresh, "is_empty", lambda _connection: True)
    monkeypatch.setattr(fresh, "build", fails)
    with pytest.raises(ArithmeticError):
        call_command("migrate", verbosity=0)

    assert locks(granted=True) == 0
