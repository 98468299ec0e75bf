import json
from datetime import UTC, date, datetime

import pytest
from django.db.models import Sum

from stammkunde.customers import policy as customers_policy
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.intake import queries, services
from stammkunde.intake.models import BeforeImage, Import
from stammkunde.sales.models import Line, Order, Product
from stammkunde.store.bulk import pace
from stammkunde.store.facts import FactTable
from tests import factories
from tests.intake.bringing import NOW, bring, changed, everything, meaning, queue, shop, totals, undo, write

pytestmark = pytest.mark.django_db(transaction=True)


def customer(number, name, **more):
    return {"customer_number": number, "customer_name": name, **more}


def order(number, on="2024-03-01", **more):
    return {"order_number": number, "ordered_at": on, **more}


def test_import_publishes_customers_products_orders_and_lines(tmp_path):
    rows = shop()

    incoming = bring(tmp_path, "flat", rows)

    assert (incoming.status, incoming.error) == ("done", None)
    assert {name: counts["created"] for name, counts in incoming.counts.items()} == {
        "customers": Customer.objects.count(),
        "products": 17,
        "orders": 90,
        "lines": 270,
    }
    assert Line.objects.count() == 270
    assert Line.objects.filter(imported_by=incoming.pk).count() == 270
    assert Order.objects.filter(customer=None).count() == 9
    assert not queries.is_publishing()


def test_import_computes_what_customers_are_found_by_as_a_person_would_see_it(tmp_path):
    bring(tmp_path, "customers", [customer("1", "ÄRZTEHAUS Straße", email="Info@Haus.example", city="Köln")])
    bring(
        tmp_path,
        "contact_persons",
        [
            {"customer_number": "1", "first_name": "Öznur", "last_name": "Zwei", "email": "o@haus.example"},
            {"customer_number": "1", "first_name": "Kim", "last_name": "Eins", "email": ""},
        ],
    )

    found = Customer.objects.get()

    assert found.search == customers_policy.search_text(found, found.contact_persons.all())
    assert found.search == "ärztehaus straße 1 info@haus.example köln kim eins öznur zwei o@haus.example"


def test_same_file_again_changes_nothing(tmp_path):
    rows = shop()
    bring(tmp_path, "flat", rows)
    before = everything()

    again = bring(tmp_path, "flat", rows)

    assert totals(again) == {"created": 0, "changed": 0, "unchanged": totals(again)["unchanged"], "refused": 0}
    assert totals(again)["unchanged"] > 270
    assert everything() == before
    assert not BeforeImage.objects.exists()


def test_newer_file_updates_by_source_key_and_leaves_the_rest(tmp_path):
    bring(tmp_path, "customers", [customer("1", "Alt", city="Bonn"), customer("2", "Zwei", city="Ulm")])
    two = Customer.objects.get(source="t:2")

    newer = bring(tmp_path, "customers", [customer("1", "Neu", city="Bonn"), customer("3", "Drei", city="")])

    assert newer.counts["customers"] == {"created": 1, "changed": 1, "unchanged": 0, "refused": 0}
    assert list(Customer.objects.order_by("source").values_list("source", "name", "city", "imported_by")) == [
        ("t:1", "Neu", "Bonn", newer.pk),
        ("t:2", "Zwei", "Ulm", two.imported_by),
        ("t:3", "Drei", "", newer.pk),
    ]
    assert Customer.objects.get(source="t:2").updated_at == two.updated_at


def test_column_that_the_file_does_not_have_is_never_overwritten(tmp_path):
    bring(tmp_path, "customers", [customer("1", "Eins", phone="0221", city="Köln")])
    Customer.objects.update(attributes={"Größe": "XL"}, imported_by=None)

    incoming = bring(tmp_path, "customers", [customer("1", "Eins", city="Bonn")])

    one = Customer.objects.get()
    assert (one.phone, one.city, one.attributes, one.imported_by) == ("0221", "Bonn", {"Größe": "XL"}, incoming.pk)


