"""Whoever writes facts notes whom they are about, in the same transaction."""

import pytest
from django.db import transaction

from stammkunde.contacts import services as contacts
from stammkunde.customers import services as customers
from stammkunde.customers.models import Customer
from stammkunde.store import touched
from stammkunde.store.models import Touched
from stammkunde.tasks import services as tasks
from stammkunde.tasks.services import Content
from tests import factories
from tests.intake.bringing import NOW, bring, shop, undo

pytestmark = pytest.mark.django_db(transaction=True)


def noted():
    return sorted((one.customer_id or 0, one.because) for one in Touched.objects.all())


def test_contacts_customers_and_tasks_name_whom_they_are_about(administrator):
    customer = factories.customer()
    said = contacts.Said(source="t:1", customer_id=customer.pk, channel="phone", happened_at=NOW)
    with transaction.atomic():
        contacts.record_all([said], now=NOW)
    customers.change_customer(customer_id=customer.pk, fields={"city": "Kiel"}, now=NOW, staff=administrator)
    task = tasks.add(Content(title="Anrufen"), staff=administrator, customer=customer, now=NOW)
    tasks.finish(task_id=task.pk, staff=administrator, finished_at=NOW)
    complaint = tasks.add(Content(title="Klage", is_complaint=True), staff=administrator, customer=customer, now=NOW)

    assert noted() == [
        (customer.pk, f"complaints:{complaint.pk}"),
        (customer.pk, "contacts:t:1"),
        (customer.pk, f"customers:{customer.pk}"),
        (customer.pk, f"tasks:{task.pk}"),
    ]


def test_what_is_not_committed_notes_nobody():
    customer = factories.customer()
    said = contacts.Said(source="t:1", customer_id=customer.pk, channel="phone", happened_at=NOW)
    with transaction.atomic():
        contacts.record_all([said], now=NOW)
        transaction.set_rollback(True)
    assert noted() == []


def test_an_import_and_its_undo_name_their_customers_while_these_are_few(tmp_path, monkeypatch):
    incoming = bring(tmp_path, "flat", shop(customers=4, orders=8))
    everybody = set(Customer.objects.values_list("pk", flat=True))
    assert set(noted()) == {(pk, f"import:{incoming.pk}") for pk in everybody}

    Touched.objects.all().delete()
    undo(incoming)
    assert set(noted()) == {(pk, f"undo:{incoming.pk}") for pk in everybody}

    Touched.objects.all().delete()
    monkeypatch.setattr(touched, "MOST", 1)
    many = bring(tmp_path, "flat", shop(customers=4, orders=8))
    assert set(noted()) == {(0, f"import:{many.pk}")}
    undo(many)
    assert set(noted()) == {(0, f"import:{many.pk}"), (0, f"undo:{many.pk}")}


def test_an_order_that_moves_to_another_customer_names_both(tmp_path):
    order = {
        "order_number": "A", "ordered_at": "2026-11-10", "product_number": "P", "quantity": 1, "unit_price": "2.00",
    }  # fmt: skip
    bring(tmp_path, "flat", [order | {"customer_number": "1"}])
    Touched.objects.all().delete()
    incoming = bring(tmp_path, "flat", [order | {"customer_number": "2"}])
    both = Customer.objects.filter(source__in=["t:1", "t:2"]).values_list("pk", flat=True)
    assert len(both) == 2
    assert set(noted()) == {(pk, f"import:{incoming.pk}") for pk in both}
