import json
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from stammkunde.customers.models import Consent, Customer
from stammkunde.outreach import services, signing, texting
from stammkunde.outreach.models import AddressUse, Message, Undeliverable
from tests import factories
from tests.outreach.planning import NOW, company, consent, customer, planned

pytestmark = pytest.mark.django_db
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NUMBER = "+491713920001"


@pytest.fixture(autouse=True)
def provider(settings):
    settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = "https://gateway.example/", SECRET


@pytest.fixture
def sent():
    """A text message that has left."""
    company()
    whom = customer(mobile="0171 3920001")
    consent(whom, channel="message")
    planned(whom, channel="webhook")
    (message,) = services.begin(
        services.claim(channel="webhook", holder="h 1 a", at_most=9, now=NOW), holder="h 1 a", now=NOW
    )
    services.record([(message, services.Result(state="handed_over"))], holder="h 1 a", now=NOW)
    return message


def report(client, told, *, secret=SECRET):
    now, body = datetime.now(UTC), json.dumps(told).encode()
    return client.post(
        reverse("text-events"),
        body,
        content_type="application/json",
        headers={
            "webhook-id": "1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signing.signature(secret=secret, message_id="1", at=now, body=body),
        },
    )


def objections():
    return set(Consent.objects.filter(channel="message", origin="stop_reply").values_list("purpose", "state"))


def test_message_goes_to_the_number_as_the_whole_world_knows_it(sent):
    sent.rendered_at = NOW

    assert json.loads(texting.get().body(sent))["data"]["to"] == NUMBER


def test_older_numbers_that_are_shut_or_used_are_written_with_their_country(sent):
    Customer.objects.filter(pk=sent.customer_id).update(country="AT")
    Message.objects.filter(pk=sent.pk).update(address="06641234567")
    for number in ("06641234567", "01713920009"):
        Undeliverable.objects.create(channel="webhook", address=number, code="bounced", since_at=NOW)
    use = {"channel": "webhook", "customer": sent.customer}
    for origin, number in (("a", "06641234567"), ("b", "06641234567"), ("b", "+436641234567")):
        AddressUse.objects.create(origin=origin, address=number, **use)

    import_module("stammkunde.outreach.migrations.0014_numbers_with_their_country").write_for_the_world(apps, None)

    assert set(Undeliverable.objects.values_list("address", flat=True)) == {"+436641234567", "+491713920009"}
    used = AddressUse.objects.filter(origin__in="ab").order_by("origin").values_list("origin", "address")
    assert list(used) == [("a", "+436641234567"), ("b", "+436641234567")]


def test_receipt_is_noted_once(client, sent):
    told = {"type": "delivered", "key": sent.key}

    assert [report(client, told).json()["known"] for _twice in range(2)] == [True, False]
    assert Message.objects.get().state == "delivered"


def test_number_that_is_none_is_shut(client, sent):
    report(client, {"type": "bounced", "key": sent.key, "for_good": True, "answer": "unknown subscriber"})

    assert Message.objects.get().reason == {"code": "bounced", "answer": "unknown subscriber"}
    assert Undeliverable.objects.get().address == NUMBER


@pytest.mark.parametrize("text", ["STOP", " Stopp, bitte! ", "abmelden", "Ende."])
def test_stop_is_an_objection_with_its_proof(client, sent, text):
    answers = [report(client, {"type": "reply", "from": "0171 3920001", "text": text}) for _twice in range(2)]

    assert [one.json()["known"] for one in answers] == [True, True]
    assert objections() == {("advertising", "withdrawn"), ("newsletter", "objected"), ("survey", "objected")}
    assert Consent.objects.filter(origin="stop_reply").first().proof == {"from": NUMBER, "text": text}


def test_stop_of_somebody_who_got_nothing_counts_for_all_with_that_number(client):
    company()
    both = {"phone": "0171/3920001", "search": "1713920001"}
    first, second = (factories.customer(number=str(one), **both) for one in (1, 2))
    for one in (first, second):
        consent(one, channel="message")

    report(client, {"type": "reply", "from": NUMBER, "text": "Stop"})
    later = planned(second, channel="webhook")

    assert (later.state, later.reason["code"]) == ("refused", "mailbox_objected")


def test_stop_counts_for_the_number_that_replied_though_its_owner_has_another_now(client, sent):
    Customer.objects.filter(pk=sent.customer_id).update(mobile="0171 3920002")
    heir = customer(mobile="0171 3920001")
    consent(heir, channel="message")

    for _twice in range(2):
        report(client, {"type": "reply", "from": NUMBER, "text": "Stop"})

    assert [planned(heir, channel="webhook").reason["code"], objections()] == [
        "mailbox_objected", {("advertising", "withdrawn"), ("newsletter", "objected"), ("survey", "objected")}
    ]  # fmt: skip
    assert Consent.objects.filter(origin="stop_reply", address=NUMBER).count() == 3


def test_stop_of_a_person_who_is_at_another_customer_now_counts_there(client, sent):
    moved = factories.contact_person(factories.customer(phone="0171 3920001", search="1713920001"))
    Message.objects.filter(pk=sent.pk).update(contact_person=moved)

    assert report(client, {"type": "reply", "from": NUMBER, "text": "Stop"}).json() == {"known": True}
    assert set(Consent.objects.filter(origin="stop_reply").values_list("customer", "address")) == {
        (moved.customer_id, NUMBER)
    }


def test_stop_to_a_message_from_before_numbers_had_their_country_is_found_in_that_country(client, sent):
    Customer.objects.filter(pk=sent.customer_id).update(country="AT", mobile="")
    Message.objects.filter(pk=sent.pk).update(address="06641234567")

    german, austrian = (
        report(client, {"type": "reply", "from": number, "text": "Stop"}).json()["known"]
        for number in ("+496641234567", "+436641234567")
    )

    assert (german, austrian) == (False, True)


@pytest.mark.parametrize("text", ["Bitte nicht stop", "Ende des Monats gern!"])
def test_reply_that_says_something_else_changes_nothing(client, sent, text):
    assert report(client, {"type": "reply", "from": NUMBER, "text": text}).json() == {"known": False}
    assert objections() == set()


@pytest.mark.parametrize(
    ("told", "secret", "status"),
    [
        ({"type": "reply"}, SECRET, 400),
        ({"type": "opened", "key": "x"}, SECRET, 400),
        ([], SECRET, 400),
        ({"type": "delivered", "key": "x"}, "whsec_" + "A" * 32, 401),
    ],
)
def test_what_makes_no_sense_or_is_not_theirs_is_refused(client, told, secret, status):
    assert report(client, told, secret=secret).status_code == status


def test_nobody_reports_where_no_provider_is_set(client, settings):
    settings.WEBHOOK_URL = ""

    assert report(client, {"type": "delivered", "key": "x"}).status_code == 404
