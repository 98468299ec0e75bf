import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from anymail.backends.test import EmailBackend
from anymail.exceptions import AnymailRequestsAPIError
from anymail.message import AnymailRecipientStatus
from django.utils import timezone
from requests import Response

from stammkunde.customers import links
from stammkunde.customers.models import Channel, Customer
from stammkunde.outreach import channels, leaving, sending, signing
from stammkunde.outreach.channels import Receipt, email
from stammkunde.outreach.models import Message
from stammkunde.tasks.models import Task
from stammkunde.team.models import Company
from tests import factories
from tests.outreach import crash
from tests.outreach.planning import company, customer, planned

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
pytestmark = pytest.mark.django_db
SAME = pytest.mark.same_on_both("about what leaves; claiming and recording are asked in tests of their own")


class Hook:
    """A server on loopback that takes webhooks, and answers what the test says."""

    def __init__(self):
        self.codes, self.took = [], []


@pytest.fixture
def hook():
    told = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            told.took.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            code = told.codes.pop(0) if told.codes else 204
            if code == 0:
                self.connection.close()
                return
            self.send_response(code)
            self.send_header("webhook-receipt", "r-1")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args): ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def mails():
    server = crash.Server(seed=1, share=0.0)
    with crash.mail_server(server) as server.port:
        yield server


@pytest.fixture
def set_up(settings, hook, mails):
    """Every channel has what it needs, on loopback."""
    settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = hook.url, SECRET
    settings.EMAIL_BACKEND, settings.EMAIL_IS_SET = email.SMTP, True
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", mails.port, False
    settings.PUBLIC_URL = "https://kunden.example"
    return company()


def hand_over(message: Message) -> Receipt:
    channel, message.rendered_at = channels.get(message.channel), datetime.now(UTC)
    rendered = channel.render(message, Company.objects.get())
    with channel.line() as line:
        said = []
        receipt = channel.hand_over(message, rendered, line, lambda: said.append(message.pk))
        assert said == [message.pk], "it says once when it leaves"
        return receipt


def message_on(name: str, **fields) -> Message:
    message = planned(customer(kind="company"), channel=name, purpose="service", **fields)
    message.rendered_at = datetime.now(UTC)
    return message


@SAME
@pytest.mark.parametrize("name", channels.NAMES)
def test_channel_is_whole(name):
    channel = channels.get(name)

    assert channel.name == name
    assert channel.reaches in Channel.values
    assert {type(flag) for flag in (channel.disturbs, channel.collects, channel.repeatable)} == {bool}
    assert channel.parallel() >= 1


@SAME
@pytest.mark.parametrize("name", channels.NAMES)
def test_channel_gives_an_address_or_nothing(name):
    channel = channels.get(name)
    known = Customer(
        name="A",
        email="a@mail.example",
        phone="030 1",
        mobile="0171 3920001",
        street="Weg 1",
        postcode="10115",
        city="Berlin",
        country="DE",
        updated_at=timezone.now(),
    )

    assert channel.address(known, None)
    assert channel.address(Customer(name="B", updated_at=timezone.now()), None) == ""


@SAME
@pytest.mark.parametrize("name", [one.name for one in channels.every() if not one.collects])
def test_channel_hands_over_what_it_renders(set_up, name):
    assert channels.get(name).missing(set_up) == ""

    message = message_on(name)

    assert isinstance(hand_over(message), Receipt)


@SAME
@pytest.mark.parametrize("name", channels.NAMES)
def test_channel_refuses_what_it_cannot_render(set_up, name):
    with pytest.raises(KeyError):
        channels.get(name).render(message_on(name, content={}), set_up)


@SAME
def test_unknown_channel_is_named():
    with pytest.raises(KeyError, match="pigeon"):
        channels.get("pigeon")


def test_call_becomes_a_task_once(set_up, salesperson):
    house = customer(kind="company", owner=salesperson, phone="+49 30 123")
    message = planned(house, channel="call", purpose="service", content={"subject": "Nachfragen", "text": "Wie war's?"})

    first, again = hand_over(message), hand_over(message)

    task = Task.objects.get()
    assert first == again == Receipt(provider_id=f"task:{task.pk}")
    assert (task.title, task.note, task.owner, task.key) == (
        "Nachfragen",
        "+4930123\nWie war's?",
        salesperson,
        message.key,
    )


