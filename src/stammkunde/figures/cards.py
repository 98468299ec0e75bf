"""What a customer is worth and how they buy, on the customer's page."""

from datetime import date
from typing import Any

from stammkunde.figures import rhythm, tiles
from stammkunde.figures.queries import budget, of_customer
from stammkunde.sales import history
from stammkunde.signals import forecasts, levels, margins, standing
from stammkunde.signals import reasons as risks
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.ui.cards import Asked, Card, Place

WIDE, PHONE = 760, 330


def _value(asked: Asked) -> dict[str, Any]:
    return {
        "why": standing.abc(asked.signal),
        "sight": forecasts.sight(asked.request.user, asked.generation),
        "year_why": standing.year(asked.signal),
        "ranked": of_customer.known_rank(asked.signal, asked.generation),
    }


def _year(asked: Asked) -> dict[str, Any]:
    """Say of how much the margin is; all else stands in the signal."""
    remark = tiles.covered(asked.signal.margin_year_coverage) if asked.signal else ""
    return {"remark": remark, "definition": margins.definition(asked.generation)}


def _expected(asked: Asked) -> dict[str, Any] | None:
    """Give what is to be expected, to those who may see in what it is counted."""
    if asked.signal is None or not forecasts.sight(asked.request.user, asked.generation).worth:
        return None
    value = forecasts.part(asked.generation, "value")
    tested = levels.sentences(asked.generation)
    return {"value": value, "value_refusal": risks.value_refusal(value.get("refusal")), "tested": tested}


def _time(asked: Asked) -> dict[str, Any]:
    """Give what a customer is given this month, and what was spent."""
    setting = budget.setting(asked.once(team.company))
    return {"time": budget.of_customer(asked.customer.pk, asked.generation, setting, today=asked.today)}


def _rhythm(asked: Asked) -> dict[str, Any]:
    purchases = asked.once(history.purchases, asked.customer.pk)
    as_of = asked.generation.as_of_on if asked.generation else (purchases[-1].on if purchases else date.min)
    due_on = asked.signal.due_on if asked.signal else None
    return {
        "purchases": purchases,
        "wide": rhythm.draw(purchases, as_of_on=as_of, due_on=due_on, width=WIDE),
        "phone": rhythm.draw(purchases, as_of_on=as_of, due_on=due_on, width=PHONE),
        "years": _years(asked),
    }


def _years(asked: Asked) -> list[dict[str, Any]]:
    """Give the years to those who may see figures."""
    if not asked.may(policy.FIGURES_VIEW):
        return []
    return _bars(of_customer.years(asked.customer.pk), with_margin=asked.may(policy.MARGIN_VIEW))


def _bars(years: list[of_customer.Year], *, with_margin: bool) -> list[dict[str, Any]]:
    """Give each year with the lengths of its bars, of 100."""
    longest = max((year.revenue_cents for year in years), default=0)

    def length(cents: int | None) -> str:
        return f"{100 * max(cents or 0, 0) / longest:.1f}" if longest > 0 else "0"

    return [
        {
            "year": year,
            "revenue": length(year.revenue_cents),
            "margin": length(year.margin_cents) if with_margin and year.margin_cents is not None else "",
        }
        for year in years
    ]


CARDS = (
    Card(
        name="value",
        place=Place.ANSWER,
        order=30,
        template="figures/cards/value.html",
        context=_value,
        right=policy.FIGURES_VIEW,
    ),
    Card(
        name="year",
        place=Place.ANSWER,
        order=40,
        template="figures/cards/year.html",
        context=_year,
        right=policy.FIGURES_VIEW,
    ),
    Card(
        name="expected",
        place=Place.ANSWER,
        order=50,
        template="figures/cards/expected.html",
        context=_expected,
        right=policy.FIGURES_VIEW,
    ),
    Card(
        name="time",
        place=Place.LINE,
        order=10,
        template="figures/cards/time.html",
        context=_time,
        right=policy.TASKS_WORK,
    ),
    Card(name="rhythm", place=Place.MAIN, order=20, template="figures/cards/rhythm.html", context=_rhythm),
)
