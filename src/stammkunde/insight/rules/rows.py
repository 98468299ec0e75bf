"""Rows of a table that an amount counts: within its span, picked, and as its conditions ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import narwhals as nw

from stammkunde.insight.errors import InvalidRule
from stammkunde.insight.frames import Frame, counted, hold
from stammkunde.insight.rules import asking, spans
from stammkunde.insight.rules.asking import holds, within
from stammkunde.insight.rules.known import Table
from stammkunde.insight.rules.tree import Amount, Cond, Since, Span, With, Yearly
from stammkunde.insight.rules.worlds import World

FEW = 4  # amounts whose conditions are worth asking before grouping; of more, only the widest span
_PLACES = 2**40  # keys of rows are below
_NO_KEY = -1  # an empty list is refused


@dataclass(frozen=True, eq=False)
class Counted:
    """
    A table ready to be counted.

    Args:
        frame: the rows, with what the conditions ask.
        conditions: amount → which rows it counts; where `one_pass` picks, which it would count if they were picked.
        spans: amount → which rows lie within its span.
    """

    frame: Frame
    conditions: dict[Amount, nw.Expr]
    spans: dict[Amount, nw.Expr]


def one_pass(amount: Amount) -> bool:
    """
    Tell whether an amount is measured along with all others of its table: where it picks, if it only counts.

    Args:
        amount: the amount.

    Returns:
        whether it is.
    """
    return amount.pick == "any" or amount.measure.name == "count"


def place(table: Table) -> nw.Expr:
    """
    Order a table's rows: by day, those of one day by key.

    Args:
        table: the table.

    Returns:
        a whole number a row, each another one; unknown where a row has no day.
    """
    return nw.col(table.day).cast(nw.Int64) * _PLACES + nw.col(table.key).cast(nw.Int64)


def ready(amounts: list[Amount], begins: dict[Since, Frame], world: World) -> Counted:
    """
    Make a table ready for amounts of one table and one pick.

    Args:
        amounts: of the same table: all of `one_pass`, or all of the same pick and span.
        begins: what spans begin after → frame of customer_id and the day.
        world: what they are held against.

    Returns:
        rows with a customer, those left out that no amount counts.
    """
    first = amounts[0]
    table = world.table(first.table)
    frame = world.tables[table.name].filter(~nw.col("customer_id").is_null())
    starts = {span: f"since {n}" for n, span in enumerate(_sinces(amounts))}
    for span, name in starts.items():
        frame = frame.join(begins[span].rename({"day": name}), on="customer_id", how="left")
    frame = asking.with_years(frame, _yearly(amounts, table))
    if not one_pass(first):
        frame = _picked(frame, first, table, world, starts)
    lower = {one: f"with {n}" for n, one in enumerate(dict.fromkeys(w for a in amounts for w in a.having))}
    for one, name in lower.items():
        frame = frame.join(_lower(one, table, world, name), on=table.key, how="left")
        frame = frame.with_columns(nw.col(name).fill_null(0))
    inside = {amount: _within(amount, table, world, starts) for amount in amounts}
    conditions = {amount: reduce(and_, _asked(amount, table, world, lower), inside[amount]) for amount in amounts}
    kept = [conditions[one] if one.pick == "any" or not one_pass(one) else inside[one] for one in amounts]
    frame = frame.filter(reduce(or_, kept)) if len(amounts) <= FEW else _narrowed(frame, amounts, table, world)
    return Counted(frame, conditions, inside)


def _sinces(amounts: Iterable[Amount]) -> list[Since]:
    return list(dict.fromkeys(one.within for one in amounts if isinstance(one.within, Since)))


def _yearly(amounts: list[Amount], table: Table) -> list[str]:
    days = {table.day for amount in amounts if isinstance(amount.within, Yearly)}
    asked = {one.column for amount in amounts for one in (*amount.where, *amount.measure.where) if is_yearly(one)}
    return sorted(days | asked)


def is_yearly(one: Cond) -> bool:
    """
    Tell whether a condition asks for days that return.

    Args:
        one: the condition.

    Returns:
        whether it does.
    """
    return isinstance(one.check.span, Yearly)


def _picked(frame: Frame, amount: Amount, table: Table, world: World, starts: dict[Since, str]) -> Frame:
    """Keep each customer's last, or first, row within the span; of one day the one with the higher, or lower, key."""
    inside = frame.filter(_within(amount, table, world, starts) & ~nw.col(table.day).is_null())
    ranked = inside.with_columns(place(table).alias("place"))
    best = nw.col("place").max() if amount.pick == "last" else nw.col("place").min()
    return ranked.with_columns(best.over("customer_id").alias("best")).filter(nw.col("place") == nw.col("best"))


