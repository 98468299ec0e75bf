from types import SimpleNamespace

import psycopg.conninfo
import pytest
from django.db import connection

from stammkunde.store import bulk
from stammkunde.store.bulk import addresses

GIVEN = {"NAME": "shop", "USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "OPTIONS": {}}


@pytest.fixture
def described(monkeypatch):
    def describe(**given):
        monkeypatch.setattr(addresses, "connection", SimpleNamespace(settings_dict=GIVEN | given))
        return psycopg.conninfo.conninfo_to_dict(bulk.address())

    return describe


def test_address_names_the_database_and_leaves_open_what_is_not_given(described):
    assert described() == {"dbname": "shop"}


def test_address_survives_whatever_a_password_holds(described):
    given = described(USER="o'brien", PASSWORD="a b'c\\d@e:f/g%20?", HOST="::1", PORT=5433)

    assert given == {
        "dbname": "shop",
        "user": "o'brien",
        "password": "a b'c\\d@e:f/g%20?",
        "host": "::1",
        "port": "5433",
    }


def test_address_passes_options_along_that_postgresql_understands(described):
    options = {"sslmode": "require", "sslrootcert": "/etc/ca.pem", "connect_timeout": 5}

    given = described(OPTIONS={**options, "pool": True, "isolation_level": 2, "server_side_binding": True})

    assert given == {"dbname": "shop", "sslmode": "require", "sslrootcert": "/etc/ca.pem", "connect_timeout": "5"}


@pytest.mark.postgres
@pytest.mark.django_db
def test_address_leads_both_drivers_to_the_database_of_the_tests():
    import adbc_driver_postgresql.dbapi as adbc  # noqa: PLC0415 (only here)

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (ours,) = cursor.fetchone()

    with adbc.connect(bulk.address()) as own, own.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone() == (ours,)