def test_empty_and_unknown_are_two_things(tmp_path):
    bring(tmp_path, "orders", [order("1", channel="", promised_on="", shipping="0")])
    line = {"order_number": "1", "position": "1", "product_number": "", "quantity": "1", "line_net": "5"}
    bring(tmp_path, "lines", [{**line, "line_cost": ""}, {**line, "position": "2", "line_cost": "0"}])

    one = Order.objects.get()
    assert (one.channel, one.promised_on, one.shipping_cents, one.shipping_cost_cents) == ("", None, 0, None)
    assert list(one.lines.order_by("key").values_list("product_id", "cost_cents")) == [(None, None), (None, 0)]


def test_owner_is_found_by_address_and_an_unknown_one_is_flagged(tmp_path, salesperson):
    rows = [
        customer("1", "Eins", owner_email="SVEN@example.org"),
        customer("2", "Zwei", owner_email="nobody@example.org"),
    ]

    incoming = bring(tmp_path, "customers", rows)

    assert list(Customer.objects.order_by("source").values_list("owner_id", flat=True)) == [salesperson.pk, None]
    assert totals(incoming)["refused"] == 0
    assert [(one["code"], one["severity"], one["value"]) for one in incoming.problems] == [
        ("unknown_owner", "flagged", "nobody@example.org")
    ]


def test_reference_to_nothing_known_is_refused_by_row(tmp_path):
    bring(tmp_path, "customers", [customer("1", "Eins")])
    rows = [
        order("A", customer_number="1"),
        order("B", customer_number="9"),
        order("C", customer_number=""),
    ]

    incoming = bring(tmp_path, "orders", rows)

    assert incoming.counts["orders"] == {"created": 2, "changed": 0, "unchanged": 0, "refused": 1}
    assert list(Order.objects.order_by("source").values_list("source", "customer__source")) == [
        ("t:A", "t:1"),
        ("t:C", None),
    ]
    assert queries.problems(incoming) == [
        {
            "row": 3,
            "column": "customer_number",
            "value": "9",
            "code": "unknown_customer",
            "detail": {"source": "t:9"},
            "severity": "refused",
        }
    ]


def test_lines_of_a_refused_order_are_refused_too(tmp_path):
    line = {"position": "1", "product_number": "", "quantity": "1", "line_net": "5"}

    incoming = bring(tmp_path, "lines", [{"order_number": "X9", **line}])

    assert (incoming.status, incoming.counts["lines"]["refused"], Line.objects.count()) == ("done", 1, 0)
    assert [one["code"] for one in incoming.problems] == ["unknown_order"]


def test_keys_of_another_origin_are_other_keys(tmp_path):
    bring(tmp_path, "customers", [customer("1", "Shop")], options={"origin": "shop"})

    bring(tmp_path, "customers", [customer("1", "ERP")], options={"origin": "erp"})

    assert sorted(Customer.objects.values_list("source", "name")) == [("erp:1", "ERP"), ("shop:1", "Shop")]


def test_keys_differ_by_their_bytes(tmp_path):
    numbers = {one: f"Name {at}" for at, one in enumerate(["a", "A", "ä", "Ä", "ae", "ß", "ss", "Z", "z-1", "z1", "é"])}

    incoming = bring(tmp_path, "customers", [customer(*one) for one in numbers.items()])
    again = bring(tmp_path, "customers", [customer(*one) for one in reversed(numbers.items())])

    assert incoming.counts["customers"]["created"] == len(numbers)
    assert again.counts["customers"]["unchanged"] == len(numbers)


def test_order_moves_to_another_customer_and_another_month(tmp_path):
    bring(tmp_path, "customers", [customer("1", "Eins"), customer("2", "Zwei")])
    bring(tmp_path, "orders", [order("A", "2024-03-01", customer_number="1")])
    versions = changed()

    incoming = bring(tmp_path, "orders", [order("A", "2024-07-15", customer_number="2")])

    moved = Order.objects.get()
    assert (moved.customer.source, moved.ordered_on, incoming.counts["orders"]["changed"]) == (
        "t:2",
        date(2024, 7, 15),
        1,
    )
    after = changed()
    assert after["orders:2024-03"] == versions["orders:2024-03"] + 1
    assert after["orders:2024-07"] == 1