def _within(amount: Amount, table: Table, world: World, starts: dict[Since, str]) -> nw.Expr:
    span = amount.within
    since = starts[span] if isinstance(span, Since) else ""
    inside = within(span, table.day, anchor=world.anchor(table.name), since=since)
    return inside & _is_same(table, world) if amount.same else inside


def _is_same(table: Table, world: World) -> nw.Expr:
    if table.name not in world.same:
        text = f"Which rows of '{table.name}' are meant is not given."
        raise InvalidRule(text, place="", code="same_missing", about=table.name)
    return nw.col(table.key).is_in([*world.same[table.name], _NO_KEY])


def _lower(one: With, upper: Table, world: World, name: str) -> Frame:
    table = world.table(one.table)
    frame = asking.with_years(world.tables[one.table], sorted({c.column for c in one.where if is_yearly(c)}))
    link = table.below[upper.name]
    found = frame.filter(reduce(and_, conds(one.where, table, world), ~nw.col(link).is_null()))
    counts = found.group_by(link).agg(counted(~nw.col(link).is_null(), name=name))
    return counts if link == upper.key else counts.rename({link: upper.key})


def conds(where: Iterable[Cond], table: Table, world: World) -> list[nw.Expr]:
    """
    Ask the columns of a row.

    Args:
        where: the conditions.
        table: whose row.
        world: what it is held against.

    Returns:
        an expression for each condition.
    """
    return [_cond(one, table, world) for one in where]


def _cond(one: Cond, table: Table, world: World) -> nw.Expr:
    column = table.column(one.column)
    kind = column.kind if column else "text"
    anchor = world.anchor(table.name)
    return holds(one.check, one.column, kind, anchor=anchor, me=world.me, latest=world.today)


def _asked(amount: Amount, table: Table, world: World, lower: dict[With, str]) -> list[nw.Expr]:
    having = [holds(one.check, lower[one], "whole", anchor=0, me=None) for one in amount.having]
    return [*conds(amount.where, table, world), *having]


def _narrowed(frame: Frame, amounts: list[Amount], table: Table, world: World) -> Frame:
    """Leave out what lies in nobody's span, before grouping."""
    ranges = [_range(amount.within, world.anchor(table.name)) for amount in amounts]
    firsts, lasts = [first for first, _ in ranges], [last for _, last in ranges]
    ends = [] if None in firsts else [nw.col(table.day) >= min(day for day in firsts if day is not None)]
    ends += [] if None in lasts else [nw.col(table.day) <= max(day for day in lasts if day is not None)]
    return frame.filter(reduce(and_, ends)) if ends else frame


def _range(span: Span, anchor: int) -> tuple[int | None, int | None]:
    return (None, None) if isinstance(span, Since | Yearly) else spans.days(span, anchor)


def beginnings(amounts: Iterable[Amount], world: World) -> dict[Since, Frame]:
    """
    Find the days after which spans begin.

    Args:
        amounts: whose spans.
        world: what they are held against.

    Returns:
        span → frame of customer_id and day; who has none has no row.

    Raises:
        InvalidRule: moments, or the rows that are meant, are not given.
    """
    return {span: hold(_beginning(span, world)) for span in _sinces(amounts)}


def _beginning(span: Since, world: World) -> Frame:
    found, day = _begun(span, world)
    return found.group_by("customer_id").agg(day.alias("day")).filter(~nw.col("day").is_null())


def _begun(span: Since, world: World) -> tuple[Frame, nw.Expr]:
    if isinstance(span.what, Amount):
        counting = ready([span.what], {}, world)
        day = nw.col(span.what.measure.column or world.table(span.what.table).day)
        found = counting.frame.filter(counting.conditions[span.what])
        return found, day.min() if span.what.measure.name == "first" else day.max()
    if world.moments is None:
        text = f"The moments '{span.what}' are not given."
        raise InvalidRule(text, place="", code="moments_missing", about=span.what)
    return world.moments.filter(nw.col("name") == span.what), nw.col("day").max()
