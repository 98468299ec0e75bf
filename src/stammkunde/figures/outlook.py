"""What is ahead, as tiles: what customers will probably bring, what of it is at risk, and who has been warned about."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from stammkunde.figures import tiles
from stammkunde.figures.queries.overview import Points
from stammkunde.figures.tiles import Comparison, Figure
from stammkunde.figures.wording import FORECASTS, Meaning, named, reason
from stammkunde.insight import periods
from stammkunde.segments import selection
from stammkunde.signals import forecasts, levels, proof, warnings
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.team.policy import Sight
from stammkunde.ui import writing

MONEY = ("predicted_value_cents", "margin_at_risk_cents")
Level = CustomerSignal.Level


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """One figure of what is ahead, how it has moved since the month before, and how far to trust it."""

    meaning: Meaning
    value: str
    n: int
    note: str
    tested: list[str]  # how the figure was tried on the past, and to which level it was brought
    address: str
    before: Comparison | None


def outlook(stored: Points, generation: Generation, *, sight: Sight) -> list[Ahead]:
    """Give the figures that were said in the month of the shown figures, as far as somebody may see them."""
    month = periods.containing(generation.as_of_on, grain="month")
    now, then = stored.at(month), stored.at(month.previous())
    return [
        _ahead(
            meaning, now[meaning.kpi], then.get(meaning.kpi), generation, label=selection.short_name(month.previous())
        )
        for meaning in FORECASTS
        if meaning.kpi in now and (sight.worth or meaning.kpi not in MONEY)
    ]


def _ahead(meaning: Meaning, now: Figure, then: Figure | None, generation: Generation, *, label: str) -> Ahead:
    return Ahead(
        meaning=named(meaning, basis=forecasts.basis(generation)),
        value=tiles.write(now.value, unit=meaning.unit),
        n=now.n,
        note=str(reason(now.reason)) if now.value is None else _note(meaning.kpi, generation),
        tested=levels.sentences(generation) if meaning.kpi == "predicted_value_cents" and now.value is not None else [],
        address=_address(meaning.kpi),
        before=tiles.compare(now, then, label=label, meaning=meaning) if then and now.value is not None else None,
    )


def _note(kpi: str, generation: Generation) -> str:
    notes = {
        "predicted_value_cents": _basis,
        "margin_at_risk_cents": _horizon,
        "warned_customers": _warned,
    }
    return notes[kpi](generation)


def _basis(generation: Generation) -> str:
    words = {
        "margin": _("contribution margin of the next 12 months"),
        "revenue": _("revenue of the next 12 months, because costs are unknown"),
    }
    return words[forecasts.basis(generation)]


def _horizon(generation: Generation) -> str:
    days = forecasts.horizon_days(generation)
    return (
        _("of warned customers: each more likely than usual to buy nothing within %(days)s days")
        % {"days": writing.number(days)}
        if days
        else ""
    )


def _warned(generation: Generation) -> str:
    """Say how many of each level, and of 100 warned how many left when it was tried on the past."""
    counts = forecasts.part(generation, "levels")
    told = [f"{writing.number(counts[level])} {level.label}" for level in (Level.RED, Level.AMBER) if level in counts]
    return " · ".join([*told, *_tried(generation), *_since(generation)])


def _tried(generation: Generation) -> list[str]:
    tried = proof.latest(generation)
    if tried is None or tried.precision is None:
        return []
    return [_("of 100 warned %(n)s left") % {"n": round(100 * tried.precision)}]


def _since(generation: Generation) -> list[str]:
    """Say what has changed since last time, from the second day on."""
    since = warnings.since(generation)
    if since is None:
        return []
    told = {
        "day": writing.day(since.on),
        "opened": writing.number(since.opened),
        "closed": writing.number(since.closed),
    }
    return [_("since %(day)s %(opened)s new, %(closed)s no longer open") % told]


def _address(kpi: str) -> str:
    if kpi == "predicted_value_cents":
        return f"{reverse('customers')}?sort=expected"
    return reverse("warnings")
