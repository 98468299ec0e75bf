"""Dated figures of a refresh: as insight counts them, and taken over where counting anew would say the same."""

from datetime import date, timedelta

import pytest

from stammkunde import mirror
from stammkunde.customers import services as customers
from stammkunde.customers.models import Customer
from stammkunde.insight import kpis
from stammkunde.sales import services as sales
from stammkunde.signals import compute, frames, margins, policy, queries, reuse
from stammkunde.signals.models import CustomerSignal, Figure
from tests import factories
from tests.signals.shop import NOW, TODAY, open_shop, refresh, show_shop

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("learns_once"),
    pytest.mark.same_on_both("worked out from the mirror; test_refresh, test_working and test_warned ask both"),
]


@pytest.fixture
def shop(once):
    once(open_shop)


@pytest.fixture
def shown(once):
    """The shop's first generation."""
    return once(show_shop, "figures")


def test_refresh_without_facts_shows_an_empty_generation():
    made = refresh()

    assert queries.current() == made
    assert (made.status, made.as_of_on, made.lease_until) == ("done", TODAY, None)
    assert Figure.objects.count() == CustomerSignal.objects.count() == 0


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


@pytest.fixture
def counted(monkeypatch):
    """Note which periods are counted, by what."""
    asked = []
    original = compute.kpis.figures

    def note(facts, *, periods, by, **more):
        asked.append((by, {str(period) for period in periods}))
        return original(facts, periods=periods, by=by, **more)

    monkeypatch.setattr(compute.kpis, "figures", note)
    return lambda by: set.union(*(periods for one, periods in asked if one == by))


def order_in_september(channel):
    factories.order(Customer.objects.first(), date(2025, 9, 2), channel=channel)
    sales.mark_changed(["2025-09"])
    refresh(now=NOW + timedelta(minutes=1))


def test_figures_taken_over_are_those_that_would_be_counted_anew(shown, counted):
    order_in_september("shop")

    assert counted(None) == {
        *("2025", "2026", "2025-Q3", "2025-Q4", "2026-Q1"),
        *("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"),
    }
    assert "2025-03" not in counted("channel")
    quick = stored_figures()
    refresh(now=NOW + timedelta(minutes=2), rebuild=True)
    assert quick == stored_figures()


def test_figures_by_channel_are_counted_anew_where_there_is_another_channel(shown, counted):
    order_in_september("telephone")

    assert "2025-03" in counted("channel")
    assert "2025-03" not in counted(None)
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
