"""A small invented company with everything that rules stumble over: unknown values, ties, leap days, days ahead."""

import random
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pyarrow as pa

from stammkunde.insight.periods import day_number
from stammkunde.insight.rules import Table, World, column_of

from .words import FIELDS, KNOWN, TABLES

TODAY = day_number(date(2024, 3, 1))  # the day after a leap day
UNTIL = {"orders": TODAY - 3, "lines": TODAY - 3}  # a weekly file
TYPES = {
    "text": pa.string(), "whole": pa.int64(), "cents": pa.int64(), "real": pa.float64(), "share": pa.float64(),
    "day": pa.int32(), "flag": pa.bool_(),
}  # fmt: skip
TEXTS = {
    "customer.country": ["DE", "AT", "CH", "", None],
    "customer.postcode": ["04109", "0410", "10999", None],
    "customer.owner": ["anna@example.org", "bernd@example.org", None],
    "signal.class": ["A", "B", "C"],
    "signal.stage": ["active", "at_risk", "lost"],
    "reach.consent": ["given", "withdrawn", "missing", None],
    "orders.channel": ["shop", "web", "Telefon Süd", None],
    "lines.category": ["bread", "cake", "", None],
    "lines.product": ["P1", "P2", "P3"],
    "contracts.status": ["running", "ended"],
    "answers.question": ["recommend", "delivery"],
    "cases.kind": ["complaint", "question"],
    "visits.page": ["shop", "prices"],
    "messages.channel": ["email", "letter"],
    "messages.purpose": ["newsletter", "service"],
    "contacts.channel": ["call", "visit"],
    "contacts.direction": ["in", "out"],
    "stages.stage": ["active", "at_risk"],
    "projects.kind": ["roof", "bath"],
    "persons.role": ["decides", "pays", "", None],
}
WHOLE = {"answers.score": 10, "orders.late_days": 4, "points.points": 500}
AHEAD = {"ends_on", "notice_on", "expires_on", "next_order_on", "due_on"}
BIRTHDAYS = [date(1980, 2, 29), date(1985, 2, 28), date(1990, 3, 1), date(1977, 3, 8), date(1999, 12, 31)]

Rows = dict[str, list[dict[str, Any]]]


@cache
def rows() -> Rows:
    """Give customers and tables as dictionaries."""
    dice = random.Random(12)
    found: Rows = {"customers": [_customer(dice, number) for number in range(1, 121)]}
    for table in TABLES:
        found[table.name] = [] if table.below else [_row(dice, table, n) for n in range(1, 301)]
    found["customers"] += [_customer(dice, number) for number in range(121, 131)]
    found["orders"] += [_newcomers_order(dice, number) for number in range(121, 131)]
    found["lines"] = [_line(dice, order, n) for n, order in enumerate(found["orders"] * 2, 1)]
    found["moments"] = [
        {"customer_id": dice.randint(1, 120), "name": dice.choice(["entry", "step:letter"]), "day": _past(dice)}
        for _ in range(80)
    ]
    for name in ("segment:1", "segment:2", "play:7:in", "play:7:was in", "play:7:held out"):
        found[name] = [{"customer_id": dice.randint(1, 120), "day": _past(dice)} for _ in range(40)]
    return found


def rows_of(**given: list[dict[str, Any]]) -> Rows:
    """Give a world of a few rows; what they do not say is unknown, and customers are numbered from 1."""
    names = ("moments", "segment:1", "segment:2", "play:7:in", "play:7:was in", "play:7:held out")
    found: Rows = {table.name: [] for table in TABLES} | {name: [] for name in names} | given
    found["customers"] = [{"customer_id": n, **one} for n, one in enumerate(given["customers"], 1)]
    return found


def _past(dice: random.Random) -> int:
    return TODAY - int(dice.random() ** 2 * 900)


def _customer(dice: random.Random, number: int) -> dict[str, Any]:
    fields = {column_of(one.name): _value(dice, one.name, one.kind) for one in FIELDS}
    fields["customer__birthday"] = day_number(dice.choice(BIRTHDAYS)) if dice.random() < 0.6 else _past(dice)
    return {"customer_id": number, **fields}


def _row(dice: random.Random, table: Table, number: int) -> dict[str, Any]:
    customer = None if dice.random() < 0.03 else int(dice.random() ** 1.5 * 110) + 1  # some have no row at all
    row = {"customer_id": customer, table.key: number}
    if table.day:
        row[table.day] = None if dice.random() < 0.02 else _past(dice) + (20 if dice.random() < 0.05 else 0)
    named = {one.name: _value(dice, f"{table.name}.{one.name}", one.kind) for one in table.columns}
    return {**named, **row}


def _newcomers_order(dice: random.Random, customer: int) -> dict[str, Any]:
    made = _row(dice, KNOWN.tables["orders"], customer + 1000)
    return made | {"customer_id": customer, "ordered_on": TODAY - 6 * (customer - 118)}


def _line(dice: random.Random, order: dict[str, Any], number: int) -> dict[str, Any]:
    made = _row(dice, KNOWN.tables["lines"], number)
    return made | {name: order[name] for name in ("customer_id", "order_id", "ordered_on")}


def _value(dice: random.Random, name: str, kind: str) -> Any:
    if name in TEXTS:
        return dice.choice(TEXTS[name])
    if dice.random() < 0.1:
        return None
    if kind == "day":
        return TODAY + dice.randint(-5, 120) if name.rpartition(".")[2] in AHEAD else _past(dice)
    made = {
        "flag": lambda: dice.random() < 0.4,
        "whole": lambda: dice.randint(-1, WHOLE.get(name, 5)),
        "cents": lambda: dice.choice([0, 0, 100, 1_999, 15_000, 60_000]),
        "real": lambda: dice.randint(-8, 24) / 8,
        "share": lambda: dice.randint(0, 16) / 16,
    }
    return made[kind]()


def tables_of(found: Rows) -> dict[str, pa.Table]:
    schemas = {"customers": [("customer_id", pa.int64()), *((column_of(f.name), TYPES[f.kind]) for f in FIELDS)]}
    schemas["moments"] = [("customer_id", pa.int64()), ("name", pa.string()), ("day", pa.int32())]
    for table in TABLES:
        kinds = {one.name: TYPES[one.kind] for one in table.columns} | ({table.day: pa.int32()} if table.day else {})
        keys = [
            ("customer_id", pa.int64()),
            (table.key, pa.int64()),
            *((key, pa.int64()) for key in table.below.values()),
        ]
        schemas[table.name] = [*keys, *kinds.items()]
    members = [("customer_id", pa.int64()), ("day", pa.int32())]
    return {
        name: pa.Table.from_pylist(some, schema=pa.schema(schemas.get(name, members))) for name, some in found.items()
    }


def world_of(found: Rows, opened: Callable[[pa.Table], Any], **settings: Any) -> World:
    frames = {name: nw.from_native(opened(table)).lazy() for name, table in tables_of(found).items()}
    given = {
        "known": KNOWN,
        "customers": frames["customers"],
        "tables": {table.name: frames[table.name] for table in TABLES},
        "members": {name: frame for name, frame in frames.items() if ":" in name},
        "moments": frames["moments"],
        "today": TODAY,
        "until": UNTIL,
    }
    return World(**{**given, **settings})


def on_polars(found: Rows, **settings: Any) -> World:
    return world_of(found, lambda table: pl.from_arrow(table).lazy(), **settings)


def on_duckdb(found: Rows, **settings: Any) -> World:
    return world_of(found, duckdb.connect().from_arrow, **settings)
