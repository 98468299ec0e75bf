import json
import os
import signal
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from stammkunde import mirror, work
from stammkunde.customers import services as customers
from stammkunde.customers.models import Customer
from stammkunde.insight import kpis, recency
from stammkunde.insight.frames import rows
from stammkunde.intake.models import Import
from stammkunde.sales import services as sales
from stammkunde.signals import (
    assessed,
    compute,
    frames,
    lease,
    margins,
    policy,
    queries,
    reuse,
    services,
    wording,
    working,
)
from stammkunde.signals.models import Current, CustomerSignal, Figure, Generation
from tests import factories, processes

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
TODAY = date(2026, 3, 1)


def quiet(step, done, total):
    """Show nothing."""


def refresh(*, now=NOW, as_of=TODAY, learn=policy.Learn.DUE, rebuild=False):
    return services.refresh(as_of=as_of, now=now, progress=quiet, learn=learn, rebuild=rebuild)


@pytest.fixture(autouse=True)
def _few_slices(monkeypatch, request):
    """Slices take their time; only the tests of figures look at them."""
    if "figures" not in request.node.name:
        monkeypatch.setattr(compute, "SLICES", ())


@pytest.fixture
def shop(once):
    once(open_shop)


@pytest.fixture
def shown(once):
    """The shop's first generation."""
    return once(show_shop, tuple(compute.SLICES))


def show_shop(_slices):
    open_shop()
    return refresh()


def open_shop():
    """Six customers over a year: some come back, one never bought, and a guest."""
    ware = factories.product(category="Schuhe")
    for number in range(5):
        who = factories.customer(country="Germany" if number % 2 else "Chile", kind="company" if number else "person")
        for step in range(number + 1):
            day = date(2025, 2, 10) + timedelta(40 * number + 61 * step)
            factories.order(who, day, cents=1000 * (number + 1), cost_cents=400, of=ware, channel="shop")
            sales.mark_changed([f"{day:%Y-%m}"])
    factories.customer(country="Peru")
    factories.order(None, date(2025, 6, 1), cents=77)
    sales.mark_changed(["2025-06", "products"])
    customers.mark_changed()


def test_refresh_without_facts_shows_an_empty_generation():
    made = refresh()

    assert queries.current() == made
    assert (made.status, made.as_of_on, made.lease_until) == ("done", TODAY, None)
    assert Figure.objects.count() == CustomerSignal.objects.count() == 0


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


def test_refresh_stores_the_figures_that_insight_gives(shop):
    made = refresh()

    known = frames.with_class(frames.open_facts(mirror.tables(), margin=margins.wanted()), as_of=TODAY)
    periods = {figure.period for figure in Figure.objects.all()}
    assert {"2025", "2025-Q1", "2025-02", "2026-03"} <= periods
    for by in (None, "country", "channel", "class"):
        told = kpis.figures(known, periods=sorted(periods), activity_days=made.activity_days, by=by, as_of=TODAY)
        stored = {
            (figure.kpi, figure.period, figure.slice_value): figure
            for figure in Figure.objects.filter(slice_by=by or "").exclude(kpi__in=policy.SAID)
        }
        wanted = [
            f for f in told if not by or f.kpi != "customer_lifetime_days" or len(f.period) != 7 or "Q" in f.period
        ]
        assert len(stored) == len(wanted)
        for figure in wanted:
            found = stored[figure.kpi, figure.period, figure.slice or ""]
            for name in ("value", "numerator", "denominator", "n", "reason", "remark", "coverage"):
                assert getattr(found, name) == getattr(figure, name), (figure, name)


def stored_figures():
    names = ("kpi", "period", "slice_by", "slice_value", "value", "numerator", "denominator", "n", "reason", "remark")
    return sorted(map(str, queries.figures().values_list(*names, "coverage")))


def test_figures_taken_over_are_those_that_would_be_counted_anew(shop, monkeypatch):
    factories.decided(activity_days=90)
    asked = []
    original = compute.kpis.figures

    def note(facts, *, periods, by, **more):
        asked.append((by, {str(period) for period in periods}))
        return original(facts, periods=periods, by=by, **more)

    monkeypatch.setattr(compute.kpis, "figures", note)
    refresh()
    factories.order(Customer.objects.first(), date(2025, 9, 2), channel="shop")
    sales.mark_changed(["2025-09"])
    asked.clear()

    refresh(now=NOW + timedelta(minutes=1))

    counted = set.union(*(periods for by, periods in asked if by is None))
    assert counted == {"2025", "2026", "2025-Q3", "2025-Q4", "2026-Q1", *(f"2025-{n:02d}" for n in (9, 10, 11, 12))} | {
        "2026-01",
        "2026-02",
        "2026-03",
    }
    quick = stored_figures()
    refresh(now=NOW + timedelta(minutes=2), rebuild=True)
    assert quick == stored_figures()


