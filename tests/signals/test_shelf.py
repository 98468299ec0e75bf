"""What is kept beside the mirror for free questions: never stale, never half, and never needed."""

import time
from datetime import date, timedelta

import duckdb
import pytest
from django.conf import settings
from django.core.cache import cache

from stammkunde import mirror
from stammkunde.customers import services as customers
from stammkunde.customers.models import Customer
from stammkunde.sales import services as sales
from stammkunde.sales.models import Line, Order
from stammkunde.signals import answers, queries, services, shelf
from stammkunde.signals.answers import asking
from tests import factories, processes
from tests.mirror.damaging import scramble
from tests.signals.shop import NOW, open_shop, quiet, refresh, show_shop

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("learns_once"),
    pytest.mark.same_on_both("files beside the mirror, kept of what was read and read without the database"),
]


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


def keep_until_killed(*, ready):
    """Begin to keep the shelf, and hang in the middle of it."""
    shelf._put = lambda _beside, _place: (ready.touch(), time.sleep(600))
    answers.keep_shelf()


def test_half_a_shelf_goes_with_the_next_worker_that_keeps_one(once, tmp_path):
    once(show_shop, "figures")
    worker = processes.start(keep_until_killed, ready=tmp_path / "ready")
    while not (tmp_path / "ready").exists():
        assert worker.is_alive()
        time.sleep(0.01)
    (half,) = shelves()
    answers.keep_shelf()
    assert half in shelves(), "another worker is still at it"

    worker.kill()
    worker.join()
    shelf.forget_all_but([queries.current().pk])

    assert [half, half.partition(".")[0]] == [half, *shelves()]


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), scramble], ids=["gone", "scrambled"])
def test_damaged_shelf_is_none_and_is_kept_anew(shown, from_shelf, damage):
    told = asked()
    (name,) = shelves()
    damage(settings.MIRROR_DIR / "shelves" / name / "days.parquet")

    assert asked() == told
    assert mirror.sound(), "the mirror is left alone"
    assert not from_shelf[-1]
    answers.keep_shelf()
    assert asked() == told
    assert from_shelf[-1]


@pytest.mark.parametrize("problem", [duckdb.OutOfMemoryException, duckdb.InterruptException])
def test_a_question_that_took_too_much_leaves_the_shelf(shown, problem):
    kept = shelves()

    def too_much(_base):
        raise problem("no more")

    with pytest.raises(problem):
        asking.answer("anything", too_much)

    assert shelves() == kept


def test_without_a_generation_there_is_nothing_to_keep(once):
    once(open_shop)
    services.refresh_mirror(now=NOW, progress=quiet)

    answers.keep_shelf()

    assert shelves() == []
