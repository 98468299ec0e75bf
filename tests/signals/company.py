"""A company with a past long enough to learn from: regular customers, some of whom stop."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from stammkunde.customers import services as customers
from stammkunde.customers.models import Customer
from stammkunde.sales import services as sales
from stammkunde.sales.models import Line, Order

BEGAN = date(2025, 1, 10)


def bought(number: int, *, until: date) -> list[date]:
    """Give the days on which a customer buys: every three to five weeks, and three in four stop some day."""
    gap = 21 + number % 15
    day, days = BEGAN + timedelta(days=number % 60), []
    stops = until if number % 4 == 0 else day + timedelta(days=(number * 37) % 400)
    while day <= min(stops, until):
        days.append(day)
        day += timedelta(days=gap + (number * len(days)) % 5)
    return days


def play(*, size: int = 260, until: date) -> list[Customer]:
    """Fill the database; facts only, nothing is computed."""
    made = Customer.objects.bulk_create(
        Customer(
            source=f"played:{n}",
            number=f"P{n}",
            name=f"Kunde {n}",
            search=f"kunde {n}",
            country="Germany" if n % 3 else "Chile",
            updated_at=timezone.now(),
        )
        for n in range(size)
    )
    Order.objects.bulk_create(_order(one, n, day) for n, one in enumerate(made) for day in bought(n, until=until))
    Line.objects.bulk_create(
        Line(order=order, key="1", quantity=1, revenue_cents=cents, cost_cents=cents // 2)
        for order in Order.objects.filter(source__startswith="played:")
        for cents in [1000 + 200 * ((int(order.source.split(":")[1]) + 7) % 17)]
    )
    sales.mark_changed({f"{on:%Y-%m}" for on in Order.objects.values_list("ordered_on", flat=True)})
    customers.mark_changed()
    return made


def _order(by: Customer, number: int, on: date) -> Order:
    source = f"played:{number}:{on}"
    return Order(
        source=source,
        number=source,
        customer=by,
        ordered_at=datetime.combine(on, time(12), UTC),
        ordered_on=on,
        updated_at=timezone.now(),
    )
