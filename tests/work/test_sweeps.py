import logging
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from django.db import OperationalError

from stammkunde.work import size
from stammkunde.work import sweeps as work
from stammkunde.work.sweeps import Sweep

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _raise(problem):
    def run(*, now):
        raise problem

    return run


def test_sweep_tells_whether_there_was_work():
    seen = []

    def run(*, now):
        seen.append(now)
        return len(seen) == 1

    sweep = Sweep(name="one", run=run)

    assert [sweep.turn(now=NOW, clock=0.0), sweep.turn(now=NOW, clock=0.1)] == [True, False]
    assert seen == [NOW, NOW]


def test_sweep_that_fails_waits_twice_as_long_each_time_up_to_a_minute():
    sweep = Sweep(name="one", run=_raise(RuntimeError("broken")))
    clock, pauses = 0.0, []

    for _turn in range(9):
        assert sweep.turn(now=NOW, clock=clock) is False
        pauses.append(sweep.not_before - clock)
        clock = sweep.not_before

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_sweep_that_waits_is_not_run():
    calls = []

    def run(*, now):
        calls.append(now)
        raise RuntimeError("broken")

    sweep = Sweep(name="one", run=run)
    sweep.turn(now=NOW, clock=0.0)
    sweep.turn(now=NOW, clock=0.5)

    assert len(calls) == 1


def test_sweep_starts_afresh_after_success():
    answers = [RuntimeError("broken"), True, RuntimeError("broken")]

    def run(*, now):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    sweep = Sweep(name="one", run=run)
    for clock in (0.0, 10.0, 20.0):
        sweep.turn(now=NOW, clock=clock)

    assert (sweep.failures, sweep.not_before) == (1, 21.0)


@pytest.mark.parametrize(
    ("problem", "level", "with_traceback"),
    [(OperationalError("database is locked"), logging.WARNING, False), (RuntimeError("broken"), logging.ERROR, True)],
)
def test_sweep_logs_its_failure_and_spares_the_traceback_of_a_locked_database(caplog, problem, level, with_traceback):
    with caplog.at_level(logging.INFO, logger="stammkunde"):  # commands that ran in this process may have hushed it
        Sweep(name="intake", run=_raise(problem)).turn(now=NOW, clock=0.0)

    (line,) = caplog.records
    assert line.levelno == level
    assert bool(line.exc_info) == with_traceback
    assert line.getMessage().startswith("sweep=intake failed=1 retry_seconds=1 problem=")


@pytest.mark.django_db
def test_loop_lets_others_work_while_one_fails():
    stop, done = threading.Event(), []

    def run(*, now):
        done.append(now)
        if len(done) == 3:
            stop.set()
        return True

    broken = Sweep(name="broken", run=_raise(RuntimeError("broken")))
    work.loop([broken, Sweep(name="well", run=run)], stop=stop, now=lambda: NOW, clock=lambda: 0.0)

    assert len(done) == 3


@pytest.mark.django_db
def test_loop_ends_between_two_pieces_of_work():
    stop, done = threading.Event(), []

    def first(*, now):
        stop.set()
        return True

    def second(*, now):
        done.append(now)
        return True

    sweeps = [Sweep(name="first", run=first), Sweep(name="second", run=second)]
    work.loop(sweeps, stop=stop, now=lambda: NOW, clock=lambda: 0.0)

    assert done == []


def test_sweeps_are_declared_by_the_apps_that_own_the_rows_messages_first():
    assert [sweep.name for sweep in work.declared()] == [
        "outreach",
        "plays",
        "measures",
        "audiences",
        "bounces",
        "intake",
        "returns",
        "points",
        "segments",
        "replays",
        "impact",
        "left-alone",
        "seals",
        "signals",
        "ahead",
        "past_groups",
        "statistics",
        "drafts",
        "unanswered",
    ]


def test_declared_sweeps_lead_to_functions_and_start_without_a_failure():
    work.declared()[0].failures = 3

    for sweep in work.declared():
        assert callable(sweep.run.load()), sweep.name
        assert (sweep.failures, sweep.not_before) == (0, 0.0)


def test_listing_sweeps_loads_nothing_that_computes_and_pages_load_no_scipy():
    code = (
        "import sys, django; django.setup(); from stammkunde.work import sweeps; print(len(sweeps.declared())); "
        "print(*[name for name in ('scipy', 'numpy', 'duckdb', 'pyarrow') if name in sys.modules]); "
        "from django.urls import get_resolver; get_resolver().url_patterns; "
        "print(*[name for name in ('scipy', 'polars') if name in sys.modules])"
    )

    said = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "stammkunde.settings", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.splitlines() == ["19", "", ""]


@pytest.mark.django_db
def test_loop_ends_when_work_has_made_it_large_and_no_more_is_due():
    due = [True, True, False]
    sweep = Sweep(name="refresh", run=lambda *, now: due.pop(0))

    work.loop([sweep], stop=threading.Event(), now=lambda: NOW, clock=lambda: 0.0, is_large=lambda: True)

    assert due == []


@pytest.mark.django_db
def test_loop_that_had_nothing_to_do_goes_on_however_large_it_is(monkeypatch):
    stop, turns = threading.Event(), []
    monkeypatch.setattr(work, "IDLE_SECONDS", 0)

    def nothing(*, now):
        turns.append(now)
        if len(turns) == 3:
            stop.set()
        return False

    work.loop([Sweep(name="idle", run=nothing)], stop=stop, now=lambda: NOW, clock=lambda: 0.0, is_large=lambda: True)

    assert len(turns) == 3


def test_worker_knows_how_much_memory_it_holds():
    assert 20 < size.held_mb() < 20_000
