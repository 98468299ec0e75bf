"""What is kept beside the mirror for free questions: never stale, never half, and never needed."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache

from stammkunde.customers import services as customers
from stammkunde.customers.models import Customer
from stammkunde.sales import services as sales
from stammkunde.sales.models import Line, Order
from stammkunde.signals import answers, queries, services, shelf
from tests import factories
from tests.signals.shop import NOW, open_shop, quiet, refresh, show_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("learns_once")]


@pytest.fixture
def shown(once):
    """The shop's first generation, and its shelf."""
    generation = once(show_shop, "figures")
    answers.keep_shelf()
    return generation


def shelves():
    return sorted(path.name for path in (settings.MIRROR_DIR / "shelves").glob("*"))


def asked():
    """Figures in another window, of everybody and of those in Chile; nothing is looked up."""
    cache.clear()
    chile = answers.Slice(by="country", value="Chile")
    periods = ["2025", "2025-Q3", "2025-09", "2026"]
    return [answers.figures(periods=periods, activity_days=70, within=part) for part in (None, chile)]


@pytest.fixture
def from_shelf(monkeypatch):
    """Whether each answer was read from a shelf."""
    found, opened = [], shelf.opened

    def noted(known, *, name):
        facts = opened(known, name=name)
        found.append(bool(facts.shelf))
        return facts

    monkeypatch.setattr(shelf, "opened", noted)
    return found


def an_older_order_comes():
    factories.order(Customer.objects.first(), date(2025, 9, 2), cents=900, cost_cents=100)
    return ["2025-09"]


def an_order_is_cancelled():
    order = Order.objects.filter(customer__isnull=False).order_by("ordered_on").first()
    Order.objects.filter(pk=order.pk).update(status="cancelled")
    return [f"{order.ordered_on:%Y-%m}"]


def an_import_is_undone():
    order = Order.objects.filter(customer__isnull=False, ordered_on__year=2025).order_by("ordered_on").last()
    order.lines.all().delete()
    order.delete()
    return [f"{order.ordered_on:%Y-%m}"]


def costs_are_corrected():
    took_place = Order.objects.filter(customer__isnull=False, ordered_on__year=2025).exclude(status="cancelled")
    day = took_place.order_by("ordered_on").first().ordered_on
    Line.objects.filter(order__ordered_on=day).update(cost_cents=1)
    return [f"{day:%Y-%m}"]


def a_customer_is_forgotten():
    gone = Customer.objects.filter(orders__isnull=False, country="Chile").first()
    Order.objects.filter(customer=gone).update(customer=None)
    days = Order.objects.filter(customer=None).values_list("ordered_on", flat=True)
    gone.delete()
    customers.mark_changed()
    return sorted({f"{day:%Y-%m}" for day in days})


CHANGES = (
    an_older_order_comes,
    an_order_is_cancelled,
    an_import_is_undone,
    costs_are_corrected,
    a_customer_is_forgotten,
)


def test_answers_are_never_those_of_yesterdays_shelf(shown, from_shelf):
    told = [asked()]
    for number, change in enumerate(CHANGES):
        sales.mark_changed(change())
        services.refresh_mirror(now=NOW + timedelta(minutes=number), progress=quiet)
        told.append(asked())
        assert told[-1] != told[-2], change.__name__
    assert from_shelf == [True, True, *[False, False] * len(CHANGES)]

    refresh(now=NOW + timedelta(hours=1))
    answers.keep_shelf()

    assert asked() == told[-1]
    assert from_shelf[-2:] == [True, True]


def test_former_shelves_go_once_nobody_reads_them(shown):
    (first,) = shelves()
    (settings.MIRROR_DIR / "shelves" / f"{shown.pk}-half.x").mkdir()  # left by a worker who was killed

    refresh(now=NOW + timedelta(minutes=1), rebuild=True)
    answers.keep_shelf()
    answers.keep_shelf()
    assert first in shelves()
    services.sweep(now=NOW + timedelta(hours=1))

    (left,) = shelves()
    assert left.startswith(f"{queries.current().pk}-")
    assert left != first


def test_without_a_generation_there_is_nothing_to_keep(once):
    once(open_shop)
    services.refresh_mirror(now=NOW, progress=quiet)

    answers.keep_shelf()

    assert shelves() == []
