"""
What rules may ask, put together from what the tables of facts say of themselves and what is known as of last night.

`known` is the vocabulary as the compiler wants it; `fields` and `tables` tell people the same, in words.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, cast

from stammkunde import mirror
from stammkunde.insight import rules
from stammkunde.insight.rules import Column, Known, Table
from stammkunde.insight.rules.known import Kind
from stammkunde.segments import nightly
from stammkunde.segments.models import Segment
from stammkunde.store import facts
from stammkunde.store.facts import Asked, FactTable
from stammkunde.store.quoting import quoted

CUSTOMERS = "customers"
CUSTOMER, SIGNAL, REACH = "customer", "signal", "reach"
ATTRIBUTE = "attr_"
DAY = "day"
PERSONAL = ("customer.owner",)  # by the e-mail address, which is one person's


@dataclass(frozen=True, kw_only=True)
class Word:
    """A column that rules may ask, in words; `family` is empty for a table's."""

    name: str
    family: str
    asked: Asked

    @property
    def label(self) -> str:
        return str(self.asked.label)

    @property
    def is_nightly(self) -> bool:
        """Say whether it is as of last night, and never changes within the minute."""
        return self.family in (SIGNAL, REACH)


def fields() -> list[Word]:
    """List what may be asked of a customer; her own attributes as the mirror knows them."""
    families = {
        CUSTOMER: chain(facts.table(CUSTOMERS).asked, attributes()),
        SIGNAL: nightly.SIGNALS,
        REACH: nightly.REACH,
    }
    return [
        Word(name=f"{family}.{one.name}", family=family, asked=one) for family, some in families.items() for one in some
    ]


def attributes() -> Iterator[Asked]:
    """Give the company's own attributes of customers, by the names that it gave them."""
    held = mirror.read()
    for column in mirror.tables(held).columns(CUSTOMERS) if held else ():
        if column.startswith(ATTRIBUTE):
            yield Asked(name=column, label=column.removeprefix(ATTRIBUTE), read=f"t.{quoted(column)}", history=False)


def tables() -> list[FactTable]:
    """List the tables that tell what happened."""
    return [one for one in facts.asked() if one.name != CUSTOMERS]


def words(table: FactTable) -> list[Word]:
    """List what may be asked of a table's rows."""
    return [Word(name=one.name, family="", asked=one) for one in table.asked]


def known(*, plays: Collection[int] = (), moments: Collection[str] = (), same: Collection[str] = ()) -> Known:
    """Put the vocabulary together; a rule may name every group of customers that there is."""
    return rules.of(
        [_table(one) for one in tables()],
        [_field(one) for one in fields()],
        segments=set(Segment.objects.values_list("pk", flat=True)),
        plays=plays,
        moments=moments,
        same=same,
    )


def _table(table: FactTable) -> Table:
    return Table(
        name=table.name,
        columns=tuple(_columns(table.asked)),
        key="id",
        day=DAY if table.asked_day else "",
        below=below(table),
        history=any(one.history for one in table.asked),
    )


def below(table: FactTable) -> dict[str, str]:
    """Name the tables above a table's rows, with the column that holds the key of theirs."""
    above = {one.table: one.column for one in table.references if one.column == table.within}
    return {name: column for name, column in above.items() if facts.table(name).asked}


def _columns(some: Iterable[Asked]) -> Iterator[Column]:
    yield from (Column(one.name, cast("Kind", one.kind), history=one.history) for one in some)


def _field(word: Word) -> Column:
    return Column(
        word.name,
        cast("Kind", word.asked.kind),
        history=False,
        snapshot=word.is_nightly,
        personal=word.name in PERSONAL,
        counted=SIGNAL if word.family == SIGNAL else "",
    )


def choices(word: Word) -> list[tuple[Any, str]]:
    """List the values that there are, in words; empty: any."""
    return [(value, str(label)) for value, label in word.asked.choices]
