"""Writing rules canonically, and their digest: the same in every process."""

import hashlib
import json
from typing import Any as Anything

from stammkunde.insight.rules import amounts, checks
from stammkunde.insight.rules.tree import All, Any, Compare, Ever, Field, Happened, Member, Not, Rule


def write(rule: Rule) -> dict[str, Anything]:
    """
    Write a rule canonically: without what goes without saying, several values in order.

    Args:
        rule: the rule.

    Returns:
        plain data that `read` reads as the same rule.
    """
    match rule:
        case All(rules):
            written: dict[str, Anything] = {"all": [write(one) for one in rules]}
        case Any(rules):
            written = {"any": [write(one) for one in rules]}
        case Not(inner):
            written = {"not": write(inner)}
        case Field(name, check):
            written = {"field": name} | checks.write(check)
        case Happened(amount, check):
            written = amounts.write(amount) | checks.write(check)
        case Compare(left, operator, times, right):
            many = {} if times == 1 else {"times": int(times) if times == int(times) else times}
            written = {"left": amounts.write(left), "is": operator} | many | {"right": amounts.write(right)}
        case Member(group, key, state, within):
            span = {} if within == Ever() else {"within": amounts.write_span(within)}
            written = {group: key, "is": state} | span
    return written


def digest(rule: Rule) -> str:
    """
    Name a rule by what it says.

    Args:
        rule: the rule.

    Returns:
        40 hexadecimal digits, the same in every process.
    """
    said = json.dumps(write(rule), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()[:40]
