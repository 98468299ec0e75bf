from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from django.db import connection

from stammkunde.customers.models import Customer
from stammkunde.sales.models import Order
from stammkunde.signals.models import StageChange
from stammkunde.store import bulk
from stammkunde.store.bulk import pace
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 3, 1, 8, 30, 0, 5, tzinfo=UTC)
TEXTS = ["", "plain", 'a "quoted" one', "two\nlines", "comma, semicolon; tab\t", "Ärger 🙂", "NULL", "\\N", " "]


def quiet(done, total):
    """Show nothing."""


def numbered(**columns):
    total = len(next(iter(columns.values())))
    return pa.table({"row": pa.array(range(1, total + 1), pa.int64()), **columns})


def insert(rows, *, model, alike, progress=quiet):
    bulk.insert(rows.to_reader(), total=len(rows), model=model, alike=alike, progress=progress)


def test_insert_keeps_every_text_as_it_is():
    rows = numbered(
        source=[f"t:{n}" for n in range(len(TEXTS))], name=TEXTS, attributes=['{"a": ["b\\"c"]}'] * len(TEXTS)
    )
    alike = {
        "number": "1", "kind": "person", "email": "", "phone": "", "street": "", "postcode": "", "city": "",
        "country": "", "region": "", "industry": "", "segment": "", "search": "", "updated_at": AT,
    }  # fmt: skip
    others = [one.column for one in Customer._meta.local_fields if one.column not in {*alike, *rows.column_names, "id"}]
    usual = factories.customer()
    alike |= {column: Customer.objects.values_list(column, flat=True).get(pk=usual.pk) for column in others}

    insert(rows, model=Customer, alike=alike)

    made = Customer.objects.exclude(pk=usual.pk).order_by("pk")
    assert list(made.values_list("name", flat=True)) == TEXTS
    assert {one.attributes["a"][0] for one in made} == {'b"c'}


def test_insert_keeps_days_moments_numbers_and_what_is_unknown():
    alike = {"number": "1", "channel": "", "status": "open", "updated_at": AT}
    rows = numbered(
        source=["t:1", "t:2"],
        customer_id=pa.array([None, None], pa.int64()),
        ordered_at=pa.array([AT.replace(tzinfo=None)] * 2, pa.timestamp("us")).cast(pa.string()),
        ordered_on=[date(2026, 3, 1), date(1969, 12, 31)],
        promised_on=pa.array([None, date(2026, 3, 9)]),
        shipping_cents=[None, -(2**40)],
    )

    insert(rows, model=Order, alike=alike)

    made = Order.objects.order_by("pk")
    assert [(one.ordered_at, one.ordered_on, one.promised_on, one.shipping_cents) for one in made] == [
        (AT, date(2026, 3, 1), None, None),
        (AT, date(1969, 12, 31), date(2026, 3, 9), -(2**40)),
    ]


def test_insert_leaves_out_what_refers_to_rows_that_were_deleted_meanwhile():
    here, gone = factories.customer(), factories.customer()
    rows = numbered(customer_id=[here.pk, gone.pk], before=["new", "new"], after=["active", "lost"])
    gone.delete()

    insert(rows, model=StageChange, alike={"changed_on": date(2026, 3, 1)})

    assert list(StageChange.objects.values_list("customer_id", "after")) == [(here.pk, "active")]


def test_insert_goes_in_batches_and_tells_how_far_it_is(monkeypatch):
    monkeypatch.setattr(pace, "FIRST", 3)
    monkeypatch.setattr(pace, "LARGEST", 3)
    people, told = [factories.customer().pk for _ in range(8)], []
    rows = numbered(customer_id=people, before=["new"] * 8, after=["lost"] * 8)

    insert(
        rows,
        model=StageChange,
        alike={"changed_on": date(2026, 3, 1)},
        progress=lambda done, total: told.append((done, total)),
    )

    assert list(StageChange.objects.order_by("pk").values_list("customer_id", flat=True)) == people
    assert told == [(0, 8), (3, 8), (6, 8), (8, 8)]


def test_insert_leaves_nothing_beside_the_tables(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    tables = set(connection.introspection.table_names())
    rows = numbered(customer_id=[factories.customer().pk], before=["new"], after=["lost"])

    with pytest.raises(ZeroDivisionError):
        insert(rows, model=StageChange, alike={"changed_on": date(2026, 3, 1)}, progress=lambda done, total: 1 / 0)
    insert(rows, model=StageChange, alike={"changed_on": date(2026, 3, 1)})

    assert set(connection.introspection.table_names()) == tables
    assert list(tmp_path.glob("exchange/*")) == []
