"""What is known: the tables together, and what was known of it on the evening of any day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import duckdb
import narwhals as nw

from stammkunde.insight.frames.engines import Frame, Table, hold, rows
from stammkunde.insight.frames.happenings import deliveries, given_back, stacked, usable
from stammkunde.insight.frames.schema import (
    CUSTOMERS,
    HAPPENINGS,
    LINES,
    ORDERS,
    PRODUCTS,
    SERVICE,
    checked,
    same_engine,
)
from stammkunde.insight.periods import day_number

Small = TypeVar("Small")


@dataclass(frozen=True, eq=False)
class Alike:
    """Customers who are alike in several properties, by a number, and what each number means."""

    numbers: Frame  # customer_id, and slice: the number, from 1
    values: Mapping[str, tuple[str, ...]]  # property → its value for number 1, 2, …

    @property
    def sorts(self) -> int:
        """Count the numbers."""
        return max(map(len, self.values.values()))


@dataclass(frozen=True, eq=False)
class Facts:
    """
    Tables that answer questions, and what was already worked out from them.

    Interim tables are held in the engine and shared by all questions to the same `Facts`. Lines and happenings are
    dated, and `until` cuts both; customers and products are as they are known today.
    """

    lines: Frame
    customers: Frame | None = None
    products: Frame | None = None
    noted: Frame | None = None  # happenings that no line tells: deliveries, and what else was given
    last: int | None = None  # the last day that was kept, where later lines and happenings were left out
    alike: Alike | None = None  # where several properties of customers are counted at once
    shelf: Mapping[str, Frame] = field(default_factory=dict)  # what each customer did, kept: see `insight.shelf`
    _held: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)
    _remembered: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)

    @property
    def happenings(self) -> Frame:
        """
        List what became known of customers besides their purchases.

        Returns:
            one row a happening: customer_id, known_on (days since 1970-01-01), kind, number (see `HAPPENINGS`).
        """
        back = given_back(self.lines)
        return back if self.noted is None else stacked([back, self.noted])

    def keep(self, key: tuple[object, ...], build: Callable[[], Frame]) -> Frame:
        """
        Work out an interim table once and hold it where the engine keeps its data.

        Args:
            key: names the table among all interim tables of these facts.
            build: describes the table.

        Returns:
            the held table.
        """
        if key not in self._held:
            self._held[key] = hold(build())
        frame: Frame = self._held[key]
        return frame

    def remember(self, key: tuple[object, ...], build: Callable[[], Small]) -> Small:
        """
        Work out something small once, such as counted cells.

        Args:
            key: names it among all that is remembered of these facts.
            build: works it out.

        Returns:
            what was worked out.
        """
        if key not in self._remembered:
            self._remembered[key] = build()
        found: Small = self._remembered[key]
        return found

    def until(self, on: date | int) -> "Facts":
        """
        Look at the facts as they were known on the evening of a day.

        Args:
            on: the day, or its number since 1970-01-01.

        Returns:
            facts without later lines and happenings; asked twice, the same object.
        """
        last = on if isinstance(on, int) else day_number(on)
        if self.last is not None and self.last <= last:
            return self
        key = ("until", last)
        if key not in self._held:
            lines = self.lines.filter(nw.col("ordered_on") <= last)
            noted = None if self.noted is None else self.noted.filter(nw.col("known_on") <= last)
            cut = replace(self, lines=lines, noted=noted, last=last, shelf={}, _held={}, _remembered={})
            self._held[key] = cut
        facts: Facts = self._held[key]
        return facts

    def with_customers(self, customers: Frame) -> "Facts":
        """
        Put another table in the place of the customers.

        Args:
            customers: customer_id and what to slice by.

        Returns:
            facts that share what was worked out from the lines, where customers only matter for slicing.
        """
        return replace(self, customers=customers, alike=None, _held=self._tables(), _remembered={})

    def with_alike(self, alike: Alike) -> "Facts":
        """
        Let figures by several properties be read off sorts of customers.

        Args:
            alike: the sorts, of these customers.

        Returns:
            facts that share what was worked out from the lines.
        """
        return replace(self, alike=alike, _held=self._tables(), _remembered={})

    def with_lines(self, lines: Frame) -> "Facts":
        """
        Put other lines in the place of the lines: some of them, or all of them told differently.

        Args:
            lines: with the columns of the lines.

        Returns:
            facts that share nothing worked out before. Happenings that no line tells stay, as they belong to customers.
        """
        return replace(self, lines=lines, shelf={}, _held={}, _remembered={})

    def with_shelf(self, shelf: Mapping[str, Frame]) -> "Facts":
        """
        Read what each customer did from tables that were worked out before, instead of from the lines.

        Args:
            shelf: name → table, of exactly these lines.

        Returns:
            facts that share nothing worked out before.
        """
        return replace(self, shelf=shelf, _held={}, _remembered={})

    def at_hand(self) -> "Facts":
        """
        Hold the tables in the engine, for questions about many days: none reads and plans the files again.

        Returns:
            facts that share nothing worked out before.
        """
        customers, products, noted = (
            None if table is None else hold(table) for table in (self.customers, self.products, self.noted)
        )
        return replace(
            self, lines=hold(self.lines), customers=customers, products=products, noted=noted, _held={}, _remembered={}
        )

    def of_customers(self, customers: Frame) -> "Facts":
        """
        Keep what is known of some customers.

        Args:
            customers: customer_id of each.

        Returns:
            facts with their lines and happenings alone.
        """

        def theirs(frame: Frame) -> Frame:
            return frame.join(customers, on="customer_id", how="semi")

        noted = None if self.noted is None else theirs(self.noted)
        shelf = {name: theirs(table) for name, table in self.shelf.items()}
        return replace(self, lines=theirs(self.lines), noted=noted, shelf=shelf, _held={}, _remembered={})

    def release(self) -> None:
        """Let go of all interim tables; the next question works them out anew."""
        for held in self._held.values():
            if isinstance(held, Facts):
                held.release()
            elif held.implementation.is_spark_like():
                held.to_native().unpersist()
        self._held.clear()
        self._remembered.clear()

    def _tables(self) -> dict[tuple[object, ...], Any]:
        return {key: table for key, table in self._held.items() if not isinstance(table, Facts)}

    def days(self) -> tuple[int, int] | None:
        """
        Find the first and the last day of the facts; time that was spent on customers makes none.

        Returns:
            both days since 1970-01-01, or None without any line.
        """
        row = rows(self.keep(("ends",), self._ends))[0]
        return None if row["first"] is None else (int(row["first"]), int(row["last"]))

    def _ends(self) -> Frame:
        if "months" in self.shelf:
            first, last, known = nw.col("first_on"), nw.col("last_on"), self.shelf["months"]
        else:
            first = last = nw.col("ordered_on")
            known = self.lines.filter(nw.col("kind") != SERVICE)
        return known.select(first.min().alias("first"), last.max().alias("last"))

    def attributes(self) -> list[str]:
        """
        Name what the customers can be sliced by.

        Returns:
            the columns of the customers table, without the key.
        """
        return [] if self.customers is None else [c for c in _columns(self.customers) if c != "customer_id"]


def facts(
    lines: Table,
    *,
    customers: Table | None = None,
    products: Table | None = None,
    orders: Table | None = None,
    happenings: Sequence[Table] = (),
) -> Facts:
    """
    Check tables against the schema and make them ready for questions.

    Args:
        lines: order lines, one row each: order_id, customer_id (empty: guest), product_id, ordered_on (days since
            1970-01-01), ordered_month (months since January 1970), channel, kind (sale, return, cancellation,
            adjustment), quantity, revenue_cents, cost_cents (empty: unknown).
        customers: one row a customer: customer_id and any text columns to slice by.
        products: one row a product: product_id, number, name, category.
        orders: one row an order that took place: customer_id, promised_on and delivered_on (days since 1970-01-01;
            empty: not known, not yet). They tell of deliveries; without them, nothing is known of late ones.
        happenings: tables of what else became known of customers, one row each: customer_id, known_on (days since
            1970-01-01: the day on which it became known, not the one on which it happened), kind (a short text), number
            (what the kind is counted in; empty where there is none). Returns, cancellations and deliveries are told by
            lines and orders. Rows without a customer or a day say nothing of anybody, and are left out.

    Returns:
        the facts; nothing has been counted yet.

    Raises:
        ColumnMissing: a table lacks a column.
        WrongType: a column holds another kind of value.
        UnlikeEngines: the tables live in different engines.
    """
    home = duckdb.connect()
    wanted = {
        "lines": (lines, LINES),
        "customers": (customers, CUSTOMERS),
        "products": (products, PRODUCTS),
        "orders": (orders, ORDERS),
        **{f"happenings {place}": (table, HAPPENINGS) for place, table in enumerate(happenings, start=1)},
    }
    given = {name: checked(table, name, schema, home) for name, (table, schema) in wanted.items() if table is not None}
    same_engine(given)
    noted = [deliveries(given["orders"])] if "orders" in given else []
    noted += [usable(table) for name, table in given.items() if name.startswith("happenings")]
    return Facts(given["lines"], given.get("customers"), given.get("products"), stacked(noted) if noted else None)


def _columns(frame: Frame) -> Iterable[str]:
    return frame.collect_schema().names()
