from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.urls import reverse

from stammkunde.cli import bounces, doctor
from stammkunde.customers.models import Consent
from stammkunde.mailbox import queries
from stammkunde.mailbox.models import Mailbox
from stammkunde.outreach import bouncing, services
from stammkunde.outreach.channels import email
from stammkunde.outreach.models import Message, Undeliverable
from stammkunde.work import sweeps
from tests.mailboxes import server
from tests.mailboxes.test_reports import recipient, report
from tests.outreach.planning import NOW, company, customer, planned

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def there(settings):
    with server.running() as running:
        settings.EMAIL_BOUNCES = vars(running.address)
        yield running


@pytest.fixture
def sent():
    """A message that has left."""
    company()
    planned(customer(email="anna@mail.example"))
    (message,) = services.begin(
        services.claim(channel="email", holder="h 1 a", at_most=9, now=NOW), holder="h 1 a", now=NOW
    )
    services.record([(message, services.Result(state="handed_over"))], holder="h 1 a", now=NOW)
    return message


def named(message):
    return email.message_id(message, company())


def back(message, fields=None):
    """The mail that a server sends about one of ours."""
    return report(
        fields or recipient("failed", "5.1.1", "550 5.1.1 no"), original=f"Message-ID: {named(message)}\n"
    ).encode()


def test_bounce_does_what_a_providers_report_does_once(there, sent):
    there.mails = {1: back(sent)}
    bouncing.sweep(now=LATER)
    there.validity = 8
    bouncing.sweep(now=LATER + timedelta(hours=1))

    sent.refresh_from_db()
    assert (sent.state, sent.reason) == ("bounced", {"code": "bounced", "answer": "550 5.1.1 no"})
    assert Undeliverable.objects.get().address == "anna@mail.example"
    assert list(sent.events.values_list("state", flat=True)).count("bounced") == 1
    assert queries.counted(Mailbox.objects.get()) == {"bounced": 1}


def test_full_mailbox_leaves_the_address_open(there, sent):
    there.mails = {1: back(sent, recipient("failed", "5.2.2", "552 5.2.2 full"))}
    bouncing.sweep(now=LATER)

    assert Message.objects.get().state == "bounced"
    assert not Undeliverable.objects.exists()


def test_automatic_answer_and_delay_change_nothing(there, sent):
    there.mails = {
        1: f"From: anna@mail.example\nSubject: Abwesenheitsnotiz\nIn-Reply-To: {named(sent)}\n\nUrlaub".encode(),
        2: back(sent, recipient("delayed", "4.4.1")),
    }
    bouncing.sweep(now=LATER)

    assert Message.objects.get().state == "handed_over"
    assert queries.counted(Mailbox.objects.get()) == {"automatic": 1, "delayed": 1}


def test_complaint_withdraws_consent(there, sent):
    there.mails = {
        1: (
            'From: fbl@provider.example\nContent-Type: multipart/report; boundary="b"\n\n--b\n'
            "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n"
            f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {named(sent)}\n--b--\n"
        ).encode()
    }
    bouncing.sweep(now=LATER)

    assert Consent.objects.filter(customer=sent.customer, purpose="advertising").first().state == "withdrawn"
    assert Undeliverable.objects.get().code == "complained"


def test_name_in_the_address_alone_is_enough(there, sent, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_BOUNCES_TO = email.SMTP, "bounces+@musterhaus.example"
    settings.PUBLIC_URL = "https://kunden.example"
    sent.rendered_at = NOW
    sender = email.CHANNEL.render(sent, company()).body.sender
    there.mails = {
        1: report(recipient("failed", "5.1.1"), original="").replace("gruss@musterhaus.example", sender).encode()
    }
    bouncing.sweep(now=LATER)

    assert sender.startswith(f"bounces+m.{sent.pk}.")
    assert Message.objects.get().state == "bounced"


def test_name_that_somebody_made_up_is_not_believed(there, sent):
    wrong = named(sent).replace(named(sent).split(".")[2].split("@")[0], "0" * 20)
    there.mails = {1: back(sent).replace(named(sent).encode(), wrong.encode())}
    bouncing.sweep(now=LATER)

    assert Message.objects.get().state == "handed_over"
    assert queries.counted(Mailbox.objects.get()) == {"unmatched": 1}


def test_worker_reads_where_a_mailbox_is_set(settings):
    (ours,) = [one for one in sweeps.declared() if one.name == "bounces"]
    settings.EMAIL_BOUNCES = {}

    assert ours.run(now=NOW) is False
    assert not Mailbox.objects.exists()


def test_command_doctor_and_settings_say_how_it_stands(there, sent, client, administrator):
    there.mails = {1: back(sent)}
    said = CliRunner().invoke(bounces.command)
    (found,) = doctor.check_bounces()
    client.force_login(administrator)
    page = client.get(reverse("settings-sending")).content.decode()

    assert (said.exit_code, there.address.place in said.output) == (0, True)
    assert (found.level, "bounces: 1" in found.what) == (doctor.OK, True)
    assert there.address.place in page


def test_command_and_doctor_name_place_and_cure_of_a_problem(there):
    there.validity = 0
    there.shutdown()
    there.server_close()
    said = CliRunner().invoke(bounces.command)
    (found,) = doctor.check_bounces()

    assert said.exit_code == 1
    assert "STAMMKUNDE_EMAIL_BOUNCES_URL" in said.output
    assert (found.level, there.address.place in found.cure) == (doctor.PROBLEM, True)
