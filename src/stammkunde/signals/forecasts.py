"""What is forecast of customers in words, and who may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stammkunde.signals import reasons
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.team import policy
from stammkunde.team.models import Staff
from stammkunde.ui import writing

FULL_BAR = 4.0  # odds so many times higher fill the bar of a reason
RULES = {
    "silence": (_("Silence"), _("how long somebody has been silent, in usual gaps between purchases")),
    "rate": (_("Comparable customers"), _("what share left among those with as many purchases and as long a silence")),
    "value": (_("Expected purchases"), _("how many purchases the model of values expects (BG/NBD)")),
    "additive": (_("Many signs"), _("the sum of what each sign adds: rhythm, trend, money, choice, returns, season …")),
}


@dataclass(frozen=True, kw_only=True)
class Why:
    """One reason as a page shows it: in words, how strong, and where its source is."""

    text: str
    strength: str  # a word; empty where the rule in use does not tell
    factor: str  # how many times higher the odds are
    bar: str  # length, of 100
    source: str  # the part of the customer page that shows it


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How the risk has changed: whole points of a hundred, and the same as a sentence."""

    points: int
    text: str

    @property
    def is_up(self) -> bool:
        return self.points > 0

    @property
    def size(self) -> int:
        return abs(self.points)


def sight(staff: Staff, generation: Generation | None) -> policy.Sight:
    """Give what of the money somebody may see, as far as these figures know it."""
    return policy.sight(staff, basis=basis(generation))


def basis(generation: Generation | None) -> str:
    """Tell in what value is counted: margin, or revenue where costs are unknown."""
    return part(generation, "value").get("basis") or "margin"


def has_buyers(generation: Generation | None) -> bool:
    """Tell whether anybody has bought, as far as the figures know: before that there is nobody to lose."""
    refusal = part(generation, "value").get("refusal") or {}
    return generation is not None and refusal.get("code") != "nobody_bought"


def part(generation: Generation | None, name: str) -> dict[str, Any]:
    """Give what a generation says of how value, risk or levels were worked out; empty where it says nothing."""
    return (generation.forecast.get(name) or {}) if generation else {}


def levels(generation: Generation | None) -> list[tuple[str, str]]:
    """Give the levels of risk to choose from, each with how many customers have it, where that is known."""
    counts = part(generation, "levels")
    return [
        (value, f"{label} · {writing.number(counts[value])}" if value in counts else str(label))
        for value, label in reversed(CustomerSignal.Level.choices)
    ]


def why(told: Iterable[reasons.Reason] | None, *, sight: policy.Sight) -> list[Why]:
    """Give reasons as a page shows them, the strongest first."""
    return [
        Why(
            text=reasons.text(reason, sight=sight),
            strength=reasons.strength(reason),
            factor=writing.number(reason.get("odds_factor"), places=1),
            bar=_bar(reason.get("odds_factor")),
            source=reasons.source(reason),
        )
        for reason in told or ()
    ]


def trend(signal: CustomerSignal | None, generation: Generation | None) -> Trend | None:
    """Say how the risk has changed since last time; None where nothing is to be told."""
    if signal is None or generation is None or generation.before_on is None:
        return None
    points = reasons.points(signal.risk, signal.risk_before)
    if not points:
        return None
    told = reasons.changed(risk=signal.risk, before=signal.risk_before, before_on=generation.before_on)
    return Trend(points=points, text=told[0])


def horizon_days(generation: Generation | None) -> int | None:
    """Tell how far ahead "does not buy again" looks."""
    return part(generation, "risk").get("horizon_days")


def rule(code: str) -> tuple[str | Promise, str | Promise]:
    """Name a candidate, and say what it goes by."""
    return RULES.get(code, (code, ""))


def _bar(factor: float | None) -> str:
    if factor is None or factor <= 1:
        return "0"
    return f"{min(100 * log(factor) / log(FULL_BAR), 100):.0f}"
