from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode

import pytest

from stammkunde import config
from stammkunde.customers.models import Consent
from stammkunde.outreach import channels, services, texting
from stammkunde.outreach.models import Message, Undeliverable
from stammkunde.outreach.texting import twilio
from tests.outreach.planning import NOW, company, consent, customer, planned
from tests.outreach.test_channels import hand_over, hook  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db
NUMBER, TOKEN = "+491713920001", "f00d"
ADDRESS = f"twilio://?account_sid=AC1&auth_token={TOKEN}&from=%2B4915735987654"
PUBLIC = "https://kunden.example"


@pytest.fixture(autouse=True)
def provider(settings):
    settings.WEBHOOK_URL, settings.PUBLIC_URL = (
        config.read({"STAMMKUNDE_WEBHOOK_URL": ADDRESS})["STAMMKUNDE_WEBHOOK_URL"],
        PUBLIC,
    )


@pytest.fixture
def text():
    company()
    whom = customer(mobile="0171 3920001")
    consent(whom, channel="message")
    message = planned(whom, channel="webhook")
    message.rendered_at = datetime.now(UTC)
    return message


def left(result):
    """Let the message be claimed and recorded as a worker does."""
    (message,) = services.begin(
        services.claim(channel="webhook", holder="h 1 a", at_most=9, now=NOW), holder="h 1 a", now=NOW
    )
    services.record([(message, result)], holder="h 1 a", now=NOW)
    return Message.objects.get()


def report(client, told, *, query="", token=TOKEN):
    """Report as Twilio does, to the address that stood in `StatusCallback`, or to the one entered at the number."""
    url = "/text-events/" + (f"?{query}" if query else "")
    return client.post(
        url,
        urlencode(told),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": twilio.signature(token=token, url=PUBLIC + url, told=told.items())},
    )


def test_signatures_are_those_that_twilio_publishes():
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    told = {
        "CallSid": "CA1234567890ABCDE",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
        "Caller": "+14158675309",
    }
    twice = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234")]

    assert twilio.signature(token="12345", url=url, told=told.items()) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert twilio.signature(token="12345", url=url, told=twice) == "IK+Dwps556ElfBT0I3Rgjkr1wJU="


@pytest.mark.parametrize(
    ("sender", "field", "says"),
    [
        ("%2B4915735987654", "From", "+4915735987654"),
        ("+4915735987654", "From", "+4915735987654"),
        ("Garten", "From", "Garten"),
        ("32665", "From", "32665"),
        ("MG" + "0a" * 16, "MessagingServiceSid", "MG" + "0a" * 16),
    ],
)
def test_message_is_asked_for_in_twilios_words(settings, text, sender, field, says):
    settings.WEBHOOK_URL = ADDRESS.replace("%2B4915735987654", sender)
    provider = texting.get()

    body = provider.body(text)
    asked = provider.request(text, body)

    assert parse_qs(body.decode()) == {
        "To": [NUMBER],
        field: [says],
        "Body": [text.content["text"]],
        "StatusCallback": [f"{PUBLIC}/text-events/?" + urlencode({"key": text.key})],
    }
    assert (asked.full_url, asked.get_header("Authorization")) == (
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json",
        "Basic QUMxOmYwMGQ=",
    )


def test_answer_gives_the_name_by_which_twilio_knows_it():
    names = [texting.get().receipt({}, answer) for answer in (b'{"sid": "SM1", "status": "queued"}', b"<html>", b"[]")]

    assert names == ["SM1", "", ""]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (400, channels.PermanentFailure),
        (401, channels.PermanentFailure),
        (429, channels.TemporaryFailure),
        (503, channels.TemporaryFailure),
        (500, channels.Unclear),
        (504, channels.Unclear),
        (0, channels.Unclear),
    ],
)
def test_what_twilio_may_have_taken_is_not_sent_again_by_itself(monkeypatch, hook, text, code, problem):  # noqa: F811
    monkeypatch.setattr(twilio, "MESSAGES", hook.url)
    hook.codes = [code]

    with pytest.raises(problem) as told:
        hand_over(text)

    assert told.type is problem
    assert not services.may_repeat(text)


def test_receipt_settles_what_was_unclear_once(client, text):
    assert left(services.Result(state="unknown", code="connection_lost")).state == "unknown"
    told = {"MessageSid": "SM1", "MessageStatus": "sent"}
    query = urlencode({"key": text.key})

    assert report(client, told, query=query).status_code == 204
    assert Message.objects.get().state == "unknown"
    for _twice in range(2):
        answer = report(client, told | {"MessageStatus": "delivered"}, query=query)
    assert (answer.status_code, answer.content) == (204, b"")
    assert Message.objects.get().state == "delivered"


@pytest.mark.parametrize(("code", "shut"), [("30003", 0), ("30005", 1), ("30006", 1)])
def test_what_did_not_arrive_says_why_and_shuts_numbers_that_nobody_has(client, text, code, shut):
    left(services.Result(state="handed_over"))

    report(client, {"MessageStatus": "undelivered", "ErrorCode": code}, query=urlencode({"key": text.key}))

    assert Message.objects.get().reason == {"code": "bounced", "answer": f"undelivered {code}"}
    assert Undeliverable.objects.count() == shut


def test_stop_is_an_objection(client, text):
    left(services.Result(state="handed_over"))

    assert report(client, {"From": NUMBER, "Body": "Stopp", "To": "+4915735987654"}).status_code == 204

    assert {one.proof["text"] for one in Consent.objects.filter(origin="stop_reply")} == {"Stopp"}


@pytest.mark.parametrize(
    ("told", "token", "status"),
    [
        ({"From": NUMBER, "Body": "Stop"}, "f00e", 401),
        ({"From": NUMBER}, TOKEN, 400),
        ({"Body": "Stop"}, TOKEN, 400),
        ({}, TOKEN, 400),
    ],
)
def test_what_is_not_signed_or_makes_no_sense_is_refused(client, told, token, status):
    assert report(client, told, token=token).status_code == status
    assert not Consent.objects.filter(origin="stop_reply").exists()


def test_a_receipt_for_another_message_is_not_believed(client, text):
    left(services.Result(state="handed_over"))
    told = {"MessageStatus": "delivered"}
    signed = twilio.signature(token=TOKEN, url=f"{PUBLIC}/text-events/?key=other", told=told.items())

    answer = client.post(
        "/text-events/?" + urlencode({"key": text.key}),
        urlencode(told),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signed},
    )

    assert answer.status_code == 401
    assert Message.objects.get().state == "handed_over"
