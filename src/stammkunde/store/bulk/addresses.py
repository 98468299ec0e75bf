"""Where Django's database is, for programs beside Django."""

from typing import Any

import psycopg.conninfo
import psycopg.pq
from django.db import connection

_NAMES = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}


def address() -> str:
    """
    Write the address of Django's PostgreSQL database, which is another one during tests.

    Whatever else the settings say and PostgreSQL's own library understands, such as `sslmode`, comes along.
    """
    given = connection.settings_dict
    understood = {one.keyword.decode() for one in psycopg.pq.Conninfo.get_defaults()}
    options: dict[str, Any] = given.get("OPTIONS") or {}
    parts = {name: value for name, value in options.items() if name in understood}
    parts |= {name: given[key] for key, name in _NAMES.items()}
    return psycopg.conninfo.make_conninfo(**{name: value for name, value in parts.items() if value not in {None, ""}})
