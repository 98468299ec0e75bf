"""What a customer's own orders say of shipping, payment and returns."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.sales.models import Line, Order
from stammkunde.signals.models import Current, Generation
from tests import factories

pytestmark = pytest.mark.django_db


def counted(**margin):
    made = Generation.objects.create(
        status="done", as_of_on=date(2026, 2, 28), started_at=timezone.now(), checkpoint={"margin": margin}
    )
    Current.objects.update_or_create(pk=1, defaults={"generation": made})


@pytest.fixture
def company():
    """100 € of goods that cost 40, of which one of 10 € came back; sending cost 12 €, she paid 5."""
    company = factories.customer(name="Muster GmbH", kind="company")
    order = factories.order(company, date(2026, 2, 2), cents=10_000, cost_cents=4_000)
    Line.objects.create(order=order, key="2", kind="return", quantity=-1, revenue_cents=-1_000, cost_cents=-400)
    Order.objects.update(shipping_cents=500, shipping_cost_cents=1_200)
    return company


def text(client, company):
    found = client.get(reverse("customer-orders", args=[company.pk])).content.decode()
    return " ".join(re.sub("<[^>]+>", " ", found).replace("\xa0", " ").split())


def test_an_order_says_what_is_taken_off_besides_its_goods(client, salesperson, company):
    client.force_login(salesperson)

    counted(stage="delivery", payment_percent=2.0)
    told = text(client, company)
    assert "Versand kostete 12,00 €, der Kunde zahlte 5,00 € −7,00 €" in told
    assert "Zahlung 2,00 % vom Verkauften −2,00 €" in told
    assert "DB II 90,00 € 45,00 €" in told  # 60 − 6 of what came back − 7 − 2

    counted(stage="goods", payment_percent=2.0)
    assert "Retouren zählen auf Stufe I nicht 6,00 € DB I 90,00 € 60,00 €" in text(client, company)

    counted(stage="service", payment_percent=0.0, usual_minutes=24, hourly=[])
    told = text(client, company)
    assert "DB II 90,00 € 47,00 € Zeit gehört zu keiner Bestellung: Sie zählt auf Stufe III des Kunden." in told


def test_what_is_not_known_of_an_order_counts_nothing_and_says_so(client, salesperson, company):
    Order.objects.update(shipping_cost_cents=None)
    Line.objects.filter(kind="sale").update(cost_cents=None)
    client.force_login(salesperson)

    counted(stage="delivery", payment_percent=2.0)

    told = text(client, company)
    assert "der Kunde zahlte 5,00 €; die Kosten sind unbekannt, nichts davon zählt –" in told
    assert "DB II 90,00 € −6,00 € Positionen mit unbekannten Kosten zählen nicht." in told


def test_who_may_see_no_margin_sees_what_the_customer_paid_for_shipping(client, servant, company):
    counted(stage="delivery", payment_percent=2.0)
    client.force_login(servant)

    told = text(client, company)

    assert "Der Kunde zahlte 5,00 € für Versand." in told
    assert "DB" not in told
    assert "12,00" not in told
