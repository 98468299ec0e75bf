"""The pages of points: who collects, one account, booking by hand; for a consumer, companies, roles, both languages."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from stammkunde.loyalty import by_hand, queries, services
from stammkunde.loyalty.models import Account, PointsSettings, Proposal
from stammkunde.team import queries as team
from stammkunde.ui import moments
from tests import factories
from tests.loyalty.shop import NOW, account, bought, customer_of, reconcile, returned, rule

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    main = answer.text.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def by_hand_form(points, *, what="give", reason="Kulanz", key="0123456789abcdef"):
    return {"what": what, "points": points, "reason": reason, "key": key}


@pytest.fixture
def one():
    rule()
    return account(since_days=1000, name="Änne Özdemir", number="4711")


def test_list_names_who_collects_and_adds_up(client, servant, one):
    company = account(kind="company", name="Gasthaus Krone", since_days=1000)
    bought(customer_of(one), 5000, days_ago=10)
    bought(customer_of(company), 123400, days_ago=10)
    reconcile(one, company)
    services.redeem(account_id=company.pk, points=34, key="k", now=NOW)
    client.force_login(servant)
    said = text(client.get(reverse("points")))

    assert "Insgesamt verfügbar 1.250" in said
    assert "Gasthaus Krone 1.200 0 0" in said
    assert "Änne Özdemir 50 0 0" in said
    assert "Gasthaus" not in text(client.get(reverse("points"), {"q": "ozdemir"}))
    for sort in ("name", "-available", "-pending", "-debt", "joined_on"):
        assert "Änne Özdemir" in text(client.get(reverse("points"), {"sort": sort}))


def test_list_of_who_owes_who_loses_points_soon_and_who_waits(client, administrator, servant, one):
    owing, losing = account(since_days=2000, name="Otto Owe"), account(since_days=2000, name="Lena Lose")
    order = bought(customer_of(owing), 5000, days_ago=1)
    bought(customer_of(losing), 2000, days_ago=1150)  # matured in 2023: good until the end of 2026
    reconcile(owing, losing)
    services.redeem(account_id=owing.pk, points=50, key="k", now=NOW)
    returned(order, 5000)
    reconcile(owing)
    by_hand.book(account_id=one.pk, points=900, reason="Geduld", key="w", now=NOW, staff=servant)
    client.force_login(administrator)

    def found(state):
        said = text(client.get(reverse("points"), {"state": state}))
        return [name for name in ("Otto Owe", "Lena Lose", "Änne Özdemir") if name in said]

    assert found("owing") == ["Otto Owe"]
    assert found("expiring") == ["Lena Lose"]
    assert found("waiting") == ["Änne Özdemir"]
    assert "1 Buchung von Hand wartet auf eine zweite Person" in text(client.get(reverse("points")))


def test_empty_list_says_how_somebody_gets_there(client, analyst):
    client.force_login(analyst)

    assert "Noch sammelt niemand Punkte" in text(client.get(reverse("points")))


def test_number_of_queries_does_not_grow(client, servant, one, django_assert_num_queries):
    client.force_login(servant)
    client.get(reverse("points"))
    for customers in (1, 3):
        while Account.objects.count() < customers:
            account()
        with django_assert_num_queries(6):
            client.get(reverse("points"))


def test_list_can_be_taken_along(client, salesperson, one):
    client.force_login(salesperson)
    file = client.post(reverse("points"), {"format": "csv"})
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()

    assert lines[0] == "Kundennummer;Name;Verfügbar;Vorgemerkt;Reserviert;Minuspunkte;Sammelt seit"
    assert lines[1].startswith("4711;Änne Özdemir;")


def test_account_with_its_rows_and_their_file(client, salesperson, one):
    bought(customer_of(one), 5000, days_ago=10, number="R-1")
    reconcile(one)
    client.force_login(salesperson)
    address = reverse("customer-points", args=[customer_of(one).pk])
    said = text(client.get(address))

    assert "Sammelt Punkte seit dem" in said
    assert "Punkte für Bestellung R-1 bestätigt" in said
    assert "Als Nächstes verfallen 50 Punkte, am Ende des 31.12.2029." in said
    file = b"".join(client.post(address, {"format": "csv"}).streaming_content).decode("utf-8-sig")
    assert "Punkte für Bestellung R-1 bestätigt;50;" in file


def test_whoever_collects_nothing_can_be_let_take_part_once(client, servant):
    customer = factories.customer(name="Karla Neu")
    client.force_login(servant)
    address = reverse("customer-points", args=[customer.pk])
    assert "Karla Neu sammelt keine Punkte" in text(client.get(address))
    assert "Noch gibt es keine Regel" in text(client.get(address))
    for _press in range(2):
        client.post(reverse("points-join", args=[customer.pk]))

    assert Account.objects.filter(customer_source=customer.source).count() == 1
    assert "Noch ist nichts gebucht" in text(client.get(address))


def test_card_offers_to_take_part_where_there_is_a_rule(client, servant):
    customer = factories.customer()
    client.force_login(servant)
    page = reverse("customer", args=[customer.pk])
    assert "Teilnehmen lassen" not in client.get(page).text
    rule()
    assert "Teilnehmen lassen" in client.get(page).text


def test_booking_by_hand_twice_with_one_press_is_one(client, servant, one):
    client.force_login(servant)
    address = reverse("points-book", args=[customer_of(one).pk])
    for _press in range(2):
        said = text(client.post(address, by_hand_form(120), follow=True))
    assert "Änne Özdemir hat 120 Punkte bekommen." in client.post(address, by_hand_form(120), follow=True).text
    assert "Von Hand gutgeschrieben: Kulanz" in said or "Kulanz" in said
    assert queries.balance(one.pk).available == 120


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (by_hand_form(130, what="take"), "Es sind nur 0 Punkte da."),
        (by_hand_form(0), "größer oder gleich 1"),
        (by_hand_form("viele"), "ganze Zahl"),
        (by_hand_form(5, reason=" "), "zwingend"),
    ],
)
def test_what_cannot_be_booked_is_said_beside_what_was_typed(client, servant, one, sent, said):
    client.force_login(servant)
    answer = client.post(reverse("points-book", args=[customer_of(one).pk]), sent)

    assert answer.status_code == 400
    assert said in text(answer)
    assert queries.balance(one.pk).available == 0


def test_two_people(client, servant, administrator, one):
    page = reverse("customer-points", args=[customer_of(one).pk])
    client.force_login(servant)
    said = text(client.post(reverse("points-book", args=[customer_of(one).pk]), by_hand_form(900), follow=True))
    assert "Sina möchte 900 Punkte geben: Kulanz" in said
    assert "Jemand anderes muss zustimmen." in said
    waiting = Proposal.objects.get()
    assert client.post(reverse("points-agree", args=[waiting.pk])).status_code == 403

    client.force_login(administrator)
    assert "Sina möchte 900 Punkte geben: Kulanz" in text(client.get(reverse("today")))
    assert "Zustimmen und buchen" in text(client.get(page))
    client.post(reverse("points-agree", args=[waiting.pk]))
    assert queries.balance(one.pk).available == 900
    again = client.post(reverse("points-agree", args=[waiting.pk]), follow=True).text
    assert "Darüber ist schon entschieden." in again
    assert "möchte 900" not in text(client.get(reverse("today")))


def test_only_who_may_agree_refuses_and_everybody_takes_back_her_own(client, servant, salesperson, one):
    first = by_hand.book(account_id=one.pk, points=900, reason="x", key="a", now=NOW, staff=servant)
    client.force_login(salesperson)
    client.post(reverse("points-refuse", args=[first.pk]))
    first.refresh_from_db()
    assert first.state == "waiting"
    client.force_login(servant)
    client.post(reverse("points-refuse", args=[first.pk]))
    first.refresh_from_db()
    assert first.state == "withdrawn"


def test_analyst_sees_and_books_nothing(client, analyst, one):
    client.force_login(analyst)
    customer = customer_of(one)

    assert "Von Hand buchen" not in text(client.get(reverse("customer-points", args=[customer.pk])))
    for name in ("points-book", "points-join"):
        assert client.post(reverse(name, args=[customer.pk]), by_hand_form(5)).status_code == 403


def test_limit_is_set_on_its_page(client, administrator):
    client.force_login(administrator)
    client.post(reverse("settings-points"), {"points_by_hand": "50"})

    assert PointsSettings.of(team.company()).points_by_hand == 50
    assert client.post(reverse("settings-points"), {"points_by_hand": "-1"}).status_code == 400


def test_timeline_tells_what_was_decided(one, administrator):
    services.book_by_hand(account_id=one.pk, points=70, reason="Geduld", key="g", now=NOW, staff=administrator)
    services.redeem(account_id=one.pk, points=20, key="s", now=NOW)
    services.hold(account_id=one.pk, points=20, key="h", now=NOW, lease=timedelta(minutes=5))
    services.release(account_id=one.pk, of="h", key="r", now=NOW)
    kinds = [event.kind for event in moments.timeline(customer_of(one).pk, place="").events]

    assert kinds.count("points") == 2
    assert kinds.count("points-joined") == 1


def test_account_without_a_name_stands_there_all_the_same(client, administrator, one):
    services.forget(account_id=one.pk)
    client.force_login(administrator)

    assert "kein Name mehr" in text(client.get(reverse("points")))
