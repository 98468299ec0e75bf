"""What kills whoever works on it: tried a few times, then set aside with a reason, and the others get their turn."""

import signal

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.intake import lease, services
from stammkunde.intake.models import BeforeImage, Import
from stammkunde.sales.models import Line, Order
from stammkunde.work import is_gone
from tests import processes
from tests.intake.bringing import bring, queue, shop, write
from tests.intake.worker import die_of

pytestmark = pytest.mark.django_db(transaction=True)


def die(incoming: Import, *, step: str, after: int) -> Import:
    """Let one worker die of an import, and give it as it was left: worked on by somebody who is no more."""
    worker = processes.start(die_of, import_id=incoming.pk, step=step, after=after)
    worker.join(timeout=180)
    assert worker.exitcode == -signal.SIGKILL
    incoming.refresh_from_db()
    assert incoming.status in lease.WORKING
    assert incoming.leased_by.split(" ")[1] == str(worker.pid)
    assert is_gone(incoming.leased_by)
    return incoming


def sweep_until_idle() -> None:
    while services.sweep(now=timezone.now()):
        pass


def page_says(client, administrator, incoming: Import, *texts: str) -> None:
    administrator.language = "en"
    administrator.save()
    client.force_login(administrator)
    said = client.get(reverse("import", args=[incoming.pk])).content.decode()
    for text in texts:
        assert text in said


def test_import_that_kills_workers_while_it_is_checked_fails_with_a_reason(tmp_path, client, administrator):
    bad = queue(write(tmp_path, shop(orders=20)), "flat", now=timezone.now())
    good = queue(write(tmp_path, shop(orders=3)), "flat", now=timezone.now())

    for times in (1, 2, 3):
        left = die(bad, step="compare", after=0)
        assert (left.status, left.claims, left.step) == ("checking", times, "compare")
    sweep_until_idle()

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, bad.error, bad.claims) == ("failed", {"code": "worker_lost", "tries": 3}, 0)
    assert good.status == "done"
    assert Order.objects.count() == 3
    page_says(client, administrator, bad, "a worker was stopped 3 times in the middle of it", "Your data is unchanged.")


def test_import_that_kills_workers_in_the_same_batch_is_taken_back(tmp_path, client, administrator):
    bring(tmp_path, "flat", shop(orders=5))
    before = set(Customer.objects.values_list("source", flat=True)), Order.objects.count(), Line.objects.count()
    bad = queue(write(tmp_path, shop(orders=60)), "flat", now=timezone.now())
    good = queue(write(tmp_path, shop(orders=7)), "flat", now=timezone.now())

    reached = []
    for times in (1, 2, 3):
        left = die(bad, step="publish", after=60)
        assert (left.status, left.claims) == ("publishing", times)
        reached.append((left.done, Customer.objects.count() + Order.objects.count() + Line.objects.count()))
    assert len(set(reached)) == 1  # each went on where the last had come to, and got no further
    assert 0 < left.done <= 60
    sweep_until_idle()

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, bad.error) == ("failed", {"code": "worker_lost", "tries": 3})
    assert good.status == "done"
    assert Order.objects.count() == 7
    assert (before[1], before[0] <= set(Customer.objects.values_list("source", flat=True))) == (5, True)
    assert not BeforeImage.objects.filter(incoming=bad).exists()
    page_says(client, administrator, bad, "a worker was stopped 3 times in the middle of it", "Your data is unchanged.")


def test_import_that_gets_further_each_time_is_never_set_aside(tmp_path):
    incoming = queue(write(tmp_path, shop(orders=60)), "flat", now=timezone.now())

    for after in (20, 60, 100, 140):
        assert die(incoming, step="publish", after=after).claims == 1
    sweep_until_idle()

    incoming.refresh_from_db()
    assert (incoming.status, incoming.claims) == ("done", 0)
    assert Order.objects.count() == 60


def test_undoing_that_kills_workers_is_given_up_and_may_be_asked_for_again(tmp_path, client, administrator):
    incoming = bring(tmp_path, "flat", shop(orders=60))
    rows = Line.objects.count() + Order.objects.count()
    services.undo(import_id=incoming.pk, now=timezone.now())
    good = queue(write(tmp_path, shop(orders=3)), "flat", now=timezone.now())

    for times, after in ((1, 50), (2, 0), (3, 0)):  # it counts anew each time: the first takes some batches back
        left = die(incoming, step="undo", after=after)
        assert (left.status, left.claims) == ("undoing", times)
    assert 0 < Line.objects.count() + Order.objects.count() < rows
    sweep_until_idle()

    incoming.refresh_from_db()
    good.refresh_from_db()
    assert (incoming.status, incoming.error) == ("done", {"code": "undo_set_aside", "tries": 3})
    assert good.status == "done"
    page_says(client, administrator, incoming, "Undoing was given up", "undo once more")

    services.undo(import_id=good.pk, now=timezone.now())
    sweep_until_idle()
    services.undo(import_id=incoming.pk, now=timezone.now())
    sweep_until_idle()
    incoming.refresh_from_db()
    assert (incoming.status, incoming.error) == ("undone", None)
    assert not Order.objects.exists()
