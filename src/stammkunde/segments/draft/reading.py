"""From a form to plain data. What cannot be read stays as typed, so that the rule is refused there, in words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from stammkunde.insight.rules import Column, Known, kind_of
from stammkunde.insight.rules.known import Kind

ROOT = "r"
DEPTH = 3  # groups within groups, as many as a page can show
MOST = 50  # of anything at one place
GROUPS = ("all", "any", "none", "not all")
VALUELESS = ("is known", "is unknown")
SEVERAL = ("is", "is none of", "begins with", "contains")
NUMBERED = ("last", "ago", "ahead", "yearly")
CALENDAR = tuple(f"{which} {unit}" for unit in ("month", "quarter", "year") for which in ("this", "last"))


@dataclass(frozen=True, kw_only=True)
class Posted:
    """The part of a form that stands under a path: `r-0-1.value`."""

    form: QueryDict
    known: Known
    path: str = ROOT

    def under(self, *parts: str | int) -> "Posted":
        return replace(self, path="".join([self.path, *(str(part) for part in parts)]))

    def get(self, name: str) -> str:
        return str(self.form.get(f"{self.path}.{name}", "")).strip()

    def every(self, name: str) -> list[str]:
        return [one.strip() for one in self.form.getlist(f"{self.path}.{name}") if one.strip()]

    def has(self, name: str) -> bool:
        return f"{self.path}.{name}" in self.form

    def numbered(self, kind: str, mark: str) -> Iterator["Posted"]:
        """Give what is numbered, as long as the form has the field `mark` of it."""
        for number in range(MOST):
            one = self.under(kind, number)
            if not one.has(mark):
                return
            yield one


def read(form: QueryDict, known: Known) -> dict[str, Any]:
    """Read the rule that a form holds."""
    return _group(Posted(form=form, known=known))


def _group(posted: Posted) -> dict[str, Any]:
    how = posted.get("how")
    parts = []
    for number in range(MOST):
        inner = posted.under("-", number)
        if inner.has("how"):
            parts.append(_group(inner))
        elif inner.has("what") or inner.has("kept"):
            parts.append(_leaf(inner))
        else:
            break
    if how in {"none", "not all"}:
        return {"not": {"any" if how == "none" else "all": parts}}
    return {"any" if how == "any" else "all": parts}


def _leaf(posted: Posted) -> dict[str, Any]:
    if posted.has("kept"):
        return _json(posted.get("kept"))
    what = posted.get("what")
    if posted.has("was") and posted.get("was") != what:
        return begun(what, posted.known)
    form, _colon, name = what.partition(":")
    if form == "table":
        return _happened(posted, name)
    if form == "compare":
        return _compare(posted, name)
    if form == "segment":
        return {"segment": _whole(posted.get("value")), "is": posted.get("is") or "in"}
    column = posted.known.fields.get(name)
    return {"field": name} | (check(posted, column.kind) if column else {})


def begun(what: str, known: Known) -> dict[str, Any]:
    """Begin a question to what was just chosen: `field:customer.country`, `table:orders`, `segment`."""
    form, _colon, name = what.partition(":")
    table = known.tables.get(name)
    if form == "table" and table:
        return {"happened": name, "within": {"last": 90} if table.day else "ever", "is": ">=", "value": 1}
    if form == "compare" and table:
        measure = next((f"sum.{one.name}" for one in table.columns if one.kind == "cents"), "count")
        spans = {"left": {"last": 365}, "right": {"ago": [365, 729]}}
        sides = {side: {"happened": name, "within": within, "measure": measure} for side, within in spans.items()}
        return {**sides, "is": "<", "times": 0.5}
    return {"segment": "", "is": "in"} if form == "segment" else {"field": name}


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def _moment(text: str) -> Any:
    """Read after what a span begins: a happening, or a moment by its name."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict | str) else {}


def _happened(posted: Posted, table: str) -> dict[str, Any]:
    amount = _amount(posted, table)
    if posted.has("measured") and posted.get("measured") != posted.get("measure"):
        return amount | ({"is": ">=", "value": 1} if posted.get("measure") == "count" else {})
    return amount | check(posted, _measured(posted, table))


def _compare(posted: Posted, table: str) -> dict[str, Any]:
    """Read how an amount of a span compares with the same amount of another span."""
    left = _amount(posted, table)
    right = left | {"within": span(posted.under(".right"))} | _measure(posted.under(".right"))
    times = _number(posted.get("times"))
    share = times / 100 if isinstance(times, int | float) else times
    return {"left": left, "is": posted.get("is") or "<=", "times": 0.5 if share is None else share, "right": right}


