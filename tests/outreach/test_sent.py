import pytest
from django.urls import reverse

from stammkunde.contacts.models import Contact
from stammkunde.outreach import services
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import Result
from stammkunde.ui import moments
from tests.outreach.planning import NOW, company, customer, plan, planned

pytestmark = pytest.mark.django_db


def left(message):
    services.claim(channel="email", holder="host 1 a", at_most=1, now=NOW)
    message.refresh_from_db()
    services.begin([message], holder="host 1 a", now=NOW)
    services.record([(message, Result(state="handed_over"))], holder="host 1 a", now=NOW)


def test_what_was_sent_stands_once_on_the_timeline_and_leads_to_the_mail(client, salesperson):
    company()
    anna = customer()
    message = planned(anna)
    assert moments.timeline(anna.pk).events == []

    left(message)

    assert Contact.objects.count() == 1
    assert [(one.kind, one.thing.pk) for one in moments.timeline(anna.pk).events] == [("message", message.pk)]
    client.force_login(salesperson)
    page = client.get(reverse("customer-timeline", args=[anna.pk])).content.decode()
    assert reverse("message", args=[message.pk]) in page


def test_the_page_of_a_mail_shows_it_dressed_and_safely(client, salesperson):
    company(imprint="Musterhaus, Weg 1", mail_colour="#aa2233")
    message = planned(customer(), content={"subject": "Neues", "text": "Hallo", "html": "<p>Hallo</p>"})
    question = planned(customer(), purpose="service", content={"subject": "Bestätigen", "optin": 1})
    client.force_login(salesperson)

    address = reverse("message-mail", args=[message.pk])
    assert address in client.get(reverse("message", args=[message.pk])).content.decode()
    answer = client.get(address)

    mail = answer.content.decode()
    assert all(part in mail for part in ("Hallo</p>", "Musterhaus, Weg 1", "#aa2233", 'href="#"'))
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(reverse("message-mail", args=[question.pk])).status_code == 404  # its link is for one alone


def test_a_refusal_that_its_play_keeps_is_no_message():
    company()
    silent = customer(email="")

    (refused, kept) = services.plan_messages([plan(silent, keeps_refusal=False), plan(silent, key="kept")], now=NOW)

    assert (refused.pk, refused.state, refused.reason) == (None, "refused", {"code": "no_address"})
    assert list(Message.objects.values_list("pk", "key")) == [(kept.pk, "kept")]
