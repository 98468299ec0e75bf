"""What a layout is made of: fields that a file may have, and the tables that they fill."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

TEXT = "text"
KEY = "key"  # identifies a row: 17850.0 becomes 17850
EMAIL = "email"
PHONE = "phone"
NUMBER = "number"
MONEY = "money"
MOMENT = "moment"  # a day, with or without a time of day
DAY = "day"
CURRENCY = "currency"
CHOICE = "choice"


@dataclass(frozen=True, kw_only=True)
class Field:
    """
    One thing that a file may tell us.

    `de` and `en` are the headings of our own templates and the labels on pages; `also` are other headings that are
    recognised. `choices` maps our value to the words that files use for it; a word that is not there is flagged and
    `otherwise` is taken, or refused where one is required and there is no `otherwise`. A cost that says something is `above_nothing`: 0 or less is flagged. An `order_level` field stands, in a shop's export, on one of the order's rows and counts for all.
    """  # noqa: E501

    name: str
    de: str
    en: str
    type: str = TEXT
    also: tuple[str, ...] = ()
    required: bool = False
    max_length: int = 250
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    otherwise: str = ""
    above_nothing: bool = False
    order_level: bool = False
    past: bool = False  # a day that cannot lie ahead
    largest: int = 1_000_000_000  # a number from here on is a mistake
    earliest_year: int = 1990  # a day before it is a mistake
    example: str = ""
    only_with: tuple[str, ...] = ()  # says nothing without one of these fields

    def label(self, language: str) -> str:
        return self.de if language.startswith("de") else self.en


@dataclass(frozen=True, kw_only=True)
class Column:
    """
    A database column: an SQL expression over the typed fields, written only if the file has one of `needs`.

    `empty` is the SQL, over the table's other columns, for what is written when the file says nothing about a row.
    """

    name: str
    sql: str
    needs: tuple[str, ...]
    empty: str = "NULL"


@dataclass(frozen=True, kw_only=True)
class Table:
    """
    A database table that a layout fills: one row per `source`, the latest in `latest` order wins.

    All SQL is over the typed fields; `where` leaves rows out that say nothing about this table.
    """

    name: str
    source: str
    columns: tuple[Column, ...]
    where: str = "true"
    latest: str = "row"
    needs: tuple[str, ...] = ()  # it is made of files only that have one of these fields
    found_by: str = ""  # SQL of the e-mail address by which a row may be found that is there under another key
    unique: bool = False  # the file should name each key once: flag it if it tells different things about one


@dataclass(frozen=True, kw_only=True)
class Layout:
    """
    A kind of file that we understand.

    `marks` are headings that only this kind of file has: they decide between layouts with the same fields.
    `one_of` are groups of fields of which the file must have at least one.
    `functions`, from texts to a text, may be called by their names in the SQL of columns.
    A `foreign` one is what another program writes: it is known by its `marks`, and has no headings but its own.
    """

    name: str
    de: str
    en: str
    fields: tuple[Field, ...]
    tables: tuple[Table, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    marks: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    documents: bool = False  # rows are lines of orders: they are priced, and orders and products follow from them
    foreign: bool = False
    refused: str = ""  # a code: this kind of file is known, and is nothing to import
    spread: bool = False  # fields of the order stand on one of its rows and count for all
    buyer: tuple[str, ...] = ("customer_number", "email")  # which field tells who bought, the first that is known
    packed: str = ""  # a pattern: the columns whose cells hold items of an order, one or many
    functions: tuple[Callable[..., str], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)  # field → SQL over the fields: what the file means by it
    only: str = ""  # SQL over the fields: the rows that mean something; others are set aside

    def label(self, language: str) -> str:
        return self.de if language.startswith("de") else self.en

    def field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.fields if one.required)
