"""Ids for new rows, taken from the database beforehand, so that rows can refer to each other before they are in it."""

from collections.abc import Sequence

from django.db import connection, models, transaction

TRIES = 20


class NoIds(Exception):
    """No unbroken run of ids was to be had, because too many rows were being written beside us."""


def reserve(model: type[models.Model], count: int) -> int:
    """Reserve `count` ids that nobody else will get, and give the number before the first."""
    table = model._meta.db_table  # noqa: SLF001 (`_meta` is how Django lets a model be asked)
    return _from_sequence(table, count) if connection.vendor == "postgresql" else _from_counter(table, count)


def numbers(model: type[models.Model], count: int) -> Sequence[int]:
    """Give `count` ids that nobody else will get, ascending; others may have some between them."""
    table = model._meta.db_table  # noqa: SLF001
    if connection.vendor != "postgresql":
        first = _from_counter(table, count) + 1
        return range(first, first + count)
    sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    with connection.cursor() as cursor:
        cursor.execute(sql, [f'"{table}"', count])
        return [int(number) for (number,) in cursor.fetchall()]


def _from_counter(db_table: str, count: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT %s, 0 "
            "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s)",
            [db_table, db_table],
        )
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [count, db_table])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [db_table])
        return int(cursor.fetchone()[0]) - count


def _from_sequence(db_table: str, count: int) -> int:
    """Draw from the sequence until the numbers come without a gap: somebody else may draw at the same time."""
    sql = (
        "SELECT min(id), max(id) FROM "
        "(SELECT nextval(pg_get_serial_sequence(%s, 'id')) AS id FROM generate_series(1, %s)) AS drawn"
    )
    for _try in range(TRIES):
        with connection.cursor() as cursor:
            cursor.execute(sql, [f'"{db_table}"', count])
            first, last = cursor.fetchone()
        if last - first + 1 == count:
            return int(first) - 1
    raise NoIds(db_table)
