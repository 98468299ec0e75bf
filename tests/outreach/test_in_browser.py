"""In a real browser: templates and writing to a customer, for the eye, the ear and the thumb; without script, too."""

import pytest
from django.urls import reverse

from stammkunde.outreach import services
from stammkunde.outreach.models import Message, Template
from tests.browsing import hindrances, sign_in
from tests.outreach.planning import NOW, company, customer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def wanted(administrator):
    """Templates to start from, and a customer to try them on."""
    company(imprint="Musterhaus, Ulm")
    services.create_starters(language="de", by=administrator, now=NOW)
    return customer(name="Mara Beispiel", search="mara beispiel")


@pytest.fixture
def template(wanted):
    return Template.objects.get(name="Rückgewinnung")


def test_pages_are_accessible_and_fit(open_page, wanted, template):
    page = open_page()
    sign_in(page)
    faults = []

    for address in (
        reverse("templates"),
        reverse("template-add"),
        reverse("template", args=[template.pk]),
        reverse("template-gaps", args=[template.pk]),
        reverse("customer-write", args=[wanted.pk]),
    ):
        page.goto(address, wait_until="networkidle")
        faults += hindrances(page)

    assert faults == []


def test_preview_follows_what_is_typed(open_page, template):
    page = open_page()
    sign_in(page)
    page.goto(reverse("template", args=[template.pk]))
    mail = page.frame_locator("iframe.mail")
    mail.get_by_text("Guten Tag Mara Beispiel").wait_for()

    page.get_by_label("Was der Kunde bekommt").fill("Zwei Tassen geschenkt")
    mail.get_by_text("Zwei Tassen geschenkt").wait_for()
    page.get_by_label("Führt zu").fill("https://shop.test/")
    page.locator("#check-title + .badge.green").wait_for()
    page.get_by_label("Telefon", exact=True).check(force=True)
    assert page.locator("iframe.mail").bounding_box()["width"] == 375

    page.get_by_role("button", name="Angebot", exact=True).click()
    page.get_by_text("Es gibt 2 Angebote.").wait_for()
    page.get_by_role("button", name="Baustein 5 entfernen").click()
    page.get_by_text("Das Angebot ist nach 4 Sekunden gelesen.").wait_for()
    page.get_by_role("button", name="Speichern").click()
    page.get_by_text("Gespeichert.").wait_for()

    saved = services.words(template)["de", "sie"]
    assert [block.title or block.url for block in saved.blocks] == [
        "",
        "Zwei Tassen geschenkt",
        "https://shop.test/",
        "",
    ]


def test_blocks_are_moved_and_previewed_without_script(open_page, template):
    page = open_page(script=False)
    sign_in(page)
    page.goto(reverse("template", args=[template.pk]))

    page.get_by_role("button", name="Baustein 2 nach oben").click()
    page.get_by_text("Noch nicht gespeichert.").wait_for()
    page.locator("#subject").fill("Zuerst das Angebot")
    page.get_by_role("button", name="Vorschau aktualisieren").last.click()
    page.locator(".inbox").get_by_text("Zuerst das Angebot").wait_for()
    page.get_by_role("button", name="Speichern").click()

    page.get_by_text("Gespeichert.").wait_for()
    saved = services.words(template)["de", "sie"]
    assert (saved.subject, saved.blocks[0].kind) == ("Zuerst das Angebot", "offer")
    page.get_by_role("button", name="Diese Fassung entfernen").click()
    page.get_by_role("dialog").get_by_role("button", name="Entfernen").click()
    page.get_by_text("Diese Fassung ist entfernt.").wait_for()
    assert set(services.words(template)) == {("de", "du"), ("en", "sie")}


def test_message_is_written_and_sent_on_a_phone(open_page, wanted, settings):
    settings.EMAIL_IS_SET, settings.PUBLIC_URL = True, "https://kunden.example"
    page = open_page(width=375)
    sign_in(page)
    page.goto(reverse("customer", args=[wanted.pk]))

    page.get_by_role("link", name="Schreiben").first.click()
    page.get_by_text("Sobald Betreff und Text dastehen, wird die Nachricht sofort gesendet.").wait_for()
    page.get_by_label("Betreff").fill("Ihre Frage")
    page.get_by_label("Zweck").select_option("Newsletter")
    page.get_by_text("Die Nachricht würde abgelehnt.").wait_for()
    page.get_by_label("Zweck").select_option("Bestellungen und Anfragen")
    page.get_by_text("Die Nachricht wird sofort gesendet.").wait_for()
    page.get_by_role("button", name="Senden").click()

    page.get_by_text("Ihre Nachricht ist unterwegs.").wait_for()
    assert Message.objects.get().content["subject"] == "Ihre Frage"
