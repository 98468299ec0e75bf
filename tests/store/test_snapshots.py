import threading
from datetime import date

import pytest
from django.db import connection

from stammkunde.sales.models import Product
from stammkunde.store import bulk
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = "SELECT count(*) FROM sales_product"


def elsewhere(do):
    """Do something on a connection of its own, as another process does."""

    def run():
        try:
            do()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_snapshot_sees_one_moment_whatever_others_write_meanwhile():
    factories.product(name="Ä")
    with bulk.snapshot() as look:
        assert look.fetch(COUNT) == [(1,)]

        elsewhere(factories.product)
        elsewhere(lambda: Product.objects.filter(name="Ä").update(name="B"))

        assert look.fetch(COUNT) == [(1,)]
        look.take({"goods": "SELECT name, price_e4 FROM sales_product"})
        assert look.rows("goods").read_all().to_pylist() == [{"name": "Ä", "price_e4": None}]
    assert Product.objects.count() == 2


def test_snapshot_gives_several_tables_and_large_ones_bit_by_bit():
    for _ in range(3):
        factories.product()

    with bulk.snapshot() as look:
        many = "SELECT a.id FROM sales_product a, sales_product b, sales_product c"
        look.take(
            {"few": "SELECT id FROM sales_product", "many": many, "none": "SELECT id FROM sales_product WHERE id < 0"}
        )
        assert [sum(len(batch) for batch in look.rows(name)) for name in ("many", "none", "few")] == [27, 0, 3]


def test_snapshot_counts_days_alike_on_both_databases():
    factories.order(None, on=date(1970, 1, 11))

    with bulk.snapshot() as look:
        assert look.fetch(f"SELECT {look.day('ordered_on')}, {look.day('promised_on')} FROM sales_order") == [
            (10, None)
        ]


def test_snapshot_lets_others_write_at_once():
    with bulk.snapshot() as look:
        look.fetch(COUNT)
        elsewhere(factories.product)
        look.take({"goods": "SELECT id FROM sales_product"})
        elsewhere(factories.product)
        assert look.rows("goods").read_all().num_rows == 0
    assert Product.objects.count() == 2
