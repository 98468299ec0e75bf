"""Answers: who keeps to rules, how many, and of whom it is unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import narwhals as nw

from stammkunde.insight.frames import Frame, counted
from stammkunde.insight.frames import rows as fetched
from stammkunde.insight.rules.deciding import ask
from stammkunde.insight.rules.tree import (
    All,
    Any,
    Leaf,
    Not,
    Rule,
)
from stammkunde.insight.rules.using import leaves
from stammkunde.insight.rules.worlds import World


def flags(rules: Mapping[str, Rule], world: World) -> Frame:
    """
    Answer rules for every customer.

    Args:
        rules: name → rule; the names are columns of the answer. Some 25 at once keep memory small.
        world: what they are held against.

    Returns:
        lazy: customer_id, and true or false for each rule.

    Raises:
        InvalidRule: members or moments are not given, or whoever looks is asked for.
    """
    asked = ask([leaf for rule in rules.values() for leaf in leaves(rule)], world)
    answers = [_expression(rule, asked.holds).alias(name) for name, rule in rules.items()]
    return asked.frame.select("customer_id", *answers)


def unknown(rule: Rule, world: World) -> list[int]:
    """
    Count the customers of whom a leaf's value is unknown.

    Args:
        rule: the rule.
        world: what it is held against.

    Returns:
        the number for each of `leaves(rule)`, in their order.
    """
    found = leaves(rule)
    asked = ask(found, world)
    numbers = [counted(asked.unknown(leaf), name=f"leaf {n}") for n, leaf in enumerate(found)]
    (row,) = fetched(asked.frame.select(*numbers))
    return [row[f"leaf {n}"] for n in range(len(found))]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """
    How many keep to a rule.

    Args:
        customers: how many there are.
        members: how many of them keep to the rule.
        among: column → of how many members it is true.
        unknown: for each of `leaves(rule)`, in their order, of how many customers its value is unknown.
    """

    customers: int
    members: int
    among: Mapping[str, int]
    unknown: tuple[int, ...]


def tally(rule: Rule, world: World, *, among: Sequence[str] = ()) -> Tally:
    """
    Count who keeps to a rule, all in one question.

    Args:
        rule: the rule.
        world: what it is held against.
        among: flags of the customers to count among the members.

    Returns:
        the numbers.

    Raises:
        InvalidRule: members or moments are not given, or whoever looks is asked for.
    """
    found = leaves(rule)
    asked = ask(found, world)
    holds = _expression(rule, asked.holds)
    (row,) = fetched(
        asked.frame.select(
            nw.len().cast(nw.Int64).alias("customers"),
            counted(holds, name="members"),
            *(counted(holds & nw.col(column), name=f"among {n}") for n, column in enumerate(among)),
            *(counted(asked.unknown(leaf), name=f"leaf {n}") for n, leaf in enumerate(found)),
        )
    )
    return Tally(
        customers=row["customers"],
        members=row["members"],
        among={column: row[f"among {n}"] for n, column in enumerate(among)},
        unknown=tuple(row[f"leaf {n}"] for n in range(len(found))),
    )


def _expression(rule: Rule, holds: Mapping[Leaf, nw.Expr]) -> nw.Expr:
    match rule:
        case All(rules):
            return reduce(and_, [_expression(one, holds) for one in rules])
        case Any(rules):
            return reduce(or_, [_expression(one, holds) for one in rules])
        case Not(inner):
            return ~_expression(inner, holds)
        case _:
            return holds[rule]
