"""The page about what a customer allows and wishes, what staff write down there, and the settings about it."""

import csv
import io
import json
from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers import exports, links, services
from stammkunde.customers.models import Consent, ConsentSettings, ContactPreference, OptIn
from stammkunde.outreach.models import MessageSettings
from stammkunde.team import queries as team
from stammkunde.team.models import AuditEntry, Company
from tests import factories

pytestmark = pytest.mark.django_db

THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def customer():
    return factories.customer(name="Kaffee Lux", kind="company", email="lux@example.org", phone="030 1", number="77")


def page(customer) -> str:
    return reverse("customer-contact", args=[customer.pk])


def act(name, customer) -> str:
    return reverse(name, args=[customer.pk])


def said(**fields) -> dict:
    usual = {"person": "0", "channels": ["email"], "purposes": ["newsletter"], "happened_at": "2026-03-01T13:00"}
    return usual | {"origin": "Messe", "note": "Ordner 3"} | fields


def test_page_says_what_is_allowed_and_why(client, salesperson, customer):
    kim = factories.contact_person(customer, first_name="Kim", last_name="Ost", email="kim@example.org")
    factories.consent(customer, person=kim, purpose="newsletter", wording="Ja, ich will.", recorded_by=salesperson)
    ContactPreference.objects.create(
        customer=customer, channels=["post", "email"], max_contacts=0, per_days=7, changed_at=timezone.now()
    )
    client.force_login(salesperson)

    shown = client.get(page(customer))

    assert shown.status_code == 200
    by_name = {one["name"]: dict(one["rows"]) for one in shown.context["recipients"]}
    newsletter = by_name["Kim Ost"]["Newsletter"]
    assert (newsletter[0].is_allowed, newsletter[0].why) == (True, "Einwilligung liegt vor.")
    assert by_name["Kaffee Lux"]["Angebote"][2].why == "Der Kunde wünscht diesen Kanal nicht."
    assert shown.context["recipients"][0]["wishes"] == [
        ("Höchstens", "keine Kontakte"),
        ("Nur auf diesen Wegen", "Post, E-Mail"),
    ]
    assert "Ja, ich will." in shown.text
    assert "festgehalten von Sven" in shown.text


def test_customers_page_says_it_in_short(client, salesperson, customer):
    client.force_login(salesperson)

    shown = client.get(reverse("customer", args=[customer.pk]))

    (short,) = shown.context["contact"]
    assert [(cell.label, cell.is_allowed) for cell in short["cells"]] == [
        ("E-Mail", False),
        ("Telefon", True),
    ]  # and no text message: her number is a fixed line
    assert page(customer) in shown.text


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_number_of_queries_however_much_there_is(
    client, salesperson, customer, count, django_assert_num_queries
):
    for _number in range(count):
        kim = factories.contact_person(customer)
        factories.consent(customer, person=kim)
        ContactPreference.objects.create(customer=customer, contact_person=kim, form="du", changed_at=timezone.now())
    client.force_login(salesperson)

    with django_assert_num_queries(17):
        client.get(page(customer))


def test_consent_is_written_down_with_its_proof(client, salesperson, customer):
    kim = factories.contact_person(customer, email="kim@example.org")
    client.force_login(salesperson)
    filled = said(person=kim.pk, basis="written", wording="Ja!", channels=["email", "phone"])

    for _repeated in range(2):
        answer = client.post(act("consent-record", customer), filled)

    assert answer.headers["Location"] == page(customer)
    assert list(Consent.objects.order_by("pk").values_list("channel", "basis", "state", "wording")) == [
        ("email", "written", "given", "Ja!"),
        ("phone", "written", "given", "Ja!"),
    ]
    record = Consent.objects.first()
    assert (record.contact_person, record.recorded_by, record.proof) == (kim, salesperson, {"note": "Ordner 3"})
    assert record.happened_at == THEN


def test_consent_without_proof_is_refused(client, salesperson, customer):
    client.force_login(salesperson)
    tomorrow = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"

    for wrong in ({"wording": ""}, {"origin": ""}, {"channels": []}, {"happened_at": tomorrow}, {"basis": "imported"}):
        filled = said(basis="written", wording="Ja!") | wrong
        assert client.post(act("consent-record", customer), filled).status_code == 422

    assert not Consent.objects.exists()


def test_objection_to_post_is_written_down(client, servant, customer):
    client.force_login(servant)
    form = client.get(f"{act('consent-withdraw', customer)}?channel=post").context["form"]
    assert (form["channels"].value(), form["purposes"].value()) == (["post"], ["survey", "advertising", "newsletter"])

    client.post(act("consent-withdraw", customer), said(channels=["post"], purposes=form["purposes"].value()))

    assert set(Consent.objects.values_list("channel", "state")) == {("post", "objected")}
    assert Consent.objects.count() == 3


