import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from stammkunde.customers.models import Consent
from stammkunde.outreach import services, signing
from stammkunde.outreach.channels import email
from stammkunde.outreach.models import Message, Undeliverable
from tests.outreach.planning import NOW, company, customer, planned

pytestmark = pytest.mark.django_db
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def sent():
    """A message that has left."""
    company()
    planned(customer(email="anna@mail.example"))
    (message,) = services.begin(
        services.claim(channel="email", holder="h 1 a", at_most=9, now=NOW), holder="h 1 a", now=NOW
    )
    services.record([(message, services.Result(state="handed_over", provider_id="p-1"))], holder="h 1 a", now=NOW)
    return message


def report(client, told, *, secret=SECRET, at=None):
    now, body = at or datetime.now(UTC), json.dumps(told).encode()
    return client.post(
        reverse("mail-events"),
        body,
        content_type="application/json",
        headers={
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signing.signature(secret=secret, message_id="msg_1", at=now, body=body),
        },
    )


def named(message):
    return email.message_id(message, company())


def test_bounce_for_good_shuts_the_address(client, settings, sent):
    settings.EMAIL_EVENTS_SECRET = SECRET
    told = {"type": "bounced", "message_id": named(sent), "for_good": True, "answer": "550 5.1.1"}

    known = [report(client, told).json()["known"] for _twice in range(2)]

    sent.refresh_from_db()
    assert known == [True, False]
    assert (sent.state, sent.reason) == ("bounced", {"code": "bounced", "answer": "550 5.1.1"})
    assert Undeliverable.objects.get().code == "bounced"


def test_bounce_for_now_leaves_the_address_open(client, settings, sent):
    settings.EMAIL_EVENTS_SECRET = SECRET

    report(client, {"type": "bounced", "message_id": named(sent), "for_good": "yes"})

    assert not Undeliverable.objects.exists()


def test_complaint_withdraws_consent_and_shuts_the_address(client, settings, sent):
    settings.EMAIL_EVENTS_SECRET = SECRET

    report(client, {"type": "complained", "message_id": named(sent)})

    latest = Consent.objects.filter(customer=sent.customer, purpose="advertising").first()
    assert (latest.state, latest.proof["message"]) == ("withdrawn", sent.key)
    assert Undeliverable.objects.get().code == "complained"


def test_delivery_is_noted(client, settings, sent):
    settings.EMAIL_EVENTS_SECRET = SECRET

    report(client, {"type": "delivered", "message_id": named(sent)})

    assert Message.objects.get().state == "delivered"


@pytest.mark.parametrize(
    "told", [{"type": "opened", "message_id": "<m.1.x@y>"}, {"type": "bounced", "message_id": "?"}]
)
def test_report_of_something_unknown_is_taken_and_forgotten(client, settings, sent, told):
    settings.EMAIL_EVENTS_SECRET = SECRET

    response = report(client, told)

    assert (response.status_code, response.json()) == (200, {"known": False})
    assert Message.objects.get().state == "handed_over"


def test_report_with_another_secret_is_refused(client, settings, sent):
    settings.EMAIL_EVENTS_SECRET = SECRET

    response = report(client, {"type": "delivered", "message_id": named(sent)}, secret="whsec_" + "A" * 32)

    assert response.status_code == 401
    assert Message.objects.get().state == "handed_over"


def test_report_that_is_old_is_refused(client, settings, sent):
    settings.EMAIL_EVENTS_SECRET = SECRET
    old = datetime.now(UTC) - timedelta(minutes=6)

    assert report(client, {"type": "delivered", "message_id": named(sent)}, at=old).status_code == 401


def test_report_is_refused_where_no_secret_is_set(client, settings, sent):
    settings.EMAIL_EVENTS_SECRET = ""

    assert report(client, {"type": "delivered", "message_id": named(sent)}).status_code == 401


@pytest.mark.parametrize("told", [[], "text", {"type": "bounced"}, {"message_id": "x"}])
def test_report_that_makes_no_sense_is_refused(client, settings, told):
    settings.EMAIL_EVENTS_SECRET = SECRET

    assert report(client, told).status_code == 400


POSTMARK = "anymail.backends.postmark.EmailBackend"


def of_postmark(client, told, *, password="open:sesame"):
    return client.post(
        reverse("mail-events-provider", args=["postmark"]),
        json.dumps(told),
        content_type="application/json",
        headers={"Authorization": "Basic " + base64.b64encode(password.encode()).decode()},
    )


BOUNCE = {
    "RecordType": "Bounce",
    "Type": "HardBounce",
    "TypeCode": 1,
    "ID": 1,
    "MessageID": "p-1",
    "Email": "anna@mail.example",
    "Description": "The server was unable to deliver",
    "Details": "550 5.1.1",
    "BouncedAt": "2026-11-24T11:00:00Z",
}


def test_providers_report_reaches_its_message(client, settings, sent):
    settings.EMAIL_BACKEND, settings.ANYMAIL = POSTMARK, {"WEBHOOK_SECRET": "open:sesame"}

    response = of_postmark(client, BOUNCE)

    assert response.status_code == 200
    sent.refresh_from_db()
    assert sent.state == "bounced"
    assert Undeliverable.objects.get().address == "anna@mail.example"


def test_providers_report_needs_the_password(client, settings, sent):
    settings.EMAIL_BACKEND, settings.ANYMAIL = POSTMARK, {"WEBHOOK_SECRET": "open:sesame"}

    assert of_postmark(client, BOUNCE, password="open:door").status_code == 400
    assert Message.objects.get().state == "handed_over"


@pytest.mark.parametrize(
    ("backend", "anymail"),
    [(email.SMTP, {"WEBHOOK_SECRET": "open:sesame"}), (POSTMARK, {})],
)
def test_providers_are_listened_to_only_where_they_are_set_up(client, settings, backend, anymail):
    settings.EMAIL_BACKEND, settings.ANYMAIL = backend, anymail

    assert of_postmark(client, BOUNCE).status_code == 404
