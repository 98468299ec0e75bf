"""The columns of a table: what each is called, what stands in it, and who may see it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from stammkunde.ui.tables.cells import TEXTS


@dataclass(frozen=True, kw_only=True)
class Column:
    """
    A column: its heading, what its cells are (one of `UNITS`), and how a row is asked for one.

    `key` names it in addresses and for programs; where `read` says nothing else, it is also the attribute that is read
    ("customer.name" goes on from there; what leads nowhere is unknown). `right` keeps it from whoever lacks that. On a
    page, `sort` is the field of the database by which it sorts (none: it does not), `template` writes a cell that needs
    more than its value (it gets `value` and `row`), and `classes` are those of its cells.
    """

    label: str | Promise
    unit: str = "text"
    key: str = ""
    read: Callable[[Any], Any] | None = None
    right: str = ""
    sort: str = ""
    template: str = ""
    classes: str = ""

    @property
    def is_number(self) -> bool:
        return self.unit not in TEXTS | {"day", "moment"}

    @property
    def begins_high(self) -> bool:
        """Say whether one looks for the highest or latest first."""
        return self.unit not in TEXTS

    def value(self, row: Any) -> Any:
        """Give what stands in this column of a row."""
        if self.read is not None:
            return self.read(row)
        for name in self.key.split("."):
            row = getattr(row, name, None)
        return row


def seen(columns: Iterable[Column], *, may: Callable[[str], bool]) -> list[Column]:
    """Give the columns that somebody with these rights may see."""
    return [column for column in columns if not column.right or may(column.right)]


def cells(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Give the cells row by row."""
    return ([column.value(row) for column in columns] for row in rows)


def records(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Give the rows for programs: what is called how."""
    return ({column.key: column.value(row) for column in columns} for row in rows)
