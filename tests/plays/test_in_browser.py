"""In a real browser: a campaign from the filtered list to its messages, with the refusals shown before sending."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from stammkunde.outreach.models import Message
from stammkunde.plays import services, working
from stammkunde.plays.models import Play
from tests import factories
from tests.browsing import hindrances, sign_in
from tests.outreach.planning import NOW, customer
from tests.plays.test_campaign import prepared

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def work(*, since: timedelta = timedelta()) -> None:
    while any([working.choose(now=datetime.now(UTC) + since), working.sweep(now=datetime.now(UTC) + since)]):
        pass


def test_campaign_from_the_list_to_its_messages(open_page, template):
    template("{greeting}, es gibt Neues.", name="Neuheiten")
    for name in ("Anna Apfel", "Ben Birne"):
        customer(name=name, country="AT")
    factories.customer(name="Still und Leise", country="AT", email="still@mail.example")
    customer(name="Dora Dattel", country="DE")
    page = open_page()
    sign_in(page)

    page.goto(f"{reverse('customers')}?country=AT")
    page.get_by_role("link", name="Kampagne", exact=True).click()
    page.get_by_text("AT · 3 Kunden").wait_for()
    page.get_by_label("Name").fill("Herbst")
    page.get_by_label("Vorlage").select_option(label="Neuheiten · E-Mail · Angebote")
    page.get_by_role("button", name="Vorbereiten").click()
    page.get_by_text("Kunden werden ausgewählt").wait_for()
    work()
    page.get_by_role("heading", name="2 Kunden können angeschrieben werden").wait_for()  # the page noticed by itself
    assert not Message.objects.exists()

    page.get_by_role("link", name="Keine Einwilligung.").click()
    page.get_by_role("link", name="Still und Leise").wait_for()
    assert page.get_by_role("link", name="Anna Apfel").count() == 0
    page.get_by_role("link", name="Herbst").click()
    page.get_by_role("button", name="Jetzt starten").click()
    page.get_by_text("lässt sich der Start zurücknehmen").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Starten").click()
    page.get_by_text("Gestartet.").wait_for()
    work(since=services.GRACE)

    page.get_by_role("link", name="Geplant").wait_for()
    states = Message.objects.order_by("customer__name").values_list("customer__name", "state")
    assert list(states) == [("Anna Apfel", "planned"), ("Ben Birne", "planned")]
    page.get_by_role("button", name="Anhalten").click()
    page.get_by_text("Angehalten: Es wird nichts mehr versendet.").wait_for()
    page.get_by_role("button", name="Stoppen").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Stoppen").click()
    page.get_by_text("Gestoppt.").first.wait_for()
    assert set(Message.objects.values_list("state", flat=True)) == {"stopped"}


def test_pages_of_campaigns_are_accessible_and_fit(open_page, template, administrator):
    made = template()
    customer(name="Gärtnerei und Landschaftsbau Überlingen am Bodensee")
    factories.customer(email="still@mail.example")
    ready = prepared(made, administrator)
    running = prepared(made, administrator)
    services.start(play_id=running.pk, starts_at=None, staff=administrator, now=NOW)
    work()
    page = open_page()
    sign_in(page)

    found = []
    addresses = [reverse("plays"), reverse("campaign-new"), reverse("thanks-new")]
    for play in (ready, running):
        addresses += [reverse("play", args=[play.pk]), reverse("play-people", args=[play.pk])]
    for address in addresses:
        page.goto(address)
        found += hindrances(page)

    assert found == []
    assert Play.objects.count() == 2
