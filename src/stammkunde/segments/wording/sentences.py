"""Whole rules and their leaves in words. A group within another one stands in brackets, so nothing is ambiguous."""

from django.utils.translation import gettext as _

from stammkunde.insight.rules.tree import All, Any, Check, Compare, Field, Happened, Leaf, Member, Not, Rule, Since
from stammkunde.segments.wording import amounts, checks, comparing, members
from stammkunde.segments.wording.joining import both, either
from stammkunde.segments.wording.said import Said

COUNTED = ("count", "days")


def sentence(rule: Rule, said: Said) -> str:
    """Say a rule: exactly those customers are meant of whom the sentence is true."""
    match rule:
        case All(rules):
            return both([_inner(one, said) for one in rules])
        case Any(rules):
            return either([_inner(one, said) for one in rules])
        case Not(Any(rules)):
            return sentence(All(tuple(Not(one) for one in rules)), said)
        case Not(All((inner,))):
            return sentence(Not(inner), said)
        case Not(inner):
            return _complement(inner, said) or _("not (%(said)s)") % {"said": sentence(inner, said)}
        case _:
            return leaf(rule, said)


def _inner(rule: Rule, said: Said) -> str:
    told = sentence(rule, said)
    return f"({told})" if _is_strung(rule) else told


def _is_strung(rule: Rule) -> bool:
    """Say whether a rule is said by several sentences."""
    match rule:
        case Not(Any(rules)) | All(rules) | Any(rules):
            return len(rules) > 1 or _is_strung(rules[0])
        case Not(Not(inner)):
            return _is_strung(inner)
    return False


def leaf(one: Leaf, said: Said) -> str:
    """Say one question."""
    match one:
        case Field(name, check):
            return checks.asked(*said.field(name), check)
        case Happened(amount, check):
            return amounts.asked(amount, check, said)
        case Compare():
            return comparing.compared(one, said)
        case Member():
            return members.member(one, said)


def _complement(rule: Rule, said: Said) -> str | None:
    """Say a complement in plain words where there are some that are exactly true."""
    match rule:
        case Field(name, check):
            return checks.not_asked(*said.field(name), check)
        case Happened(amount, check) if _is_counted(rule) and check.operator in checks.COMPLEMENTS:
            return amounts.asked(amount, Check(checks.COMPLEMENTS[check.operator], check.values), said)
        case Member("segment", key, state, within):
            return leaf(Member("segment", key, "in" if state == "not in" else "not in", within), said)
    return None


def _is_counted(one: Happened) -> bool:
    """Say whether the answer is always known: a number of rows or days, 0 where there are none."""
    amount = one.amount
    is_known = amount.measure.name in COUNTED and not isinstance(amount.within, Since)
    return is_known and amount.pick == "any" and bool(one.check.values)


def never_are_in(rule: Rule) -> bool:
    """Say whether a question counts, and somebody with whom nothing of it happened fits: “fewer than 2 purchases”."""
    if not isinstance(rule, Happened) or rule.amount.measure.name not in (*COUNTED, "sum"):
        return False
    if isinstance(rule.amount.within, Since):
        return False
    values = [value for value in rule.check.values if isinstance(value, int | float)]
    return bool(values) and _holds_of_nothing(rule.check.operator, values)


def _holds_of_nothing(operator: str, values: list[float]) -> bool:
    return {
        "is": 0 in values,
        "is none of": 0 not in values,
        ">=": values[0] <= 0,
        "<=": values[0] >= 0,
        ">": values[0] < 0,
        "<": values[0] > 0,
        "between": values[0] <= 0 <= values[-1],
    }.get(operator, False)
