"""Traits and findings in words."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from stammkunde.insight.drivers import Finding, Trait
from stammkunde.insight.errors import InvalidInput
from stammkunde.sales.models import Product
from stammkunde.segments import slices
from stammkunde.ui import writing

MOST_TRAITS = 4  # in an address
FAR = 100  # times as often; more is told as "more than"
Names = Mapping[str, str]


def product_names(findings: Iterable[Finding]) -> Names:
    """Find the names of the products in findings, in one question."""
    wanted = {
        int(trait.value)
        for finding in findings
        for trait in (*finding.traits, *finding.same)
        if trait.family == "first_product"
    }
    found = Product.objects.filter(pk__in=wanted).values_list("pk", "name", "number") if wanted else []
    return {str(pk): name or number for pk, name, number in found}


def finding_text(finding: Finding, *, names: Names, days: int) -> str:
    """Name what a finding is about; `days` is how far back problems count."""
    return _(" and ").join(text(trait, names=names, days=days) for trait in finding.traits)


def text(trait: Trait, *, names: Names, days: int) -> str:
    """Name a trait."""
    if trait.family == "attribute":
        return f"{slices.name(trait.name)}: {_value(trait)}"
    if trait.family in {"first_order", "tenure"}:
        return _band(trait)
    value = names.get(trait.value, trait.value)
    worded = {
        "first_product": _("First purchase with “%(value)s”"),
        "first_category": _("First purchase from the group “%(value)s”"),
        "first_channel": _("First purchase through the channel “%(value)s”"),
        "favourite_category": _("Favourite product group: %(value)s"),
        "usual_channel": _("Usual channel: %(value)s"),
        "class": _("Class %(value)s"),
        "late_delivery": _("A late delivery in the %(days)s days before"),
        "return": _("A return in the %(days)s days before"),
        "cancellation": _("A cancellation in the %(days)s days before"),
        "long_pause": _("An unusually long pause in the %(days)s days before"),
    }
    return worded[trait.family] % {"value": value, "days": writing.number(days)}


def _value(trait: Trait) -> str:
    if trait.band is None:
        return str(slices.label(trait.name, trait.value))
    return _between(trait, writing.number)


def _band(trait: Trait) -> str:
    if trait.family == "tenure":
        return _("First purchase known: %(band)s before") % {"band": _between(trait, _days)}
    return _("First order %(band)s") % {"band": _between(trait, writing.money)}


def _days(number: float) -> str:
    return _("%(n)s days") % {"n": writing.number(number)}


def _between(trait: Trait, write: Any) -> str:
    low, high = trait.band or (None, None)
    if low is None:
        return _("up to %(high)s") % {"high": write(high)}
    if high is None:
        return _("%(low)s and more") % {"low": write(low)}
    return _("%(low)s to %(high)s") % {"low": write(low), "high": write(high)}


def times(ratio: float) -> str:
    """Write how many times as often."""
    if ratio > FAR:
        return _("more than %(n)s") % {"n": writing.number(FAR)}
    return writing.number(ratio, places=_places(ratio))


def _places(ratio: float) -> int:
    return 1 if ratio >= 1.5 else 2


def times_interval(finding: Finding) -> str:
    """Write the interval of a ratio."""
    places = _places(finding.ratio)
    low = writing.number(finding.low, places=places)
    if finding.high > FAR:
        return _("%(low)s or more") % {"low": low}
    return _("%(low)s to %(high)s") % {"low": low, "high": writing.number(finding.high, places=places)}


def lost_sentence(finding: Finding) -> str:
    """Say a finding about the lost in a sentence with its numbers."""
    more = _(
        "True of %(share)s of the lost, but only of %(others)s of comparable customers who stayed. Whoever has it left "
        "%(times)s times as often (%(interval)s)."
    )
    fewer = _(
        "True of only %(share)s of the lost, but of %(others)s of comparable customers who stayed. Whoever has it left "
        "only %(times)s times as often (%(interval)s)."
    )
    none = _("True of none of the lost, but of %(others)s of comparable customers who stayed.")
    return _chosen(finding, more=more, fewer=fewer, none=none) % _numbers(finding)


def best_sentence(finding: Finding) -> str:
    """Say a finding about the best in a sentence with its numbers."""
    more = _(
        "True of %(share)s of the best, but only of %(others)s of the others. Whoever has it became one of the best "
        "%(times)s times as often (%(interval)s)."
    )
    fewer = _(
        "True of only %(share)s of the best, but of %(others)s of the others. Whoever has it became one of the best "
        "only %(times)s times as often (%(interval)s)."
    )
    none = _("True of none of the best, but of %(others)s of the others.")
    return _chosen(finding, more=more, fewer=fewer, none=none) % _numbers(finding)


def _chosen(finding: Finding, *, more: str, fewer: str, none: str) -> str:
    if not finding.cases:
        return none
    return more if finding.ratio > 1 else fewer


def _numbers(finding: Finding) -> dict[str, str]:
    places = 1 if min(finding.share, finding.share_of_others) < 0.02 else 0
    return {
        "share": writing.percent(finding.share, places=places),
        "others": writing.percent(finding.share_of_others, places=places),
        "times": times(finding.ratio),
        "interval": times_interval(finding),
    }


def column_name(name: str) -> str:
    """Name a column of the rule."""
    asked_for = {
        "first_order": _("Size of the first order"),
        "first_category": _("Product group of the first order"),
        "first_product": _("Product of the first order"),
    }
    return asked_for.get(name) or str(slices.name(name))


def points_text(column: str, value: str, points: float) -> str:
    """Word a reason of a score: what is known, and the points that it brings."""
    sign = "+" if points > 0 else "−"
    return f"{column_name(column)}: {point_value(column, value)} ({sign}{writing.number(abs(points))})"


def point_value(column: str, value: str) -> str:
    """Word one value of a column of the rule."""
    trait = Trait("attribute", column, value)
    if trait.band and column == "first_order":
        return _between(trait, writing.money)
    return _value(trait) if trait.band else str(slices.label(column, value))


def reasons_text(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Word the reasons of a score in one line."""
    return ", ".join(points_text(one["column"], one["value"], one["points"]) for one in reasons)


def write(chosen: Sequence[Trait]) -> str:
    """Write traits for an address."""
    return json.dumps([trait.key for trait in chosen], ensure_ascii=False)


def read(text: str) -> tuple[Trait, ...]:
    """
    Read traits from an address.

    :raises InvalidInput: if they are none
    """
    try:
        keys = json.loads(text)
    except ValueError:
        keys = None
    if not isinstance(keys, list) or not 1 <= len(keys) <= MOST_TRAITS:
        raise InvalidInput("The address names no traits.")
    return tuple(Trait.read(key if isinstance(key, str) else "") for key in keys)


def traits_text(chosen: Sequence[Trait], *, days: int) -> str:
    """Name traits as the list of customers does."""
    return _(" and ").join(texts(chosen, days=days))


def texts(chosen: Sequence[Trait], *, days: int) -> list[str]:
    """Name traits, each by itself."""
    names = product_names([_nothing(tuple(chosen))])
    return [text(trait, names=names, days=days) for trait in chosen]


def _nothing(chosen: tuple[Trait, ...]) -> Finding:
    return Finding(chosen, 0, 0, 0, 0, 1, 1, 1, 1, 1)