@SAME
def test_webhook_is_signed_and_names_its_message(set_up, hook):
    message = message_on("webhook", content={"subject": "", "text": "Ihr Paket ist da."})

    receipt = hand_over(message)

    ((headers, body),) = hook.took
    signing.verify(
        secret=SECRET,
        message_id=headers["Webhook-Id"],
        timestamp=headers["Webhook-Timestamp"],
        signatures=headers["Webhook-Signature"],
        body=body,
        now=datetime.now(UTC),
    )
    assert (headers["Webhook-Id"], headers["Idempotency-Key"]) == (f"msg_{message.pk}", message.key)
    assert json.loads(body)["data"]["text"] == "Ihr Paket ist da."
    assert receipt.provider_id == "r-1"


@SAME
@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (500, channels.TemporaryFailure),
        (503, channels.TemporaryFailure),
        (429, channels.TemporaryFailure),
        (400, channels.PermanentFailure),
        (410, channels.PermanentFailure),
        (302, channels.PermanentFailure),
        (0, channels.Unclear),
    ],
)
def test_webhook_tells_apart_what_may_be_tried_again(set_up, hook, code, problem):
    hook.codes = [code]

    with pytest.raises(problem) as told:
        hand_over(message_on("webhook"))
    assert told.type is problem


@SAME
def test_webhook_without_a_server_is_down(set_up, settings):
    settings.WEBHOOK_URL = "http://127.0.0.1:9/"

    with pytest.raises(channels.ChannelDown):
        hand_over(message_on("webhook"))


@contextmanager
def answering(server, name, answer):
    """Let one command be answered in another way."""
    setattr(server, name, answer)
    yield
    delattr(server, name)


async def _drop(server, *_args):
    server.transport.abort()
    return "421 gone"


@SAME
@pytest.mark.parametrize(
    ("command", "answer", "problem"),
    [
        ("handle_MAIL", "451 4.7.1 later", channels.TemporaryFailure),
        ("handle_RCPT", "450 4.2.0 later", channels.TemporaryFailure),
        ("handle_RCPT", "554 5.7.1 no", channels.PermanentFailure),
        ("handle_RCPT", "550 5.1.1 nobody", channels.BadAddress),
        ("handle_DATA", "452 4.3.1 full", channels.TemporaryFailure),
        ("handle_DATA", "554 5.6.0 spam", channels.PermanentFailure),
        ("handle_RCPT", _drop, channels.TemporaryFailure),
        ("handle_DATA", _drop, channels.Unclear),
    ],
)
def test_mail_tells_apart_what_may_be_tried_again(set_up, mails, command, answer, problem):
    async def said(server, session, envelope, *_more):
        return await answer(server) if callable(answer) else answer

    with answering(mails, command, said), pytest.raises(problem) as told:
        hand_over(message_on("email"))

    assert told.type is problem
    hand_over(message_on("email"))
    assert len(mails.took) == 1


@SAME
def test_mail_over_one_line_goes_on_after_a_refusal_and_a_drop(set_up, mails):
    channel, house = channels.get("email"), Company.objects.get()
    people = ["nobody@mail.example", "kim@mail.example", "ben@mail.example"]
    messages = [message_on("email", customer_id=customer(email=one).pk) for one in people]
    ready = [sending.Ready(message=one, rendered=channel.render(one, house)) for one in messages]

    with channel.line() as line:
        notes = leaving.Notes("host 1 a")
        results = [sending.attempt(channel, one, line, notes) for one in ready]
        notes.close(are_needed=False)

    assert [(one.state, one.bad_address) for one in results] == [
        ("failed", True),
        ("handed_over", False),
        ("handed_over", False),
    ]
    assert len(mails.took) == 2


@SAME
def test_mail_without_a_server_is_down(set_up, settings):
    settings.EMAIL_PORT = 9

    with pytest.raises(channels.ChannelDown):
        hand_over(message_on("email"))


@SAME
def test_mail_leaves_as_text_beside_html(set_up):
    message = message_on("email", content={"subject": "Grüße\naus Köln", "text": ".\nHallo", "html": "<p>Hällo</p>"})

    rendered = channels.get("email").render(message, set_up)
    mail = message_from_bytes(rendered.body.text, policy=policy.default)

    assert mail["Subject"] == "Grüße aus Köln"
    assert mail["From"] == "Musterhaus <gruss@musterhaus.example>"
    assert mail["To"] == message.address
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert '<p style="margin:0 0 16px">Hällo</p>' in mail.get_body(("html",)).get_content()


@SAME
def test_mail_is_recognised_by_its_number_however_often_it_leaves(set_up):
    message = message_on("email")

    names = {email.headers(message, set_up, url="")["Message-ID"] for _twice in range(2)}

    (name,) = names
    assert name.endswith("@musterhaus.example>")
    assert email.number_in(name) == message.pk
    assert email.number_in("<other@example.org>") is None


