"""What a failed import says of the database is so: on the page, on the command line, to programs."""

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers.models import Customer, Note
from stammkunde.intake import report, services
from stammkunde.intake.models import Import
from stammkunde.sales.models import Line
from stammkunde.store.facts import FactTable
from stammkunde.team import tokens
from tests.intake.bringing import NOW, bring, queue, shop, undo, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr("stammkunde.intake.services.running.PAUSE", services.running.PAUSE * 0)


def customers(*pairs):
    return [{"customer_number": number, "customer_name": name} for number, name in pairs]


def troubled(monkeypatch, *, times):
    """Let writing lines fail so many times; taking them back works."""
    left = [times]

    def mark(table, _months=()):
        if table.name == "lines" and left[0]:
            left[0] -= 1
            raise RuntimeError("no lines today")

    monkeypatch.setattr(FactTable, "mark", mark)
    monkeypatch.setattr(FactTable, "mark_rows", lambda table, rows: None)


def page(client, administrator, incoming):
    administrator.language = "en"
    administrator.save()
    client.force_login(administrator)
    return client.get(reverse("import", args=[incoming.pk])).content.decode()


def test_trouble_that_was_overcome_is_no_failure(tmp_path, monkeypatch, client, administrator):
    incoming = queue(write(tmp_path, shop(orders=20)), "flat")
    troubled(monkeypatch, times=1)

    done = services.run(import_id=incoming.pk, now=NOW)

    assert (done.status, done.error, Line.objects.count()) == ("done", None, 60)
    assert report.of(done).written == sum(one["created"] for one in done.counts.values()) > 60
    shown = page(client, administrator, done)
    assert "Imported." in shown
    assert "unchanged." not in shown


def test_failed_import_that_was_taken_back_whole_says_so(tmp_path, monkeypatch, client, administrator):
    incoming = queue(write(tmp_path, shop(orders=20)), "flat")
    troubled(monkeypatch, times=99)

    failed = services.run(import_id=incoming.pk, now=NOW)

    assert (failed.status, report.of(failed).written, Customer.objects.count()) == ("failed", 0, 0)
    assert "Your data is unchanged." in page(client, administrator, failed)


def test_failed_import_says_how_many_rows_others_have_taken_up(tmp_path, monkeypatch, client, administrator):
    bring(tmp_path, "customers", customers(("K0002", "Schon da")))
    incoming = queue(write(tmp_path, shop(orders=20)), "flat")

    def people_work():
        new, old = Customer.objects.get(source="t:K0001"), Customer.objects.get(source="t:K0002")
        Note.objects.create(customer=new, text="Ruft zurück", created_at=NOW)
        Customer.objects.filter(pk=old.pk).update(city="Bonn", imported_by=None)

    tries, publish = [], services.running.Publishing.run

    def run(publishing):
        tries.append(publishing)
        try:
            publish(publishing)
        finally:
            if len(tries) == services.running.TRIES:
                people_work()

    monkeypatch.setattr(services.running.Publishing, "run", run)
    troubled(monkeypatch, times=99)

    failed = services.run(import_id=incoming.pk, now=NOW)

    assert (failed.status, failed.error["code"], failed.error["left"]) == ("failed", "unexpected", 2)
    assert set(Customer.objects.values_list("source", "city")) == {("t:K0001", "Köln"), ("t:K0002", "Bonn")}
    shown = page(client, administrator, failed)
    assert "2 rows of it are in the database." in shown
    assert "unchanged." not in shown


def test_changed_row_that_somebody_took_up_while_it_was_undone_is_counted(tmp_path):
    bring(tmp_path, "customers", customers(("1", "Eins"), ("2", "Zwei")))
    later = bring(tmp_path, "customers", customers(("1", "Neu"), ("2", "Neu")))
    services.undo(import_id=later.pk, now=NOW)
    Customer.objects.filter(source="t:1").update(name="Von Hand", imported_by=None)

    undone = services.run(import_id=later.pk, now=NOW)

    assert (undone.status, undone.error) == ("undone", {"code": "partly_undone", "rows": 1})
    assert set(Customer.objects.values_list("name", flat=True)) == {"Von Hand", "Zwei"}


def test_programs_are_told_what_was_written(tmp_path, client, administrator):
    incoming = bring(tmp_path, "customers", customers(("1", "Eins"), ("2", "Zwei")))
    token = tokens.create(staff=administrator, name="shop", now=timezone.now())

    headers = {"Authorization": f"Bearer {token}"}

    def written():
        return client.get(f"/api/v1/imports/{incoming.pk}", headers=headers).json()["written"]

    said = [written()]
    undo(incoming)
    said.append(written())
    Import.objects.filter(pk=incoming.pk).update(status="undoing")
    said.append(written())

    assert said == [2, 0, None]
