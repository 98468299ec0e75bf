"""The books of the demo company: orders with channel, status and delivery, their lines, and what came back."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.demo import baskets
from stammkunde.demo.baskets import CANCELLATION, RETURN, RETURNED, SALE, STRUCK, Lines
from stammkunde.demo.catalogue import catalogue
from stammkunde.demo.people import customer_numbers
from stammkunde.demo.purchases import COMPANY, PERSON, Span

CHANNELS = ("Onlineshop", "Telefon", "Außendienst", "Filiale")
SHOP, TELEPHONE, FIELD, STORE = range(4)
CHANNEL_STEPS = np.cumsum([[0.62, 0.06, 0.0, 0.32], [0.36, 0.26, 0.34, 0.04]], axis=1)
USUAL_CHANNEL = 0.8  # share of orders over the channel that the customer is used to
CANCELLED = 0.016
GUESTS = 0.035  # of the orders of private customers in the shop
LATE, LATE_IN_SPRING = 0.07, 0.15
OPEN_DAYS = 9  # the youngest orders may still be on their way
FREE_SHIPPING_CENTS, SHIPPING_CENTS, PARCEL_CENTS = 7_500, 495, 560
RETURN_DAYS = (4, 24)
SECONDS = 86_400


@dataclass(frozen=True, kw_only=True)
class Head:
    """Orders as columns, one row each; what comes back is an order of its own (`returned`)."""

    customer: np.ndarray  # −1: a guest
    kind: np.ndarray
    day: np.ndarray
    second: np.ndarray  # of the day
    channel: np.ndarray
    cancelled: np.ndarray
    returned: np.ndarray


def books(
    rng: np.random.Generator,
    *,
    customer: np.ndarray,
    day: np.ndarray,
    kind: np.ndarray,
    span: Span,
    first_customer: int,
    first_order: int,
) -> tuple[pa.Table, pa.Table]:
    """Write orders and lines for purchases given as customer and day; guests buy in between."""
    head = _heads(rng, customer=customer, day=day, kind=kind)
    month = _month(head.day)
    goods = baskets.lines(
        rng,
        customer=np.where(head.customer < 0, np.arange(len(head.day)), head.customer + first_customer),
        kind=head.kind,
        month=month,
        half_years=(head.day - span.first) // 183,
    )
    sold = baskets.together(goods, baskets.freight(goods, orders=len(head.day), kind=head.kind))
    struck = np.flatnonzero((rng.random(len(goods.order)) < STRUCK) & ~head.cancelled[goods.order])
    taken_off = goods.take(struck, order=goods.order[struck], sign=-1)
    back, returns = _returns(rng, head=head, goods=goods, struck=struck, span=span)
    head = _joined(head, back)
    kinds = np.repeat([SALE, CANCELLATION, RETURN], [len(sold.order), len(struck), len(returns.order)])
    lines = baskets.together(sold, taken_off, returns)
    numbers, place = _numbers(head, first_order=first_order)
    return (
        _order_table(
            rng, head=head, lines=lines, span=span, numbers=numbers, place=place, first_customer=first_customer
        ),
        _line_table(lines=lines, kinds=kinds, numbers=numbers, place=place),
    )


def _heads(rng: np.random.Generator, *, customer: np.ndarray, day: np.ndarray, kind: np.ndarray) -> Head:
    kinds = kind[customer]
    usual = _channels(np.modf(np.arange(len(kind)) * 0.6180339887)[0], kind)[customer]
    channel = np.where(rng.random(len(day)) < USUAL_CHANNEL, usual, _channels(rng.random(len(day)), kinds))
    guest = (kinds == PERSON) & (channel == SHOP) & (rng.random(len(day)) < GUESTS)
    hour = np.where(kinds == COMPANY, rng.normal(11.5, 2.2, len(day)), rng.normal(16.5, 3.2, len(day)))
    return Head(
        customer=np.where(guest, -1, customer),
        kind=kinds,
        day=day,
        second=(np.clip(hour, 6.5, 22.9) * 3600).astype(np.int64),
        channel=channel,
        cancelled=rng.random(len(day)) < CANCELLED,
        returned=np.zeros(len(day), bool),
    )


def _channels(drawn: np.ndarray, kind: np.ndarray) -> np.ndarray:
    way: np.ndarray = np.minimum((drawn[:, None] > CHANNEL_STEPS[kind]).sum(axis=1), len(CHANNELS) - 1)
    return way


def _returns(
    rng: np.random.Generator, *, head: Head, goods: Lines, struck: np.ndarray, span: Span
) -> tuple[Head, Lines]:
    """Let some goods come back days later, in a credit note of the same customer."""
    possible = ~head.cancelled[goods.order] & (head.customer[goods.order] >= 0)
    possible[struck] = False
    rows = np.flatnonzero(possible & (rng.random(len(goods.order)) < RETURNED[head.kind[goods.order]]))
    of, note = np.unique(goods.order[rows], return_inverse=True)
    day = head.day[of] + rng.integers(*RETURN_DAYS, len(of))
    in_time = day <= span.last
    rows, note = rows[in_time[note]], (np.cumsum(in_time) - 1)[note[in_time[note]]]
    of, day = of[in_time], day[in_time]
    back = Head(
        customer=head.customer[of],
        kind=head.kind[of],
        day=day,
        second=rng.integers(9 * 3600, 17 * 3600, len(of)),
        channel=head.channel[of],
        cancelled=np.zeros(len(of), bool),
        returned=np.ones(len(of), bool),
    )
    return back, goods.take(rows, order=note + len(head.day), sign=-1)


def _joined(one: Head, other: Head) -> Head:
    return Head(
        **{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in Head.__dataclass_fields__}
    )


def _numbers(head: Head, *, first_order: int) -> tuple[pa.Array, np.ndarray]:
    """Number the orders as time goes by. Gives the numbers in that order, and each order's place."""
    turn = np.lexsort((head.second, head.day))
    place = np.empty(len(turn), np.int64)
    place[turn] = np.arange(len(turn))
    letter = pc.if_else(head.returned[turn], "G", "B")
    return pc.binary_join_element_wise(
        letter, pc.cast(pa.array(np.arange(len(turn)) + first_order), pa.string()), ""
    ), place


