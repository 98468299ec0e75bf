import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection

from stammkunde.signals import working
from stammkunde.store import statistics
from tests import factories
from tests.signals import forecasting

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def known(table):
    """How many rows the database believes a table to have; None where it never looked."""
    sql = {
        "sqlite": "SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = %s",
        "postgresql": "SELECT max(reltuples)::int FROM pg_class WHERE relname = %s AND reltuples >= 0",
    }
    with connection.cursor() as cursor:
        cursor.execute(sql[connection.vendor], [table])
        return cursor.fetchone()[0]


def test_worker_lets_the_database_look_at_its_tables_once_after_a_refresh():
    shown = forecasting.generation()
    for _ in range(3):
        forecasting.signal(shown)

    assert working.gather_statistics(now=NOW) is True
    assert known("signals_customersignal") == known("customers_customer") == 3
    assert working.gather_statistics(now=NOW) is False

    factories.customer()
    shown.pk = None
    shown.save()
    working.queries.Current.objects.update(generation=shown)
    assert working.gather_statistics(now=NOW) is True
    assert known("customers_customer") == 4


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL locks no database")
def test_database_that_is_locked_is_looked_at_later():
    forecasting.signal(forecasting.generation())
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            working.gather_statistics(now=NOW)
        other.execute("ROLLBACK")

    assert working.gather_statistics(now=NOW) is True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone()[0] > statistics.PATIENCE_MS