def test_question_goes_out_by_mail(client, salesperson, customer):
    Company.objects.create(pk=1, name="Rösterei")
    client.force_login(salesperson)
    filled = {"person": "0", "purposes": ["newsletter"], "origin": "Telefonat"}

    client.post(act("consent-ask", customer), filled)

    optin = OptIn.objects.get()
    asked = optin.asked.get()
    assert (optin.email, asked.origin, asked.recorded_by) == ("lux@example.org", "Telefonat", salesperson)
    assert asked.wording.startswith("Ich bin einverstanden, dass Rösterei mir den Newsletter per E-Mail schickt.")


@pytest.mark.parametrize(
    ("email", "state", "words"),
    [
        ("", None, "Es ist keine E-Mail-Adresse hinterlegt."),
        ("a@example.org", "given", "Das alles ist bereits bestätigt."),
        ("a@example.org", "withdrawn", "Hier liegt ein Widerruf oder Widerspruch vor."),
    ],
)
def test_question_that_cannot_be_asked_says_why(client, salesperson, email, state, words):
    customer = factories.customer(email=email)
    if state:
        factories.consent(customer, purpose="newsletter", state=state, address="a@example.org")
    client.force_login(salesperson)

    answer = client.post(
        act("consent-ask", customer), {"person": "0", "purposes": ["newsletter"], "origin": "Telefonat"}
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert not OptIn.objects.exists()


def test_question_speaks_the_persons_language(client, salesperson, customer):
    ContactPreference.objects.create(customer=customer, language="en", changed_at=timezone.now())
    client.force_login(salesperson)

    client.post(act("consent-ask", customer), {"person": "0", "purposes": ["survey"], "origin": "Phone"})

    assert Consent.objects.get().wording.startswith("I agree that Stammkunde sends me surveys")


def test_wishes_are_written_down(client, servant, customer):
    kim = factories.contact_person(customer)
    client.force_login(servant)
    address = f"{act('preference-edit', customer)}?person={kim.pk}"
    filled = {
        "channels": ["post"],
        "call_from": "09:00",
        "call_until": "10:00",
        "email_from_sale": "no",
        "tone": "kurz",
    }

    client.post(address, filled)
    form = client.get(address).context["form"]

    kept = ContactPreference.objects.get()
    assert (kept.contact_person, kept.channels, kept.topics, kept.call_from) == (kim, ["post"], None, time(9))
    assert (kept.email_from_sale, kept.tone, kept.changed_by) == (False, "kurz", servant)
    assert form["email_from_sale"].value() == "no"


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_contacts": "2"},
        {"max_contacts": "2", "per_days": "0"},
        {"call_from": "09:00"},
        {"call_from": "09:00", "call_until": "09:00"},
        {"channels": ["fax"]},
    ],
)
def test_wishes_that_mean_nothing_are_refused(client, servant, customer, wrong):
    client.force_login(servant)

    assert client.post(act("preference-edit", customer), wrong).status_code == 422
    assert not ContactPreference.objects.exists()


def test_old_links_are_revoked(client, salesperson, customer, settings):
    settings.PUBLIC_URL = "https://crm.example.org"
    client.force_login(salesperson)
    before = client.get(page(customer)).context["links"][None]

    client.post(act("preference-revoke", customer), {"person": ""})

    after = client.get(page(customer)).context["links"][None]
    assert after == links.preferences_url(customer=customer)
    assert before != after
    assert client.get(before.removeprefix("https://crm.example.org")).status_code == 404


def test_link_is_shown_without_a_public_address_too(client, salesperson, customer, settings):
    settings.PUBLIC_URL = ""
    client.force_login(salesperson)

    assert client.get(page(customer)).context["links"][None].startswith("http://testserver/c/preferences/")


def test_consents_are_taken_along_with_their_proof(client, salesperson, customer):
    factories.consent(customer, wording="=1+1", proof={"note": "Ordner"}, origin="one_click", recorded_at=THEN)
    factories.consent(factories.customer())
    client.force_login(salesperson)

    one = client.post(act("customer-consents-export", customer), {"format": "csv"})
    every = client.post(reverse("consents-export"), {"format": "csv"})

    lines = list(csv.reader(io.StringIO(b"".join(one).decode("utf-8-sig")), delimiter=";"))
    assert lines[0][:4] == ["Kundennummer", "Name", "Ansprechpartner", "Kanal"]
    assert lines[1:] == [
        [
            "77",
            "Kaffee Lux",
            "",
            "E-Mail",
            "Angebote",
            "erteilt",
            "per E-Mail bestätigt (Double-Opt-in)",
            "2026-03-01 13:00:00+01:00",
            "Abmelden mit einem Klick im E-Mail-Programm",
            "'=1+1",
            "",
            "Wo der Nachweis liegt: Ordner",
            "",
            "",
            "2026-03-01 13:00:00+01:00",
        ]
    ]
    assert len(b"".join(every).decode().splitlines()) == 3
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "label")) == [
        ("consents.exported", "Kaffee Lux"),
        ("consents.exported", ""),
    ]


