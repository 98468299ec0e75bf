"""Signing up on the company's website: one mail, consent by its click alone, and no word on whom we know."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers import links, services
from stammkunde.customers.models import Consent, ContactPerson, Customer, OptIn, SignUp
from stammkunde.customers.services import signups
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import plan_optins
from stammkunde.team import attempts
from stammkunde.team import queries as team
from tests import factories

pytestmark = pytest.mark.django_db

GERMAN = {"title": "Neues aus dem Garten", "lead": "Einmal im Monat.", "consent": "Ja, Grünwerk darf mir schreiben."}
ENGLISH = {"title": "Garden news", "lead": "", "consent": "Yes, Grünwerk may write to me."}
PAGE = "/c/signup/"


@pytest.fixture(autouse=True)
def _public(settings):
    settings.PUBLIC_URL = "https://crm.example.org"


@pytest.fixture
def version(administrator) -> SignUp:
    factories.decided(name="Grünwerk", privacy_url="https://gruenwerk.example/datenschutz")
    return publish(administrator)


def publish(staff, *, words=None, is_open=True) -> SignUp:
    words = words or {"de": GERMAN, "en": ENGLISH}
    return services.publish_sign_up(
        is_open=is_open, purposes=["newsletter", "survey"], words=words, staff=staff, now=timezone.now()
    )


def fill(client, version, **said):
    typed = {"version": version.pk, "language": "de", "email": "kim@example.org", "agreed": "on"} | said
    return client.post(PAGE, typed, headers={"Referer": "https://gruenwerk.example/aktion/?kampagne=7"})


def test_somebody_new_becomes_a_prospect_and_the_click_in_the_mail_consent_with_all_its_proof(client, version):
    answer = fill(client, version, first_name="Kim", last_name="Lux", place="Fußzeile")

    assert answer.headers["Location"].startswith("/c/signup/sent/")
    assert not answer.cookies
    customer = Customer.objects.get()
    assert (customer.name, customer.email, customer.kind) == ("Kim Lux", "kim@example.org", "person")
    assert not Consent.objects.filter(state="given").exists()
    assert plan_optins(company=team.company(), now=timezone.now()) == 1
    asked = Consent.objects.filter(state="asked").first()
    assert asked.wording == GERMAN["consent"]
    proof = {"version": str(version.pk), "page": "https://gruenwerk.example/aktion/", "place": "Fußzeile"}
    assert proof.items() <= asked.proof.items()

    page = client.get(links.optin_url(optin=OptIn.objects.get()).removeprefix("https://crm.example.org"))
    assert page.text.count(GERMAN["consent"]) == 1  # said once, though it holds for two purposes
    client.post(page.request["PATH_INFO"])
    given = Consent.objects.filter(state="given").values_list("purpose", "basis", "wording", "origin")
    assert set(given) == {
        ("newsletter", "double_opt_in", GERMAN["consent"], "signup_form"),
        ("survey", "double_opt_in", GERMAN["consent"], "signup_form"),
    }


def test_a_company_is_made_with_its_person_who_speaks_as_the_form_did(client, version):
    fill(client, version, company="Café Lux", last_name="Ott", language="en", email="OTT@lux.example")

    person = ContactPerson.objects.select_related("customer").get()
    assert (person.customer.name, person.email, person.preference.language) == ("Café Lux", "ott@lux.example", "en")
    assert Consent.objects.first().wording == ENGLISH["consent"]


def test_known_and_unknown_addresses_get_the_same_answer(client, version):
    known = factories.customer(email="Kim@Example.org", search="kim kim@example.org")
    factories.consent(known, purpose="newsletter", address="kim@example.org")
    factories.consent(known, purpose="survey", address="kim@example.org")

    answers = [fill(client, version), fill(client, version, email="neu@example.org")]

    assert len({(one.status_code, one.headers["Location"]) for one in answers}) == 1
    assert Customer.objects.count() == 2  # Kim is the one that we know
    assert OptIn.objects.get().email == "neu@example.org"  # and has agreed already


def test_a_mailbox_is_known_exactly_however_many_are_like_it(client, version):
    for number in range(60):
        factories.customer(email=f"kim@example.org{number}", search=f"kim@example.org{number}")
    late = factories.customer(email="")
    factories.contact_person(late, email="Kim@Example.org")
    factories.customer(email="kim@example.org")

    fill(client, version)

    assert OptIn.objects.get().customer == late
    assert Customer.objects.count() == 62


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_customer_who_is_asked_once(version, monkeypatch):
    both, find = threading.Barrier(2), signups.queries.mailbox

    def slowly(email):
        found = find(email)
        with contextlib.suppress(threading.BrokenBarrierError):  # SQLite lets one in at a time
            both.wait(timeout=0.3)
        return found

    def click(_number):
        try:
            someone = services.Person(email="kim@example.org", company="Café Lux", last_name="Ott")
            services.sign_up(someone, version=version, language="de", proof={}, now=timezone.now())
        finally:
            connections.close_all()

    monkeypatch.setattr(signups.queries, "mailbox", slowly)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(click, range(2)))

    assert (Customer.objects.count(), ContactPerson.objects.count(), OptIn.objects.count()) == (1, 1, 1)


def test_the_mail_speaks_as_the_form_did_and_a_new_link_keeps_what_proves_the_question(client, version):
    known = factories.customer(email="kim@example.org")
    past = timezone.now() - timedelta(days=20)
    services.change_preference(
        recipient=services.Recipient(customer_id=known.pk), fields={"language": "de"}, changed_at=past, staff=None
    )
    someone, proof = services.Person(email="kim@example.org"), {"page": "https://gruenwerk.example/"}
    optin = services.sign_up(someone, version=version, language="en", proof=proof, now=past)
    plan_optins(company=team.company(), now=past)
    assert Message.objects.get().language == "en"

    client.post(links.optin_url(optin=optin).removeprefix("https://crm.example.org"), {"act": "again"})

    again = Consent.objects.filter(state="asked").exclude(optin=optin).first()
    assert {"page": "https://gruenwerk.example/", "version": str(version.pk)}.items() <= again.proof.items()


def test_all_together_must_wait_where_too_many_do_not_answer(client, version, monkeypatch):
    monkeypatch.setattr(signups, "MOST_AN_HOUR", 2)
    for number in range(2):
        assert fill(client, version, email=f"{number}@example.org").status_code == 302

    assert fill(client, version).status_code == 429
    assert Customer.objects.count() == 2
    OptIn.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert fill(client, version).status_code == 302


def test_one_mailbox_is_not_asked_again_and_again(client, version):
    for days in (20, 10, 5):
        at = timezone.now() - timedelta(days=days)
        services.sign_up(services.Person(email="kim@example.org"), version=version, language="de", proof={}, now=at)

    fill(client, version)

    assert (Customer.objects.count(), OptIn.objects.count()) == (1, 3)


def test_programs_are_thanked_and_forgotten_and_whoever_comes_too_often_waits(client, version):
    assert fill(client, version, homepage="https://spam.example").status_code == 302
    assert not Customer.objects.exists()

    for _time in range(attempts.SIGN_UPS.per_address):
        answer = fill(client, version)
    assert answer.status_code == 429


@pytest.mark.parametrize(("said", "told"), [({"email": "kim@"}, "E-Mail"), ({"agreed": ""}, "Ohne dieses Häkchen")])
def test_what_is_missing_is_said_and_nothing_is_kept(client, version, said, told):
    answer = fill(client, version, **said)

    assert (answer.status_code, Customer.objects.count()) == (422, 0)
    assert told in answer.text


def test_words_count_as_they_were_shown_and_unknown_ones_are_shown_first(client, version, administrator):
    publish(administrator, words={"de": GERMAN | {"consent": "Neuer Wortlaut."}})

    shown = fill(client, SignUp(pk=99))
    assert (shown.status_code, "Neuer Wortlaut." in shown.text, Customer.objects.count()) == (200, True, 0)
    fill(client, version)
    assert set(Consent.objects.values_list("wording", flat=True)) == {GERMAN["consent"]}

    closed = publish(administrator, is_open=False)
    publish(administrator)
    before = Consent.objects.count()
    assert (fill(client, closed, email="neu@example.org").status_code, Consent.objects.count()) == (200, before)

    publish(administrator, is_open=False)
    assert (client.get(PAGE).status_code, fill(client, version).status_code) == (404, 404)


def test_the_settings_show_preview_snippet_and_versions(client, administrator):
    factories.decided(name="Grünwerk", privacy_url="")
    client.force_login(administrator)
    page, typed = (
        reverse("settings-signup"),
        {"purposes": ["newsletter"], "title_de": "Neues", "consent_de": "Ja, gern."},
    )

    assert "Datenschutz" in client.post(page, typed | {"is_open": "on"}).text  # open without privacy notice: refused
    factories.decided(privacy_url="https://gruenwerk.example/datenschutz")
    client.post(page, typed | {"is_open": "on"})
    client.post(page, typed | {"is_open": "on"})  # the same once more is no other version
    assert "geschlossen" not in client.get(page).text

    one = SignUp.objects.get()
    shown = client.get(page).text
    assert "https://crm.example.org/c/signup/" in shown
    assert f"name=&quot;version&quot; value=&quot;{one.pk}&quot;" in shown
    assert "<script" not in shown.partition("<textarea")[2].partition("</textarea>")[0]
    client.post(page, typed)
    assert "geschlossen" in client.get(page).text
