"""What one order brought at the stage at which margins are counted: its goods, and what shipping and payment took."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from stammkunde.sales import history
from stammkunde.sales.models import Line, Order
from stammkunde.signals import margins
from stammkunde.signals.margins import Terms
from stammkunde.signals.models import FigureSettings, Generation
from stammkunde.ui import writing


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is taken off, or given back, besides the cost of goods; `cents` are empty where they are unknown."""

    what: str
    told: str
    cents: int | None


@dataclass(frozen=True, kw_only=True)
class Brought:
    """The parts of an order's margin, and the margin; None where no cost of its goods is known."""

    label: str
    parts: tuple[Part, ...]
    margin_cents: int | None
    remark: str


def page(customer_id: int, *, generation: Generation | None, place: str = "") -> history.OrderPage:
    """Give a page of a customer's orders, each with what it `brought`; None of a cancelled one, or without figures."""
    found, terms = history.orders(customer_id, place=place), margins.of(generation)
    order: Any
    for order in found.orders:
        took_place = order.status != Order.Status.CANCELLED
        order.brought = brought(order, order.all_lines, terms) if terms and took_place else None
    return found


def brought(order: Order, lines: Sequence[Any], terms: Terms) -> Brought:
    """Work out an order's margin, to the cent as `insight.margins` counts it; lines know their `margin_cents`."""
    known = [line.margin_cents for line in lines if line.margin_cents is not None]
    parts = tuple(_parts(order, lines, terms))
    return Brought(
        label=_("CM I") if _is_goods(terms) else _("CM II"),
        parts=parts,
        margin_cents=sum(known) + sum(part.cents or 0 for part in parts) if known else None,
        remark=_remark(lines, terms),
    )


def _is_goods(terms: Terms) -> bool:
    return terms.stage == FigureSettings.Margin.GOODS


def _parts(order: Order, lines: Sequence[Any], terms: Terms) -> Iterator[Part]:
    if _is_goods(terms):
        back = sum(line.margin_cents or 0 for line in lines if line.kind == Line.Kind.RETURN)
        if back:
            yield Part(what=_("Returns"), told=_("do not count at stage I"), cents=-back)
        return
    if order.shipping_cents or order.shipping_cost_cents:
        yield _shipping(order)
    if terms.payment_percent:
        yield Part(
            what=_("Payment"),
            told=_("%(percent)s%% of what was sold") % {"percent": writing.number(terms.payment_percent, places=2)},
            cents=-sum(_payment(line, terms.payment_percent) for line in lines),
        )


def _shipping(order: Order) -> Part:
    paid, cost = order.shipping_cents or 0, order.shipping_cost_cents
    told = _("cost %(cost)s, the customer paid %(paid)s") % {
        "cost": writing.money(cost),
        "paid": writing.money(paid),
    }
    if cost is None:
        told = _("the customer paid %(paid)s, the cost is not known and nothing counts") % {"paid": writing.money(paid)}
    return Part(what=_("Shipping"), told=told, cents=None if cost is None else paid - cost)


def _payment(line: Any, percent: float) -> int:
    """Give what the payment of a line cost; where its own cost is unknown, none of it counts."""
    if line.kind != Line.Kind.SALE or line.margin_cents is None:
        return 0
    cents: int = line.revenue_cents
    return math.floor(cents * (percent / 100) + 0.5)


def _remark(lines: Sequence[Any], terms: Terms) -> str:
    told = []
    if any(line.margin_cents is None for line in lines):
        told.append(_("Lines whose cost is unknown do not count."))
    if terms.counts_time:
        told.append(_("Time belongs to no order: it counts at stage III of the customer."))
    return " ".join(told)
