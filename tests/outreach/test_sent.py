import pytest
from django.urls import reverse

from stammkunde.contacts.models import Contact
from stammkunde.outreach import channels, sending, services
from stammkunde.outreach.models import Face, Message
from stammkunde.outreach.services import Result
from stammkunde.team import queries as team
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


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_shown_as_it_left_whatever_the_company_looks_like_by_then(client, salesperson, settings):
    settings.EMAIL_IS_SET, settings.PUBLIC_URL = True, "https://kunden.example"
    company(imprint="Musterhaus, Weg 1", mail_colour="#aa2233", mail_signature="Ihr Musterhaus")
    first, later = (planned(customer()) for _each in range(2))
    given = {"company": team.company(), "holder": "host 1 a", "now": NOW, "clock": lambda: NOW}
    sending.send_due(channels.get("email"), **given, pace=sending.Pace())
    assert Face.objects.count() == 1  # for both

    company(imprint="Neuhaus, Platz 2", mail_colour="#113355", mail_signature="Ihr Neuhaus")
    unsent = planned(customer())

    client.force_login(salesperson)
    for message, said in ((first, "Musterhaus"), (later, "Musterhaus"), (unsent, "Neuhaus")):
        mail = client.get(reverse("message-mail", args=[message.pk])).text
        assert (f"Ihr {said}" in mail, f"{said}, " in mail) == (True, True)
        assert ("#aa2233" in mail, "#113355" in mail) == (said == "Musterhaus", said == "Neuhaus")
    pages = [client.get(reverse("message", args=[one.pk])).text for one in (first, unsent)]
    assert ["mit Gestaltung, Logo und Impressum jenes Tages" in page for page in pages] == [True, False]


def test_a_refusal_that_its_play_keeps_is_no_message():
    company()
    silent = customer(email="")

    (refused, kept) = services.plan_messages([plan(silent, keeps_refusal=False), plan(silent, key="kept")], now=NOW)

    assert (refused.pk, refused.state, refused.reason) == (None, "refused", {"code": "no_address"})
    assert list(Message.objects.values_list("pk", "key")) == [(kept.pk, "kept")]