@pytest.mark.parametrize(("channel", "taken_over"), [("shop", True), ("telephone", False)])
def test_figures_by_channel_are_taken_over_while_the_channels_are_the_same(shown, monkeypatch, channel, taken_over):
    asked = []
    original = compute.kpis.figures

    def note(facts, *, periods, by, **more):
        asked.append((by, {str(period) for period in periods}))
        return original(facts, periods=periods, by=by, **more)

    monkeypatch.setattr(compute.kpis, "figures", note)
    factories.order(Customer.objects.first(), date(2025, 9, 2), channel=channel)
    sales.mark_changed(["2025-09"])
    asked.clear()

    refresh(now=NOW + timedelta(minutes=1))

    counted = set.union(*(periods for by, periods in asked if by == "channel"))
    assert ("2025-03" not in counted) == taken_over
    quick = stored_figures()
    refresh(now=NOW + timedelta(minutes=2), rebuild=True)
    assert quick == stored_figures()


def test_figures_that_another_program_counted_are_counted_anew(shown, monkeypatch):
    wrong = queries.figures().filter(kpi="customers_end", slice_by="")
    assert wrong.update(value=99)

    monkeypatch.setattr(reuse, "program", lambda _part: "another")
    refresh(now=NOW + timedelta(minutes=1))

    assert not queries.figures().filter(value=99).exists()


def test_figures_are_all_counted_anew_when_customers_changed(shown):
    Customer.objects.filter(country="Chile").update(country="Peru")
    customers.mark_changed()

    refresh(now=NOW + timedelta(minutes=1))

    quick = stored_figures()
    refresh(now=NOW + timedelta(minutes=2), rebuild=True)
    assert quick == stored_figures()
    assert not queries.figures().filter(slice_value="Chile").exists()


def test_figure_that_cannot_be_given_is_stored_with_its_reason(shown):
    figure = queries.figure(kpi="retention_rate", period="2025-02")
    assert (figure.value, figure.reason) == (None, "history_short")


def test_series_is_of_one_grain_and_in_order(shown):
    quarters = [figure.period for figure in queries.series(kpi="customers_end", grain="quarter")]
    assert quarters == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]
    assert [figure.period for figure in queries.series(kpi="customers_end", grain="year")] == ["2025", "2026"]
    assert queries.periods(grain="month")[:2] == ["2025-02", "2025-03"]


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


def test_worker_refreshes_when_the_company_chooses_another_window(shown):
    factories.decided(activity_days=77)

    assert working.sweep(now=NOW) is True
    assert queries.current().activity_days == 77
    factories.decided(activity_days=None)
    assert working.sweep(now=NOW) is True
    assert queries.current().activity_days != 77
    assert working.sweep(now=NOW) is False


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


def test_worker_refreshes_when_the_team_can_do_more(shop, administrator):
    working.sweep(now=NOW)
    administrator.hours_per_week = 35
    administrator.save()

    assert working.sweep(now=NOW) is True
    assert queries.forecast()["levels"]["hours_per_week"] == 35
    assert working.sweep(now=NOW) is False


def test_worker_waits_longer_after_each_failure(shop, monkeypatch):
    monkeypatch.setattr(assessed.recency, "customers", lambda *a, **k: 1 / 0)
    assert working.sweep(now=NOW) is True
    assert working.sweep(now=NOW + timedelta(seconds=30)) is False
    assert working.sweep(now=NOW + timedelta(minutes=2)) is True
    assert working.sweep(now=NOW + timedelta(minutes=3, seconds=30)) is False

    monkeypatch.undo()

    assert working.sweep(now=NOW + timedelta(minutes=10)) is True
    assert queries.current()


def test_figures_of_an_old_shop_count_up_to_its_last_order():
    assert policy.as_of(today=TODAY, last_order_on=date(2011, 12, 9)) == date(2011, 12, 9)
    assert policy.as_of(today=TODAY, last_order_on=TODAY - timedelta(30)) == TODAY
    assert policy.as_of(today=TODAY, last_order_on=None) == TODAY


def test_refresh_renews_its_lease_while_it_works(monkeypatch):
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.05)
    begun = lease.claim(as_of=TODAY, now=NOW)
    later = NOW + timedelta(minutes=5)

    with lease.held(begun, clock=lambda: later, show=quiet):
        time.sleep(0.5)

    begun.refresh_from_db()
    assert begun.lease_until == later + lease.LEASE
    assert threading.active_count() < 20


def refresh_and_die(*, at):
    def show(step, done, total):
        if step == at:
            os.kill(os.getpid(), signal.SIGKILL)

    services.refresh(as_of=TODAY, now=NOW + timedelta(hours=1), progress=show, learn=policy.Learn.DUE)


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


def test_refresh_that_is_killed_again_and_again_waits_and_says_so(shop):
    for _time in range(3):
        killed = processes.start(refresh_and_die, at="warnings")
        killed.join(timeout=300)
        assert killed.exitcode == -signal.SIGKILL
        left = Generation.objects.order_by("-pk")[0]
        assert (left.status, left.step) == ("running", "risk")  # it was under way
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
