"""A shop in which something is to be found: private customers leave, and so do those to whom something came late."""

import random
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.sales.models import Line, Order, Product
from stammkunde.sales.services import mark_changed
from stammkunde.signals import services
from stammkunde.signals.models import Current, Generation
from tests import factories

AS_OF = date(2026, 6, 30)
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)


def open_shop():
    """Open the shop, mirror it, and say that its figures are computed; nobody here looks at them."""
    factories.decided(activity_days=60)
    dice = random.Random(7)
    people = Customer.objects.bulk_create(_customer(n) for n in range(240))
    goods = Product.objects.bulk_create(
        Product(source=f"p:{n}", number=f"P{n}", name=name, category="Garten", updated_at=timezone.now())
        for n, name in enumerate(["Blumentopf", "Gießkanne"])
    )
    orders = [order for person in people for order in _orders(dice, person)]
    made = Order.objects.bulk_create(orders)
    Line.objects.bulk_create(_line(order, goods[order.customer_id // 2 % 2]) for order in made)
    mark_changed(sorted({f"{order.ordered_on:%Y-%m}" for order in made}))
    refreshed()
    return people


def refreshed():
    """Mirror the facts, and show a generation of them."""
    services.refresh_mirror(now=NOW, progress=lambda *_args: None)
    made = Generation.objects.create(
        status=Generation.Status.DONE, as_of_on=AS_OF, activity_days=60, started_at=timezone.now()
    )
    Current.objects.create(pk=1, generation=made)


def _customer(n):
    kind = "company" if n % 2 else "person"
    return Customer(
        source=f"c:{n}",
        number=str(n),
        name=f"Kunde {n}",
        kind=kind,
        country="DE",
        search=f"kunde {n}",
        updated_at=timezone.now(),
    )


def _orders(dice, person):
    leaves = dice.random() < (0.65 if person.kind == "person" else 0.15)
    last = dice.randrange(40, 220) if leaves else dice.randrange(20)
    for on in range(300 - dice.randrange(25), last, -30):
        is_last = on - 30 <= last
        late = dice.random() < (0.5 if leaves and is_last else 0.1)
        day = AS_OF - timedelta(days=on)
        yield Order(
            source=f"o:{person.number}:{on}",
            number=f"{person.number}-{on}",
            customer=person,
            ordered_at=datetime.combine(day, time(12), UTC),
            ordered_on=day,
            channel="Telefon" if person.kind == "company" else "Onlineshop",
            promised_on=day + timedelta(days=3),
            delivered_on=day + timedelta(days=6 if late else 2),
            updated_at=timezone.now(),
        )


def _line(order, goods):
    cents = 20_000 if order.customer.kind == "company" else 3_000
    return Line(order=order, key="1", product=goods, quantity=1, revenue_cents=cents, cost_cents=cents // 2)
