import json
from datetime import UTC, date, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from stammkunde.customers.models import Customer
from stammkunde.sales.models import Line, Order, Product
from stammkunde.store import bulk
from stammkunde.store.bulk import lookups
from tests import factories

KINDS = {
    "id": "whole",
    "ordered_at": "moment",
    "ordered_on": "day",
    "promised_on": "day",
    "shipping_cents": "whole",
}

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 3, 1, 0, 30, 0, 5, tzinfo=timezone(timedelta(hours=1)))


def read(rows):
    with rows as found:
        return found.read_all().to_pylist()


def with_keys(model, keys, *, by="source", columns=None):
    given = pa.table({"key": keys}).to_reader()
    return read(bulk.rows_with(model, columns=columns or {by: "text"}, by=by, keys=given))


def test_rows_come_alike_out_of_both_databases():
    made = factories.order(None, date(2026, 3, 1), ordered_at=AT, source="t:1", shipping_cents=-(2**40))
    factories.customer(source="t:2", name="", attributes={"Größe": "M"})

    (order,) = read(bulk.rows_of(Order, columns=KINDS))
    assert order["id"] == made.pk
    assert datetime.fromisoformat(order["ordered_at"]).replace(tzinfo=UTC) == AT
    assert order["ordered_on"] == "2026-03-01"
    assert [order["promised_on"], order["shipping_cents"]] == [None, -(2**40)]

    (person,) = read(bulk.rows_of(Customer, columns={"name": "text", "attributes": "json"}))
    assert person["name"] == ""
    assert json.loads(person["attributes"]) == {"Größe": "M"}


def test_rows_with_keys_are_those_and_no_others(monkeypatch):
    monkeypatch.setattr(lookups, "ROWS_AT_ONCE", 2)
    names = sorted(factories.product(source=f"t:{name}").source for name in ("a", "b", "c", "d", "e", "Ä"))

    found = with_keys(Product, sorted([*names[:5], "t:nobody"]))

    assert sorted(one["source"] for one in found) == names[:5]


def test_rows_with_keys_are_found_by_numbers_too():
    orders = [factories.order(None, date(2026, 3, day)).pk for day in (1, 2, 3)]

    found = with_keys(
        Line, pa.array(orders[:2], pa.int64()), by="order_id", columns={"order_id": "whole", "quantity": "real"}
    )

    assert sorted(one["order_id"] for one in found) == orders[:2]
    assert {one["quantity"] for one in found} == {1.0}


def test_no_keys_find_nothing_and_the_shape_stays():
    factories.product()

    with bulk.rows_with(
        Product,
        columns={"name": "text", "price_e4": "whole"},
        by="source",
        keys=pa.table({"key": pa.array([], pa.string())}).to_reader(),
    ) as rows:
        assert rows.read_all().schema == pa.schema([("name", pa.string()), ("price_e4", pa.int64())])
