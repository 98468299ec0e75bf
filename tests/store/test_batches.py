import pytest
from django.db import IntegrityError, connection

from stammkunde.sales.models import Product
from stammkunde.store import bulk
from stammkunde.store.bulk import batches, pace
from tests import factories


def test_batches_cover_every_number_once(monkeypatch):
    monkeypatch.setattr(pace, "FIRST", 4)
    monkeypatch.setattr(pace, "LARGEST", 7)
    told = []

    found = list(bulk.cut(20, progress=lambda done, total: told.append((done, total))))

    assert found == [(0, 4), (4, 11), (11, 18), (18, 20)]
    assert told == [(0, 20), (4, 20), (11, 20), (18, 20), (20, 20)]


def test_batches_of_nothing_are_none():
    assert list(bulk.cut(0, progress=lambda done, total: None)) == []


@pytest.mark.django_db
def test_delete_takes_the_rows_with_these_values_and_no_others(monkeypatch):
    monkeypatch.setattr(pace, "FIRST", 2)
    monkeypatch.setattr(pace, "LARGEST", 2)
    for _ in range(5):
        factories.product(category="gone", kind="other")
    kept = {factories.product(category="gone").pk, factories.product(kind="other").pk}

    bulk.delete(Product, where={"category": "gone", "kind": "other"})
    bulk.delete(Product, where={"category": "gone", "kind": "other"})

    assert set(Product.objects.values_list("pk", flat=True)) == kept


@pytest.mark.django_db
def test_repeat_ends_when_nothing_is_left_to_touch(monkeypatch):
    monkeypatch.setattr(pace, "FIRST", 1)
    monkeypatch.setattr(pace, "LARGEST", 2)
    for _ in range(5):
        factories.product(category="old")

    some = "SELECT id FROM sales_product WHERE category = %s LIMIT %s"
    bulk.repeat(f"UPDATE sales_product SET category = 'new' WHERE id IN ({some})", ["old"])

    assert Product.objects.filter(category="new").count() == 5


@pytest.mark.django_db
def test_run_tries_again_and_gives_up_after_some_times(monkeypatch):
    tries = []

    def fails(sql, values):
        tries.append(values)
        if len(tries) % 3:
            raise IntegrityError
        return 7

    monkeypatch.setattr(batches, "_run", fails)
    assert bulk.run("…", [1]) == 7
    assert len(tries) == 3

    monkeypatch.setattr(batches, "ATTEMPTS", 2)
    with pytest.raises(IntegrityError):
        bulk.run("…", [1])


@pytest.mark.django_db(transaction=True)
def test_run_leaves_nothing_of_a_batch_that_fails():
    with pytest.raises(IntegrityError):
        bulk.run("INSERT INTO store_change (part, version) VALUES ('twice', 1), ('twice', 2)", [])

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM store_change WHERE part = 'twice'")
        assert cursor.fetchone() == (0,)
