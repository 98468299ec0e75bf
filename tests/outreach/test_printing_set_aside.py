"""A print run that kills whoever collects it: set aside with a reason, and other runs get their turn."""

import signal

import pytest
from django.urls import reverse

from stammkunde.outreach.models import Message, PrintRun
from stammkunde.outreach.services import RunIsOver, collecting, printing
from stammkunde.team.models import AuditEntry
from stammkunde.work import LostLease, is_gone
from tests import processes
from tests.outreach.planning import NOW
from tests.outreach.test_printing import LETTER, house, letter
from tests.outreach.worker import die_of_sheets

__all__ = ["house"]
pytestmark = pytest.mark.django_db(transaction=True)
HEAVY = LETTER | {"subject": "GIFT"}


def begin(staff, **which) -> PrintRun:
    return printing.make_run(channel="letter", staff=staff, now=NOW, **which)


def die(run: PrintRun, *, times: int) -> None:
    """Let one worker die while it sets the file of a run."""
    worker = processes.start(die_of_sheets, subject="GIFT")
    worker.join(timeout=180)
    assert worker.exitcode == -signal.SIGKILL
    run.refresh_from_db()
    assert run.leased_by.split(" ")[1] == str(worker.pid)
    assert (run.state, run.pieces_count, run.is_set_aside, is_gone(run.leased_by)) == ("collecting", 1, False, True)
    assert run.claims == times


def set_aside(staff) -> PrintRun:
    """A run that killed three workers; the last of them left it with its message."""
    bad = begin(staff, only=letter(1, content=HEAVY))
    for times in (1, 2, 3):
        die(bad, times=times)
    collecting.collect_all(now=NOW)
    bad.refresh_from_db()
    assert (bad.state, bad.is_set_aside, bad.claims, bad.leased_by) == ("collecting", True, 0, "")
    return bad


def test_run_that_kills_workers_is_set_aside_and_tried_again_by_a_click(house, client, administrator):
    good = begin(administrator, only=letter(2))
    bad = set_aside(administrator)
    good.refresh_from_db()
    assert (good.state, good.pieces_count) == ("ready", 1)
    administrator.language = "en"
    administrator.save()
    client.force_login(administrator)

    page = client.get(reverse("print-run", args=[bad.pk])).content.decode()
    assert "It was set aside" in page
    assert "Cancel run" in page
    assert "every 2s" not in page
    assert "dot failed" in client.get(reverse("print-runs")).content.decode()

    for _twice in range(2):
        client.post(reverse("print-run-try-again", args=[bad.pk]))
    collecting.collect_all(now=NOW)
    bad.refresh_from_db()
    assert (bad.state, bad.pieces_count, bad.claims) == ("ready", 1, 0)
    assert AuditEntry.objects.filter(action="print_run.tried_again", thing_id=bad.pk).count() == 1
    with pytest.raises(RunIsOver):
        collecting.try_again(run_id=bad.pk, staff=administrator, now=NOW)


def test_run_that_was_set_aside_may_be_cancelled(house, administrator):
    bad = set_aside(administrator)

    printing.cancel(run_id=bad.pk, staff=administrator, now=NOW)

    assert PrintRun.objects.get().state == "cancelled"
    assert Message.objects.get().state == "planned"


def test_run_is_collected_by_one_at_a_time(house, administrator):
    letter(1)
    run = begin(administrator)
    held = collecting._claim(run, now=NOW)

    assert collecting.collect(run_id=run.pk, now=NOW).pieces_count == 0
    assert collecting.collect_all(now=NOW) == 0
    held.let_go()
    assert collecting.collect_all(now=NOW) == 1


def test_run_that_is_cancelled_meanwhile_leaves_no_file_and_keeps_no_message(house, administrator, settings):
    message = letter(1)
    run = begin(administrator)
    held = collecting._claim(run, now=NOW)
    assert collecting._collect_some(run.pk, held, now=NOW)

    printing.cancel(run_id=run.pk, staff=administrator, now=NOW)

    with pytest.raises(LostLease):
        held.save()
    assert collecting._collect_some(run.pk, held, now=NOW) is False
    message.refresh_from_db()
    assert message.state == "planned"
    assert not settings.PRINT_DIR.exists() or list(settings.PRINT_DIR.iterdir()) == []


def test_run_that_fails_holds_up_no_other(house, administrator, monkeypatch):
    broken, good = (begin(administrator, only=letter(number)) for number in (1, 2))
    make = printing.make_file
    monkeypatch.setattr(printing, "make_file", lambda run: make(run) if run == good else 1 // 0)

    with pytest.raises(ZeroDivisionError):
        collecting.collect_all(now=NOW)

    states = dict(PrintRun.objects.values_list("pk", "state"))
    assert states == {broken.pk: "collecting", good.pk: "ready"}


def test_failure_is_no_lost_claim(house, administrator, monkeypatch):
    letter(1)
    run = begin(administrator)
    monkeypatch.setattr(printing, "make_file", lambda _run: 1 // 0)

    for _time in range(4):
        with pytest.raises(ZeroDivisionError):
            collecting.collect_all(now=NOW)

    run.refresh_from_db()
    assert (run.state, run.claims, run.is_set_aside) == ("collecting", 0, False)
