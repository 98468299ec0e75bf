"""Decisions: the value of every leaf for every customer, and whether the leaf holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import ceil
from operator import or_

import narwhals as nw
import numpy as np

from stammkunde.insight.errors import InvalidRule
from stammkunde.insight.frames import Frame, arrow
from stammkunde.insight.rules import asking
from stammkunde.insight.rules.known import RANKED, column_of
from stammkunde.insight.rules.measuring import Value, with_amounts
from stammkunde.insight.rules.tree import (
    Amount,
    Compare,
    Ever,
    Field,
    Happened,
    Leaf,
    Member,
    Rule,
    Span,
    Yearly,
)
from stammkunde.insight.rules.using import leaves, own_amounts
from stammkunde.insight.rules.worlds import World
from stammkunde.insight.rules.writing import digest

Ranked = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class Asked:
    """
    Leaves that are ready to be answered.

    Args:
        frame: one row a customer, with the value of every leaf.
        values: field or amount → where its value is found.
        holds: leaf → whether it holds; true or false.
        bounds: digest of a leaf → the value from which on it is among the top or bottom.
    """

    frame: Frame
    values: Mapping[str | Amount, Value]
    holds: Mapping[Leaf, nw.Expr]
    bounds: Mapping[str, int | float | None]

    def unknown(self, leaf: Leaf) -> nw.Expr:
        """
        Ask whether the value of a leaf is unknown.

        Args:
            leaf: the leaf.

        Returns:
            the expression; true or false. Whether somebody is a member is always known.
        """
        found = [~asking.is_known(value.column, value.kind) for value in values_of(leaf, self.values)]
        return reduce(or_, found) if found else nw.col("customer_id").is_null()


def values_of(leaf: Leaf, values: Mapping[str | Amount, Value]) -> list[Value]:
    """
    Find the values that a leaf asks.

    Args:
        leaf: the leaf.
        values: field or amount → where its value is found.

    Returns:
        one value, both sides of a comparison, or none for members.
    """
    return [values[leaf.name]] if isinstance(leaf, Field) else [values[amount] for amount in own_amounts(leaf)]


def bounds(rules: Iterable[Rule], world: World) -> dict[str, int | float | None]:
    """
    Find the values from which on customers are among the top or bottom: of all, for `World.bounds` of some.

    In the top x % is of whom fewer than x % of those with a known value are above; equal values are in together. Of
    counts and sums, whoever has 0 is not ranked.

    Args:
        rules: whose leaves.
        world: all customers.

    Returns:
        digest of the leaf → the smallest value in the top, the largest in the bottom; None: nobody has a value.
    """
    ranked = {leaf: None for rule in rules for leaf in leaves(rule) if _is_ranked(leaf)}
    found = [leaf for leaf in ranked if isinstance(leaf, Field | Happened)]
    if not found:
        return {}
    wide, values = _with_values(world.customers, found, world)
    names = [values_of(leaf, values)[0].column for leaf in found]
    table = arrow(wide.select(*dict.fromkeys(names)))
    return {
        digest(leaf): _bound(_ranked(table[name].drop_null().to_numpy(), leaf), leaf)
        for leaf, name in zip(found, names, strict=True)
    }


def _is_ranked(leaf: Leaf) -> bool:
    return isinstance(leaf, Field | Happened) and leaf.check.operator in RANKED


def _counts(leaf: Leaf) -> bool:
    """Tell whether the value of a leaf is 0 where there was nothing to count."""
    return isinstance(leaf, Happened) and leaf.amount.measure.name in {"count", "days", "sum"}


def _ranked(values: Ranked, leaf: Leaf) -> Ranked:
    return values[values != 0] if _counts(leaf) else values


def _bound(values: Ranked, leaf: Field | Happened) -> int | float | None:
    if not len(values):
        return None
    several = ceil(len(values) * Fraction(str(leaf.check.values[0])) / 100)
    place = len(values) - several if leaf.check.operator == "top %" else several - 1
    bound: int | float = np.partition(values, place)[place].item()
    return bound


def ask(found: Iterable[Leaf], world: World) -> Asked:
    """
    Make leaves ready to be answered, equal ones once.

    Args:
        found: leaves of any rules.
        world: what they are held against.

    Returns:
        the leaves' values for every customer, and whether they hold.

    Raises:
        InvalidRule: members or moments are not given, or whoever looks is asked for.
    """
    distinct = list(dict.fromkeys(found))
    unbound = [leaf for leaf in distinct if _is_ranked(leaf) and digest(leaf) not in world.bounds]
    limits = {**world.bounds, **bounds(unbound, world)}
    wide, values = _with_values(world.customers, distinct, world)
    wide, members = _with_members(wide, distinct, world)
    holds = {leaf: _holds(leaf, values, members, limits, world).fill_null(value=False) for leaf in distinct}
    return Asked(wide, values, holds, limits)


def _with_values(wide: Frame, found: Sequence[Leaf], world: World) -> tuple[Frame, dict[str | Amount, Value]]:
    measured = [amount for leaf in found for amount in own_amounts(leaf)]
    wide, amounts = with_amounts(wide, measured, world)
    values: dict[str | Amount, Value] = dict(amounts.items())
    for leaf in found:
        if isinstance(leaf, Field):
            values[leaf.name] = _field(leaf.name, world)
    yearly = {
        value.column
        for leaf in found
        if isinstance(leaf, Field | Happened) and isinstance(leaf.check.span, Yearly)
        for value in values_of(leaf, values)
    }
    return asking.with_years(wide, sorted(yearly)), values


def _field(name: str, world: World) -> Value:
    field = world.known.fields[name]
    return Value(column_of(name), field.kind, anchor=world.anchor(field.counted), latest=world.today)


def _with_members(wide: Frame, found: list[Leaf], world: World) -> tuple[Frame, dict[tuple[str, Span], str]]:
    asked = dict.fromkeys((leaf.name, leaf.within) for leaf in found if isinstance(leaf, Member))
    columns = {key: f"member {n}" for n, key in enumerate(asked)}
    for (name, span), column in columns.items():
        wide = wide.join(
            _members(name, span, world).with_columns(nw.lit(1).alias(column)), on="customer_id", how="left"
        )
    return wide, columns


def _members(name: str, span: Span, world: World) -> Frame:
    if name not in world.members:
        raise InvalidRule(f"The members of '{name}' are not given.", place="", code="members_missing", about=name)
    frame = world.members[name]
    if span != Ever():
        prepared = asking.with_years(frame, ["day"]) if isinstance(span, Yearly) else frame
        frame = prepared.filter(asking.within(span, "day", anchor=world.today))
    return frame.select("customer_id").unique()


def _holds(
    leaf: Leaf,
    values: Mapping[str | Amount, Value],
    members: Mapping[tuple[str, Span], str],
    limits: Mapping[str, int | float | None],
    world: World,
) -> nw.Expr:
    match leaf:
        case Member(_, _, state, within):
            there = ~nw.col(members[leaf.name, within]).is_null()
            return ~there if state == "not in" else there
        case Compare(_, operator, times, _):
            left, right = map(_number, values_of(leaf, values))
            compared: nw.Expr = asking.COMPARED[operator](left, right * times)
            return compared
        case Field(_, check) | Happened(_, check):
            (value,) = values_of(leaf, values)
            if check.operator in RANKED:
                inside = _is_in_bound(nw.col(value.column), check.operator, limits[digest(leaf)])
                return inside & (nw.col(value.column) != 0) if _counts(leaf) else inside
            latest = value.latest
            return asking.holds(check, value.column, value.kind, anchor=value.anchor, me=world.me, latest=latest)


def _number(value: Value) -> nw.Expr:
    """Give a value as a number; of a day, how many days it is back from its anchor."""
    number = nw.col(value.column).cast(nw.Float64)
    return number * -1 + float(value.anchor) if value.kind == "day" else number


def _is_in_bound(value: nw.Expr, operator: str, bound: float | None) -> nw.Expr:
    if bound is None:
        return ~value.is_null() & value.is_null()
    return value >= bound if operator == "top %" else value <= bound
