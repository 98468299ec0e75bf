"""Between an import and its figures, pages show the old figures beside the new facts, and do not break."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from stammkunde.customers.services import mark_changed as mark_customers
from stammkunde.sales.services import mark_changed
from stammkunde.signals import services
from stammkunde.signals.policy import Learn
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FIRST_ON = date(2010, 12, 1)


@pytest.fixture
def old_figures_and_new_facts(once):
    once(trade)


def trade():
    """Figures as of 2026 of nothing, and in the mirror a year of purchases from long before."""
    services.refresh(as_of=date(2026, 11, 20), now=NOW, progress=lambda *_told: None, learn=Learn.NOW)
    for place in range(12):
        customer = factories.customer()
        for month in range(6):
            factories.order(customer, FIRST_ON + timedelta(days=place * 20 + month * 31))
    mark_customers()
    mark_changed(f"{year}-{month:02}" for year in (2010, 2011, 2012) for month in range(1, 13))
    services.refresh_mirror(now=NOW, progress=lambda *_told: None)


@pytest.mark.parametrize("address", ["/", "/?period=2011-Q3&days=180", "/products/", "/customers/", "/today/"])
def test_pages_answer_before_the_figures_follow(client, administrator, old_figures_and_new_facts, address):
    client.force_login(administrator)

    assert client.get(address).status_code == 200


def test_the_overview_waits_for_the_figures_of_what_was_just_imported(client, administrator, old_figures_and_new_facts):
    client.force_login(administrator)

    shown = client.get(reverse("overview"))

    assert "plots" not in shown.context
    assert "Ihre Kennzahlen werden gleich berechnet" in shown.content.decode()