def test_proofs_are_taken_along_of_one_person_and_of_a_filtered_list(client, salesperson, customer):
    services.change_customer(customer_id=customer.pk, fields={"is_multiplier": True}, now=THEN, staff=salesperson)
    ada = factories.contact_person(customer, last_name="Ada")
    factories.consent(customer, person=ada, wording="Ada sagt ja.")
    asked = factories.consent(customer, state="asked", proof={"page": "https://lux.example/", "version": "3"})
    factories.consent(customer, wording="Kundin sagt ja.", asked=asked)
    factories.consent(factories.customer(), wording="Andere sagt ja.")
    client.force_login(salesperson)

    def said(name: str, **typed) -> str:
        return b"".join(client.post(name, {"format": "csv-plain"} | typed)).decode()

    export = act("customer-consents-export", customer)
    assert ("Ada sagt ja." in (hers := said(export, person=ada.pk)), "Kundin" in hers) == (True, False)
    assert ("Ada sagt ja." in (own := said(export, person="0")), "Kundin" in own) == (False, True)
    assert "Seite: https://lux.example/; Fassung des Anmeldeformulars: 3" in own  # how it was asked, beside the answer
    services.remove_contact_person(person_id=ada.pk, now=THEN, staff=salesperson)
    assert client.post(export, {"format": "csv", "person": ada.pk}).status_code == 404  # hers are not the customer's
    listed = said(reverse("customers-proofs"), query="multiplier=yes")
    assert ("Ada sagt ja." in listed, "Kundin sagt ja." in listed, "Andere" in listed) == (True, True, False)
    assert AuditEntry.objects.filter(action="consents.exported", detail__query="multiplier=yes").count() == 1


def test_proofs_are_read_by_programs_and_on_paper(client, salesperson, customer, monkeypatch):
    ada = factories.contact_person(customer, last_name="Ada #[evil]")
    asked = factories.consent(customer, person=ada, state="asked", proof={"page": "https://lux.example/" + "x" * 90})
    factories.consent(customer, person=ada, asked=asked, wording="Ja,\ngern.", proof={"ip": "203.0.113.0"})
    factories.consent(customer, origin="one_click")
    client.force_login(salesperson)
    export = act("customer-consents-export", customer)

    told = json.loads(b"".join(client.post(export, {"format": "json"})))
    first, second, third = told["records"]
    assert (first["contact_person"], second["asked"]["proof"]) == ("Kim Ada #[evil]", first["proof"])
    assert (second["basis"], second["wording"], second["proof"]) == (
        "double_opt_in",
        "Ja,\ngern.",
        {"ip": "203.0.113.0"},
    )
    assert (third["customer_number"], third["asked"], third["origin"]) == ("77", None, "one_click")
    paper = client.post(export, {"format": "pdf"})
    assert (paper.content[:5], paper.headers["Content-Type"]) == (b"%PDF-", "application/pdf")
    assert ".pdf" in paper.headers["Content-Disposition"]
    assert AuditEntry.objects.filter(action="consents.exported", detail__rows=3).count() == 2

    monkeypatch.setattr(exports, "MOST_ON_PAPER", 2)
    too_many = client.post(export, {"format": "pdf"}, follow=True)
    assert "Das wären 3 Einträge, und in ein PDF passen höchstens 2." in too_many.text
    assert AuditEntry.objects.filter(action="consents.exported").count() == 2


@pytest.mark.parametrize(
    ("person", "sees", "changes", "exports"),
    [
        ("administrator", 200, 200, 200),
        ("salesperson", 200, 200, 200),
        ("servant", 200, 200, 403),
        ("analyst", 200, 403, 200),
    ],
)
def test_rights(client, request, customer, person, sees, changes, exports):
    client.force_login(request.getfixturevalue(person))

    assert client.get(page(customer)).status_code == sees
    assert bool(client.get(page(customer)).context["links"]) == (changes == 200)
    for name in ("consent-record", "consent-ask", "consent-withdraw", "preference-edit"):
        assert client.get(act(name, customer)).status_code == changes
    assert client.post(act("preference-revoke", customer)).status_code == (302 if changes == 200 else 403)
    for name in (act("customer-consents-export", customer), reverse("customers-proofs")):
        assert client.post(name, {"format": "csv"}).status_code == exports


def test_company_says_as_whom_it_writes(client, administrator):
    client.force_login(administrator)
    filled = {
        "sender_name": "Lux",
        "sender_email": "hallo@lux.example",
        "imprint": "Lux GmbH",
        "privacy_url": "lux.example/datenschutz",
        "default_form": "du",
        "optin_days": "7",
        "ip_evidence": "none",
        "existing_customer_email": "on",
    }

    assert client.post(reverse("settings-contact"), filled).status_code == 302
    assert client.post(reverse("settings-contact"), filled | {"optin_days": "91"}).status_code == 400

    company = team.company()
    kept = vars(company) | vars(ConsentSettings.of(company)) | vars(MessageSettings.of(company))
    assert {name: kept[name] for name in filled} == filled | {
        "privacy_url": "https://lux.example/datenschutz",
        "optin_days": 7,
        "existing_customer_email": True,
    }
    assert AuditEntry.objects.get().action == "settings.changed"
