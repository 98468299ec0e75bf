"""Spans of days in words."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from stammkunde.insight.periods import day
from stammkunde.insight.rules.tree import Ago, Ahead, Between, Calendar, Ever, Last, Span, Yearly
from stammkunde.segments.wording.joining import any_of
from stammkunde.ui import writing

CALENDAR: dict[tuple[str, int], Promise] = {
    ("month", 0): gettext_lazy("in this month"),
    ("quarter", 0): gettext_lazy("in this quarter"),
    ("year", 0): gettext_lazy("in this year"),
    ("month", -1): gettext_lazy("in the month before this one"),
    ("quarter", -1): gettext_lazy("in the quarter before this one"),
    ("year", -1): gettext_lazy("in the year before this one"),
}


def span(one: Span) -> str:
    """Say any span but one that begins after a happening; `ever` says nothing."""
    match one:
        case Ever():
            said = ""
        case Last(days):
            said = ngettext("on the latest day told of", "in the last %(n)s days", days) % {"n": writing.number(days)}
        case Ago(least, most):
            said = _ago(least, most)
        case Ahead(least, most):
            said = _ahead(least, most)
        case Between(first, last):
            said = _between(first, last)
        case Calendar(unit, which):
            said = str(CALENDAR[unit, which])
        case Yearly():
            said = _yearly(one)
        case _:
            raise TypeError(f"{one} is no span that stands for itself")
    return said


def _ago(least: int, most: int | None) -> str:
    said = {"least": writing.number(least), "n": writing.number(least if most is None else most)}
    if most is None:
        return ngettext("at least %(n)s day ago", "at least %(n)s days ago", least) % said
    if least == most:
        return ngettext("exactly %(n)s day ago", "exactly %(n)s days ago", most) % said
    if least == 0:
        return ngettext("at most %(n)s day ago", "at most %(n)s days ago", most) % said
    return _("%(least)s to %(n)s days ago") % said


def _ahead(least: int, most: int | None) -> str:
    said = {"least": writing.number(least), "n": writing.number(least if most is None else most)}
    if most is None:
        return ngettext("in at least %(n)s day", "in at least %(n)s days", least) % said
    if least == most:
        return ngettext("in exactly %(n)s day", "in exactly %(n)s days", most) % said
    if least == 0:
        return ngettext("in at most %(n)s day", "in at most %(n)s days", most) % said
    return _("in %(least)s to %(n)s days") % said


def _between(first: int | None, last: int | None) -> str:
    said = {"first": _day(first), "last": _day(last)}
    if first is None:
        return _("until %(last)s") % said
    if last is None:
        return _("from %(first)s on") % said
    return pgettext("days", "from %(first)s to %(last)s") % said


def _day(number: int | None) -> str:
    return writing.day(None if number is None else day(number))


def _yearly(one: Yearly) -> str:
    """Say an anniversary: which one, and when."""
    years = [pgettext("ordinal", "%(n)s") % {"n": writing.number(year)} for year in one.years]
    which = _("anniversary no. %(years)s") % {"years": any_of(years)} if years else _("anniversary")
    if one.window == "month":
        return _("%(which)s in this month") % {"which": which}
    first, last = one.window
    return f"{which} {_around(first, last)}"


def meant(rule: Any, *, on: date, today: date) -> list[str]:
    """Say which month, quarter or year “this one” of a rule is, where spans count back from a day of another one."""
    asked = set(_calendar(rule))
    found = {
        "month": (on.month, _("“This month” is %(when)s there.") % {"when": date_format(on, "F Y")}, today.month),
        "quarter": (_quarter(on), _("“This quarter” is quarter %(n)s of %(year)s there."), _quarter(today)),
        "year": (on.year, _("“This year” is %(year)s there."), today.year),
    }
    said = {"n": _quarter(on), "year": on.year}
    return [
        text % said
        for unit, (there, text, here) in found.items()
        if unit in asked and (there, on.year) != (here, today.year)
    ]


def _quarter(on: date) -> int:
    return (on.month + 2) // 3


def _calendar(data: Any) -> Iterator[str]:
    """Give the units of the calendar that spans of a rule name, as it is written."""
    if isinstance(data, dict):
        yield from (data[name] for name in ("this", "last", "yearly") if data.get(name) in ("month", "quarter", "year"))
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for one in inner:
        yield from _calendar(one)


def years_ago(one: Yearly) -> str:
    """Say a season of former years as people do; nothing where it is none: “1 year ago (at most 45 days …)”."""
    if not one.years or one.window == "month" or one.window[0] != -one.window[1]:
        return ""
    years = any_of([writing.number(year) for year in one.years])
    number = 1 if one.years == (1,) else 2
    ago = ngettext("a year ago", "%(years)s years ago", number) % {"years": years}
    days = one.window[1]
    around = ngettext("at most %(n)s day earlier or later", "at most %(n)s days earlier or later", days)
    return f"{ago} ({around % {'n': writing.number(days)}})"


def _around(first: int, last: int) -> str:
    if first >= 0:
        return _ahead(first, last)
    if last <= 0:
        return _ago(-last, -first)
    said = {"before": writing.number(-first), "n": writing.number(last)}
    if -first == last:
        text = ngettext("at most %(n)s day before or after today", "at most %(n)s days before or after today", last)
        return text % {"n": said["n"]}
    after = ngettext("%(n)s day after today", "%(n)s days after today", last) % {"n": said["n"]}
    before = ngettext("%(n)s day before", "%(n)s days before", -first) % {"n": said["before"]}
    return _("between %(before)s and %(after)s") % {"before": before, "after": after}
