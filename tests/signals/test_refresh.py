"""A refresh: complete or not to be seen, one at a time, and killed at any step without harm."""

import json
import signal
import threading
import time
from datetime import date, timedelta

import pytest
from django.utils import timezone

from stammkunde import mirror, work
from stammkunde.customers import services as customers
from stammkunde.customers.models import Customer
from stammkunde.insight import recency
from stammkunde.insight.frames import rows
from stammkunde.intake.models import Import
from stammkunde.sales import services as sales
from stammkunde.signals import assessed, compute, frames, lease, margins, policy, queries, services
from stammkunde.signals.models import Current, CustomerSignal, Figure, Generation
from tests import factories, processes
from tests.signals.shop import NOW, TODAY, open_shop, quiet, refresh, refresh_and_die, show_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_figures", "learns_once")]


@pytest.fixture
def shop(once):
    once(open_shop)


@pytest.fixture
def shown(once):
    """The shop's first generation."""
    return once(show_shop)


def test_as_of_an_old_shop_is_the_day_of_its_last_order():
    assert policy.as_of(today=TODAY, last_order_on=date(2011, 12, 9)) == date(2011, 12, 9)
    assert policy.as_of(today=TODAY, last_order_on=TODAY - timedelta(30)) == TODAY
    assert policy.as_of(today=TODAY, last_order_on=None) == TODAY


def test_refresh_writes_what_insight_says_of_every_customer(shop):
    made = refresh()

    known = frames.open_facts(mirror.tables(), margin=margins.wanted())
    told = rows(recency.customers(known, as_of=TODAY, activity_days=made.activity_days))
    assert CustomerSignal.objects.count() == len(told) == 6
    for row in told:
        found = queries.signal_of(row["customer_id"])
        assert found.stage_reason == recency.stage_reason(row)
        for name in (
            "stage",
            "abc_class",
            "value_rank",
            "orders",
            "revenue_cents",
            "margin_cents",
            "yearly_cents",
            "gap_days",
        ):
            assert getattr(found, name) == row[name], name
        for name in ("first_on", "last_on", "due_on", "returned_on"):
            day = getattr(found, name)
            assert (day and (day - date(1970, 1, 1)).days) == row[name], name


def test_new_generation_takes_over_and_the_former_is_swept_later(shown):
    factories.order(Customer.objects.first(), date(2026, 2, 2))
    sales.mark_changed(["2026-02"])

    made = refresh(now=NOW + timedelta(minutes=1))

    assert queries.current() == made
    assert CustomerSignal.objects.filter(generation=shown).count() == 6
    assert services.sweep(now=NOW + timedelta(hours=1)) is True
    assert CustomerSignal.objects.exclude(generation=made).count() == 0
    assert Figure.objects.exclude(generation=made).count() == 0
    assert services.sweep(now=NOW + timedelta(hours=1)) is False


def test_only_one_refresh_at_a_time():
    Generation.objects.create(
        as_of_on=TODAY, lease_until=NOW + timedelta(seconds=30), leased_by="elsewhere 1 abc", started_at=timezone.now()
    )

    with pytest.raises(services.RefreshRunning):
        refresh()


@pytest.mark.parametrize(
    ("lease_until", "leased_by"),
    [(NOW - timedelta(seconds=1), "elsewhere 1 abc"), (NOW + timedelta(seconds=60), "{host} 999999999 abc")],
    ids=["lease ran out", "process is gone"],
)
def test_killed_refresh_is_taken_over(shop, lease_until, leased_by):
    left = Generation.objects.create(
        as_of_on=TODAY,
        lease_until=lease_until,
        leased_by=leased_by.format(host=work.me().split(" ")[0]),
        started_at=timezone.now(),
    )
    CustomerSignal.objects.create(generation=left, customer=Customer.objects.first(), stage="new")

    made = refresh()

    left.refresh_from_db()
    assert (left.status, left.error) == ("failed", {"code": "killed", "times": 1})
    assert queries.current() == made
    assert CustomerSignal.objects.filter(generation=left).count() == 0


def test_refresh_that_lost_its_lease_changes_nothing(shown, monkeypatch):
    def steal(*args, **kwargs):
        Generation.objects.filter(status="running").update(leased_by="somebody 1 else")
        return original(*args, **kwargs)

    original = compute.opened
    monkeypatch.setattr(compute, "opened", steal)
    with pytest.raises(services.LostLease):
        refresh(now=NOW + timedelta(minutes=1))

    assert queries.current() == shown


def test_failure_is_stored_with_its_reason_and_the_former_generation_stays(shown, monkeypatch):
    monkeypatch.setattr(assessed.recency, "customers", lambda *a, **k: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        refresh(now=NOW + timedelta(minutes=1))

    failed = queries.status().failed
    assert failed.error == {"code": "failed", "kind": "ZeroDivisionError", "text": "division by zero"}
    assert queries.current() == shown


def test_refresh_waits_for_an_import(shop):
    Import.objects.create(file_name="a.csv", path="a.csv", status=Import.Status.UNDOING, created_at=timezone.now())

    with pytest.raises(services.FactsInMotion):
        refresh()

    assert Generation.objects.count() == 0


def test_rows_of_customers_deleted_meanwhile_are_left_out(shop, monkeypatch):
    original = assessed.assess

    def delete_one(*known, **more):
        told = original(*known, **more)
        Customer.objects.filter(country="Peru").delete()
        return told

    monkeypatch.setattr(assessed, "assess", delete_one)
    made = refresh()

    assert CustomerSignal.objects.filter(generation=made).count() == 5


def test_status_tells_progress_and_staleness(shop):
    assert queries.status().is_stale
    refresh()
    assert not queries.status().is_stale

    customers.mark_changed()

    assert queries.status().is_stale
    Generation.objects.create(as_of_on=TODAY, lease_until=NOW, done=3, total=4, started_at=timezone.now())
    assert queries.status().share == 0.75


def test_refresh_renews_its_lease_while_it_works(monkeypatch):
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.05)
    begun = lease.claim(as_of=TODAY, now=NOW)
    later = NOW + timedelta(minutes=5)

    with lease.held(begun, clock=lambda: later, show=quiet):
        time.sleep(0.5)

    begun.refresh_from_db()
    assert begun.lease_until == later + lease.LEASE
    assert threading.active_count() < 20


@pytest.mark.parametrize("step", ["mirror_write", "risk", "warnings", "save_customers", "figures", "save_changes"])
def test_refresh_may_be_killed_at_any_step(shown, step):
    factories.order(Customer.objects.first(), date(2026, 2, 2))
    sales.mark_changed(["2026-02"])

    killed = processes.start(refresh_and_die, at=step)
    killed.join()

    assert killed.exitcode == -signal.SIGKILL
    assert queries.current() == shown
    made = refresh(now=NOW + timedelta(hours=1, minutes=1))
    assert queries.current() == made
    assert CustomerSignal.objects.filter(generation=made).count() == 6
    assert set(Current.objects.values_list("pk", flat=True)) == {1}
    assert json.dumps(queries.signal_of(Customer.objects.first().pk).stage_reason)
