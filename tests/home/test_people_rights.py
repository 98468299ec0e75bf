"""Service sees customers and tasks, and no margin, no revenue figures and no exports."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.signals.models import Current, CustomerSignal, Generation
from tests import factories

pytestmark = pytest.mark.django_db

MARGIN, REVENUE = "7.654", "9.876"  # in euro, as a page would write them
EXPORTS = ("customers", "products-export", "audit")


@pytest.fixture
def customer():
    made = Generation.objects.create(
        status="done", as_of_on=date(2026, 11, 20), activity_days=180, started_at=timezone.now()
    )
    Current.objects.create(pk=1, generation=made)
    customer = factories.customer(name="Blumen Brandt")
    factories.order(customer, date(2026, 4, 1), cents=1_000, cost_cents=400, of=factories.product())
    CustomerSignal.objects.create(
        generation=made,
        customer=customer,
        stage="at_risk",
        abc_class="A",
        value_rank=1,
        first_on=date(2025, 4, 1),
        last_on=date(2026, 4, 1),
        gap_days=30,
        silent_days=233,
        overdue_days=203,
        revenue_cents=987_600,
        revenue_year_cents=987_600,
        margin_cents=765_400,
        margin_year_cents=765_400,
    )
    return customer


def pages(client, customer) -> str:
    addresses = (
        f"{reverse('today')}?who=all",
        reverse("customers"),
        f"{reverse('customers')}?months=6&abc=A&sort=revenue",
        reverse("customer", args=[customer.pk]),
        reverse("customer-orders", args=[customer.pk]),
        reverse("customer-timeline", args=[customer.pk]),
    )
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    return "\n".join(answer.content.decode() for answer in answers)


def test_service_sees_customers_without_figures(client, servant, customer):
    client.force_login(servant)

    seen = pages(client, customer)

    assert "Blumen Brandt" in seen
    for hidden in (MARGIN, REVENUE, "Deckungsbeitrag", "DB 12 Mon.", "class-a"):
        assert hidden not in seen


def test_sales_sees_what_service_does_not(client, salesperson, customer):
    client.force_login(salesperson)

    seen = pages(client, customer)

    for shown in (MARGIN, REVENUE, "Deckungsbeitrag", "DB 12 Mon.", "class-a"):
        assert shown in seen


@pytest.mark.parametrize("name", EXPORTS)
def test_service_exports_nothing(client, servant, name):
    client.force_login(servant)

    assert client.post(reverse(name), {"format": "csv"}).status_code == 403


@pytest.mark.parametrize("name", ["overview", "products", "settings", "staff", "audit", "imports"])
def test_service_opens_no_other_page(client, servant, name):
    client.force_login(servant)

    assert client.get(reverse(name)).status_code == 403
