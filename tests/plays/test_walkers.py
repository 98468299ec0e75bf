"""Workers that are killed, and two at once: nothing twice, nothing lost, everybody moved exactly once."""

from collections import Counter
from itertools import pairwise

import pytest
from django.db import connection

from stammkunde.outreach.models import Message
from stammkunde.plays.measures import admit, moves, pacing, triggers, working
from stammkunde.plays.models import Enrolment, Planner, StepRun
from stammkunde.tasks.models import Task
from tests import processes
from tests.outreach.planning import NOW, customer
from tests.plays import walkers
from tests.plays.over_time import DAY, buys, message, started, task, work

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 24


@pytest.fixture
def play(template):
    made = started(task(title="Anrufen"), message(template()), latest_days=300)
    for _one in range(MANY):
        buys(customer())
    triggers.enter(made, now=NOW)
    admit.draw(made, now=NOW)
    return made


def is_whole(play) -> None:
    rows = list(Enrolment.objects.filter(play=play))
    assert len(rows) == MANY
    assert Counter((one.state, one.at_step, one.moved) for one in rows) == {("acting", "s1", 1): MANY}
    assert set(Counter(StepRun.objects.values_list("enrolment", "step_key")).values()) == {1}
    assert Task.objects.count() == StepRun.objects.count() == MANY
    assert sorted(Task.objects.values_list("key", flat=True)) == sorted(one.waits_key for one in rows)
    assert not Message.objects.exists()


def test_killed_again_and_again_it_goes_on_as_if_nothing_had_happened(play):
    for batch in range(3):
        killed = processes.start(walkers.die, now=NOW.isoformat(), at_once=4, batch=batch)
        killed.join()
        assert killed.exitcode == -9

    work()

    is_whole(play)


def test_two_workers_at_once_move_everybody_once(play):
    both = [processes.start(walkers.work, now=NOW.isoformat(), at_once=3) for _one in range(2)]
    for one in both:
        one.join()
    assert [one.exitcode for one in both] == [0, 0]

    work()

    is_whole(play)
    assert not Planner.objects.exclude(leased_by="").exists()
    work(NOW + DAY)  # and nobody is moved for nothing
    is_whole(play)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only there one writes at a time")
def test_others_may_write_between_two_batches(play, monkeypatch):
    sizes, turns = [], []
    whole = moves.Batch.save

    def save(one):
        sizes.append(len(one.walkers))
        turns.append("batch")
        return whole(one)

    monkeypatch.setattr(moves.Batch, "save", save)
    monkeypatch.setattr(working, "_SHARED", pacing.Pace(at_once=10, gives_way=True))
    monkeypatch.setattr(pacing, "LARGEST", 10)
    monkeypatch.setattr(pacing, "SMALLEST", 10)
    monkeypatch.setattr(pacing.time, "sleep", lambda _seconds: turns.append("pause"))
    work()

    assert (max(sizes), sum(sizes) >= MANY) == (10, True)
    assert ("batch", "batch") not in set(pairwise(turns))
