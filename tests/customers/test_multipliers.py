"""Multipliers: marked by hand, found in the list, shown on the customer's page, told on the timeline."""

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers import changes, services
from stammkunde.segments import audience, queries
from stammkunde.team.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_multiplier_is_marked_on_the_form_and_found_in_list_page_and_campaign(client, salesperson):
    one, _other = factories.customer(name="Gärtnerei Nord"), factories.customer(name="Gärtnerei Süd")
    client.force_login(salesperson)

    typed = {"number": one.number, "kind": "company", "name": one.name, "is_multiplier": "on"}
    client.post(reverse("customer-edit", args=[one.pk]), typed)

    listed = client.get(reverse("customers"), {"multiplier": "yes", "sort": "name"})
    assert "Gärtnerei Nord" in listed.text
    assert "Gärtnerei Süd" not in listed.text
    assert "Multiplikator" in client.get(reverse("customer", args=[one.pk])).text
    kept = audience.stored(queries.Filters(multiplier="yes"))
    assert list(queries.ids(audience.restored(kept), generation=None)) == [[one.pk]]


def test_a_mark_is_told_as_yes_and_no(salesperson):
    one = factories.customer()
    services.change_customer(customer_id=one.pk, fields={"is_multiplier": True}, now=timezone.now(), staff=salesperson)
    entry = AuditEntry.objects.get(action="customer.changed")
    assert changes.entry(entry) == "Multiplikator: nein → ja"
