"""The pages of campaigns: from the list of customers to who was written to, for whoever may."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape

from stammkunde.outreach import origins
from stammkunde.outreach.models import Message
from stammkunde.plays import services, wording
from stammkunde.plays.models import Play
from tests import factories
from tests.outreach.planning import NOW, customer, planned
from tests.plays.over_time import buys
from tests.plays.test_campaign import campaign, prepared, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, marketer):
    client.force_login(marketer)
    return client


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_list_of_customers_leads_to_a_campaign_for_those_it_shows(signed_in, template):
    made, mine = template(), customer(country="AT", name="Anna")
    customer(country="DE")
    page = signed_in.get(reverse("campaign-new"), {"country": "AT"})
    assert "AT · 1 Kunde" in text(page)

    answer = signed_in.post(
        reverse("campaign-new"),
        {"query": "country=AT", "name": "Herbst", "template": made.pk, "valid_days": 10, "holdout_percent": 0},
    )

    play = Play.objects.get()
    assert answer.url == reverse("play", args=[play.pk])
    work()
    assert list(play.enrolments.values_list("customer", flat=True)) == [mine.pk]
    assert (play.valid_days, play.holdout_share, play.audience_text) == (10, 0.0, "Land: AT")


def test_a_campaign_says_what_is_missing_in_its_form(signed_in, template):
    template()

    page = signed_in.post(reverse("campaign-new"), {"query": "", "name": "", "valid_days": 0, "holdout_percent": 90})

    assert set(page.context["form"].errors) == {"name", "template", "valid_days", "holdout_percent"}
    assert not Play.objects.exists()


@pytest.mark.parametrize("name", ["campaign-new", "call-campaign-new"])
def test_the_smallest_effect_stands_beside_the_number_and_follows_it(signed_in, template, name):
    template()
    for number in range(40):
        buys(customer(country="AT"), NOW - timedelta(days=1), cents=1000 + number)
    customer(country="DE")

    def said(percent):
        asked = {"country": "AT", "holdout_percent": percent}
        return text(signed_in.get(reverse(name), asked, headers={"HX-Request": "true"}))

    assert 'hx-include="#id_holdout_percent"' in text(signed_in.get(reverse(name), {"country": "AT"}))
    assert "Ohne Vergleichsgruppe" in said("0")
    assert "Zu wenige" in said("10")
    assert "Sichtbar wird eine Wirkung ab 0,09 € je Kunde" in said("50")
    assert "Bei so vielen Kunden sind 50 % üblich" in said("50")


def test_without_templates_the_form_says_so(signed_in):
    assert "Noch keine Vorlagen" in text(signed_in.get(reverse("campaign-new")))


def test_a_campaign_that_is_ready_shows_who_would_be_refused_and_starts(signed_in, template, marketer):
    for _ in range(2):
        customer()
    silent = factories.customer(name="Still GmbH", email="still@mail.example")
    play = prepared(template(), marketer)

    page = text(signed_in.get(reverse("play", args=[play.pk])))
    assert "2 Kunden können angeschrieben werden" in page
    assert "Keine Einwilligung." in page
    people = text(signed_in.get(reverse("play-people", args=[play.pk]), {"code": "no_consent"}))
    assert silent.name in people
    assert people.count("<tr>") == 2

    signed_in.post(reverse("play-start", args=[play.pk]))
    work(now=NOW.replace(year=2027))
    states = Message.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["planned", "planned"]
    people = text(signed_in.get(reverse("play-people", args=[play.pk]), {"code": "no_consent"}))
    assert silent.name in people
    assert "Keine Einwilligung." in text(signed_in.get(reverse("customer", args=[silent.pk])))


@pytest.mark.parametrize(
    ("acts", "status"),
    [
        (["start"], "running"),
        (["start", "pause"], "paused"),
        (["start", "pause", "resume"], "running"),
        (["stop"], "stopped"),
    ],
)
def test_buttons_change_the_state(signed_in, template, marketer, acts, status):
    customer()
    play = prepared(template(), marketer)

    for act in acts:
        assert signed_in.post(reverse(f"play-{act}", args=[play.pk])).url == reverse("play", args=[play.pk])

    assert Play.objects.get().status == status


def test_what_is_not_possible_any_more_is_said(signed_in, template, marketer):
    play = campaign(template(), marketer)

    answer = signed_in.post(reverse("play-pause", args=[play.pk]), follow=True)

    assert "Das geht nicht mehr" in text(answer)


@pytest.mark.parametrize("act", ["start", "pause", "resume", "stop"])
def test_get_changes_nothing(signed_in, template, marketer, act):
    play = prepared(template(), marketer)

    assert signed_in.get(reverse(f"play-{act}", args=[play.pk])).status_code == 405
    assert Play.objects.get().status == "ready"


@pytest.mark.parametrize("many", [1, 3])
def test_lists_take_the_same_number_of_queries_for_one_and_three(
    signed_in, template, marketer, many, django_assert_num_queries
):
    made = template()
    for _ in range(many):
        customer()
        services.start(play_id=prepared(made, marketer).pk, starts_at=None, staff=marketer, now=NOW)
    work()

    with django_assert_num_queries(10):
        signed_in.get(reverse("plays"))
    with django_assert_num_queries(9):
        signed_in.get(reverse("play-people", args=[Play.objects.earliest("pk").pk]))


def test_thanks_are_begun_and_shown(signed_in, template):
    made = template(purpose="thanks", name="Danke")

    said = {"name": "Dank", "template": made.pk, "delay_days": 1, "after_on": "2026-11-20"}
    foretold = signed_in.post(reverse("thanks-new"), said)
    assert not Play.objects.exists()
    other = signed_in.post(reverse("thanks-new"), said | {"delay_days": 2, "seen": foretold.context["seen"]})
    assert not Play.objects.exists()
    answer = signed_in.post(reverse("thanks-new"), said | {"seen": foretold.context["seen"]})

    assert "Sofort wird für keinen Kauf gedankt" in text(foretold)
    assert other.context["seen"] != foretold.context["seen"]
    assert answer.url == reverse("play", args=[Play.objects.get().pk])
    assert "Noch wurde niemandem gedankt." in text(signed_in.get(answer.url))


def test_thanks_take_no_template_that_advertises(signed_in, template):
    made = template()

    assert "Noch kein Dank geschrieben" in text(signed_in.get(reverse("thanks-new")))
    page = signed_in.post(
        reverse("thanks-new"), {"name": "Dank", "template": made.pk, "delay_days": 1, "after_on": "2026-11-20"}
    )
    assert set(page.context["form"].errors) == {"template"}


@pytest.mark.parametrize("name", ["plays", "thanks-new", "campaign-new"])
def test_who_may_run_campaigns(client, administrator, salesperson, servant, analyst, marketer, name):
    answers = {}
    for person in (administrator, marketer, salesperson, servant, analyst):
        client.force_login(person)
        answers[person.role] = client.get(reverse(name)).status_code

    assert answers == {"administrator": 200, "marketing": 200, "sales": 200, "service": 403, "analyst": 403}


def test_the_list_offers_a_campaign_to_whoever_may(client, marketer, servant):
    customer()
    shown = {}
    for person in (marketer, servant):
        client.force_login(person)
        shown[person.role] = reverse("campaign-new") in text(client.get(reverse("customers")))

    assert shown == {"marketing": True, "service": False}


def test_english_pages_are_english(client, marketer, template):
    marketer.language = "en"
    marketer.save()
    client.force_login(marketer)
    customer()
    play = prepared(template(), marketer)

    assert "1 customer can be written to" in text(client.get(reverse("play", args=[play.pk])))


@pytest.mark.parametrize("code", sorted(wording.TROUBLES))
def test_what_stands_in_the_way_is_said_on_the_page_while_it_does(signed_in, template, marketer, code):
    play = campaign(template(), marketer)
    services.note_trouble(play=play, code=code)

    page = signed_in.get(reverse("play", args=[play.pk]))
    services.stop(play_id=play.pk, staff=marketer, now=NOW)
    stopped = signed_in.get(reverse("play", args=[play.pk]))

    assert escape(str(wording.TROUBLES[code])) in text(page)
    assert escape(str(wording.TROUBLES[code])) not in text(stopped)


def test_a_reason_that_nobody_knows_shows_everybody(signed_in, template, marketer):
    customer(name="Anna")
    play = prepared(template(), marketer)

    page = signed_in.get(reverse("play-people", args=[play.pk]), {"code": "no-such-reason"})

    assert page.status_code == 200
    assert "Anna" in text(page)


def test_letters_that_wait_to_be_printed_are_told_by_the_name_of_their_campaign(signed_in, template, marketer):
    play = campaign(template(channel="letter"), marketer)
    home = {"street": "Weg 1", "postcode": "10115", "city": "Berlin"}
    planned(customer(name="Anna", **home), channel="letter", origin=play.origin)

    page = text(signed_in.get(reverse("print-runs")))

    assert "Herbst</a>" in page
    assert origins.names([play.origin, "play:99", "play:x", "optin"])["play:99"] == "Kampagne 99"
