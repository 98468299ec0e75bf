"""Returns without a purchase as a page, and naming the purchase there."""

import pytest
from django.urls import reverse

from stammkunde.sales.models import NamedPurchase
from tests import factories
from tests.pages import folded
from tests.sales.test_returned import bought, came_back, sweep

pytestmark = pytest.mark.django_db


def text(client, name, *args, query=""):
    return folded(client.get(reverse(name, args=args) + query).content.decode())


@pytest.fixture
def signed_in(client, salesperson):
    client.force_login(salesperson)
    return client


def test_nothing_lacks_its_purchase(signed_in):
    assert "Retouren ohne Kauf" in text(signed_in, "returns")
    assert "Keiner Retoure fehlt ihr Kauf" in text(signed_in, "returns")


def test_a_return_is_listed_found_a_purchase_and_taken_back(signed_in):
    one = factories.customer(name="Anna Klar")
    tea, cup = factories.product(name="Tee"), factories.product(name="Tasse")
    sold = bought(one, tea, days_ago=9)
    bought(one, cup, days_ago=8)
    back = came_back(one, factories.product(name="Teebeutel"), cents=700)
    sweep()

    assert "Teebeutel" in (page := text(signed_in, "returns"))
    assert "7,00" in page
    assert "Anna Klar" in page
    page = text(signed_in, "return", back.pk, query="?q=tee")
    assert ("Tee" in page, "Tasse" in page) == (True, False)

    said = signed_in.post(reverse("return-name", args=[back.pk]), {"sold": sold.pk}, follow=True)
    assert reverse("return-undo", args=[back.pk]) in said.content.decode()
    assert "Teebeutel" not in text(signed_in, "returns")
    signed_in.post(reverse("return-undo", args=[back.pk]))
    assert "Teebeutel" in text(signed_in, "returns")
    assert not NamedPurchase.objects.exists()


def test_a_guests_purchase_is_found_by_its_order_number(signed_in):
    sold = bought(None, product := factories.product(), days_ago=9)
    back = came_back(None, product)

    assert sold.order.source not in text(signed_in, "return", back.pk)
    page = text(signed_in, "return", back.pk, query=f"?q={sold.order.number}")
    assert f'name="sold" value="{sold.pk}"' in page


def test_what_does_not_fit_is_refused_and_changes_nothing(signed_in):
    product = factories.product()
    back, foreign = came_back(factories.customer(), product), bought(factories.customer(), product, days_ago=9)

    assert signed_in.post(reverse("return-name", args=[back.pk]), {"sold": "x"}).status_code == 404
    assert signed_in.get(reverse("return", args=[foreign.pk])).status_code == 404
    said = signed_in.post(reverse("return-name", args=[back.pk]), {"sold": foreign.pk}, follow=True)
    assert "gehört einem anderen Kunden" in folded(said.content.decode())
    assert not NamedPurchase.objects.exists()


def test_what_counts_so_far_is_said_and_nothing_bought_later_is_offered(signed_in):
    one, tea = factories.customer(), factories.product(name="Tee")
    sold, later = bought(one, tea, days_ago=9), bought(one, tea, days_ago=1)
    back = came_back(one, tea, days_ago=5)
    sweep()
    page = text(signed_in, "return", back.pk)

    assert f"Bisher gilt die Ware als gekauft mit Bestellung {sold.order.number}" in page
    assert f'value="{sold.pk}"' in page
    assert f'value="{later.pk}"' not in page
