from threading import Thread

import pytest
from django.db import connections
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.store.prepared import Prepared
from tests import factories


@pytest.mark.django_db
def test_rows_come_anew_though_the_query_is_put_into_sql_once(monkeypatch):
    rows = Prepared(ContactPerson.objects.select_related("customer").filter(first_name="Eva").order_by("pk"))
    assert list(rows) == []
    customer = factories.customer(name="Alt")
    eva = ContactPerson.objects.create(customer=customer, source=1, first_name="Eva", updated_at=timezone.now())
    monkeypatch.setattr(SQLCompiler, "pre_sql_setup", None)  # whoever puts a query together now fails
    assert [(one, one.customer.name) for one in rows] == [(eva, "Alt")]
    monkeypatch.undo()
    Customer.objects.update(name="Neu")
    assert [one.customer.name for one in rows] == ["Neu"]


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_through_its_own_connection():
    factories.customer(name="Alt")
    rows, said = Prepared(Customer.objects.filter(name="Alt")), []
    assert len(list(rows)) == 1

    def ask():
        said.extend(rows)
        connections.close_all()

    other = Thread(target=ask)
    other.start()
    other.join()
    assert [one.name for one in said] == ["Alt"]
