"""The mirror's tables as insight wants them: whole or within one slice, long lists of values cut to the largest."""

from dataclasses import dataclass
from datetime import date

import duckdb
import narwhals as nw

from stammkunde import mirror
from stammkunde.insight import recency, slices
from stammkunde.insight.frames import CONVERSATION, COSTS_ALONE, Facts, Frame, facts, hold, rows, text
from stammkunde.insight.margins import at_stage
from stammkunde.signals import margins, spent

OTHER = "…"  # the slice value under which the smaller values of a long list are counted together
MOST_VALUES = 30
TOOK_PART = (
    "direction = 'in' OR (outcome = 'reached' AND channel IN ('phone', 'meeting'))"  # `contacts.queries.TOOK_PART`
)
NO_SLICES = "* EXCLUDE (number, owner_email, postcode, city, is_multiplier)"  # only groups of customers ask for these
CLASSES = frozenset({"class"})  # the A/B/C class as known at the end of the facts; empty: nothing bought


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A part of the business: the customers, or the lines, whose `by` is `value` (empty text: unknown)."""

    by: str
    value: str


def open_facts(tables: mirror.Tables, *, margin: margins.Terms) -> Facts:
    """Open the mirror's tables for insight; of an order that was cancelled nothing was delivered."""
    took_place = tables.orders.filter("status <> 'cancelled'")
    known = facts(
        tables.lines.project("* EXCLUDE (line_id, discount_cents)"),
        customers=tables.customers.project(NO_SLICES),
        products=tables.products,
        orders=took_place,
        happenings=[_conversations(tables)],
    )
    orders: Frame = nw.from_native(took_place).lazy()
    time = nw.from_native(spent.pieces(tables, margin.time).filter("has_bought")).lazy() if margin.counts_time else None
    return at_stage(known, stage=margin.as_stage, orders=orders, payment_percent=margin.payment_percent, spent=time)


def _conversations(tables: mirror.Tables) -> duckdb.DuckDBPyRelation:
    """Tell of the contacts in which the customer took part; what was taken back is not in the mirror."""
    spoken = tables.contacts.filter(TOOK_PART)
    return spoken.project(f"customer_id, happened_on AS known_on, '{CONVERSATION}' AS kind, NULL::DOUBLE AS number")


def customers(known: Facts) -> Frame:
    """Give the table of customers, which the mirror always has."""
    assert known.customers is not None
    return known.customers


def with_class(known: Facts, *, as_of: date) -> Facts:
    """Look at the facts as known on a day, with the customers' A/B/C class then among what can be sliced by."""
    past = known.until(as_of)
    found = recency.classed(past, as_of=as_of).select("customer_id", nw.col("abc_class").alias("class"))
    joined = customers(past).join(found, on="customer_id", how="left")
    return past.with_customers(hold(joined.with_columns(text("class").alias("class"))))


def within(known: Facts, part: Slice | None) -> Facts:
    """
    Keep the lines of one slice only.

    :raises SliceUnknown: if the facts cannot be sliced by that name
    """
    if part is None:
        return known
    if part.by == "channel":  # guests have one, too
        here = (text("channel") == part.value) & ~nw.col("kind").is_in(slices.OF_NO_SLICE["channel"])
        return known.with_lines(known.lines.filter(here))
    slicing = slices.slicing(known, by=part.by)
    if slicing.kind == "line":
        lines = slices.known_lines(known, slices=slicing).filter(nw.col("slice") == part.value).drop("slice")
        return known.with_lines(lines)
    ids = customers(known).filter(text(part.by) == part.value).select("customer_id")
    return known.of_customers(hold(ids))  # every question to these facts asks who they are


def values(known: Facts, *, by: str) -> list[tuple[str, int]]:
    """List what a slice column says, largest first, with its customers (channel: lines, category: products)."""
    return known.remember(("values", by), lambda: _values(known, by=by))


def _values(known: Facts, *, by: str) -> list[tuple[str, int]]:
    lines = known.lines.filter(~nw.col("kind").is_in(COSTS_ALONE))
    table = {"channel": lines, "category": known.products}.get(by, known.customers)
    assert table is not None  # all of them are opened
    counted = table.group_by(text(by).alias("value")).agg(nw.len().alias("n"))
    return sorted(((row["value"], row["n"]) for row in rows(counted)), key=lambda pair: (-pair[1], pair[0]))


def says_something(known: Facts, *, by: str) -> bool:
    """Say whether a slice column tells customers or lines apart at all."""
    return any(value for value, _ in values(known, by=by))


def told_apart(known: Facts, *, by: str) -> list[str]:
    """List the values of a slice column that are counted; of a long list, the largest and `OTHER`."""
    found = [value for value, _ in values(known, by=by)]
    return found if len(found) <= MOST_VALUES else [*found[: MOST_VALUES - 1], OTHER]


def cut(known: Facts, *, by: str) -> Facts:
    """Count the smaller values of a long list together, as `OTHER`, so that a chart stays readable."""
    kept = told_apart(known, by=by)
    if OTHER not in kept:
        return known
    shortened = nw.when(text(by).is_in(kept)).then(text(by)).otherwise(nw.lit(OTHER)).alias(by)
    if by == "channel":
        return known.with_lines(known.lines.with_columns(shortened))
    return known.with_customers(customers(known).with_columns(shortened))
