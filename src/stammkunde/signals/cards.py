"""Where a customer stands, how likely nothing more comes, and why, on the customer's page."""

from collections.abc import Sequence
from typing import Any

from stammkunde.sales import history
from stammkunde.signals import course, forecasts, margins, orders, proof, queries, standing, warnings
from stammkunde.signals import reasons as risks
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.team.models import Staff
from stammkunde.team.policy import NO_MONEY, Sight
from stammkunde.ui.cards import Asked, Card, Place

WIDE, PHONE = 760, 330


def _stage(asked: Asked) -> dict[str, Any]:
    return {"why": standing.stage(asked.signal)}


def _answer(asked: Asked) -> dict[str, Any] | None:
    """Give the risk in one look, where it is known."""
    if not _is_rated(asked):
        return None
    return {
        "sight": forecasts.sight(asked.request.user, asked.generation),
        "trend": forecasts.trend(asked.signal, asked.generation),
        "meaning": risks.LEVELS[asked.signal.risk_level],
    }


def _last(_asked: Asked) -> dict[str, Any]:
    return {}  # all of it stands in the signal


def _risk(asked: Asked) -> dict[str, Any] | None:
    """Tell how likely it is that nothing comes, and why."""
    if not _is_rated(asked):
        return None
    signal, generation, staff = asked.signal, asked.generation, asked.request.user
    sight = forecasts.sight(staff, generation)
    tried = proof.latest(generation)
    horizon_days = forecasts.horizon_days(generation)
    chance = ""
    if signal.risk is not None and horizon_days is not None:
        chance = risks.chance(signal.risk, horizon_days=horizon_days)
    return {
        "sight": sight,
        "meaning": risks.LEVELS[signal.risk_level],
        "year_why": standing.year(signal),
        "chance": chance,
        "why": _why(signal.risk_reasons, sight=sight),
        "risk_note": "\n".join(risks.texts(signal.risk_reasons, sight=NO_MONEY)),
        "risk_refusal": risks.refusal(forecasts.part(generation, "risk").get("refusal")),
        "warning": warnings.open_of(signal.customer_id),
        "numbers": proof.sentence_numbers(tried) if tried else {},
        "details": details(staff, signal, generation) if asked.request.GET.get("risk") == "all" else None,
    }


def _orders(asked: Asked) -> dict[str, Any]:
    place = asked.request.GET.get("orders", "")
    return {
        "orders": orders.page(asked.customer.pk, generation=asked.generation, place=place),
        "service": asked.once(history.service, asked.customer.pk),
        "definition": margins.definition(asked.generation),
    }


def details(staff: Staff, signal: CustomerSignal, generation: Generation) -> dict[str, Any]:
    """Work out why, what has changed since last time, and how it came to be so."""
    sight = forecasts.sight(staff, generation)
    told = queries.explained(signal.customer_id)
    points = course.comparable(
        queries.risk_history(signal.customer_id), horizon_days=forecasts.horizon_days(generation)
    )
    before = next((point for point in points if point["on"] == generation.before_on), {})
    return {
        "sight": sight,
        "is_new": signal.risk_reasons is None,
        "why": _why(told, sight=sight),
        "changed": risks.changed(
            risk=signal.risk,
            before=signal.risk_before,
            before_on=generation.before_on,
            reasons=told,
            reasons_before=before.get("reasons"),
            last_on=signal.last_on,
        ),
        "points": [point | {"level": CustomerSignal.Level(point["risk_level"]).label} for point in reversed(points)],
        "course_wide": course.draw(points, width=WIDE),
        "course_phone": course.draw(points, width=PHONE),
    }


def _why(told: Sequence[risks.Reason] | None, *, sight: Sight) -> list[forecasts.Why] | None:
    return None if told is None else forecasts.why(told, sight=sight)


def _is_rated(asked: Asked) -> bool:
    return bool(asked.signal and asked.signal.risk_level)


CARDS = (
    Card(name="stage", place=Place.ANSWER, order=10, template="signals/cards/stage.html", context=_stage),
    Card(name="answer", place=Place.ANSWER, order=20, template="signals/cards/risk_answer.html", context=_answer),
    Card(name="last", place=Place.ANSWER, order=60, template="signals/cards/last.html", context=_last),
    Card(name="orders", place=Place.MAIN, order=30, template="signals/cards/orders.html", context=_orders),
    Card(name="risk", place=Place.MAIN, order=10, template="signals/cards/risk.html", context=_risk),
)
