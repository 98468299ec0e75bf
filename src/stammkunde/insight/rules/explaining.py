"""Why somebody keeps to a rule, or not: each leaf with its value, what it lacks, and the rows it was read from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any as Anything

import narwhals as nw

from stammkunde.insight.frames import hold
from stammkunde.insight.frames import rows as fetched
from stammkunde.insight.rules import asking, rows, spans
from stammkunde.insight.rules.deciding import Asked, ask, values_of
from stammkunde.insight.rules.known import RANKED
from stammkunde.insight.rules.measuring import Value
from stammkunde.insight.rules.tree import Amount, Compare, Leaf, Measure, Member, Rule, Since, Span, Yearly
from stammkunde.insight.rules.using import leaves, own_amounts
from stammkunde.insight.rules.worlds import World
from stammkunde.insight.rules.writing import digest

SHOWN = 20  # rows of an amount, the newest
Number = int | float


@dataclass(frozen=True)
class Row:
    """
    A row that was counted.

    Args:
        table: where it is.
        key: its own number.
        day: on which it happened (since 1970-01-01), where it has one.
    """

    table: str
    key: int
    day: int | None


@dataclass(frozen=True)
class Because:
    """
    What a leaf says of somebody.

    Args:
        leaf: the leaf.
        holds: whether it holds.
        values: what was asked: one value, both sides of a comparison, whether somebody is a member. Days are days since
            1970-01-01, of a comparison days back from the table's anchor; None: unknown.
        lacks: by how much the value, or the left side, would have to rise (below 0: fall) for the leaf to hold; 0 where
            it holds; None where no number says so.
        rows: what was counted, the newest `SHOWN` of each side.
    """

    leaf: Leaf
    holds: bool
    values: tuple[Anything, ...]
    lacks: Number | None
    rows: tuple[Row, ...]


def why(rule: Rule, world: World) -> dict[int, list[Because]]:
    """
    Explain a rule to a few customers.

    Args:
        rule: the rule.
        world: the customers in question and their rows; `bounds` of all, where the rule asks for the top or bottom.

    Returns:
        customer_id → what each of `leaves(rule)` says of her, in their order.

    Raises:
        InvalidRule: members or moments are not given, or whoever looks is asked for.
    """
    found, world = leaves(rule), _of_these(world)
    asked = ask(found, world)
    columns = {value.column for leaf in found for value in values_of(leaf, asked.values)}
    flags = [asked.holds[leaf].alias(f"leaf {n}") for n, leaf in enumerate(found)]
    answers = fetched(asked.frame.select("customer_id", *sorted(columns), *flags))
    amounts = dict.fromkeys(amount for leaf in found for amount in own_amounts(leaf))
    sources = {amount: _sources(amount, world) for amount in amounts}
    return {
        row["customer_id"]: [_because(leaf, row[f"leaf {n}"], row, asked, sources) for n, leaf in enumerate(found)]
        for row in answers
    }


def _of_these(world: World) -> World:
    """Leave out others' rows, before anything is counted."""
    these = hold(world.customers)
    only = these.select("customer_id")
    tables = {name: frame.join(only, on="customer_id", how="semi") for name, frame in world.tables.items()}
    return replace(world, customers=these, tables=tables)


def _sources(amount: Amount, world: World) -> dict[int, list[Row]]:
    """List what an amount counts, customer by customer, the newest first."""
    table = world.table(amount.table)
    if rows.one_pass(amount) and amount.pick != "any":
        amount = replace(amount, measure=Measure("last"))  # so that the row itself is picked
    counting = rows.ready([amount], rows.beginnings([amount], world), world)
    day = nw.col(table.day) if table.day else nw.lit(None)
    kept = counting.frame.filter(counting.conditions[amount])
    listed = fetched(kept.select("customer_id", nw.col(table.key).alias("key"), day.cast(nw.Int32).alias("day")))
    found: dict[int, list[Row]] = {}
    for one in sorted(listed, key=lambda row: (row["day"] is not None, row["day"] or 0, row["key"]), reverse=True):
        shown = found.setdefault(one["customer_id"], [])
        if len(shown) < SHOWN:
            shown.append(Row(table.name, one["key"], one["day"]))
    return found


def _because(
    leaf: Leaf, holds: bool, row: Mapping[str, Anything], asked: Asked, sources: Mapping[Amount, dict[int, list[Row]]]
) -> Because:
    values = _values(leaf, holds, row, values_of(leaf, asked.values))
    counted = [one for amount in own_amounts(leaf) for one in sources[amount].get(row["customer_id"], [])]
    lacks = 0 if holds else _lacks(leaf, values, asked)
    return Because(leaf, holds, values, lacks, tuple(dict.fromkeys(counted)))


def _values(leaf: Leaf, holds: bool, row: Mapping[str, Anything], found: list[Value]) -> tuple[Anything, ...]:
    if isinstance(leaf, Member):
        return (holds != (leaf.state == "not in"),)
    values = [row[value.column] for value in found]
    if not isinstance(leaf, Compare):
        return tuple(None if value == "" else value for value in values)
    return tuple(_back(value, of) for value, of in zip(values, found, strict=True))


def _back(value: Number | None, of: Value) -> Number | None:
    return value if value is None or of.kind != "day" else of.anchor - value


def _lacks(leaf: Leaf, values: tuple[Anything, ...], asked: Asked) -> Number | None:
    if isinstance(leaf, Member) or None in values:
        return None
    if isinstance(leaf, Compare):
        return _to(leaf.operator, [values[1] * leaf.times], values[0], step=0)
    (of,) = values_of(leaf, asked.values)
    if of.kind in {"text", "flag"}:
        return None
    if leaf.check.span is not None:
        return _to_span(leaf.check.span, values[0], of)
    if leaf.check.operator in RANKED:
        bound = asked.bounds[digest(leaf)]
        return None if bound is None else bound - float(values[0])
    wanted = [asking.plain(one, of.kind, None) for one in leaf.check.values]
    return _to(leaf.check.operator, wanted, values[0], step=0 if of.kind in {"real", "share"} else 1)


def _to(operator: str, wanted: list[Anything], value: Number, *, step: int) -> Number | None:
    """Give the way to the nearest value that would do; `step` is the way past a limit that is left out."""
    ways: list[Number] = [one - value for one in wanted]
    if operator in {">", "<"}:
        return ways[0] + (step if operator == ">" else -step)
    return min(ways, key=abs) if operator in {">=", "<=", "is", "between"} else None


def _to_span(span: Span, day: int, of: Value) -> int | None:
    if isinstance(span, Yearly | Since):
        return None
    first, last = spans.days(span, of.anchor, latest=of.latest)
    return first - day if first is not None and day < first else last - day if last is not None else None