def test_moment_is_kept_to_the_second_and_the_day_is_the_local_one(tmp_path):
    bring(tmp_path, "orders", [order("A", "2024-06-30 23:30:15")])

    one = Order.objects.get()

    assert one.ordered_at == datetime(2024, 6, 30, 21, 30, 15, tzinfo=UTC)
    assert one.ordered_on == date(2024, 6, 30)


def test_mirror_is_told_in_the_months_that_are_touched_only(tmp_path):
    rows = [one for one in shop() if one["ordered_at"].startswith(("2024-02", "2024-05"))]
    bring(tmp_path, "flat", rows)

    assert sorted(changed()) == ["customers", "orders:2024-02", "orders:2024-05", "products"]

    before = changed()
    bring(tmp_path, "flat", rows)
    assert changed() == before


def test_person_who_moves_is_found_at_the_new_customer_only(tmp_path):
    bring(tmp_path, "customers", [customer("1", "Eins"), customer("2", "Zwei")])
    person = {"contact_number": "7", "first_name": "Kim", "last_name": "Wandert"}
    bring(tmp_path, "contact_persons", [{"customer_number": "1", **person}])
    assert Customer.objects.get(source="t:1").search == "eins 1 kim wandert"

    incoming = bring(tmp_path, "contact_persons", [{"customer_number": "2", **person}])

    assert ContactPerson.objects.get().customer.source == "t:2"
    assert list(Customer.objects.order_by("source").values_list("search", flat=True)) == [
        "eins 1",
        "zwei 2 kim wandert",
    ]
    assert incoming.counts == {"contact_persons": {"created": 0, "changed": 1, "unchanged": 0, "refused": 0}}


def test_dry_run_counts_and_changes_nothing(tmp_path):
    bring(tmp_path, "flat", shop(orders=30))
    before, ids = everything(), Order.objects.order_by("-pk").first().pk

    incoming = bring(tmp_path, "flat", shop(orders=40), dry_run=True)

    assert (incoming.status, incoming.counts["orders"]) == (
        "checked",
        {"created": 10, "changed": 0, "unchanged": 30, "refused": 0},
    )
    assert everything() == before
    assert factories.order(None, date(2024, 1, 1)).pk == ids + 1


def test_dry_run_can_be_followed_by_the_real_one(tmp_path):
    incoming = bring(tmp_path, "flat", shop(orders=10), dry_run=True)

    services.start(import_id=incoming.pk, now=NOW, dry_run=False)
    done = services.run(import_id=incoming.pk, now=NOW)

    assert (done.status, Order.objects.count()) == ("done", 10)


def test_ids_that_people_take_meanwhile_never_collide(tmp_path):
    bring(tmp_path, "flat", shop(orders=20))
    own = factories.order(factories.customer(), date(2024, 5, 5))

    bring(tmp_path, "flat", shop(orders=60))

    assert Order.objects.filter(pk=own.pk, source=own.source).exists()
    assert Order.objects.count() == 61
    assert factories.order(None, date(2024, 5, 5)).pk > own.pk


def test_price_of_more_rows_than_a_batch_takes_is_right(tmp_path, monkeypatch):
    monkeypatch.setattr(pace, "LARGEST", 70)
    monkeypatch.setattr(pace, "SMALLEST", 7)
    bring(tmp_path, "flat", shop())
    expected = Line.objects.aggregate(cents=Sum("revenue_cents"))

    changed = bring(tmp_path, "flat", shop(cents=1))
    back = bring(tmp_path, "flat", shop())

    assert changed.counts["lines"]["changed"] > 200
    assert back.counts["lines"]["changed"] == changed.counts["lines"]["changed"]
    assert Line.objects.aggregate(cents=Sum("revenue_cents")) == expected


def test_import_that_fails_before_publishing_says_why_and_changes_nothing(tmp_path):
    incoming = queue(write(tmp_path, shop(orders=3)), "flat")
    Import.objects.filter(pk=incoming.pk).update(path=str(tmp_path / "gone.csv"))

    services.run(import_id=incoming.pk, now=NOW)

    incoming.refresh_from_db()
    assert incoming.status == "failed"
    assert incoming.error["code"]
    assert not Order.objects.exists()


