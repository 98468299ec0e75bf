"""At which stage a margin is counted, what that means in words, and what is missing for it."""

from dataclasses import asdict, dataclass
from typing import Any, cast

from django.utils.translation import gettext as _

from stammkunde import mirror
from stammkunde.insight import margins as stages
from stammkunde.signals.models import FigureSettings, Generation
from stammkunde.team import queries as team
from stammkunde.ui import writing

KEY = "margin"  # in a generation's checkpoint: how its margins are counted; in its forecast: what is missing


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How margins are counted: those of other terms are not compared."""

    stage: str
    payment_percent: float

    @property
    def as_stage(self) -> stages.Stage:
        return cast("stages.Stage", self.stage)


def wanted() -> Terms:
    """Give what the company chose."""
    chosen = FigureSettings.of(team.company())
    return Terms(stage=chosen.margin_stage, payment_percent=chosen.payment_percent)


def of(generation: Generation | None) -> Terms | None:
    """Give how a generation's margins are counted; None where it does not say."""
    told = generation.checkpoint.get(KEY) if generation else None
    return Terms(**told) if told else None


def note(terms: Terms) -> dict[str, Any]:
    """Give what a generation keeps of it."""
    return {KEY: asdict(terms)}


def are_alike(former: Generation, now: Generation) -> bool:
    """Tell whether two generations count margins alike; early ones do not say how, and knew no shipping."""
    if of(former) is not None:
        return of(former) == of(now)
    return of(now) == Terms(stage=FigureSettings.Margin.DELIVERY, payment_percent=0.0) and not (
        now.forecast.get(KEY) or {}
    ).get("shipping_known")


def gaps(tables: mirror.Tables) -> dict[str, int]:
    """Count what is known of shipping: orders, those whose shipping cost is known, and its sums in cents."""
    known = "FILTER (shipping_cost_cents IS NOT NULL)"
    took_place = tables.orders.filter("status <> 'cancelled'")
    ((orders, told, cost, paid),) = took_place.aggregate(
        f"count(*), count(shipping_cost_cents), coalesce(sum(shipping_cost_cents), 0)::BIGINT, "
        f"coalesce(sum(shipping_cents) {known}, 0)::BIGINT"
    ).fetchall()
    return {"orders": orders, "shipping_known": told, "shipping_cost_cents": cost, "shipping_paid_cents": paid}


def definition(generation: Generation | None) -> str:
    """Say what a margin of this generation is, and what is missing for it."""
    terms = of(generation)
    if generation is None or terms is None:
        return ""
    if terms.stage == FigureSettings.Margin.GOODS:
        return _("Stage I: what was sold after discounts, less the cost of the goods. Returns are not taken off.")
    found: dict[str, int] = generation.forecast.get(KEY) or {}
    told = _("Stage II: revenue after discounts and returns, less the cost of goods, shipping and payment.")
    return " ".join([told, _shipping(found), _payment(terms)])


def _shipping(found: dict[str, int]) -> str:
    if not found.get("shipping_known"):
        return _("What shipping cost is not known of any order, and does not count.")
    told = _("Shipping cost is known of %(share)s of the orders: %(cost)s, of which customers paid %(paid)s.")
    return told % {
        "share": writing.percent(found["shipping_known"] / found["orders"], places=0),
        "cost": writing.money(found["shipping_cost_cents"], places=0),
        "paid": writing.money(found["shipping_paid_cents"], places=0),
    }


def _payment(terms: Terms) -> str:
    if not terms.payment_percent:
        return _("No cost of payment is set.")
    return _("Payment counts with %(percent)s %% of what is sold.") % {
        "percent": writing.number(terms.payment_percent, places=2)
    }
