"""The card of points on a customer's page: what there is, and the last rows in words, in both languages."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from stammkunde.loyalty import queries, services, wording
from stammkunde.loyalty.models import Move
from stammkunde.sales.models import Line
from tests import factories
from tests.loyalty.shop import NOW, account, bought, customer_of, reconcile, returned, rule

pytestmark = pytest.mark.django_db


def card(client, staff, customer) -> str:
    client.force_login(staff)
    page = client.get(reverse("customer", args=[customer.pk])).text
    found = re.search(r'<section class="card" aria-labelledby="points-title">(.*?)</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def told(one, language="de"):
    with override(language):
        return [(row.what, row.changes) for row in wording.rows(reversed(queries.history(one.pk)))]


@pytest.fixture
def one():
    rule()
    return account(since_days=1000, kind="company", name="Gasthaus Krone")


@pytest.mark.parametrize("people", [0, 5])
def test_card_of_a_company_says_what_there_is_and_what_was_booked(client, servant, one, people):
    customer = customer_of(one)
    for _person in range(people):
        factories.contact_person(customer)
    bought(customer, 123400, number="R-17")
    reconcile(one)
    services.redeem(account_id=one.pk, points=34, key="k", now=NOW)
    said = card(client, servant, customer)

    assert said.startswith("Punkte Verfügbar 1.200 Verfallen als Nächstes 1.200 am Ende des 31.12.2029 Sammelt seit")
    assert "Eingelöst 20.11.2026 · −34 verfügbar" in said
    assert "Punkte für Bestellung R-17 bestätigt 20.11.2026 · +1.234 verfügbar, −1.234 vorgemerkt" in said


def test_card_of_a_private_person_with_nothing_yet_and_of_whoever_collects_nothing(client, servant):
    joined = account()

    said = card(client, servant, customer_of(joined))
    assert said.endswith("Es ist noch nichts gebucht. Alle Buchungen und von Hand buchen")
    assert card(client, servant, factories.customer()) == ""


def test_what_is_owed_says_how_it_is_paid(client, servant, one):
    order = bought(customer_of(one), 5000, number="R-1")
    reconcile(one)
    services.redeem(account_id=one.pk, points=50, key="k", now=NOW)
    returned(order, 5000)
    reconcile(one)

    assert "Verfügbar 0 Minuspunkte 50 die nächsten Punkte gleichen sie aus" in card(client, servant, customer_of(one))
    said = told(one)
    assert ("Eingelöst", ["+50 Minuspunkte"]) in said
    assert ("Korrektur: Eingelöst", ["+50 verfügbar"]) in said
    assert ("Korrektur: Punkte für Bestellung R-1", ["−50 vorgemerkt"]) in said


def test_every_row_has_words(one, administrator):
    """Open Loyalty #79: no reason was shown."""
    bought(customer_of(one), 9000, number="R|%7C", source="t:R|%7C")
    common = {"account_id": one.pk, "now": NOW}
    services.hold(points=30, key="h", lease=timedelta(minutes=5), **common)
    services.capture(of="h", key="c", **common)
    services.give_back(of="h", points=10, key="b", **common)
    services.redeem(points=20, key="s", **common)
    services.book_by_hand(points=7, reason="Geduld", key="g", staff=administrator, **common)
    services.book_by_hand(points=-7, reason="Irrtum", key="d", staff=administrator, **common)
    reconcile(one, now=NOW.replace(year=2030))
    order = customer_of(one).orders.get()
    order.lines.all().delete()
    order.delete()
    reconcile(one, now=NOW.replace(year=2030))
    reconcile(one, now=NOW.replace(year=2033))
    english = {what for what, _changes in told(one, "en")}

    assert set(Move.objects.values_list("kind", flat=True)) == {str(kind) for kind in wording._KINDS}
    for said in (
        "Reserved for a basket",
        "Reserved points redeemed",
        "Given back",
        "Redeemed",
        "Given by hand: Geduld",
        "Taken by hand: Irrtum",
        "Points expired",
        "Debt forgiven",
        "Points for order t:R|%7C",
        "Correction: Points for order t:R|%7C confirmed",
    ):
        assert said in english
    assert not {what for what, _changes in told(one, "de")} & english
    assert all(changes for _what, changes in told(one))


def test_lines_of_one_order_are_one_row_on_the_card_and_have_their_products_on_the_account(client, servant, one):
    order = bought(customer_of(one), 5000, number="R-1", of=factories.product(name="Lavendel"))
    Line.objects.create(order=order, key="2", kind="sale", quantity=1, revenue_cents=2000)
    reconcile(one)

    assert "Punkte für Bestellung R-1 20.11.2026 · +70 vorgemerkt" in card(client, servant, customer_of(one))
    assert [what for what, _changes in told(one)][:2] == [
        "Punkte für Bestellung R-1: Lavendel",
        "Punkte für Bestellung R-1",
    ]


def test_what_is_redeemed_from_many_lots_is_one_row(one):
    for number in range(3):
        bought(customer_of(one), 5000, number=f"R-{number}", days_ago=3 - number)
    reconcile(one)
    services.redeem(account_id=one.pk, points=130, key="k", now=NOW)
    with override("de"):
        (first, *_others) = wording.rows(queries.history(one.pk))

    assert Move.objects.filter(kind="spend").count() == 3
    assert (first.what, first.changes, first.available) == ("Eingelöst", ["−130 verfügbar"], 20)
