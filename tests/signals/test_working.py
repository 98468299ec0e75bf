"""The worker: when it refreshes, when it waits, and when it tries again."""

import signal
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from stammkunde.customers import services as customers
from stammkunde.customers.models import Customer
from stammkunde.intake.models import Import
from stammkunde.sales import services as sales
from stammkunde.signals import assessed, lease, queries, services, wording, working
from stammkunde.signals.models import Generation
from tests import factories, processes
from tests.signals.shop import NOW, open_shop, refresh_and_die, show_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_figures", "learns_once")]
SAME = pytest.mark.same_on_both("decided by rows that were read; the tests between ask how they are locked and written")


@pytest.fixture
def shop(once):
    once(open_shop)


@pytest.fixture
def shown(once):
    """The shop's first generation."""
    return once(show_shop)


def test_worker_refreshes_what_is_stale_once_it_has_settled(shop):
    assert working.sweep(now=NOW) is True
    assert working.sweep(now=NOW) is False

    factories.order(Customer.objects.first(), date(2026, 2, 2))
    sales.mark_changed(["2026-02"])
    assert working.sweep(now=NOW + timedelta(seconds=10)) is False
    assert working.sweep(now=NOW + timedelta(seconds=13)) is True
    assert not queries.status().is_stale


def test_worker_waits_for_a_pause_between_edits_by_hand_but_not_for_ever(shown):
    edited = NOW
    for _ in range(70):
        customers.mark_changed()
        edited += timedelta(seconds=10)
        if working.sweep(now=edited):
            break

    assert timedelta(minutes=9) < edited - NOW < timedelta(minutes=11)


def test_worker_lets_imports_finish(shop):
    running = Import.objects.create(
        file_name="a.csv", path="a.csv", status=Import.Status.PUBLISHING, created_at=timezone.now()
    )
    assert working.sweep(now=NOW) is False

    Import.objects.filter(pk=running.pk).update(status=Import.Status.DONE)

    assert working.sweep(now=NOW) is True


@SAME
def test_worker_refreshes_after_midnight_of_the_company(shop, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    factories.order(Customer.objects.first(), date(2026, 2, 25))
    sales.mark_changed(["2026-02"])
    evening = datetime(2026, 3, 1, 22, 50, tzinfo=UTC)  # 23:50 in Berlin
    working.sweep(now=evening)
    assert queries.as_of() == date(2026, 3, 1)

    assert working.sweep(now=evening + timedelta(minutes=5)) is False
    assert working.sweep(now=evening + timedelta(minutes=15)) is True
    assert queries.as_of() == date(2026, 3, 2)


@SAME
def test_worker_refreshes_when_the_company_chooses_another_window(shown):
    factories.decided(activity_days=77)

    assert working.sweep(now=NOW) is True
    assert queries.current().activity_days == 77
    factories.decided(activity_days=None)
    assert working.sweep(now=NOW) is True
    assert queries.current().activity_days != 77
    assert working.sweep(now=NOW) is False


@SAME
def test_worker_refreshes_when_the_company_looks_further_ahead_or_less_far(shown):
    used = queries.forecast()["risk"]["horizon_days"]

    factories.decided(risk_horizon_days=used)
    assert working.sweep(now=NOW) is False
    factories.decided(risk_horizon_days=45)
    assert working.sweep(now=NOW) is True

    assert queries.forecast()["risk"]["horizon_days"] == 45 != used
    assert working.sweep(now=NOW) is False


def test_worker_refreshes_when_somebody_asks(shown, monkeypatch):
    assert working.sweep(now=NOW + timedelta(minutes=1)) is False

    services.ask(now=NOW + timedelta(minutes=2))

    assert working.sweep(now=NOW + timedelta(minutes=3)) is True
    assert working.sweep(now=NOW + timedelta(minutes=4)) is False
    monkeypatch.setattr(assessed.recency, "customers", lambda *a, **k: 1 / 0)
    services.ask(now=NOW + timedelta(minutes=5))
    assert working.sweep(now=NOW + timedelta(minutes=6)) is True
    assert working.sweep(now=NOW + timedelta(minutes=6, seconds=30)) is False
    services.ask(now=NOW + timedelta(minutes=6, seconds=31))
    assert working.sweep(now=NOW + timedelta(minutes=6, seconds=32)) is True


@SAME
def test_worker_refreshes_when_the_team_can_do_more(shop, administrator):
    working.sweep(now=NOW)
    administrator.hours_per_week = 35
    administrator.save()

    assert working.sweep(now=NOW) is True
    assert queries.forecast()["levels"]["hours_per_week"] == 35
    assert working.sweep(now=NOW) is False


@SAME
def test_worker_waits_longer_after_each_failure(shop, monkeypatch):
    monkeypatch.setattr(assessed.recency, "customers", lambda *a, **k: 1 / 0)
    assert working.sweep(now=NOW) is True
    assert working.sweep(now=NOW + timedelta(seconds=30)) is False
    assert working.sweep(now=NOW + timedelta(minutes=2)) is True
    assert working.sweep(now=NOW + timedelta(minutes=3, seconds=30)) is False

    monkeypatch.undo()

    assert working.sweep(now=NOW + timedelta(minutes=10)) is True
    assert queries.current()


def test_refresh_that_is_killed_again_and_again_waits_and_says_so(shop):
    for _time in range(3):
        killed = processes.start(refresh_and_die, at="risk")
        killed.join(timeout=300)
        assert killed.exitcode == -signal.SIGKILL
        left = Generation.objects.order_by("-pk")[0]
        assert (left.status, left.step) == ("running", "value")  # it was under way
        assert left.leased_by.split(" ")[1] == str(killed.pid)
        at = left.started_at + timedelta(seconds=1)
        assert lease.close_abandoned(now=at)

    said = [one.error for one in Generation.objects.order_by("pk")]
    assert said == [
        {"code": "killed", "times": 1},
        {"code": "killed", "times": 2},
        {"code": "killed_often", "times": 3},
    ]
    assert "3" in str(wording.failure_text(queries.status().failed.error))
    assert working.sweep(now=at) is True  # what the killed ones left behind
    assert working.sweep(now=at + timedelta(seconds=30)) is False
    assert working.sweep(now=at + timedelta(minutes=2)) is True
    assert Generation.objects.order_by("-pk")[0].status == "done"
