import random
import signal
import time

import pytest
from django.db import connections
from django.utils import timezone

from stammkunde.intake import queries, services
from stammkunde.intake.models import BeforeImage, Import
from tests import processes
from tests.intake.bringing import bring, everything, meaning, queue, shop, totals, undo, write
from tests.intake.worker import work

pytestmark = pytest.mark.django_db(transaction=True)
# A worker dies at one of its first statements, in the middle of whatever the last one left to do.
STATEMENTS = 30


def kill_until_done(incoming: Import, *, kills: int, seed: int) -> int:
    """Let workers work on the import and die, so many times; then one that lives. Gives how often one died."""
    chance, died = random.Random(seed), 0
    for _kill in range(kills):
        kill_at = chance.choice((-1, 1)) * chance.randint(2, STATEMENTS)
        worker = processes.start(work, import_id=incoming.pk, kill_at=kill_at)
        worker.join(timeout=120)
        died += worker.exitcode == -signal.SIGKILL
    worker = processes.start(work, import_id=incoming.pk)
    worker.join(timeout=120)
    assert worker.exitcode == 0
    return died


@pytest.fixture
def undisturbed(tmp_path):
    """What the database says after both files, with nobody killed; then it is empty again."""
    first = bring(tmp_path, "flat", shop())
    second = bring(tmp_path, "flat", newer())
    said, counts = meaning(), (first.counts, second.counts)
    undo(second)
    undo(first)
    assert not any(meaning().values())
    return said, counts


def newer():
    return [one | {"city": "Übersee"} for one in shop(orders=110, cents=3)]


@pytest.mark.parametrize("seed", [1, 2])
def test_import_that_is_killed_again_and_again_ends_as_if_it_never_was(tmp_path, undisturbed, seed):
    said, (first_counts, second_counts) = undisturbed
    first = queue(write(tmp_path, shop()), "flat", now=timezone.now())
    died = kill_until_done(first, kills=3, seed=seed)
    second = queue(write(tmp_path, newer()), "flat", now=timezone.now())
    died += kill_until_done(second, kills=3, seed=seed + 10)

    first.refresh_from_db()
    second.refresh_from_db()

    assert died >= 5
    assert (first.status, second.status) == ("done", "done")
    assert (first.counts, second.counts) == (first_counts, second_counts)
    assert meaning() == said
    assert not queries.is_publishing()


def test_undo_that_is_killed_is_completed(tmp_path):
    bring(tmp_path, "flat", shop())
    before = everything()
    second = bring(tmp_path, "flat", newer())
    services.undo(import_id=second.pk, now=timezone.now())

    died = kill_until_done(second, kills=3, seed=5)

    second.refresh_from_db()
    assert died >= 2
    assert second.status == "undone"
    assert everything() == before
    assert not BeforeImage.objects.exists()


def test_import_that_was_killed_while_publishing_can_be_undone_whole(tmp_path):
    bring(tmp_path, "flat", shop())
    before = everything()
    second = queue(write(tmp_path, newer()), "flat", now=timezone.now())
    kill_while(second, "publishing")
    second.refresh_from_db()
    assert second.status == "publishing"
    assert everything() != before

    services.run(import_id=second.pk, now=timezone.now())
    undo(Import.objects.get(pk=second.pk), now=timezone.now())

    assert everything() == before


def test_import_whose_working_files_are_lost_in_a_crash_is_compared_again(tmp_path, undisturbed):
    said, (first_counts, _second_counts) = undisturbed
    first = queue(write(tmp_path, shop()), "flat", now=timezone.now())
    kill_while(first, "publishing")
    first.refresh_from_db()
    for path in queries.checked_dir(first).iterdir():
        path.unlink()

    services.run(import_id=first.pk, now=timezone.now())

    first.refresh_from_db()
    assert (first.status, first.counts) == ("done", first_counts)
    again = bring(tmp_path, "flat", shop(), now=timezone.now())
    assert totals(again)["created"] == totals(again)["changed"] == 0
    bring(tmp_path, "flat", newer(), now=timezone.now())
    assert meaning() == said


def kill_while(incoming: Import, status: str) -> None:
    """Kill a worker at its first statement after some rows were published."""
    worker = processes.start(work, import_id=incoming.pk, largest=5)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and worker.is_alive():
        found = Import.objects.get(pk=incoming.pk)
        if found.status == status and found.done > 40:
            break
        time.sleep(0.01)
    worker.kill()
    worker.join()
    connections["default"].close()
