import os
import random
import signal
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from stammkunde import mirror
from stammkunde.customers import services as customers
from stammkunde.customers.models import Customer
from stammkunde.intake.models import Import
from stammkunde.mirror import build
from stammkunde.mirror import manifest as manifests
from stammkunde.sales import services as sales
from stammkunde.sales.models import Line, Order
from stammkunde.store import facts
from tests import factories, processes

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def quiet(step, done, total):
    """Show nothing."""


def build_mirror(*, now=NOW, rebuild=False):
    return mirror.bring_up_to_date(now=now, progress=quiet, rebuild=rebuild)


def lines_in_mirror():
    relation = mirror.tables().lines
    return sorted(relation.project("order_id, customer_id, ordered_on, ordered_month, kind, revenue_cents").fetchall())


def lines_in_database():
    return sorted(
        (
            line.order_id,
            line.order.customer_id,
            (line.order.ordered_on - date(1970, 1, 1)).days,
            (line.order.ordered_on.year - 1970) * 12 + line.order.ordered_on.month - 1,
            line.kind,
            line.revenue_cents,
        )
        for line in Line.objects.exclude(order__status="cancelled").select_related("order")
    )


def test_mirror_without_facts_is_empty_and_readable():
    build_mirror()

    tables = mirror.tables()
    assert [len(tables.lines), len(tables.orders), len(tables.customers), len(tables.products)] == [0, 0, 0, 0]
    assert list(tables.lines.columns) == list(facts.table("lines").mirrored.columns)


def test_mirror_before_the_first_build_is_refused():
    with pytest.raises(mirror.NoMirror):
        mirror.tables()


def test_mirror_holds_what_the_database_holds():
    anna = factories.customer(country="Germany", attributes={"Größe": "L", "group/a": "x'y"})
    ware = factories.product(category="Schuhe")
    factories.order(anna, date(2025, 12, 31), cents=1200, cost_cents=700, of=ware, channel="shop")
    factories.order(None, date(2026, 1, 1), cents=300)
    factories.order(anna, date(2026, 1, 2), cents=99, status="cancelled")

    build_mirror()

    assert lines_in_mirror() == lines_in_database()
    tables = mirror.tables()
    assert tables.customers.project('customer_id, country, "attr_Größe", "attr_group/a"').fetchall() == [
        (anna.pk, "Germany", "L", "x'y")
    ]
    assert tables.products.project("product_id, category, kind").fetchall() == [(ware.pk, "Schuhe", "product")]
    assert sorted(tables.orders.project("status").fetchall()) == [("cancelled",), ("completed",), ("completed",)]


def test_attributes_that_differ_in_case_only_share_a_column():
    factories.customer(attributes={"Farbe": "rot"})
    factories.customer(attributes={"farbe": "blau"})
    factories.customer()

    build_mirror()

    assert mirror.tables().columns("customers")[-1] == "attr_Farbe"
    assert sorted(mirror.tables().customers.project('"attr_Farbe"').fetchall()) == [("",), ("blau",), ("rot",)]


def test_owner_is_a_name_and_renaming_makes_the_customers_stale(salesperson):
    factories.customer(owner=salesperson)
    held = build_mirror()
    assert mirror.stale_parts(held) == set()

    salesperson.name = "Svenja"
    salesperson.save()

    assert mirror.stale_parts(held) == {"owners"}
    build_mirror()
    assert mirror.tables().customers.project("owner").fetchall() == [("Svenja",)]


def test_mirror_rewrites_only_the_months_that_changed():
    for month in (1, 2, 3):
        factories.order(factories.customer(), date(2025, month, 5))
    sales.mark_changed(["2025-01", "2025-02", "2025-03"])
    before = build_mirror()

    factories.order(Customer.objects.first(), date(2025, 2, 7))
    sales.mark_changed(["2025-02"])
    after = build_mirror()

    for table in ("orders", "lines"):
        kept = {key for key, share in before.months[table].items() if after.months[table][key] == share}
        assert kept == {"2025-01", "2025-03"}
    assert after.whole == before.whole
    assert after.version != before.version
    assert lines_in_mirror() == lines_in_database()


def test_mirror_up_to_date_is_left_alone():
    factories.order(factories.customer(), date(2025, 1, 5))

    assert build_mirror() == build_mirror()


