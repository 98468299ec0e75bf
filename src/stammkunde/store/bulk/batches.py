"""Statements that touch many rows, in batches, each a short transaction of its own."""

# ruff: noqa: SLF001, S608 (`_meta` is how Django lets a model be asked; table and column names are our own)

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from stammkunde.store.bulk.pace import Pace, rest

ATTEMPTS = 3

Progress = Callable[[int, int], None]


def cut(total: int, *, progress: Progress) -> Iterator[tuple[int, int]]:
    """Cut numbers from 1 to `total` into batches (after, up to) that take less than half a second each."""
    done, pace = 0, Pace()
    progress(done, total)
    while done < total:
        began = time.monotonic()
        yield done, min(done + pace.rows, total)
        done = min(done + pace.rows, total)
        _take_breath(pace, began)
        progress(done, total)


def repeat(sql: str, values: Sequence[Any]) -> None:
    """Run a statement that ends with the largest number of rows to touch, until it touches none."""
    pace, touched = Pace(), -1
    while touched:
        began = time.monotonic()
        touched = run(sql, [*values, pace.rows])
        _take_breath(pace, began)


def delete(model: type[models.Model], *, where: Mapping[str, Any]) -> None:
    """Delete the rows that have these values, by column; repeating is harmless."""
    table, same = model._meta.db_table, " AND ".join(f'"{column}" = %s' for column in where)
    repeat(f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {same} LIMIT %s)", list(where.values()))


def run(sql: str, values: Sequence[Any]) -> int:
    """
    Run one batch in a transaction of its own, and tell how many rows it touched.

    Once more, if a row that others refer to was deleted in the very moment.
    """
    for _attempt in range(ATTEMPTS - 1):
        try:
            return _run(sql, values)
        except IntegrityError:
            continue
    return _run(sql, values)


@transaction.atomic
def _run(sql: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _take_breath(pace: Pace, began: float) -> None:
    seconds = time.monotonic() - began
    pace.note(seconds)
    rest(seconds)
