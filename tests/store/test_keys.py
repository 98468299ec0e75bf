"""Keys of empty tables are off while a first import fills them, and all there afterwards, whatever happens."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from stammkunde.intake import services
from stammkunde.intake.models import Import
from stammkunde.sales.models import Line, Order
from stammkunde.store.bulk import keys
from stammkunde.store.models import TakenOff
from tests.intake.bringing import bring, queue, shop, undo, write

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


class Killed(BaseException):
    """A worker is gone."""


@pytest.fixture(autouse=True)
def _few_rows_are_many(monkeypatch):
    monkeypatch.setattr(keys, "FEWEST_ROWS", 1)


def secondary(model) -> dict[str, str]:
    """Give indexes and foreign keys of a table with what they are; one that is not valid says so."""
    table = model._meta.db_table
    valid = "CASE WHEN indisvalid THEN '' ELSE '!' END"
    indexes = f"SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) || {valid} FROM pg_index WHERE indrelid"
    constraints = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid"
    found = {}
    for query in (indexes, constraints):
        with connection.cursor() as cursor:
            cursor.execute(f"{query} = %s::regclass", [table])
            found |= dict(cursor.fetchall())
    return found


def test_keys_are_off_while_a_first_import_writes_and_are_all_there_afterwards(tmp_path, monkeypatch):
    before, seen = secondary(Line), []
    note = keys.put_back
    monkeypatch.setattr(keys, "put_back", lambda: (seen.append(secondary(Line)), note()))

    incoming = bring(tmp_path, "flat", shop())

    assert incoming.status == "done"
    gone = before.keys() - seen[0].keys()
    assert any("FOREIGN KEY" in before[name] for name in gone)
    assert any("INDEX" in before[name] for name in gone)
    assert not any("UNIQUE" in before[name] or "PRIMARY" in before[name] for name in gone)
    assert secondary(Line) == before
    assert not TakenOff.objects.exists()


def test_tables_with_rows_keep_their_keys(tmp_path, monkeypatch):
    bring(tmp_path, "flat", shop(orders=3))
    seen = []
    monkeypatch.setattr(keys, "are_missing", lambda: seen.append(TakenOff.objects.exists()))

    bring(tmp_path, "flat", shop())

    assert seen[0] is False


def test_worker_that_goes_on_after_a_kill_puts_them_back(tmp_path, monkeypatch):
    before = secondary(Line) | secondary(Order)
    incoming = queue(write(tmp_path, shop()), "flat", now=timezone.now())
    with monkeypatch.context() as patch:
        patch.setattr(keys, "put_back", die)
        with pytest.raises(Killed):
            services.run(import_id=incoming.pk, now=timezone.now())
    assert TakenOff.objects.exists()

    later = timezone.now() + timedelta(minutes=30)
    done = services.run(import_id=incoming.pk, now=later)

    assert done.status == "done"
    assert secondary(Line) | secondary(Order) == before


def test_whoever_finds_nothing_to_do_puts_back_what_is_missing_once_nobody_publishes(tmp_path):
    before = secondary(Order)
    keys.take_off([Order])
    missing = secondary(Order)
    busy = Import.objects.create(status="publishing", layout="flat", created_at=timezone.now(), leased_by="x")
    Import.objects.filter(pk=busy.pk).update(lease_until=timezone.now() + services.running.PAUSE * 100)

    services.sweep(now=timezone.now())
    assert secondary(Order) == missing
    busy.delete()
    services.sweep(now=timezone.now())

    assert secondary(Order) == before != missing


def test_putting_back_goes_on_where_it_was_broken_off(tmp_path, monkeypatch):
    before = secondary(Order)
    keys.take_off([Order])
    with monkeypatch.context() as patch:
        patch.setattr(keys, "_refer_again", die)
        with pytest.raises(Killed):
            keys.put_back()

    keys.put_back()

    assert secondary(Order) == before


def test_row_that_refers_to_nothing_is_told_and_the_key_stays_noted(tmp_path):
    before = secondary(Line)
    keys.take_off([Line])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sales_line (order_id, key, kind, quantity, revenue_cents) VALUES (77, '1', 'sale', 1, 1)"
        )

    with pytest.raises(IntegrityError):
        keys.put_back()
    assert TakenOff.objects.exists()
    Line.objects.all().delete()
    keys.put_back()

    assert secondary(Line) == before


def test_undoing_a_first_import_leaves_tables_as_they_were(tmp_path):
    before = secondary(Line)

    undo(bring(tmp_path, "flat", shop()))

    assert (Line.objects.count(), secondary(Line)) == (0, before)


def die(*_given):
    raise Killed