def test_import_that_cannot_be_published_is_taken_back(tmp_path, monkeypatch):
    bring(tmp_path, "customers", [customer("K0001", "Schon da")])
    before = meaning()
    monkeypatch.setattr("stammkunde.intake.services.running.PAUSE", services.running.PAUSE * 0)
    incoming = queue(write(tmp_path, shop()), "flat")
    monkeypatch.setattr(FactTable, "mark", _refuse_lines)
    monkeypatch.setattr(FactTable, "mark_rows", lambda table, rows: None)  # so it may be taken back

    done = services.run(import_id=incoming.pk, now=NOW)

    assert (done.status, done.error["code"]) == ("failed", "unexpected")
    assert "no lines today" in done.error["problem"]
    assert meaning() == before
    assert not BeforeImage.objects.exists()


def test_undoing_that_always_fails_is_given_up_and_the_next_import_gets_its_turn(tmp_path, monkeypatch):
    monkeypatch.setattr("stammkunde.intake.services.running.PAUSE", services.running.PAUSE * 0)
    incoming = bring(tmp_path, "flat", shop())
    with monkeypatch.context() as broken:
        broken.setattr(FactTable, "mark_rows", _refuse_lines)
        given_up = undo(incoming)
    left = Line.objects.count()
    later = bring(tmp_path, "customers", [customer("K0001", "Später")])
    undo(later)
    undone = undo(incoming)

    assert (given_up.status, given_up.error["code"], given_up.error["tries"]) == ("done", "undo_failed", 8)
    assert left == 270
    assert later.status == "done"
    assert (undone.status, undone.error) == ("undone", None)
    assert not Line.objects.exists()


def _refuse_lines(table, _what=()):
    if table.name == "lines":
        raise RuntimeError("no lines today")


def test_files_are_kept_until_the_import_is_discarded_and_working_files_are_not(tmp_path, settings):
    incoming = bring(tmp_path, "flat", shop(orders=5))
    folder = queries.checked_dir(incoming)

    assert {path.name for path in folder.iterdir()} <= {
        "header.json",
        "problems.parquet",
        "problems-publish.parquet",
        "raw.parquet",
    }

    undone = undo(incoming)
    services.discard(import_id=undone.pk, now=NOW)
    assert not folder.exists()


def test_counts_are_stored_before_anything_is_published(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(FactTable, "mark", lambda self, months=(): seen.append(json.dumps(Import.objects.get().counts)))

    incoming = bring(tmp_path, "flat", shop(orders=5))

    assert {json.loads(one)["lines"]["created"] for one in seen} == {15}
    assert incoming.counts["lines"]["created"] == 15


def test_products_prices_keep_four_decimals(tmp_path):
    bring(tmp_path, "products", [{"product_number": "1", "product_name": "Schraube", "price": "0.0125", "cost": ""}])

    one = Product.objects.get()

    assert (one.price_e4, one.costs.count()) == (125, 0)


def test_a_file_without_names_keeps_the_names_that_are_known(tmp_path):
    bring(tmp_path, "customers", [{**customer("7", "Muster Handel"), "kind": "company"}])
    line = {"ordered_at": "2024-03-01", "product_number": "A1", "quantity": "1", "unit_price": "5"}

    bring(
        tmp_path,
        "flat",
        [{**line, "order_number": "1", "customer_number": "7"}, {**line, "order_number": "2", "customer_number": "8"}],
    )

    assert list(Customer.objects.order_by("number").values_list("number", "name", "kind")) == [
        ("7", "Muster Handel", "company"),
        ("8", "8", "person"),
    ]


def test_a_file_marks_multipliers_and_one_without_the_column_leaves_them(tmp_path):
    rows = [
        {"customer_number": "1", "customer_name": "Nord", "multiplier": "ja"},
        {"customer_number": "2", "customer_name": "Süd", "multiplier": ""},
    ]
    bring(tmp_path, "customers", rows)
    bring(tmp_path, "customers", [{"customer_number": "1", "customer_name": "Nord GmbH"}])

    found = dict(Customer.objects.values_list("name", "is_multiplier"))
    assert found == {"Nord GmbH": True, "Süd": False}
