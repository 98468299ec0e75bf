"""Who at a company a campaign or a thank-you is for: the right person, or several of them."""

import pytest
from django.urls import reverse

from stammkunde.outreach.models import Message
from stammkunde.plays import services
from stammkunde.plays.models import Enrolment
from tests import factories
from tests.outreach.planning import NOW, company, customer
from tests.plays.test_campaign import DAY, campaign, prepared, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    made = customer(kind="company", name="Weber GmbH", street="Am Tor 1", postcode="89073", city="Ulm")
    for role, salutation, name in (("other", "Herr", "Alt"), ("purchasing", "Frau", "Berg"), ("user", "Frau", "Celik")):
        factories.contact_person(made, first_name="A.", last_name=name, salutation=salutation, role=role)
    return made


def names(play):
    return [str(one.contact_person or "–") for one in play.enrolments.order_by("customer", "place")]


def test_a_letter_to_a_company_greets_a_person_by_name(template, marketer, firm):
    alone = customer(kind="company", name="Ohne AG", street="Am Tor 2", postcode="89073", city="Ulm")
    play = prepared(template("{greeting},", channel="letter"), marketer)

    services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    work()

    said = {one.customer_id: (one.content["text"], one.address) for one in Message.objects.all()}
    assert said[firm.pk] == ("Guten Tag Frau Berg,", "Weber GmbH, Frau A. Berg, Am Tor 1, 89073 Ulm")
    assert said[alone.pk] == ("Guten Tag,", "Ohne AG, Am Tor 2, 89073 Ulm")


def test_the_campaign_says_whom_it_is_for_or_else_the_template(template, marketer, firm):
    made = template(channel="letter")
    made.wanted_role = "user"
    made.save()

    assert names(prepared(made, marketer)) == ["A. Celik"]
    assert names(prepared(made, marketer, wanted_role="other")) == ["A. Alt"]
    assert names(prepared(made, marketer, wanted_role="")) == ["A. Berg"]


def test_several_get_it_once_each_and_choosing_again_changes_nothing(template, marketer, firm):
    company(cap_persons=2)
    play = campaign(template(channel="letter"), marketer, to_several=True)
    work()
    Enrolment.objects.filter(play=play).update(forecast=None)
    type(play).objects.filter(pk=play.pk).update(status="preparing", chosen_at=None)
    factories.contact_person(firm, last_name="Neu", role="decision_maker")
    work()
    services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    work()

    assert names(play) == ["A. Berg", "A. Celik"]
    assert sorted(one.key for one in Message.objects.all()) == [
        f"play:{play.pk}:{firm.pk}:1.2:letter",
        f"play:{play.pk}:{firm.pk}:1:letter",
    ]


def test_the_page_says_whom_and_why(client, template, marketer, firm):
    play = prepared(template(channel="letter"), marketer)
    client.force_login(marketer)

    page = client.get(reverse("play-people", args=[play.pk])).content.decode()

    assert "A. Berg, Einkauf: hat der Post nicht widersprochen" in page


def test_where_several_get_it_people_are_counted(client, template, marketer, firm):
    company(cap_persons=2)
    play = prepared(template(channel="letter"), marketer, to_several=True)
    client.force_login(marketer)

    assert "2 Personen können angeschrieben werden" in client.get(reverse("play", args=[play.pk])).content.decode()


def test_who_ordered_is_thanked_by_name(template, marketer, firm):
    on = NOW.date() - DAY
    factories.order(firm, on)
    words = template("{greeting},", purpose="thanks", channel="letter")
    services.create_thanks(name="Dank", template=words, delay_days=1, after_on=on, staff=marketer, now=NOW)
    work()

    assert Message.objects.get().content["text"] == "Guten Tag Frau Berg,"


def test_the_form_asks_whom_a_campaign_is_for(client, template, marketer, firm):
    made = template(channel="letter")
    client.force_login(marketer)
    asked = {"name": "Herbst", "template": made.pk, "valid_days": 14, "holdout_percent": 0, "query": ""}

    client.post(reverse("campaign-new"), asked | {"wanted_role": "user", "to_several": "several"})
    client.post(reverse("campaign-new"), asked | {"wanted_role": "template", "to_several": "template"})

    kept = list(made.plays.order_by("pk").values_list("wanted_role", "to_several"))
    assert kept == [("user", True), (None, None)]