def test_month_whose_last_order_went_away_is_empty():
    order = factories.order(factories.customer(), date(2025, 1, 5))
    sales.mark_changed(["2025-01"])
    build_mirror()

    order.delete()
    sales.mark_changed(["2025-01"])

    assert not any(build_mirror().months.values())
    assert lines_in_mirror() == []


@pytest.mark.parametrize("seed", range(3))
def test_mirror_equals_the_database_after_any_edits(seed):
    dice = random.Random(seed)
    people = [factories.customer() for _ in range(4)]
    start = date(2025, 1, 1)
    for _ in range(25):
        act = dice.choice(["order", "move", "cancel", "delete", "person", "build"])
        some = Order.objects.order_by("?").first()
        if act == "order" or some is None:
            made = factories.order(dice.choice([*people, None]), start + timedelta(dice.randrange(400)))
            sales.mark_changed([f"{made.ordered_on:%Y-%m}"])
        elif act == "move":
            former, some.ordered_on = some.ordered_on, start + timedelta(dice.randrange(400))
            some.save()
            sales.mark_changed([f"{former:%Y-%m}", f"{some.ordered_on:%Y-%m}"])
        elif act == "cancel":
            Order.objects.filter(pk=some.pk).update(status="cancelled")
            sales.mark_changed([f"{some.ordered_on:%Y-%m}"])
        elif act == "delete":
            some.delete()
            sales.mark_changed([f"{some.ordered_on:%Y-%m}"])
        elif act == "person":
            people.append(factories.customer(country="Chile"))
            customers.mark_changed()
        else:
            build_mirror()

    build_mirror()

    assert lines_in_mirror() == lines_in_database()
    held = mirror.tables()
    assert len(held.customers) == Customer.objects.count()
    assert len(held.orders) == Order.objects.count()
    assert build_mirror(rebuild=True).version == held.version


def test_mirror_waits_while_an_import_is_published():
    Import.objects.create(file_name="a.csv", path="a.csv", status=Import.Status.PUBLISHING, created_at=timezone.now())

    with pytest.raises(mirror.FactsInMotion):
        build_mirror()


def test_mirror_that_does_not_add_up_is_refused_and_the_old_one_stays(monkeypatch):
    factories.order(factories.customer(), date(2025, 1, 5))
    before = build_mirror()
    factories.order(Customer.objects.first(), date(2025, 1, 7))
    sales.mark_changed(["2025-01"])
    monkeypatch.setattr(
        build.parquet, "sums", lambda facts, wanted: {"orders": {"2025-01": (2, 0)}, "lines": {"2025-01": (2, 1)}}
    )

    with pytest.raises(mirror.MirrorDiffers, match="2025-01"):
        build_mirror()

    assert manifests.read() == before


def test_former_files_stay_for_their_readers_and_go_later():
    factories.order(factories.customer(), date(2025, 1, 5))
    sales.mark_changed(["2025-01"])
    before = build_mirror()
    reading = mirror.tables(before).lines
    factories.order(Customer.objects.first(), date(2025, 1, 7))
    sales.mark_changed(["2025-01"])

    build_mirror(now=NOW + timedelta(minutes=5))

    assert len(reading) == 1
    sales.mark_changed(["2025-01"])
    build_mirror(now=NOW + timedelta(hours=2))
    on_disk = {str(file.relative_to(manifests.path("."))) for file in manifests.path("builds").rglob("*.parquet")}
    assert not set(before.months["lines"]["2025-01"].files) & on_disk
    assert manifests.read().files <= on_disk


def build_and_die():
    manifests.swap_in = lambda made: os.kill(os.getpid(), signal.SIGKILL)
    build_mirror()


def test_mirror_survives_being_killed_between_files_and_manifest(settings):
    factories.order(factories.customer(), date(2025, 1, 5))
    sales.mark_changed(["2025-01"])
    before = build_mirror()
    factories.order(Customer.objects.first(), date(2025, 1, 7))
    sales.mark_changed(["2025-01"])

    killed = processes.start(build_and_die)
    killed.join()

    assert killed.exitcode == -signal.SIGKILL
    assert manifests.read() == before
    assert len(list(manifests.path("builds").iterdir())) == 2
    build_mirror()
    assert lines_in_mirror() == lines_in_database()
    on_disk = {str(file.relative_to(settings.MIRROR_DIR)) for file in manifests.path("builds").rglob("*.parquet")}
    assert on_disk == manifests.read().files | manifests.read().retired.keys()
