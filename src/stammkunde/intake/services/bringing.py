"""Rows that a program brings: checked, compared and published as a file's rows are, and taken back like them."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from stammkunde.intake import layouts
from stammkunde.intake.check.given import LIVE
from stammkunde.intake.models import Import
from stammkunde.intake.services.receiving import receive
from stammkunde.intake.services.requests import start
from stammkunde.team.models import Staff

MOST_ROWS = 10_000  # of one call; whoever has more sends a file

# How values are written here: a program that hands rows in is never asked.
_WRITTEN = {"date_order": "ymd", "decimal": ".", "price_basis": "net", "price_of": "unit", "discounts": "positive"}


class NoRows(Exception):
    """Nothing was brought."""


class TooManyRows(Exception):
    """More rows than one call takes."""

    def __init__(self, *, rows: int) -> None:
        super().__init__(f"{rows} rows are more than the {MOST_ROWS} that one call takes. Send a file.")


class UnknownFields(Exception):
    """A row has fields that this kind of row has not."""

    def __init__(self, names: Sequence[str], *, known: Sequence[str]) -> None:
        super().__init__(f"There is no field {', '.join(map(repr, names))}. There are: {', '.join(known)}.")


def bring(
    *, layout: str, rows: Sequence[Mapping[str, Any]], name: str, origin: str, now: datetime, staff: Staff | None = None
) -> Import:
    """
    Queue rows as an import of their own; the same rows again change nothing, as their keys say which are meant.

    Args:
        layout: the kind of row, see `layouts.known`.
        rows: by our own field names; what a field says is read as in a file.
        name: what the import is called where it is listed.
        origin: whose keys these are, so that two programs' numbers never meet.
        now: the moment.
        staff: on whose behalf; None for the company itself.

    :raises UnknownLayout: if there is no such kind of row
    :raises NoRows: if there is none
    :raises TooManyRows: if there are too many for one call
    :raises UnknownFields: if a row has a field that this kind of row has not
    """
    fields = [one.name for one in layouts.get(layout).fields]
    _check(rows, fields=fields)
    given = [name for name in fields if any(row.get(name) is not None for row in rows)]
    text = "".join(json.dumps(dict.fromkeys(given) | dict(row), ensure_ascii=False, default=str) + "\n" for row in rows)
    received = receive(
        now=now,
        file_name=f"{name}.jsonl",
        file=io.BytesIO(text.encode()),
        staff=staff,
        layout=layout,
        columns={one: one for one in given},
        options=_WRITTEN | {"origin": origin, LIVE: True} | {f"decimal:{one}": "." for one in given},
    )
    if received.status != Import.Status.UPLOADED:
        return received
    return start(import_id=received.pk, now=now, staff=staff)


def _check(rows: Sequence[Mapping[str, Any]], *, fields: Sequence[str]) -> None:
    if not rows:
        raise NoRows
    if len(rows) > MOST_ROWS:
        raise TooManyRows(rows=len(rows))
    strange = sorted({name for row in rows for name in row} - set(fields))
    if strange:
        raise UnknownFields(strange, known=fields)
