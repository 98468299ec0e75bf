"""What a rule reads, and which rules read each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from stammkunde.insight.errors import InvalidRule
from stammkunde.insight.rules.tree import (
    All,
    Amount,
    Any,
    Check,
    Compare,
    Cond,
    Field,
    Happened,
    Leaf,
    Me,
    Member,
    Not,
    Rule,
    Since,
)


@dataclass(frozen=True)
class Uses:
    """
    What a rule reads.

    Args:
        tables: of which it asks what happened, lower ones among them.
        fields: of the customer.
        columns: of tables, as (table, column).
        members: names of segments and plays: `segment:12`, `play:7:held out`.
        moments: names of moments.
        same: tables of which only the rows count that are about what the rule is about.
        me: whether it asks for whoever looks; then it is for lists only.
    """

    tables: frozenset[str]
    fields: frozenset[str]
    columns: frozenset[tuple[str, str]]
    members: frozenset[str]
    moments: frozenset[str]
    same: frozenset[str]
    me: bool


def uses(rule: Rule) -> Uses:
    """
    Tell what a rule reads.

    Args:
        rule: the rule.

    Returns:
        tables, fields, columns, members and moments.
    """
    found = leaves(rule)
    measured = [one for leaf in found for one in measured_by(leaf)]
    columns = frozenset((table, one.column) for amount in measured for table, one in _conds(amount))
    sums = frozenset((amount.table, amount.measure.column) for amount in measured if amount.measure.column)
    lower = {one.table for amount in measured for one in amount.having}
    return Uses(
        tables=frozenset({amount.table for amount in measured} | lower),
        fields=frozenset(leaf.name for leaf in found if isinstance(leaf, Field)),
        columns=columns | sums,
        members=frozenset(leaf.name for leaf in found if isinstance(leaf, Member)),
        moments=frozenset(name for amount in measured if isinstance(name := _since(amount), str)),
        same=frozenset(amount.table for amount in measured if amount.same),
        me=any(isinstance(value, Me) for check in _checks(rule) for value in check.values),
    )


def leaves(rule: Rule) -> list[Leaf]:
    """
    List the leaves of a rule.

    Args:
        rule: the rule.

    Returns:
        the leaves in the order in which they are read; equal ones again.
    """
    match rule:
        case All(rules) | Any(rules):
            return [leaf for one in rules for leaf in leaves(one)]
        case Not(inner):
            return leaves(inner)
        case _:
            return [rule]


def measured_by(leaf: Leaf) -> list[Amount]:
    """
    List what a leaf measures.

    Args:
        leaf: a leaf.

    Returns:
        its amounts, and those after which their spans begin.
    """
    return [one for amount in own_amounts(leaf) for one in (amount, _since(amount)) if isinstance(one, Amount)]


def own_amounts(leaf: Leaf) -> list[Amount]:
    """
    List what a leaf compares.

    Args:
        leaf: a leaf.

    Returns:
        its amount, or both.
    """
    if isinstance(leaf, Happened):
        return [leaf.amount]
    return [leaf.left, leaf.right] if isinstance(leaf, Compare) else []


def _since(amount: Amount) -> Amount | str | None:
    return amount.within.what if isinstance(amount.within, Since) else None


def _conds(amount: Amount) -> Iterator[tuple[str, Cond]]:
    yield from ((amount.table, one) for one in (*amount.where, *amount.measure.where))
    yield from ((one.table, cond) for one in amount.having for cond in one.where)


def _checks(rule: Rule) -> Iterator[Check]:
    for leaf in leaves(rule):
        if isinstance(leaf, Field | Happened):
            yield leaf.check
        for amount in measured_by(leaf):
            yield from (one.check for _, one in _conds(amount))
            yield from (one.check for one in amount.having)


def counted(rule: Rule) -> tuple[int, int]:
    """
    Measure how large a rule is.

    Args:
        rule: the rule.

    Returns:
        the numbers of leaves and of values; conditions of rows count as leaves.
    """
    checked = list(_checks(rule))
    others = sum(isinstance(leaf, Compare | Member) for leaf in leaves(rule))
    return len(checked) + others, sum(len(check.values) for check in checked)


def in_order(rules: Mapping[str, Rule]) -> list[str]:
    """
    Put rules in an order in which each comes after those whose members it asks for.

    Args:
        rules: name → rule; a segment's name is that of its members, `segment:12`.

    Returns:
        the names.

    Raises:
        InvalidRule: rules ask for each other in a circle.
    """
    asked = {name: uses(rule).members & set(rules) for name, rule in rules.items()}
    try:
        return list(TopologicalSorter(asked).static_order())
    except CycleError as circle:
        names = " → ".join(circle.args[1])
        text = f"Rules ask for each other in a circle: {names}. Take one of them out."
        raise InvalidRule(text, place="", code="circle", about=names) from None
