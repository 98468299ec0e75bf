"""What stands in the fields of the builder: operators, measures, spans and picks, each as a part of the sentence."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stammkunde.insight.rules import OPERATORS, Column
from stammkunde.insight.rules.known import NUMBERS, RANKED, Kind
from stammkunde.segments import vocabulary
from stammkunde.segments.wording import amounts, spans
from stammkunde.segments.wording.said import Said

Options = list[tuple[str, str]]
HOW: tuple[tuple[str, Promise], ...] = (
    ("all", gettext_lazy("all of this is true")),
    ("any", gettext_lazy("at least one of this is true")),
    ("none", gettext_lazy("none of this is true")),
    ("not all", gettext_lazy("not all of this is true at once")),
)
_TEXT: dict[str, Promise] = {
    "is": gettext_lazy("is"),
    "is none of": gettext_lazy("is known and not"),
    "begins with": gettext_lazy("begins with"),
    "contains": gettext_lazy("contains"),
    "is known": gettext_lazy("is known"),
    "is unknown": gettext_lazy("is unknown"),
}
_NUMBER: dict[str, Promise] = {
    ">=": pgettext_lazy("number", "at least"),
    "<=": pgettext_lazy("number", "at most"),
    ">": pgettext_lazy("number", "more than"),
    "<": pgettext_lazy("number", "less than"),
    "between": pgettext_lazy("number", "from … to"),
    "is": pgettext_lazy("number", "exactly"),
    "is none of": pgettext_lazy("number", "known and not"),
    "top %": gettext_lazy("among the highest"),
    "bottom %": gettext_lazy("among the lowest"),
    "is known": pgettext_lazy("number", "known"),
    "is unknown": pgettext_lazy("number", "unknown"),
}
_DAY: dict[str, Promise] = {
    "within": pgettext_lazy("day", "lies"),
    ">=": pgettext_lazy("day", "on this day or later"),
    "<=": pgettext_lazy("day", "on this day or before"),
    ">": pgettext_lazy("day", "after"),
    "<": pgettext_lazy("day", "before"),
    "between": pgettext_lazy("day", "from … to"),
    "is": pgettext_lazy("day", "on"),
    "is known": pgettext_lazy("number", "known"),
    "is unknown": pgettext_lazy("number", "unknown"),
}
_FLAG: dict[str, Promise] = {
    "is": pgettext_lazy("flag", "says"),
    "is known": pgettext_lazy("number", "known"),
    "is unknown": pgettext_lazy("number", "unknown"),
}
SPANS: dict[str, Promise] = {
    "ever": gettext_lazy("at any time"),
    "last": gettext_lazy("in the last … days"),
    "ago": gettext_lazy("… to … days ago"),
    "ahead": gettext_lazy("in … to … days"),
    **{
        f"{'last' if which else 'this'} {unit}": text
        for (unit, which), text in sorted(spans.CALENDAR.items(), key=lambda one: one[0][1], reverse=True)
    },
    "from": gettext_lazy("from … until …"),
    "since": gettext_lazy("after the last …"),
    "yearly": gettext_lazy("anniversary in … to … days"),
    "yearly month": gettext_lazy("anniversary in this month"),
}
PICKS: dict[str, Promise] = {
    "": gettext_lazy("all count"),
    "last": gettext_lazy("only the last counts"),
    "first": gettext_lazy("only the first counts"),
}


def how() -> Options:
    """Give the ways in which a group may hold."""
    return [(name, str(text)) for name, text in HOW]


def operators(kind: Kind, *, ranked: bool) -> Options:
    """Give the questions that a kind of value can be asked, what is asked most first."""
    words = {"text": _TEXT, "day": _DAY, "flag": _FLAG}.get(kind, _NUMBER)
    offered = [one for one in OPERATORS[kind] if ranked or one not in RANKED]
    return [(name, str(text)) for name, text in words.items() if name in offered]


def span_forms(*, with_since: bool) -> Options:
    """Give the forms of spans."""
    return [(name, str(text)) for name, text in SPANS.items() if with_since or name != "since"]


def picks() -> Options:
    """Give which of a customer's rows count."""
    return [(name, str(text)) for name, text in PICKS.items()]


def measures(table: str, columns: tuple[Column, ...], said: Said, *, has_day: bool) -> Options:
    """Give what can be measured of a table's rows."""
    return list(_measures(table, columns, said, has_day=has_day))


def _measures(table: str, columns: tuple[Column, ...], said: Said, *, has_day: bool) -> Iterator[tuple[str, str]]:
    yield "count", _("number")
    for column in columns:
        label, _answer = said.column(table, column.name)
        if column.kind == "day":
            yield f"max.{column.name}", amounts.highest("day") % {"label": label}
        if column.kind not in NUMBERS:
            continue
        yield f"sum.{column.name}", _("%(label)s in total") % {"label": label}
        yield f"avg.{column.name}", _("%(label)s on average") % {"label": label}
        yield f"max.{column.name}", _("%(label)s at its highest") % {"label": label}
    yield "share", _("share with …")
    if has_day:
        yield "last", _("last time")
        yield "first", _("first time")
        yield "days", _("number of days")
        yield "gap", _("mean gap")


def whats(said: Said, *, with_groups: bool) -> list[tuple[str, Options]]:
    """Give what a question may be about, in groups."""
    families = {
        vocabulary.CUSTOMER: _("Customer"),
        vocabulary.SIGNAL: _("Figures, as of last night"),
        vocabulary.REACH: _("How they may be reached, as of last night"),
    }
    fields = [
        (name, [(f"field:{word.name}", word.label) for word in said.fields.values() if word.family == family])
        for family, name in families.items()
    ]
    happened = [(f"table:{name}", _capital(said.noun(name).many)) for name in said.columns]
    compared = [
        (f"compare:{name}", _("%(things)s compared with another time") % {"things": _capital(said.noun(name).many)})
        for name in said.columns
        if said.columns[name]
    ]
    groups = [(_("Groups of customers"), [("segment", _("Member of a group"))])] if with_groups else []
    return [(_("What happened"), [*happened, *compared]), *fields, *groups]


def _capital(text: object) -> str:
    said = str(text)
    return said[:1].upper() + said[1:]