def _amount(posted: Posted, table: str) -> dict[str, Any]:
    amount: dict[str, Any] = {"happened": table, "within": span(posted)}
    if pick := posted.get("pick"):
        amount["pick"] = pick
    amount |= _measure(posted)
    if amount.get("measure") == "share":
        amount["measure"] = {"share": _conditions(posted.under(".share"), table)}
    if where := _conditions(posted, table):
        amount["where"] = where
    having = [
        {"table": one.get("table"), "where": _conditions(one, one.get("table"))} | check(one, "whole")
        for one in posted.numbered(".with", "table")
    ]
    if posted.get("same"):
        amount["same"] = True
    if having:
        amount["with"] = [{name: value for name, value in one.items() if value != []} for one in having]
    return amount


def _measure(posted: Posted) -> dict[str, Any]:
    measure = posted.get("measure")
    return {"measure": measure} if measure else {}


def _measured(posted: Posted, table: str) -> Kind:
    """Tell of which kind a measure's answer is."""
    name, _dot, column = (posted.get("measure") or "count").partition(".")
    found = posted.known.tables.get(table)
    return kind_of(name, found.column(column) if found and column else None)


def _conditions(posted: Posted, table: str) -> list[dict[str, Any]]:
    there = posted.known.tables.get(table)
    found = []
    for one in posted.numbered(".c", "column"):
        column: Column | None = there.column(one.get("column")) if there else None
        is_new = one.has("was") and one.get("was") != one.get("column")
        found.append({"column": one.get("column")} | (check(one, column.kind) if column and not is_new else {}))
    return found


def check(posted: Posted, kind: Kind) -> dict[str, Any]:
    """Read what is asked of a value of a kind."""
    operator = posted.get("is")
    asked: dict[str, Any] = {"is": operator} if operator else {}
    if not operator or operator in VALUELESS:
        return asked
    if operator == "within":
        return asked | {"value": span(posted.under(".value"))}
    values = [_value(one, "share" if operator in {"top %", "bottom %"} else kind, operator) for one in _typed(posted)]
    if not values:
        return asked
    is_many = operator == "between" or (operator in SEVERAL and len(values) > 1)
    return asked | {"value": values if is_many else values[0]}


def _typed(posted: Posted) -> list[str]:
    """Give the values that were typed, ticked, or stand a line each, once each; of a question to one value, that."""
    lines = (line.strip() for line in posted.get("lines").split("\n"))
    values = [*posted.every("value"), *(line for line in lines if line)]
    if posted.get("is") == "between":
        return values[:2]
    return list(dict.fromkeys(values)) if posted.get("is") in SEVERAL else values[:1]


def _value(text: str, kind: Kind, operator: str) -> Any:
    if kind == "flag":
        return {"true": True, "false": False}.get(text, text)
    if kind in {"text", "day"}:
        return text
    number = _number(text)
    if not isinstance(number, int | float):
        return text
    if kind == "cents":
        return round(number * 100)
    if kind == "share" and operator not in {"top %", "bottom %"}:
        return float(Decimal(str(number)) / 100)
    return number


def span(posted: Posted) -> Any:
    """Read a span of days."""
    form = posted.get("span") or "ever"
    if form in CALENDAR:
        which, unit = form.split(" ")
        return {which: unit}
    if form == "from":
        ends = {name: posted.get(name) for name in ("from", "to")}
        return {name: day for name, day in ends.items() if day} or {"from": ""}
    if form == "since":
        return {"since": _moment(posted.get("since"))}
    if form == "yearly month":
        return {"yearly": "month"} | _years(posted)
    return _numbered(posted, form) if form in NUMBERED else "ever"


def _numbered(posted: Posted, form: str) -> dict[str, Any]:
    first, last = _signed(posted.get("n")), _signed(posted.get("n2"))
    if form == "last":
        return {"last": first}
    return {form: [first if first is not None else 0, last]} | (_years(posted) if form == "yearly" else {})


def _years(posted: Posted) -> dict[str, Any]:
    years = [_whole(one.strip()) for one in posted.get("years").replace(";", ",").split(",") if one.strip()]
    return {"years": years} if years else {}


def _signed(text: str) -> Any:
    """Read a whole number of days, perhaps before the day; what is none stays as typed."""
    if not text:
        return None
    number = _whole(text.removeprefix("-").removeprefix("−"))
    return -number if isinstance(number, int) and text[0] in "-−" else number


def _whole(text: str) -> Any:
    return int(text) if text.isdecimal() and len(text) <= 18 else text


def _number(text: str) -> Any:
    """Read a number as people type it, 1.234,5 or 1,234.5 or 0.5; nothing: None; what is none stays as typed."""
    if not text:
        return None
    plain = text.replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace("−", "-")
    if "," in plain and ("." not in plain or plain.rindex(",") > plain.rindex(".")):
        plain = plain.replace(".", "").replace(",", ".")
    else:
        plain = plain.replace(",", "")
    try:
        exact = Decimal(plain)
    except InvalidOperation:
        return text
    if not exact.is_finite() or abs(exact) >= 10**15:
        return text
    return int(exact) if exact == exact.to_integral_value() else float(exact)
