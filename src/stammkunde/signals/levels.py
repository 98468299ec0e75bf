"""How the value of customers was tested, over which months, and to which level it was raised or lowered, in words."""

from collections.abc import Mapping
from datetime import date, timedelta
from math import expm1
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stammkunde.signals import forecasts
from stammkunde.signals.models import Generation
from stammkunde.ui import writing

LEAST = 0.005  # less is no change that one would see in whole per cents


def sentences(generation: Generation | None) -> list[str]:
    """Tell of the back-test of value, of the level, and of a season that nothing was tested in."""
    value = forecasts.part(generation, "value")
    tested, level = value.get("back_test") or {}, value.get("level") or {}
    if generation is None or "laid" not in tested:
        return []
    untested = _untested(tested, level, asked=(generation.as_of_on, value["horizon_days"]))
    expected = tested[value["rule"]]
    if expected is None:
        return [_("Too little was known before to try on it what is expected now."), *untested]
    return [*_tested(tested, expected), *_levelled(level, tested, expected), *untested]


def _tested(tested: Mapping[str, Any], expected: float) -> list[str]:
    first, last = (date.fromisoformat(tested[name]) for name in ("first_on", "last_on"))
    said = {
        "day": writing.day(date.fromisoformat(tested["as_of"])),
        "months": _months(first, last),
        "expected": writing.number(round(expected)),
        "came": writing.number(round(tested["observed"])),
    }
    text = _("Tested over %(months)s: on %(day)s, %(expected)s purchases would have been expected; %(came)s came.")
    text %= said
    short = _("Little was known before that day.") if tested["short_past"] else ""
    return [f"{text} {short}".strip()]


def _levelled(level: Mapping[str, Any], tested: Mapping[str, Any], expected: float) -> list[str]:
    change = level["factor"] - 1
    said = {"share": writing.percent(abs(change), places=0), "expected": writing.number(round(expected))}
    said |= {"came": writing.number(round(tested["observed"]))}
    if level["kind"] == "none" or abs(change) < LEAST:
        return []
    if level["kind"] == "jump":
        raised = _("Lately far more was bought than the past would say; it is therefore raised by %(share)s.")
        lowered = _("Lately far less was bought than the past would say; it is therefore lowered by %(share)s.")
    else:
        raised = _(
            "Last year at this time the model expected %(expected)s and %(came)s came; "
            "this year it is therefore raised by %(share)s."
        )
        lowered = _(
            "Last year at this time the model expected %(expected)s and %(came)s came; "
            "this year it is therefore lowered by %(share)s."
        )
    return [(raised if change > 0 else lowered) % said]


def _untested(tested: Mapping[str, Any], level: Mapping[str, Any], *, asked: tuple[date, int]) -> list[str]:
    """Say that another part of the year was tested than is asked for, and how far off that may be."""
    if tested["laid"] == "year":
        return []
    on, days = asked
    said = {
        "months": _months(on + timedelta(days=1), on + timedelta(days=days)),
        "share": writing.percent(expm1(level["spread"]), places=0),
    }
    return [_("Untested season: asked for is %(months)s; %(share)s more or less is possible.") % said]


def _months(first: date, last: date) -> str:
    """Name the months from one day to another: June to November 2025."""
    start, end = date_format(first, "F Y"), date_format(last, "F Y")
    if start == end:
        return start
    return _("%(first)s to %(last)s") % {
        "first": date_format(first, "F") if first.year == last.year else start,
        "last": end,
    }