def _order_table(
    rng: np.random.Generator,
    *,
    head: Head,
    lines: Lines,
    span: Span,
    numbers: pa.Array,
    place: np.ndarray,
    first_customer: int,
) -> pa.Table:
    promised, delivered = _deliveries(rng, head=head, span=span)
    is_open = ~head.cancelled & ~head.returned & (delivered > span.last)
    no_delivery = head.cancelled | head.returned
    paid, spent = _shipping(head, np.bincount(lines.order, lines.revenue_cents, len(head.day)))
    known = customer_numbers(int(head.customer.max(initial=-1)) + 1, offset=first_customer)
    table = pa.table(
        {
            "customer_number": known.take(pa.array(np.maximum(head.customer, 0), mask=head.customer < 0)),
            "ordered_at": pa.array((head.day * SECONDS + head.second).astype("datetime64[s]")),
            "channel": pa.array(CHANNELS).take(pa.array(head.channel)),
            "status": pc.if_else(head.cancelled, "cancelled", pc.if_else(is_open, "open", "completed")),
            "promised_on": _dates(promised, unknown=no_delivery | (head.channel == STORE)),
            "delivered_on": _dates(delivered, unknown=no_delivery | (delivered > span.last)),
            "shipping": pa.array(paid / 100),
            "shipping_cost": pa.array(spent / 100),
        }
    ).take(pa.array(np.argsort(place)))
    return table.add_column(0, "order_number", numbers)


def _deliveries(rng: np.random.Generator, *, head: Head, span: Span) -> tuple[np.ndarray, np.ndarray]:
    """Promise a day and keep it, mostly: in spring, when all the world gardens, less often."""
    count = len(head.day)
    promised = head.day + rng.integers(2, 6, count)
    late = rng.random(count) < np.where(np.isin(_month(head.day) + 1, (4, 5)), LATE_IN_SPRING, LATE)
    delivered = np.where(late, promised + 1 + rng.poisson(4, count), promised - rng.integers(0, 2, count))
    settled = head.day < span.last - OPEN_DAYS - 20
    delivered = np.where(head.channel == STORE, head.day, delivered)
    return promised, np.where(settled, np.minimum(delivered, span.last), delivered)


def _shipping(head: Head, total_cents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the customer pays for the parcel, and what it costs us, in cents."""
    by_parcel = (head.channel != STORE) & ~head.returned
    pays = by_parcel & (head.kind == PERSON) & (total_cents < FREE_SHIPPING_CENTS)
    parcels = 1 + total_cents // 20_000
    return np.where(pays, SHIPPING_CENTS, 0), np.where(by_parcel, PARCEL_CENTS * parcels, 0)


def _line_table(*, lines: Lines, kinds: np.ndarray, numbers: pa.Array, place: np.ndarray) -> pa.Table:
    turn = np.argsort(place[lines.order], kind="stable")
    order = place[lines.order][turn]
    position = np.arange(len(order)) - np.searchsorted(order, order) + 1
    return pa.table(
        {
            "order_number": numbers.take(pa.array(order)),
            "position": pc.cast(pa.array(position), pa.string()),
            "product_number": pa.array(catalogue().numbers).take(pa.array(lines.product[turn])),
            "quantity": lines.quantity[turn],
            "line_net": lines.revenue_cents[turn] / 100,
            "line_discount": lines.discount_cents[turn] / 100,
            "line_cost": pa.array(lines.cost_cents[turn] / 100, mask=~lines.cost_known[turn]),
            "document_type": pa.array(kinds[turn]),
        }
    )


def _month(day: np.ndarray) -> np.ndarray:
    """Give the month of day numbers, 0 is January."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12


def _dates(day: np.ndarray, *, unknown: np.ndarray) -> pa.Array:
    return pa.array(day.astype("datetime64[D]"), mask=unknown)
