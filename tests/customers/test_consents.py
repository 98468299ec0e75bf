"""Consent recorded, asked for, confirmed and withdrawn, each with its evidence."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
from django.core.signing import Signer
from django.db import connection

from stammkunde.customers import links, queries, services, wording
from stammkunde.customers.models import Consent, ContactPreference, OptIn
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.team.models import AuditEntry
from stammkunde.ui.links import BadLink, NoPublicAddress
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FAIR = Evidence(happened_at=NOW, origin="Messe Köln", wording="Ja, gern.", proof={"note": "Karte im Ordner"})
OFFERS = ("email", "advertising")
NEWS = ("email", "newsletter")


def states() -> list[tuple[str, str, str]]:
    return list(Consent.objects.order_by("pk").values_list("channel", "purpose", "state"))


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def ask(customer, *cells, person=None, now=NOW, staff=None) -> OptIn:
    recipient = Recipient(customer_id=customer.pk, contact_person_id=person.pk if person else None)
    evidence = Evidence(happened_at=now, origin="Messe Köln")
    return services.ask_optin(
        recipient=recipient, wordings=dict.fromkeys(cells or (NEWS,), "Ja!"), evidence=evidence, now=now, staff=staff
    )


def confirm(optin, *, now=NOW):
    return services.confirm_optin(token=links.optin_token(optin.nonce), now=now, proof={"ip": "192.0.2.0"})


def withdraw(customer, *cells, now=NOW, staff=None):
    evidence = Evidence(happened_at=now, origin="Abmeldelink")
    return services.withdraw(
        recipient=Recipient(customer_id=customer.pk), cells=cells or (NEWS,), evidence=evidence, staff=staff, now=NOW
    )


def test_consent_is_recorded_with_its_evidence_and_once_only(salesperson):
    customer = factories.customer(email="Firma@Example.org")
    kim = factories.contact_person(customer, email="Kim@Example.org")
    given = {
        "recipient": Recipient(customer_id=customer.pk, contact_person_id=kim.pk),
        "cells": [OFFERS, NEWS],
        "basis": "written",
        "evidence": FAIR,
        "staff": salesperson,
    }

    first, again = services.record_consent(**given, now=NOW), services.record_consent(**given, now=NOW)

    assert (len(first), again) == (2, [])
    record = Consent.objects.get(purpose="newsletter")
    assert (record.person_name, record.address, record.basis) == (str(kim), "kim@example.org", "written")
    assert (record.origin, record.wording, record.proof) == ("Messe Köln", "Ja, gern.", {"note": "Karte im Ordner"})
    assert (record.recorded_by, record.happened_at) == (salesperson, NOW)
    assert actions() == ["consent.recorded"]
    assert AuditEntry.objects.get().detail == {"person": str(kim), "what": ["email/advertising", "email/newsletter"]}


def test_person_of_another_customer_is_refused(salesperson):
    elsewhere = factories.contact_person(factories.customer())
    recipient = Recipient(customer_id=factories.customer().pk, contact_person_id=elsewhere.pk)

    with pytest.raises(services.PersonElsewhere):
        services.withdraw(recipient=recipient, cells=[NEWS], evidence=FAIR, staff=salesperson, now=NOW)

    assert states() == []


def test_withdrawing_says_whether_there_was_consent_and_repeating_is_harmless():
    customer = factories.customer(email="a@example.org")
    factories.consent(customer, purpose="newsletter")

    first = withdraw(customer, NEWS, ("post", "advertising"))
    again = withdraw(customer, NEWS, ("post", "advertising"))

    assert [one.state for one in first] == ["withdrawn", "objected"]
    assert again == []
    assert actions() == ["consent.withdrawn"]


def test_question_waits_for_the_mail_and_is_asked_once_a_day(salesperson):
    customer = factories.customer(email="A@example.org")

    optin = ask(customer, NEWS, OFFERS, staff=salesperson)
    again = ask(customer, NEWS, OFFERS, now=NOW + timedelta(hours=23))

    assert again == optin
    assert (optin.email, optin.expires_at) == ("a@example.org", NOW + timedelta(days=14))
    assert list(queries.optins_to_send(now=NOW)) == [optin]
    assert states() == [("email", "newsletter", "asked"), ("email", "advertising", "asked")]
    services.optin_sent(optin_id=optin.pk, sent_at=NOW)
    services.optin_sent(optin_id=optin.pk, sent_at=NOW + timedelta(days=1))
    optin.refresh_from_db()
    assert (optin.sent_at, list(queries.optins_to_send(now=NOW))) == (NOW, [])
    assert ask(customer, NEWS, OFFERS, now=NOW + timedelta(hours=25)) != optin


def test_token_is_kept_as_a_digest_only(settings):
    optin = ask(factories.customer(email="a@example.org"))

    token = links.optin_token(optin.nonce)

    assert token not in {str(value) for value in OptIn.objects.values().get().values()}
    assert services.find_optin(token=token) == optin
    settings.SECRET_KEY = "another"
    assert links.optin_token(optin.nonce) != token
    with pytest.raises(services.UnknownToken):
        services.find_optin(token=token[:-1])


def test_confirming_gives_consent_with_its_proof_and_repeating_changes_nothing():
    customer = factories.customer(email="a@example.org")
    optin = ask(customer, NEWS, OFFERS)
    services.optin_sent(optin_id=optin.pk, sent_at=NOW)
    later = NOW + timedelta(days=2)

    first, again = confirm(optin, now=later), confirm(optin, now=NOW + timedelta(days=200))

    assert (first.is_new, again.is_new, first.records) == (True, False, again.records)
    given = Consent.objects.get(purpose="newsletter", state="given")
    assert (given.basis, given.origin, given.wording, given.address) == (
        "double_opt_in",
        "Messe Köln",
        "Ja!",
        "a@example.org",
    )
    assert given.proof == {
        "asked_at": NOW.isoformat(),
        "sent_at": NOW.isoformat(),
        "confirmed_at": later.isoformat(),
        "email": "a@example.org",
        "ip": "192.0.2.0",
    }
    assert actions() == ["consent.asked", "consent.confirmed"]


def test_confirming_too_late_is_refused():
    optin = ask(factories.customer(email="a@example.org"))

    with pytest.raises(services.OptInExpired):
        confirm(optin, now=optin.expires_at)

    assert states() == [("email", "newsletter", "asked")]


def test_confirming_does_not_bring_back_what_was_withdrawn_since():
    customer = factories.customer(email="a@example.org")
    optin = ask(customer, NEWS, OFFERS)
    withdraw(customer, NEWS)

    confirm(optin)
    withdraw(customer, OFFERS, now=NOW + timedelta(hours=1))
    confirm(optin)

    assert states()[2:] == [
        ("email", "newsletter", "objected"),
        ("email", "advertising", "given"),
        ("email", "advertising", "withdrawn"),
    ]
    other = ask(customer, NEWS, now=NOW + timedelta(hours=2))
    withdraw(customer, NEWS, now=NOW + timedelta(hours=3))
    with pytest.raises(services.OptInVoid):
        confirm(other, now=NOW + timedelta(hours=4))


def test_whoever_objected_is_asked_only_if_they_ask_for_it(salesperson):
    customer = factories.customer(email="a@example.org")
    withdraw(customer, NEWS)

    with pytest.raises(services.Objected):
        ask(customer, NEWS, staff=salesperson)
    confirm(ask(customer, NEWS, now=NOW + timedelta(hours=1)), now=NOW + timedelta(hours=2))

    assert states()[-1] == ("email", "newsletter", "given")


def test_question_needs_an_address_and_something_to_ask(salesperson):
    nowhere, settled = factories.customer(), factories.customer(email="a@example.org")
    factories.consent(settled, purpose="newsletter", address="a@example.org")

    with pytest.raises(services.NoEmail):
        ask(nowhere, staff=salesperson)
    with pytest.raises(services.NothingToAsk):
        ask(settled, staff=salesperson)

    assert not OptIn.objects.exists()


def test_company_says_how_long_a_question_is_open():
    factories.decided(optin_days=3)

    assert ask(factories.customer(email="a@example.org")).expires_at == NOW + timedelta(days=3)


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_give_one_consent():
    optin = ask(factories.customer(email="a@example.org"), NEWS, OFFERS)
    ready = Barrier(8)

    def act(_number: int) -> bool:
        ready.wait()
        try:
            return confirm(optin).is_new
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(act, range(8)))

    assert sorted(found) == [False] * 7 + [True]
    assert Consent.objects.filter(state="given").count() == 2


def test_removed_person_comes_back_with_consents_and_wishes(salesperson):
    customer = factories.customer()
    kim = factories.contact_person(customer)
    record = factories.consent(customer, person=kim)
    wishes = {"call_from": time(9), "call_until": time(11), "channels": ["phone"]}
    services.change_preference(
        recipient=Recipient(customer_id=customer.pk, contact_person_id=kim.pk),
        fields=wishes,
        changed_at=NOW,
        staff=salesperson,
    )

    kept = services.remove_contact_person(person_id=kim.pk, staff=salesperson, now=NOW)
    assert not ContactPreference.objects.exists()
    back = services.restore_contact_person(kept=kept, staff=salesperson, now=NOW)

    record.refresh_from_db()
    assert record.contact_person == back
    preference = ContactPreference.objects.get()
    assert (preference.contact_person, preference.call_from, preference.channels) == (back, time(9), ["phone"])


def test_wishes_are_kept_with_who_said_so_and_the_same_again_leaves_no_trace(salesperson):
    customer = factories.customer()
    recipient = Recipient(customer_id=customer.pk)
    wishes = {"paused_until_on": date(2026, 12, 24), "max_contacts": 1, "per_days": 30}

    for _repeated in range(2):
        services.change_preference(recipient=recipient, fields=wishes, changed_at=NOW, staff=None)
    by_customer = ContactPreference.objects.get()
    assert (by_customer.origin, by_customer.changed_by, by_customer.changed_at) == ("customer", None, NOW)
    services.change_preference(recipient=recipient, fields={"form": "du"}, changed_at=NOW, staff=salesperson)

    preference = ContactPreference.objects.get()
    assert (preference.origin, preference.changed_by, preference.form) == ("staff", salesperson, "du")
    assert [one.detail["changed"] for one in AuditEntry.objects.order_by("pk")] == [
        {"paused_until_on": [None, "2026-12-24"], "max_contacts": [None, "1"], "per_days": [None, "30"]},
        {"form": ["", "du"]},
    ]


def test_links_lead_where_they_were_made_for(settings):
    settings.PUBLIC_URL = "https://crm.example.org"
    customer = factories.customer(email="a@example.org")
    kim = factories.contact_person(customer)

    for_kim = links.preferences_url(customer=customer, contact_person=kim)
    leave = links.unsubscribe_url(customer=customer, contact_person=None, channel="email", purpose="newsletter")
    optin = ask(customer)

    assert for_kim.startswith("https://crm.example.org/")
    assert links.read_preferences(for_kim.split("/")[-2]) == (customer.pk, kim.pk)
    assert links.read_unsubscribe(leave.split("/")[-2]) == links.Subscription(
        customer_id=customer.pk, contact_person_id=None, channel="email", purpose="newsletter"
    )
    assert links.optin_url(optin=optin).split("/")[-2] == links.optin_token(optin.nonce)


def test_links_that_were_changed_or_revoked_lead_nowhere(settings, salesperson):
    settings.PUBLIC_URL = "https://crm.example.org"
    customer, other = factories.customer(), factories.customer()
    token = links.preferences_url(customer=customer).split("/")[-2]
    leave = links.unsubscribe_url(customer=customer, contact_person=None, channel="email", purpose="newsletter")

    services.revoke_links(recipient=Recipient(customer_id=customer.pk), staff=salesperson, now=NOW)

    foreign = Signer(salt="stammkunde.customers.unsubscribe", sep=".").sign(
        "1-0-fax-newsletter"
    )  # from before versions
    for wrong in (token, token.replace(str(customer.pk), str(other.pk), 1), leave.split("/")[-2], "", "a.b"):
        with pytest.raises(BadLink):
            links.read_preferences(wrong)
    for wrong in (token, foreign):
        with pytest.raises(BadLink):
            links.read_unsubscribe(wrong)
    assert links.read_unsubscribe(leave.split("/")[-2]).customer_id == customer.pk
    assert links.read_preferences(links.preferences_url(customer=customer).split("/")[-2]) == (customer.pk, None)


def test_link_without_a_public_address_is_refused_with_the_cure(settings):
    settings.PUBLIC_URL = ""

    with pytest.raises(NoPublicAddress, match="STAMMKUNDE_PUBLIC_URL"):
        links.preferences_url(customer=factories.customer())


def test_sentence_names_who_sends_what_and_how():
    assert wording.sentence("email", "advertising", company="Kaffee Lux") == (
        "Ich bin einverstanden, dass Kaffee Lux mir Angebote per E-Mail schickt. Das kann ich jederzeit widerrufen."
    )
    assert wording.sentence("phone", "newsletter", company="Kaffee Lux") == (
        "Ich bin einverstanden, dass Kaffee Lux mich wegen Neuigkeiten anruft. Das kann ich jederzeit widerrufen."
    )


def test_question_to_somebody_who_left_is_not_taken_for_the_customers(salesperson):
    customer = factories.customer(email="a@example.org")
    kim = factories.contact_person(customer, email="a@example.org")
    of_kim = ask(customer, person=kim)
    services.remove_contact_person(person_id=kim.pk, staff=salesperson, now=NOW)

    own = ask(customer)

    assert own != of_kim
    assert own.asked.get().person_source == ""
