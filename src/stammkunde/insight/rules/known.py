"""The vocabulary of rules as plain data: which fields a customer has, which tables tell what happened."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "whole", "real", "cents", "share", "day", "flag"]
NUMBERS = ("whole", "real", "cents", "share")

_NUMERIC = (">=", "<=", ">", "<", "between")
_RANKED = ("top %", "bottom %")
_OF_ALL = ("is known", "is unknown")
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "text": ("is", "is none of", "begins with", "contains", *_OF_ALL),
    "day": ("within", "is", *_NUMERIC, *_OF_ALL),
    "flag": ("is", *_OF_ALL),
    **dict.fromkeys(NUMBERS, ("is", "is none of", *_NUMERIC, *_RANKED, *_OF_ALL)),
}
RANKED = _RANKED


@dataclass(frozen=True)
class Column:
    """
    A column that rules may ask.

    Args:
        name: of the column of a table; of a field of the customer, with its family: `customer.country`.
        kind: text (empty: unknown), whole, real, cents (whole), share (0 to 1), day (since 1970-01-01) or flag.
        history: whether it is known what it said on a past day.
        snapshot: whether it says what the last snapshot said, and never changes within the minute.
        personal: whether its value may be whoever looks.
        counted: from which of the days of `World.until` it is counted back, by name; empty: from today.
    """

    name: str
    kind: Kind
    history: bool = False
    snapshot: bool = False
    personal: bool = False
    counted: str = ""


@dataclass(frozen=True)
class Table:
    """
    A table that tells what happened: a frame of customer_id, the key, the day and the columns.

    Args:
        name: of the table.
        columns: what rules may ask of a row; the day is one of them where rules may ask it.
        key: the column with the row's own whole number below 2^40; it decides between rows of one day.
        day: the column with the day on which it happened, or became known; empty: rows have none.
        below: table → the own column with the key of that table's row: an order's lines.
        history: whether rows stay as they were on a past day.
    """

    name: str
    columns: tuple[Column, ...]
    key: str = "id"
    day: str = "day"
    below: Mapping[str, str] = field(default_factory=dict, hash=False)
    history: bool = True

    def column(self, name: str) -> Column | None:
        """
        Find a column.

        Args:
            name: of the column.

        Returns:
            the column, or None where the table has none of that name.
        """
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, eq=False)
class Known:
    """
    All that rules may ask.

    Args:
        tables: what happened.
        fields: columns of the customer.
        segments: the numbers of segments that a rule may name.
        plays: the numbers of plays that a rule may name.
        moments: the names of moments after which a rule may count: `entry`, `step:letter`.
        same: the names of tables whose rows may be about the thing that it is about: an order.
    """

    tables: Mapping[str, Table]
    fields: Mapping[str, Column]
    segments: Collection[int] = ()
    plays: Collection[int] = ()
    moments: Collection[str] = ()
    same: Collection[str] = ()


def of(
    tables: Collection[Table],
    fields: Collection[Column],
    *,
    segments: Collection[int] = (),
    plays: Collection[int] = (),
    moments: Collection[str] = (),
    same: Collection[str] = (),
) -> Known:
    """
    Put a vocabulary together.

    Args:
        tables: what happened.
        fields: columns of the customer.
        segments: the numbers of segments that a rule may name.
        plays: the numbers of plays that a rule may name.
        moments: the names of moments after which a rule may count.
        same: the names of tables whose rows may be about the thing that it is about.

    Returns:
        the vocabulary, by name.
    """
    named = {table.name: table for table in tables}
    members = frozenset(segments), frozenset(plays)
    return Known(named, {one.name: one for one in fields}, *members, frozenset(moments), frozenset(same))


def column_of(name: str) -> str:
    """
    Name the column of the frame of customers that holds a field: engines read a dot as a way into a structure.

    Args:
        name: of the field, as `customer.country`.

    Returns:
        the column, as `customer__country`.
    """
    return name.replace(".", "__")


def kind_of(measure: str, column: Column | None) -> Kind:
    """
    Tell what kind of value a measure gives.

    Args:
        measure: its name.
        column: what it measures; None where it counts rows.

    Returns:
        the kind.
    """
    fixed: dict[str, Kind] = {
        "count": "whole",
        "days": "whole",
        "share": "share",
        "gap": "real",
        "first": "day",
        "last": "day",
    }
    if measure in fixed:
        return fixed[measure]
    kind = column.kind if column else "real"
    return "real" if measure == "avg" and kind == "whole" else kind
