"""
Rules over customers: a small tree, each leaf true or false for every customer on a day; `not` is the exact complement.

    >>> from stammkunde.insight import rules
    >>> known = rules.of([rules.Table("orders", (rules.Column("total_cents", "cents"),))], [])
    >>> rule = rules.read({"happened": "orders", "within": {"last": 90}, "is": ">=", "value": 2}, known)
    >>> rules.uses(rule).tables
    frozenset({'orders'})
"""

from stammkunde.insight.errors import InvalidRule
from stammkunde.insight.rules import tree
from stammkunde.insight.rules.answering import Tally, flags, tally, unknown
from stammkunde.insight.rules.deciding import bounds
from stammkunde.insight.rules.explaining import Because, Row, why
from stammkunde.insight.rules.known import OPERATORS, Column, Known, Table, column_of, kind_of, of
from stammkunde.insight.rules.reading import DEPTH, LEAVES, VALUES, read
from stammkunde.insight.rules.tree import Rule
from stammkunde.insight.rules.using import Uses, in_order, leaves, uses
from stammkunde.insight.rules.worlds import World
from stammkunde.insight.rules.writing import digest, write

__all__ = [
    "DEPTH",
    "LEAVES",
    "OPERATORS",
    "VALUES",
    "Because",
    "Column",
    "InvalidRule",
    "Known",
    "Row",
    "Rule",
    "Table",
    "Tally",
    "Uses",
    "World",
    "bounds",
    "column_of",
    "digest",
    "flags",
    "in_order",
    "kind_of",
    "leaves",
    "of",
    "read",
    "tally",
    "tree",
    "unknown",
    "uses",
    "why",
    "write",
]
