# ruff: noqa: SLF001 (`_meta` is how Django lets a model be asked)
"""
What a table of facts says of itself, so that import, mirror and undo need to know none by its name.

An app declares its tables in `facts.py`: `TABLES` (rows that tell what happened), `OWN` (rows that only people here
make: insight reads them, and no import fills them or takes them back), and `HANGING` (rows of its own that point at
somebody's facts, with what becomes of them when these are taken back), and `HEARS` (what must be noted in the
transaction in which facts change, however many they are).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig, apps
from django.db import models
from django.db.models.functions import TruncMonth

from stammkunde.store import changes, touched
from stammkunde.store.layouts import Layout

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_KINDS: "dict[type[models.Field[Any, Any]], str]" = {
    models.CharField: "text",
    models.TextField: "text",
    models.BooleanField: "flag",
    models.PositiveSmallIntegerField: "whole",
    models.IntegerField: "whole",
    models.BigIntegerField: "whole",
    models.ForeignKey: "whole",
    models.FloatField: "real",
    models.DateTimeField: "moment",
    models.DateField: "day",
    models.TimeField: "time",
    models.JSONField: "json",
}
# What an import writes by itself, whatever the file holds.
_DATED = ("updated_at", "recorded_at")
_OURS = frozenset({"id", "imported_by", *_DATED})


class NotDeclared(LookupError):
    """No app declares a table of facts of that name."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """
    A column that holds another fact's id; a file names that row by its source.

    `within` is a column of both rows that must be the same: a contact person must be at the customer.
    """

    column: str
    source: str
    table: str
    required: bool
    within: str = ""


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """
    A column that holds the id of a row that is no fact (who is responsible); a file names it by one of its words.

    `find` tells which ids words mean; one that leads nowhere leaves the row as it is, and is flagged with `code`, once,
    unless an option says who is meant. What a file only `hints` at (who took an order) counts while there is nobody.
    """

    column: str
    given: str
    find: Callable[[Iterable[str]], Mapping[str, int]]
    code: str
    hints: str = ""
    fields: tuple[str, ...] = ()  # of a file, whose columns say it

    def option(self, word: str) -> str:
        return f"{self.column.removesuffix('_id')}:{word}"


@dataclass(frozen=True, kw_only=True)
class Words:
    """
    A column with the words to find a row by: its own columns, and those of the rows of `table` that point at it.

    `written` says in the engine's SQL how a column is written there, with {} for its value; without, as it is.
    """

    column: str
    own: tuple[str, ...]
    table: str
    theirs: tuple[str, ...]
    order: tuple[str, ...]
    written: Mapping[str, str] = field(default_factory=dict)

    def word(self, column: str, value: str) -> str:
        """Write the value of a column as a word; NULL where it is empty."""
        return f"nullif({self.written.get(column, '{}').replace('{}', value)}, '')"


@dataclass(frozen=True, kw_only=True)
class Held:
    """
    What held on a row's day, for columns in which the row itself says nothing.

    Args:
        table: with `holds`, mirrored as a whole; before its first row for something, that one holds.
        about: the column of both rows that must be the same.
        fills: column → SQL over the row `t` and what held, `h`.
    """

    table: str
    about: str
    fills: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Mirrored:
    """
    A table's columns in the mirror: name → the engine's type, the id (`key`) first.

    Args:
        read: SQL over `t` for columns that are not simply named alike, and over what `join` brings.
        days: columns that are days, mirrored as whole numbers since 1970.
        spread: a JSON column whose entries become text columns named `attr_…`.
        beside: parts that others own and the columns depend on: name → SQL whose rows tell whether they changed.
        depends: parts of other tables that the columns depend on: where one changed, everything is read again, or the
            months that are filled otherwise where it says what `held`.
        held: columns that are filled by what held on the row's day, where the row has a parent.
        takes: columns that come from the row of `within`, whose month is the row's own.
        standing: SQL that says in which state the rows are, where nobody counts their changes under `part`; it is
            asked when the mirror is built, and may read the whole table.
        only: SQL over `t` for the rows that are mirrored; empty: all of them.
        unless: SQL over `o`, the row of `within`, for rows that are left out.
        total: a column of cents that must add up to what the database has.
    """

    key: str
    columns: Mapping[str, str]
    read: Mapping[str, str] = field(default_factory=dict)
    join: str = ""
    days: tuple[str, ...] = ()
    spread: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)
    depends: tuple[str, ...] = ()
    held: Held | None = None
    takes: tuple[str, ...] = ()
    standing: str = ""
    only: str = ""
    unless: str = ""
    total: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """
    A column that customer groups may ask for.

    Args:
        name: what rules call it; it stays, for rules are kept.
        label: what people call it.
        kind: text, whole, real, cents, share, day or flag.
        read: the engine's SQL over the mirror's row `t`, and over what `AskedRows.join` brings; empty: named alike.
        unit: what its numbers count.
        choices: the values that there are, with their words, gone through anew each time; empty: any.
        history: whether it says what was so on a past day; else only what is so now.
    """

    name: str
    label: "_StrPromise | str"
    kind: str = "text"
    read: str = ""
    unit: "_StrPromise | str" = ""
    choices: "Iterable[tuple[str, _StrPromise | str]]" = ()
    history: bool = True


@dataclass(frozen=True, kw_only=True)
class AskedRows:
    """
    Which rows customer groups may ask for, where it is not all that the mirror has.

    Args:
        day: the mirrored column that says when it happened; empty: the day whose month counts.
        join: the engine's SQL that brings other mirrored tables, named in braces: `LEFT JOIN {products} p ON …`.
        only: the engine's SQL for the rows that count.
    """

    day: str = ""
    join: str = ""
    only: str = ""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Rows in which an import, or its undoing, has just changed one column: id → what was there, and what is now."""

    rows: Mapping[int, tuple[int | None, int | None]]
    because: str  # the import, as `import:17`
    now: datetime
    staff_id: int | None  # who brought the file; nobody by name where it is undone


