"""In a real browser: from the ready-made measure to letter, then postcard, by keyboard alone and on a phone."""

import re

import pytest
from django.urls import reverse

from stammkunde.outreach.models import Template
from stammkunde.plays import contents
from stammkunde.plays.measures import reading
from stammkunde.plays.models import Play
from tests.browsing import is_too_wide, sign_in
from tests.outreach.planning import company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST = 12


class Keys:
    """Goes by keyboard alone, and counts what a mouse would click."""

    def __init__(self, page) -> None:
        self.page, self.pressed = page, 0

    def press(self, found) -> None:
        found.focus()
        self.page.keyboard.press("Enter")
        self.pressed += 1

    def choose(self, label: str, text: str) -> None:
        """Choose from a list by typing the first letters."""
        self.page.get_by_label(label).first.focus()
        self.page.keyboard.type(text)
        self.pressed += 1

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label).first.focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        self.pressed += 1


def test_from_the_ready_made_to_letter_then_postcard_by_keyboard_on_a_phone(open_page):
    company()
    page = open_page(width=390)
    sign_in(page)
    keys = Keys(page)

    page.goto(reverse("play-ready-one", args=["rhythm"]))
    assert not is_too_wide(page)
    keys.press(page.get_by_role("button", name="Übernehmen"))
    page.get_by_role("heading", name="Starten").wait_for()
    keys.press(page.get_by_role("link", name="Ändern", exact=True))
    keys.press(page.get_by_role("link", name="Brief „Rhythmus gebrochen: Brief“"))
    keys.choose("Sonst", "kein weiterer Weg")
    keys.press(page.get_by_role("button", name="Speichern"))
    page.locator("#card-compare summary").wait_for()
    assert not is_too_wide(page)
    keys.press(page.locator("#card-compare summary"))
    keys.type("Zum Vergleich nicht kontaktiert, in Prozent", "20")
    keys.press(page.locator("#card-compare").get_by_role("button", name="Speichern"))
    page.get_by_text(re.compile("^20\\s%.* Vergleich")).first.wait_for()
    keys.press(page.get_by_role("link", name="Zum Start"))
    keys.press(page.get_by_role("button", name="Starten", exact=True))
    page.get_by_text("Sie läuft").first.wait_for()

    said = contents.read(reading.running(Play.objects.get()).content)
    letter, _wait, card = said.steps
    names = dict(Template.objects.values_list("pk", "name"))
    assert [names[one] for one in letter.templates] == ["Rhythmus gebrochen: Brief"]
    assert [names[one] for one in card.templates] == ["Rhythmus gebrochen: Postkarte"]
    assert said.holdout.share == 0.2
    assert keys.pressed <= MOST
