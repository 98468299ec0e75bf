"""Reading rules from plain data: what cannot be asked is refused with its place and the cure, never ignored."""

from typing import Any as Anything

from stammkunde.insight.rules import amounts, checks, spans
from stammkunde.insight.rules.known import Column, Known
from stammkunde.insight.rules.places import Place
from stammkunde.insight.rules.tree import (
    All,
    Any,
    Compare,
    Field,
    Happened,
    Member,
    Not,
    Rule,
)
from stammkunde.insight.rules.using import counted

LEAVES, DEPTH, VALUES = 50, 4, 1_000  # at most
_STATES = {"segment": ("in", "not in"), "play": ("in", "was in", "held out")}
_FORMS = ("all", "any", "not", "field", "happened", "left", "segment", "play")


def read(data: Anything, known: Known) -> Rule:
    """
    Read a rule.

    Args:
        data: plain data, as JSON gives it.
        known: all that rules may ask.

    Returns:
        the rule.

    Raises:
        InvalidRule: it asks what cannot be asked, or too much; with place, code and cure.
    """
    rule = _rule(data, Place(), known, 0)
    leaves, values = counted(rule)
    for code, found, most in (("too_many_leaves", leaves, LEAVES), ("too_many_values", values, VALUES)):
        if found > most:
            what = "questions" if code == "too_many_leaves" else "values"
            Place().refuse(code, f"The rule has {found} {what}; at most {most} are allowed. Make it smaller.", found)
    return rule


def _rule(data: Anything, place: Place, known: Known, depth: int) -> Rule:
    form = next((one for one in _FORMS if isinstance(data, dict) and one in data), None)
    if form is None:
        place.refuse("no_rule", f"This is no rule. Begin with one of {', '.join(_FORMS)}.", data)
    if form in {"all", "any", "not"}:
        return _group(form, data, place, known, depth)
    if form == "field":
        return _field(data, place.at("field"), known)
    if form == "happened":
        return _happened(data, place.at("happened"), known)
    return _compare(data, place.at("compare"), known) if form == "left" else _member(form, data, place, known)


def _group(form: str, data: Anything, place: Place, known: Known, depth: int) -> Rule:
    place.entries(data, needed=[form])
    inner = place.at(form)
    if depth == DEPTH:
        inner.refuse("too_deep", f"Groups are nested at most {DEPTH} deep. Take one group apart.", depth + 1)
    if form == "not":
        return Not(_rule(data["not"], inner, known, depth + 1))
    found = tuple(_rule(one, inner.at(n), known, depth + 1) for n, one in enumerate(inner.listed(data[form]), 1))
    return All(found) if form == "all" else Any(found)


def _field(data: Anything, place: Place, known: Known) -> Field:
    place.entries(data, needed=["field", "is"], more=["value"])
    column = known.fields.get(data["field"]) if isinstance(data["field"], str) else None
    if column is None:
        text = f"There is no field {data['field']!r}. Choose another one, or bring the data in that it stands for."
        place.refuse("unknown_field", text, data["field"])
    return Field(column.name, checks.read(data, place, column, ranked=True))


def _happened(data: Anything, place: Place, known: Known) -> Happened:
    place.entries(data, needed=["happened"], more=[*amounts.ENTRIES, "is", "value"])
    amount, kind = amounts.read(data, place, known)
    if "is" not in data and "value" not in data and amount.measure.name == "count":
        data = {"is": ">=", "value": 1}
    elif "is" not in data:
        place.refuse("entry_missing", "'is' is missing. Add it.", "is")
    return Happened(amount, checks.read(data, place, Column(amount.measure.name, kind), ranked=True))


def _compare(data: Anything, place: Place, known: Known) -> Compare:
    place.entries(data, needed=["left", "is", "right"], more=["times"])
    if data["is"] not in (">=", "<=", ">", "<"):
        place.at("is").refuse("unknown_operator", "Amounts are compared by >=, <=, > or <. Use one.", data["is"])
    sides = {}
    for side in ("left", "right"):
        inner = place.at(side)
        inner.entries(data[side], needed=["happened"], more=amounts.ENTRIES)
        sides[side], kind = amounts.read(data[side], inner, known)
        if kind in {"text", "flag"}:
            inner.at("measure").refuse("no_amount", "Only numbers and days are compared. Measure another column.", kind)
    times = data.get("times", 1)
    if isinstance(times, bool) or not isinstance(times, int | float) or not 0 < times <= 1_000_000:
        place.at("times").refuse("no_number", f"Give a number above 0, not {times!r}.", times)
    return Compare(sides["left"], data["is"], float(times), sides["right"])


def _member(form: str, data: Anything, place: Place, known: Known) -> Member:
    place = place.at("member")
    place.entries(data, needed=[form, "is"], more=["within"] if form == "play" else [])
    there = known.segments if form == "segment" else known.plays
    if isinstance(data[form], bool) or not isinstance(data[form], int) or data[form] not in there:
        place.at(form).refuse("unknown_member", f"There is no {form} {data[form]!r}. Choose another one.", data[form])
    if data["is"] not in _STATES[form]:
        place.at("is").refuse("unknown_operator", f"Use {', '.join(_STATES[form])}.", data["is"])
    span = spans.read(data.get("within", "ever"), place.at("within"))
    return Member("segment" if form == "segment" else "play", data[form], data["is"], span)