@SAME
def test_mail_ends_by_one_click_except_what_belongs_to_an_order(set_up):
    set_up.imprint = "Musterhaus GmbH\nKöln"
    content = {"subject": "Angebot", "text": "Nur heute.", "html": "<html><body><p>Nur heute.</p></body></html>"}
    offer, receipt = (planned(customer(), purpose=one, content=content) for one in ("advertising", "service"))

    told = [message_from_bytes(_text(one, set_up), policy=policy.default) for one in (offer, receipt)]

    link = links.unsubscribe_url(customer=offer.customer, contact_person=None, channel="email", purpose="advertising")
    assert told[0]["List-Unsubscribe"] == f"<{link}>"
    assert told[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert told[1]["List-Unsubscribe"] is None
    text, html = (told[0].get_body((kind,)).get_content() for kind in ("plain", "html"))
    wishes = links.preferences_url(customer=offer.customer)
    assert text.split() == f"Nur heute. -- Musterhaus GmbH Köln Abmelden: {link} Kontaktwünsche: {wishes}".split()
    assert html.index("Nur heute.") < html.index("Köln") < html.index(f'href="{link}"') < html.index("</body>")
    assert html.index(f'href="{link}"') < html.index(f'href="{wishes}"') < html.rindex("</table>")
    assert "Musterhaus GmbH<br>Köln</p>" in html
    assert "Abmelden" not in told[1].get_body(("plain",)).get_content()
    assert "Köln" in told[1].get_body(("html",)).get_content()


def _text(message, house):
    message.rendered_at = datetime.now(UTC)
    return channels.get("email").render(message, house).body.text


@SAME
@pytest.mark.parametrize(("purpose", "automatic"), [("service", True), ("thanks", True), ("advertising", False)])
def test_mail_says_that_a_machine_wrote_it_only_where_one_did(set_up, purpose, automatic):
    message = planned(customer(), purpose=purpose)

    assert ("Auto-Submitted" in email.headers(message, set_up, url="")) == automatic


@SAME
def test_mail_to_a_domain_with_umlauts_is_written_as_servers_want_it(set_up, mails):
    message = message_on("email", customer_id=customer(email="info@bücher.example").pk)

    hand_over(message)

    assert mails.took[0].startswith("info@xn--bcher-kva.example ")


@SAME
def test_mail_through_a_provider_keeps_the_providers_number(set_up, settings, monkeypatch):
    def take(self, payload, message):
        return {"recipient_status": {message.to[0]: AnymailRecipientStatus(message_id="p-7", status="sent")}}

    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    monkeypatch.setattr(EmailBackend, "post_to_esp", take)

    receipt = hand_over(message_on("email", content={"subject": "Hallo", "text": "Text", "html": "<p>Text</p>"}))

    assert receipt.provider_id == "p-7"


@SAME
@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (None, channels.Unclear),
        (429, channels.TemporaryFailure),
        (502, channels.TemporaryFailure),
        (401, channels.ChannelDown),
        (422, channels.PermanentFailure),
    ],
)
def test_mail_through_a_provider_tells_apart_what_may_be_tried_again(set_up, settings, monkeypatch, status, problem):
    answer = Response()
    answer.status_code = status

    def fail(self, payload, message):
        raise AnymailRequestsAPIError("no", response=answer if status else None)

    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    monkeypatch.setattr(EmailBackend, "post_to_esp", fail)

    with pytest.raises(problem) as told:
        hand_over(message_on("email"))
    assert told.type is problem


@SAME
def test_mail_through_a_provider_that_is_away_is_down(set_up, settings):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "x", "POSTMARK_API_URL": "http://127.0.0.1:9/"}

    with pytest.raises(channels.ChannelDown):
        hand_over(message_on("email"))


@SAME
@pytest.mark.parametrize(
    ("changed", "code"),
    [({"EMAIL_IS_SET": False}, "no_mail_server"), ({"PUBLIC_URL": ""}, "no_public_url")],
)
def test_mail_says_what_is_missing(set_up, settings, changed, code):
    for name, value in changed.items():
        setattr(settings, name, value)

    assert channels.get("email").missing(set_up) == code
    assert channels.get("email").missing(Company(sender_email="")) in {code, "no_sender"}


@SAME
def test_person_without_address_is_not_reached_at_the_customers():
    house = factories.customer(email="info@mail.example")
    kim = factories.contact_person(house)

    assert channels.get("email").address(house, kim) == ""
