"""
How the values of a file are written, decided from what stands in table `given`: the first rows when a file is
recognised, all of them when it is checked. What stays open is asked, and nothing is imported meanwhile.

Leaves a table `d_<field>` of the distinct texts of each field that is parsed, and `p_<field>` with what they mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from stammkunde.intake import parsing
from stammkunde.intake.asking import Question
from stammkunde.intake.check import days, marks, money
from stammkunde.intake.check.given import Mapped
from stammkunde.intake.check.money import Money
from stammkunde.intake.formats import Dialect
from stammkunde.intake.layouts import Layout
from stammkunde.intake.parsing import Reading
from stammkunde.store.layouts import DAY, MOMENT, MONEY, NUMBER

LONGEST = 1600  # bytes of a text that is looked at: four for each character of the longest value


@dataclass(frozen=True, kw_only=True)
class Settled:
    """How each field is written, what the file's amounts are, and what is asked (answered or not)."""

    readings: dict[str, Reading]
    fields: list[Mapped]  # some mean something else than their headings said
    exact: frozenset[str]  # fields whose numbers the file holds as numbers
    options: dict[str, Any]  # as given, with what holds for the whole file
    asked: tuple[Question, ...]
    assumed_net: bool = False  # of prices of which nothing says so
    contradicted: str = ""  # the basis of prices that the amounts show, where a person said another one

    @property
    def open(self) -> tuple[Question, ...]:
        return tuple(one for one in self.asked if not one.is_answered(self.options))


def settle(
    db: duckdb.DuckDBPyConnection,
    *,
    layout: Layout,
    fields: list[Mapped],
    exact: frozenset[str],
    dialect: Dialect,
    options: Mapping[str, Any],
    how: Reading,
) -> Settled:
    """
    Decide how the values in `given` are written.

    Args:
        db: holds `given`, and `parsing.MACROS`.
        layout: what the file is.
        fields: which columns fill its fields.
        exact: fields whose numbers the file holds as numbers.
        dialect: how the file is written.
        options: what is said already.
        how: what holds for all columns.
    """
    fields = money.apart(db, layout, fields)
    for one in fields:
        if one.field.type in parsing.PARSED:
            db.execute(f"CREATE TABLE d_{one.field.name} AS SELECT DISTINCT {one.raw} AS text FROM given "
                       f"WHERE strlen({one.raw}) <= {LONGEST}")  # fmt: skip
    told = dict(options)
    readings = {one.field.name: how for one in fields}
    asked = _dates(db, fields, told, readings)
    asked += _numbers(db, layout, fields, exact, dialect, told, readings)
    for one in fields:
        if one.field.type in parsing.PARSED:
            parse(db, one, readings[one.field.name])
    found = Money(fields=fields, exact=exact)
    if layout.documents:
        found = money.settle(db, layout=layout, fields=fields, exact=exact, options=told, readings=readings)
    return Settled(
        readings=readings,
        fields=found.fields,
        exact=found.exact,
        options=told | found.options,
        asked=(*asked, *found.asked),
        assumed_net=found.assumed,
        contradicted=found.contradicted,
    )


def parse(db: duckdb.DuckDBPyConnection, one: Mapped, how: Reading) -> None:
    """Make the table of what a field's texts mean."""
    name = one.field.name
    db.execute(f"CREATE OR REPLACE TABLE p_{name} AS {parsing.parsed(one.field, f'SELECT text FROM d_{name}', how)}")


def _dates(
    db: duckdb.DuckDBPyConnection, fields: list[Mapped], told: dict[str, Any], readings: dict[str, Reading]
) -> list[Question]:
    dated = [one for one in fields if one.field.type in {MOMENT, DAY}]
    orders = {one.field.name: days.seen(db, one, _texts(one), readings[one.field.name]) for one in dated}
    file = days.of_file(orders, options=told)
    if file:
        told[days.OPTION] = file
    asked, undecided = [], []
    for one in dated:
        order = days.of_column(one, orders[one.field.name], file=file, options=told)
        readings[one.field.name] = replace(readings[one.field.name], date_order=order or "dmy")
        if not order and orders[one.field.name].dmy:
            asked.append(days.question(db, [one], option=days.name(one)))
        elif not order:
            undecided.append(one)
    if undecided:
        asked.append(days.question(db, undecided, option=days.OPTION))
    return asked


def _numbers(
    db: duckdb.DuckDBPyConnection,
    layout: Layout,
    fields: list[Mapped],
    exact: frozenset[str],
    dialect: Dialect,
    told: dict[str, Any],
    readings: dict[str, Reading],
) -> list[Question]:
    numeric = {one.field.name: one for one in fields if one.field.type in {NUMBER, MONEY}}
    seen = {name: marks.seen(db, one, _texts(one)) for name, one in numeric.items()}
    file = marks.of_file(seen.values(), dialect=dialect, options=told)
    if file and any(one.comma or one.point or one.with_comma or one.with_point for one in seen.values()):
        told[marks.OPTION] = file
    opened = {}
    for name, one in numeric.items():
        mark = marks.of_column(one, seen[name], file=file, options=told)
        readings[name] = replace(readings[name], decimal=mark or file or ".")
        if not mark:
            opened[name] = one
    if opened and layout.documents:
        for name, mark in money.marks(db, numeric, exact, opened, readings).items():
            readings[name] = replace(readings[name], decimal=mark)
            del opened[name]
    return [marks.question(db, one) for one in opened.values()] + money.sides(db, numeric, told, readings)


def _texts(one: Mapped) -> str:
    return f"SELECT text FROM d_{one.field.name}"
