"""What is forecast, and how far to trust it: who may see it, how it is worded, what its own past says of it."""

from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.team import policy
from stammkunde.team.models import Staff
from stammkunde.ui import writing


def shows_worth(staff: Staff, generation: Generation | None) -> bool:
    """Say whether somebody may see what is expected and at stake: margin where costs are known, otherwise revenue."""
    needed = policy.FIGURES_VIEW if basis(generation) == "revenue" else policy.MARGIN_VIEW
    return policy.may(staff, needed)


def basis(generation: Generation | None) -> str:
    """Tell in what value is counted: margin, or revenue where costs are unknown."""
    return _part(generation, "value").get("basis") or "margin"


def levels(generation: Generation | None) -> list[tuple[str, str]]:
    """Give the levels of risk to choose from, each with how many customers have it, where that is known."""
    counts = _part(generation, "levels")
    return [
        (value, f"{label} · {writing.number(counts[value])}" if value in counts else str(label))
        for value, label in reversed(CustomerSignal.Level.choices)
    ]


def _part(generation: Generation | None, name: str) -> dict:
    return (generation.forecast.get(name) or {}) if generation else {}
