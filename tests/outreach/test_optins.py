import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers import links
from stammkunde.customers import services as customers
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.outreach import services
from stammkunde.outreach.channels import email
from stammkunde.outreach.models import Message
from tests.outreach.planning import NOW, company, customer

pytestmark = pytest.mark.django_db
SENTENCE = "Ich möchte <b>Angebote</b> bekommen."


@pytest.fixture
def optin(settings):
    settings.PUBLIC_URL = "https://kunden.example"
    return customers.ask_optin(
        recipient=Recipient(customer_id=customer(email="anna@mail.example").pk),
        wordings={("email", "newsletter"): SENTENCE},
        evidence=Evidence(happened_at=NOW, origin="test"),
        now=NOW,
        staff=None,
    )


def test_question_becomes_one_mail_that_may_leave_at_once(optin):
    house = company(quiet_from="00:00", quiet_until="23:59", cap_contacts=0)

    planned = [services.plan_optins(company=house, now=NOW) for _twice in range(2)]

    message = Message.objects.get()
    assert planned == [1, 0]
    assert (message.purpose, message.address, message.due_at, message.latest_at) == (
        "service",
        "anna@mail.example",
        NOW,
        optin.expires_at,
    )
    assert message.content == {
        "optin": optin.pk,
        "subject": "Bitte bestätigen Sie: Darf Musterhaus Ihnen schreiben?",
    }


def test_question_that_leaves_has_its_link_and_every_word_escaped(optin, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    house = company()
    services.plan_optins(company=house, now=NOW)

    mail = email.CHANNEL.render(Message.objects.get(), house).body

    assert mail.subject == "Bitte bestätigen Sie: Darf Musterhaus Ihnen schreiben?"
    assert links.optin_url(optin=optin) in mail.body
    assert SENTENCE in mail.body
    assert "&lt;b&gt;Angebote&lt;/b&gt;" in mail.alternatives[0].content


def test_whoever_reads_the_database_or_our_pages_cannot_confirm(optin, client, django_user_model):
    services.plan_optins(company=company(), now=NOW)
    client.force_login(
        django_user_model.objects.create_user(
            "ada@example.org", "correct horse", name="Ada", role="administrator", created_at=timezone.now()
        )
    )

    page = client.get(reverse("message", args=[Message.objects.get().pk]))

    token = links.optin_token(optin.nonce)
    assert page.status_code == 200
    assert token not in page.content.decode()
    assert token not in json.dumps(list(Message.objects.values("content")))


def test_question_goes_to_no_other_address_than_it_was_asked_for(optin):
    optin.customer.email = "other@mail.example"
    optin.customer.save()

    assert services.plan_optins(company=company(), now=NOW) == 0


def test_nor_where_the_address_changes_before_it_leaves(optin):
    services.plan_optins(company=company(), now=NOW)
    optin.customer.email = "other@mail.example"
    optin.customer.save()

    assert services.claim(channel="email", holder="me", at_most=9, now=NOW) == []
    assert Message.objects.get().reason == {"code": "asked_elsewhere"}


def test_question_that_has_expired_is_not_asked(optin):
    assert services.plan_optins(company=company(), now=optin.expires_at + timedelta(seconds=1)) == 0