@dataclass(frozen=True, kw_only=True)
class Follow:
    """
    What goes along when an import changes a column (who is responsible); called in the transaction that changes it.

    `undone` is called when the import is taken back, with the rows that get back what they had.
    """

    column: str
    done: Callable[[Moved], object]
    undone: Callable[[Moved], object]


@dataclass(frozen=True, kw_only=True)
class FactTable:
    """
    One table of facts.

    Args:
        name: of the table, as layouts, imports and the mirror call it; it is in the plural.
        label: what people call it.
        match: the columns that say which row is meant: `source`, or the reference to a parent and a key.
        lookups: columns that are found by a word outside of the facts.
        words: the column with the words to find rows by.
        stays: columns that keep what they say where a file is silent; new rows get another column's value, or the
            field's default where none is named.
        part: whose version counts the table's changes; empty where nothing is derived from it.
        month_of: the day that says whose month's version it is; empty where the table is read as a whole.
        within: the column of the reference to the row whose month counts, where the rows have no day of their own.
        happened_at: the moment at which a row happened, of a table that is read as a whole; empty: nobody says.
        holds: the day from which a row says what it says of its first reference; a row that only repeats what holds on
            that day is none.
        appended: whether a row that is there is never written again: its source says all that it says.
        address: the column with the e-mail address by which somebody is found whom a file names by nothing else.
        phones: the columns with phone numbers.
        retired: the column that says which import took a row out of the one that it is `within`, because a newer file
            holds that one whole and no longer has this row; such rows stay, and count nowhere.
        itemised: the column that says what a row is about; where no row of what it is `within` says so, these are its
            totals.
        starts_refresh: whether a change makes figures stale, or comes along with the next refresh.
        mirrored: what insight reads of it.
        counting: which of its rows count as having happened, as the mirror's `only` says it to the database.
        asked: the columns of the mirror that customer groups may ask for.
        asked_rows: which of its rows they may ask for, and when these happened.
        layout: the kind of file that fills the table, where no other kind does.
        after: called when new rows are in; repeating it is harmless.
        follow: what goes along when an import changes one of the columns of a row that was there.
    """

    name: str
    label: "_StrPromise"
    model: type[models.Model]
    match: tuple[str, ...] = ("source",)
    references: tuple[Reference, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    words: Words | None = None
    stays: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    month_of: str = ""
    within: str = ""
    happened_at: str = ""
    holds: str = ""
    appended: bool = False
    address: str = ""
    phones: tuple[str, ...] = ()
    retired: str = ""
    itemised: str = ""
    starts_refresh: bool = True
    mirrored: Mirrored | None = None
    counting: models.Q = field(default_factory=models.Q)
    asked: tuple[Asked, ...] = ()
    asked_rows: AskedRows = field(default_factory=AskedRows)
    layout: Layout | None = None
    after: Callable[[], object] | None = None
    follow: Follow | None = None

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Give the kind of every column that a file may fill."""
        return {
            str(one.column): next(kind for known, kind in _KINDS.items() if isinstance(one, known))
            for one in self.model._meta.concrete_fields
            if one.column not in _OURS
        }

    @property
    def db_table(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def dated(self) -> tuple[str, ...]:
        """Name the columns in which the moment of the import stands."""
        there = {column.name for column in self.model._meta.concrete_fields}
        return tuple(one for one in _DATED if one in there)

    @property
    def asked_day(self) -> str:
        """Name the mirrored column that says when a row happened; empty: no day does."""
        return self.asked_rows.day or parent(self).month_of

    @property
    def has_source(self) -> bool:
        """Say whether others may refer to the table's rows."""
        return "source" in self.kinds

    @property
    def by_month(self) -> bool:
        return bool(self.month_of or self.within)

    def default(self, column: str) -> Any:
        """Give what a new row gets where the file says nothing; `…` where it must say something."""
        model_field = next(one for one in self.model._meta.concrete_fields if one.column == column)
        if model_field.has_default():
            return "{}" if self.kinds[column] == "json" else model_field.get_default()
        return None if model_field.null else ...

    @property
    def needed(self) -> tuple[str, ...]:
        """Name the columns without which there can be no new row."""
        references = {one.column for one in self.references}
        return tuple(one for one in self.kinds if one not in references and self.default(one) is ...)

    def reference(self, column: str) -> Reference:
        return next(one for one in self.references if one.column == column)

    def rows(self) -> "models.QuerySet[Any]":
        """Give all rows that there are, also those that count nowhere any more."""
        return (self.model._base_manager if self.retired else self.model._default_manager).all()

    @property
    def to_customer(self) -> str:
        """Say how Django leads from a row to the customer's number; empty where a row is about none."""
        if self.name == "customers":
            return "pk"
        if any(one.name == "customer" for one in self.model._meta.concrete_fields):
            return "customer_id"
        above = parent(self)
        inner = above.to_customer if above is not self else ""
        return f"{self.within.removesuffix('_id')}__{inner}" if inner else ""

    def leads_to(self, name: str) -> str:
        """
        Say how Django leads from a row to the number of another table's row that it is about; empty: it is about none.

        Never by way of the customer: what one customer did is not about one thing for that.
        """
        if self.name == name:
            return "pk"
        for one in self.references:
            if one.table == name:
                return one.column
        for one in self.references:
            further = table(one.table).leads_to(name) if one.table != "customers" else ""
            if further:
                return f"{one.column.removesuffix('_id')}__{further}"
        return ""

    def touch(self, rows: "models.QuerySet[Any]", *, because: str) -> None:
        """Note whom these rows are about; inside the caller's transaction."""
        if self.to_customer:
            found = rows.order_by().values_list(self.to_customer, flat=True).distinct()
            touched.note(found, because=because)

    def mark(self, months: Iterable[str] = ()) -> None:
        """Count a change, of these months (`2011-09`) where the table is read by month; inside a transaction."""
        if self.part:
            changes.mark([changes.of_month(self.part, one) for one in months] if self.by_month else [self.part])

    def mark_rows(self, rows: "models.QuerySet[Any]") -> None:
        """Count a change of these rows; inside the caller's transaction."""
        if not (self.part and self.by_month):
            self.mark()
            return
        day = self.month_of or f"{self.within.removesuffix('_id')}__{parent(self).month_of}"
        found = rows.order_by().values_list(TruncMonth(day), flat=True).distinct()
        self.mark(f"{one:%Y-%m}" for one in found if one)


@dataclass(frozen=True, kw_only=True)
class Hanging:
    """
    Rows that point at a fact and are none themselves.

    Rows that `hold` keep the fact from being taken back (a person wrote a note about it); all others were derived from
    it and go with it.
    """

    model: type[models.Model]
    column: str  # the field that leads to the fact
    label: "_StrPromise"
    hold: models.Q | None = None  # None: all of them

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    def holding(self) -> "models.QuerySet[Any]":
        """Give the rows that keep the fact they point at."""
        rows = self.model._default_manager.all()
        return rows if self.hold is None else rows.filter(self.hold)

    @property
    def to(self) -> type[models.Model]:
        found = self.model._meta.get_field(self.column).related_model
        assert isinstance(found, type)
        return found


GOES = models.Q(pk__in=())  # no row holds: all of them go with the fact


@cache
def tables() -> dict[str, FactTable]:
    """Give every table of facts by its name, what is referred to before what refers to it, the lowest app's first."""
    found: dict[str, FactTable] = {one.name: one for one in _declared("TABLES", apps_first=reversed)}
    placed: dict[str, FactTable] = {}

    def place(one: FactTable) -> None:
        for reference in one.references:
            place(found[reference.table])
        placed.setdefault(one.name, one)

    for one in found.values():
        place(one)
    return placed


def every() -> dict[str, FactTable]:
    """Give the tables of facts, and those that no import fills."""
    return tables() | _own()


@cache
def _own() -> dict[str, FactTable]:
    return {one.name: one for one in _declared("OWN")}


def table(name: str) -> FactTable:
    """
    Find a table of facts.

    :raises NotDeclared: if no app declares one of that name
    """
    try:
        return every()[name]
    except KeyError:
        raise NotDeclared(name) from None


def parent(one: FactTable) -> FactTable:
    """Give the table whose rows say to which month the rows of this one belong; itself, where they have a day."""
    return table(one.reference(one.within).table) if one.within else one


def mirrored() -> Iterator[tuple[FactTable, Mirrored]]:
    """Give the tables that the mirror holds, with what it holds of them."""
    yield from ((one, one.mirrored) for one in every().values() if one.mirrored)


def asked() -> Iterator[FactTable]:
    """Give the tables that customer groups may ask for."""
    yield from (one for one, _what in mirrored() if one.asked)


def hanging(to: type[models.Model]) -> list[Hanging]:
    """Give what hangs on the rows of a table of facts."""
    return [one for one in _declared("HANGING") if one.to is to]


def tell(table: FactTable, rows: "models.QuerySet[Any]", *, going: bool = False) -> None:
    """Tell whoever hears of it that rows have changed, or are `going` to go; inside the caller's transaction."""
    for hear in _hearing():
        hear(table, rows, going=going)


@cache
def _hearing() -> tuple[Callable[..., None], ...]:
    return tuple(_declared("HEARS"))


def label(name: str) -> str:
    """Say what people call a table of facts, or what hangs on one; its name where nobody declares it any more."""
    labels = {one.name: one.label for one in (*_declared("HANGING"), *_declared("TABLES"))}
    return str(labels.get(name, name))


def _declared(what: str, *, apps_first: Callable[[list[AppConfig]], Iterable[AppConfig]] = list) -> Iterator[Any]:
    """Collect what the apps declare; the highest app's first, so that what hangs on what hangs is met before it."""
    for app in apps_first(list(apps.get_app_configs())):
        if find_spec(f"{app.name}.facts"):
            yield from getattr(import_module(f"{app.name}.facts"), what, ())
