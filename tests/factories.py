"""Facts for tests: the smallest true thing, everything else said by the test."""

from datetime import UTC, date, datetime, time
from itertools import count

from django.utils import timezone

from stammkunde.customers.models import Consent, ContactPerson, Customer
from stammkunde.sales.models import Line, Order, Product
from stammkunde.team import queries as team
from stammkunde.team import services as teams
from stammkunde.team.models import Company

_numbers = count(1)


def customer(**fields) -> Customer:
    number = next(_numbers)
    return Customer.objects.create(
        **{
            "source": f"test:{number}",
            "number": str(number),
            "name": f"Kunde {number}",
            "search": f"kunde {number}",
            "updated_at": timezone.now(),
        }
        | fields
    )


def decided(**settings) -> Company:
    """The company as it decided; no trail tells who did."""
    company, _created = Company.objects.get_or_create(pk=1)
    for row, own in teams._by_row(company, settings):
        type(row).objects.filter(pk=row.pk).update(**own)
    return team.company()


def contact_person(of: Customer, **fields) -> ContactPerson:
    number = next(_numbers)
    return ContactPerson.objects.create(
        customer=of,
        **{
            "source": f"test:{number}",
            "first_name": "Kim",
            "last_name": f"Person {number}",
            "updated_at": timezone.now(),
        }
        | fields,
    )


def product(**fields) -> Product:
    number = next(_numbers)
    return Product.objects.create(
        **{
            "source": f"test:{number}",
            "number": str(number),
            "name": f"Ware {number}",
            "category": "Ware",
            "updated_at": timezone.now(),
        }
        | fields
    )


def order(
    by: Customer | None,
    on: date,
    *,
    cents: int = 1000,
    cost_cents: int | None = None,
    of: Product | None = None,
    **fields,
) -> Order:
    """An order with one line."""
    number = next(_numbers)
    made = Order.objects.create(
        customer=by,
        **{
            "source": f"test:{number}",
            "number": str(number),
            "ordered_at": datetime.combine(on, time(12), UTC),
            "ordered_on": on,
            "updated_at": timezone.now(),
        }
        | fields,
    )
    Line.objects.create(order=made, key="1", product=of, quantity=1, revenue_cents=cents, cost_cents=cost_cents)
    return made


def consent(of: Customer, *, person: ContactPerson | None = None, **fields) -> Consent:
    """E-mail advertising, given and confirmed."""
    number = next(_numbers)
    whose = {"contact_person": person, "person_source": person.source, "person_name": str(person)} if person else {}
    usual = {
        "source": f"test:{number}",
        "channel": "email",
        "purpose": "advertising",
        "state": "given",
        "origin": "Messe",
        "happened_at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "recorded_at": timezone.now(),
    }
    basis = {"basis": "double_opt_in"} if fields.get("state", "given") == "given" else {}
    return Consent.objects.create(customer=of, **usual | whose | basis | fields)
