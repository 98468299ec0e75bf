"""Write the demo company's tables as Parquet files in our own layouts, customers in portions: memory stays small."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stammkunde.demo import catalogue, contacts, orders, people, purchases
from stammkunde.demo.purchases import COMPANY, PERSON, Span
from stammkunde.intake import layouts

TABLES = ("customers", "contact_persons", "products", "orders", "lines", "contacts")
FIRMS = 0.3
PORTION = 25_000  # customers at a time
FIRST_ORDER = 100_001


def write(
    directory: Path, *, customers: int, seed: int, until: date, years: int = 3, pace: float = 1.0
) -> dict[str, int]:
    """
    Write the tables of `TABLES`, each to a Parquet file of its name.

    The same arguments give the same bytes. Takes seconds for 5,000 customers, minutes for a million.

    :param until: the last day in the books
    :param pace: how quickly customers buy; 1 is about ten orders a customer in three years
    :returns: the number of rows by table
    """
    directory.mkdir(parents=True, exist_ok=True)
    span = Span.years(until=until, years=years)
    writers = {name: _Writer(directory / f"{name}.parquet", name) for name in TABLES}
    writers["products"].add(catalogue.table())
    for start in range(0, customers, PORTION):
        rng = np.random.default_rng([seed, start])
        count = min(PORTION, customers - start)
        next_order = FIRST_ORDER + writers["orders"].rows
        for name, table in _portion(
            rng, count=count, start=start, span=span, next_order=next_order, pace=pace, seed=seed
        ):
            writers[name].add(table)
    return {name: writer.finish() for name, writer in writers.items()}


def _portion(
    rng: np.random.Generator, *, count: int, start: int, span: Span, next_order: int, pace: float, seed: int
) -> Iterator[tuple[str, pa.Table]]:
    kind = np.where(rng.random(count) < FIRMS, COMPANY, PERSON)
    clock = purchases.inner_clock(span)
    appears = np.sort(purchases.arrivals(rng, kind=kind, span=span, clock=clock))
    table, private = people.customers(rng, kind=kind, appears=appears, offset=start)
    yield "customers", table
    persons = people.contact_persons(rng, customers=table, private=private, kind=kind, span_last=span.last)
    yield "contact_persons", persons
    own = np.random.default_rng([seed, start, contacts.OWN_STREAM])
    yield (
        "contacts",
        contacts.contacts(own, customers=table, people=persons, kind=kind, appears=appears, span=span),
    )
    there = purchases.stays(rng, kind=kind, appears=appears, span=span)
    customer, day = purchases.buying_days(rng, kind=kind, there=there, span=span, clock=clock, pace=pace)
    heads, lines = orders.books(
        rng, customer=customer, day=day, kind=kind, span=span, first_customer=start, first_order=next_order
    )
    yield "orders", heads
    yield "lines", lines


class _Writer:
    """One Parquet file with the German headings of our layouts; it exists whole or not at all."""

    def __init__(self, path: Path, layout: str) -> None:
        self.path = path
        self.half = path.with_name(f".{path.name}.half")
        self.layout = layouts.get(layout)
        self.rows = 0
        self.writer: pq.ParquetWriter | None = None

    def add(self, table: pa.Table) -> None:
        table = table.rename_columns([self.layout.field(name).label("de") for name in table.column_names])
        if self.writer is None:
            self.writer = pq.ParquetWriter(self.half, table.schema, compression="zstd")
        self.writer.write_table(table)
        self.rows += table.num_rows

    def finish(self) -> int:
        """Put the file in its place, and tell how many rows it has."""
        if self.writer is not None:
            self.writer.close()
            self.half.replace(self.path)
        return self.rows
