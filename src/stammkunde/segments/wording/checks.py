"""Questions to a value in words: “at least €500”, “known and not Germany”, “in the last 30 days”."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from stammkunde.customers import countries
from stammkunde.insight.rules.known import Kind
from stammkunde.insight.rules.tree import Check, Me
from stammkunde.segments.wording import spans
from stammkunde.segments.wording.joining import any_of, none_of
from stammkunde.ui import writing


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the answers to a question are: of which kind, in which unit, with which words."""

    kind: Kind = "text"
    unit: str = ""
    labels: Mapping[Any, str] = field(default_factory=dict)
    is_country: bool = False

    def write(self, value: Any) -> str:
        """Write one of them."""
        if isinstance(value, Me):
            return _("whoever is looking")
        if value in self.labels:
            return self.labels[value]
        if isinstance(value, bool):
            return pgettext("answer", "yes") if value else pgettext("answer", "no")
        if isinstance(value, str):
            return self._text(value)
        return writing.day(value) if isinstance(value, date) else self._number(value)

    def plain(self, value: str) -> str:
        """Write a text without marks around it; a country's letters as its name."""
        known = self.is_country and len(value) == 2 and countries.name(value, language=get_language() or "de")
        return known or value

    def _text(self, value: str) -> str:
        said = self.plain(value)
        return said if said != value else _("“%(text)s”") % {"text": value}

    def _number(self, value: float) -> str:
        if self.kind == "cents":
            return writing.money(value, places=2 if value % 100 else 0)
        if self.kind == "share" and not self.unit:
            return writing.percent(value, places=places(Decimal(str(value)) * 100))
        exact = Decimal(str(value)) * (100 if self.kind == "share" else 1)
        written = writing.number(exact, places=places(exact))
        return f"{written} {self.unit}" if self.unit else written

    def many(self, values: Sequence[Any]) -> list[str]:
        return [self.write(one) for one in values]


OF_TEXT: dict[str, Promise] = {
    "is": gettext_lazy("is %(any)s"),
    "is none of": gettext_lazy("is known and %(none)s"),
    "begins with": gettext_lazy("begins with %(any)s"),
    "contains": gettext_lazy("contains %(any)s"),
    "is known": gettext_lazy("is known"),
    "is unknown": gettext_lazy("is unknown"),
}
OF_NUMBERS: dict[str, Promise] = {
    "is": gettext_lazy("exactly %(any)s"),
    "is none of": gettext_lazy("known and %(none)s"),
    ">=": gettext_lazy("at least %(first)s"),
    "<=": gettext_lazy("at most %(first)s"),
    ">": gettext_lazy("more than %(first)s"),
    "<": gettext_lazy("less than %(first)s"),
    "between": gettext_lazy("from %(first)s to %(last)s"),
    "top %": gettext_lazy("among the highest %(percent)s"),
    "bottom %": gettext_lazy("among the lowest %(percent)s"),
    "is known": gettext_lazy("known"),
    "is unknown": gettext_lazy("unknown"),
}
OF_DAYS: dict[str, Promise] = {
    **OF_NUMBERS,
    "is": gettext_lazy("on %(any)s"),
    ">=": gettext_lazy("on %(first)s or later"),
    "<=": gettext_lazy("on %(first)s or before"),
    ">": gettext_lazy("after %(first)s"),
    "<": gettext_lazy("before %(first)s"),
    "between": pgettext_lazy("days", "from %(first)s to %(last)s"),
}
OF_FLAGS: dict[str, Promise] = {**OF_NUMBERS, "is": gettext_lazy("%(any)s")}
COMPLEMENTS = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "is known": "is unknown", "is unknown": "is known"}


def words(kind: str) -> Mapping[str, Promise]:
    """Give the words of all operators of a kind."""
    return {"text": OF_TEXT, "day": OF_DAYS, "flag": OF_FLAGS}.get(kind, OF_NUMBERS)


def asked(label: str, answer: Answer, check: Check) -> str:
    """Say what is asked of something by its name: “Country is Germany”, “Revenue: at least €500”."""
    said = tell(answer, check)
    return f"{label} {said}" if answer.kind == "text" else f"{label}: {said}"


def tell(answer: Answer, check: Check) -> str:
    """Say a question alone."""
    if check.span is not None:
        return spans.span(check.span) or _("any day")
    if not check.values:
        return str(words(answer.kind)[check.operator])
    if check.operator in {"top %", "bottom %"}:
        share = Decimal(str(check.values[0]))
        said = {"percent": writing.percent(share / 100, places=places(share))}
    else:
        written = answer.many(check.values)
        said = {"any": any_of(written), "none": none_of(written), "first": written[0], "last": written[-1]}
    return str(words(answer.kind)[check.operator]) % said


def not_asked(label: str, answer: Answer, check: Check) -> str | None:
    """Say the exact complement of a question, where the language has an easy word for it."""
    if check.operator in {"is known", "is unknown"}:
        return asked(label, answer, Check(COMPLEMENTS[check.operator]))
    if answer.kind == "flag":
        said = f"{label}: {answer.write(not check.values[0])}"
    elif check.operator in COMPLEMENTS:
        said = asked(label, answer, Check(COMPLEMENTS[check.operator], check.values))
    elif answer.kind == "text" and check.operator == "is":
        said = _("%(label)s is %(none)s") % {"label": label, "none": none_of(answer.many(check.values))}
    else:
        return None
    return _("%(said)s (or unknown)") % {"said": said}


def places(value: Decimal) -> int:
    """Tell how many digits a number has after the point."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
