"""The fields of a question to a value, and of a span, as the page shows them: what is typed stays as it was typed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stammkunde.segments.draft.reading import CALENDAR, SEVERAL
from stammkunde.segments.wording import Said, labels
from stammkunde.segments.wording.checks import Answer
from stammkunde.ui import writing

Draft = dict[str, Any]
Options = list[tuple[str, str]]
FEW = 40  # values to tick; with more, they are typed, and suggested
MANY = 20  # values in fields of their own; more stand in one, a line each: a form takes no 1,000 fields


@dataclass(frozen=True, kw_only=True)
class LaidSpan:
    """A span: its form, the numbers or days in it, and what it may begin after."""

    path: str
    form: str
    forms: Options
    first: str = ""
    second: str = ""
    since: str = ""
    moments: Options = field(default_factory=list)
    years: str = ""

    @property
    def numbers(self) -> int:
        """Tell how many numbers of days it has."""
        return {"last": 1, "ago": 2, "ahead": 2, "yearly": 2}.get(self.form, 0)

    @property
    def is_yearly(self) -> bool:
        return self.form.startswith("yearly")


@dataclass(frozen=True, kw_only=True)
class LaidCheck:
    """A question to a value: the operator, and the fields for its values."""

    path: str
    operator: str
    operators: Options
    entry: str = ""  # tick, text, number, lines, day, flag or span; empty: none
    values: tuple[str, ...] = ()
    choices: Options = field(default_factory=list)
    unit: str = ""
    span: LaidSpan | None = None

    @property
    def chosen(self) -> str:
        """Name what is ticked."""
        names = dict(self.choices)
        return ", ".join(names.get(value, value) for value in self.values if value)


def lay_check(
    draft: Draft, path: str, answer: Answer, occurring: Sequence[str], said: Said, *, ranked: bool
) -> LaidCheck:
    """Lay a question to a value out; `occurring` are the values that there are."""
    operators = labels.operators(answer.kind, ranked=ranked)
    operator = str(draft.get("is") or operators[0][0])
    value = draft.get("value")
    choices = _choices(answer, occurring)
    how = _how(answer, operator, choices)
    if how == "span":
        span = lay_span("ever" if value is None else value, f"{path}.value", said, with_since=False)
        return LaidCheck(path=path, operator=operator, operators=operators, entry=how, span=span)
    values = [] if value is None else value if isinstance(value, list) else [value]
    typed, unit = tuple(_typed(one, answer, operator) for one in values), _unit(answer, operator)
    if operator in SEVERAL and len(typed) > MANY and not any("\n" in one for one in typed):
        return LaidCheck(path=path, operator=operator, operators=operators, entry="lines", values=typed, unit=unit)
    strange = [(one, one) for one in typed if how == "tick" and one not in dict(choices)]
    return LaidCheck(
        path=path,
        operator=operator,
        operators=operators,
        entry=how,
        values=_with_room(typed, how, operator),
        choices=[*choices, *strange],
        unit=unit,
    )


def _choices(answer: Answer, occurring: Sequence[str]) -> Options:
    if answer.labels:
        return [(str(value), label) for value, label in answer.labels.items()]
    return [(value, answer.plain(value)) for value in occurring]


def _how(answer: Answer, operator: str, choices: Options) -> str:
    """Tell by which fields a value is given."""
    if operator in {"is known", "is unknown"}:
        return ""
    if operator == "within":
        return "span"
    if answer.kind == "flag":
        return "flag"
    if answer.kind == "text":
        is_short = bool(answer.labels) or 0 < len(choices) <= FEW
        return "tick" if operator in {"is", "is none of"} and is_short else "text"
    return "day" if answer.kind == "day" else "number"


def _typed(value: Any, answer: Answer, operator: str) -> str:
    """Write a value as people type it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, int | float):
        return str(value)
    exact = Decimal(str(value))
    if answer.kind == "cents" and operator not in {"top %", "bottom %"}:
        exact /= 100
    if answer.kind == "share" and operator not in {"top %", "bottom %"}:
        exact *= 100
    plain = f"{exact.normalize():f}"
    return plain.replace(".", ",") if (get_language() or "").startswith("de") else plain


def _with_room(typed: tuple[str, ...], how: str, operator: str) -> tuple[str, ...]:
    """Leave room for another value where there may be several, and for both ends of a range."""
    if operator == "between":
        return (*typed, "", "")[:2]
    is_open = how == "text" or (how == "number" and operator in {"is", "is none of"})
    if is_open and how != "tick":
        return (*typed, "")
    return typed if how == "tick" else (typed or ("",))[:1]


def _unit(answer: Answer, operator: str) -> str:
    if operator in {"top %", "bottom %"} or (answer.kind == "share" and not answer.unit):
        return "%"
    return writing.SYMBOLS.get(settings.CURRENCY, settings.CURRENCY) if answer.kind == "cents" else answer.unit


def lay_span(value: Any, path: str, said: Said, *, with_since: bool = True) -> LaidSpan:
    """Lay a span out."""
    form, first, second, years = _read(value)
    since = json.dumps(value["since"]) if form == "since" else ""
    return LaidSpan(
        path=path,
        form=form,
        forms=labels.span_forms(with_since=with_since),
        first=first,
        second=second,
        since=since,
        moments=_moments(since, said) if with_since else [],
        years=years,
    )


def _read(value: Any) -> tuple[str, str, str, str]:
    """Tell the form of a span, and what stands in its fields."""
    if not isinstance(value, dict) or not value:
        return "ever", "", "", ""
    if "from" in value or "to" in value:
        return "from", str(value.get("from") or ""), str(value.get("to") or ""), ""
    name = "yearly" if "yearly" in value else next(iter(value))
    said, years = value[name], ", ".join(str(year) for year in value.get("years") or [])
    calendar = f"{name} {said}"
    if name == "since" or calendar in CALENDAR or calendar == "yearly month":
        return name if name == "since" else calendar, "", "", years
    first, second = said if isinstance(said, list) and len(said) == 2 else (said, None)
    return name, _shown(first), _shown(second), years


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _moments(chosen: str, said: Said) -> Options:
    """Give what a span may begin after: a moment, the last happening of each table, and what was chosen before."""
    found = [(json.dumps(name), _("after %(moment)s") % {"moment": text}) for name, text in said.moments.items()]
    found += [(json.dumps({"happened": name}), str(said.noun(name).after)) for name in said.columns]
    known = {value for value, _text in found}
    return found if not chosen or chosen in known else [*found, (chosen, _("after what was chosen before"))]
