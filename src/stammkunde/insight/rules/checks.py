"""Questions to a value: which there are for its kind, and what they compare with."""

from collections.abc import Callable
from datetime import date
from typing import Any

from stammkunde.insight.periods import day
from stammkunde.insight.rules import spans
from stammkunde.insight.rules.known import OPERATORS, RANKED, Column
from stammkunde.insight.rules.places import Place, sendable
from stammkunde.insight.rules.tree import Check, Me, Scalar

MOST = 2**52  # whole numbers and amounts beyond are not told apart by every engine
SEVERAL = ("is", "is none of", "begins with", "contains")
VALUELESS = ("is known", "is unknown")
ME = {"me": True}


def read(data: Any, place: Place, column: Column, *, ranked: bool = False) -> Check:
    """
    Read what is asked of a value.

    Args:
        data: an object with `is`, and `value` where the operator has one.
        place: where it is written.
        column: what is asked; its kind decides about operators and values.
        ranked: whether the operator may be "top %" or "bottom %".

    Returns:
        the check; several values in order, each once.

    Raises:
        InvalidRule: the kind has no such operator, or the value is none of the kind.
    """
    operator = data.get("is")
    offered = [one for one in OPERATORS[column.kind] if ranked or one not in RANKED]
    if operator not in offered:
        text = f"'{column.name}' is of the kind {column.kind}, which cannot be asked {operator!r}."
        place.at("is").refuse("unknown_operator", f"{text} Use {', '.join(offered)}.", operator)
    inner = place.at("value")
    if operator in VALUELESS:
        if data.get("value") is not None:
            inner.refuse("needless_value", f"'{operator}' has no value. Leave it out.", data["value"])
        return Check(operator)
    if "value" not in data:
        place.refuse("entry_missing", "'value' is missing. Add it.", "value")
    if operator == "within":
        return Check(operator, span=spans.read(data["value"], inner))
    return Check(operator, _values(operator, data["value"], inner, column))


def _values(operator: str, value: Any, place: Place, column: Column) -> tuple[Scalar | Me, ...]:
    if operator in RANKED:
        return (_percent(value, place),)
    if operator == "between":
        if not isinstance(value, list | tuple) or len(value) != 2:
            place.refuse("no_two_values", f"'between' needs two values, not {value!r}.", value)
        low, high = (_value(one, place.at(n), column) for n, one in enumerate(value, 1))
        if high < low:  # type: ignore[operator] # both are numbers
            place.refuse("ends_before", "The second value is below the first. Exchange them.", value)
        return low, high
    if operator not in SEVERAL:
        return (_value(value, place, column),)
    if not isinstance(value, list | tuple):
        return (_value_or_me(value, place, column),)
    found = [_value_or_me(one, place.at(n), column) for n, one in enumerate(place.listed(value), 1)]
    return tuple(sorted(set(found), key=_order))


def _order(value: Scalar | Me) -> tuple[bool, Any]:
    return (True, 0) if isinstance(value, Me) else (False, value)


def _percent(value: Any, place: Place) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 100:
        place.refuse("no_percent", f"Give a number of percent above 0 and up to 100, not {value!r}.", value)
    return value


def _value_or_me(value: Any, place: Place, column: Column) -> Scalar | Me:
    if value != ME:
        return _value(value, place, column)
    if not column.personal:
        place.refuse("not_personal", f"'{column.name}' is nobody's. Name a value.", "me")
    return Me()


def _value(value: Any, place: Place, column: Column) -> Scalar:
    return _READERS[column.kind](value, place)


def _text(value: Any, place: Place) -> str:
    if not isinstance(value, str) or not value or "\0" in value or sendable(value) != value:
        place.refuse("no_text", f'Give a text that is not empty, not {value!r}; for no text: "is unknown".', value)
    return value


def _whole(value: Any, place: Place) -> int:
    return place.whole(value, least=-MOST, most=MOST)


def _number(value: Any, place: Place) -> int | float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) <= MOST:  # nor what is no number at all
        place.refuse("no_number", f"Give a number, not {value!r}.", value)
    return int(value) if value == int(value) else float(value)


def _flag(value: Any, place: Place) -> bool:
    if not isinstance(value, bool):
        place.refuse("no_flag", f"Give true or false, not {value!r}.", value)
    return value


_READERS: dict[str, Callable[[Any, Place], Scalar]] = {
    "text": _text,
    "whole": _whole,
    "cents": _whole,
    "real": _number,
    "share": _number,
    "flag": _flag,
    "day": lambda value, place: day(spans.on(value, place)),
}


def write(check: Check) -> dict[str, Any]:
    """
    Write a check canonically.

    Args:
        check: the check.

    Returns:
        `is`, and `value` where the operator has one.
    """
    if check.span is not None:
        return {"is": check.operator, "value": spans.write(check.span, str)}
    if not check.values:
        return {"is": check.operator}
    plain = [_plain(value) for value in check.values]
    return {"is": check.operator, "value": plain[0] if len(plain) == 1 else plain}


def _plain(value: Scalar | Me) -> Any:
    if isinstance(value, Me):
        return dict(ME)
    return value.isoformat() if isinstance(value, date) else value
