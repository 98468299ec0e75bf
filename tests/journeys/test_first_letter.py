"""
From an empty builder to the first letter: a group written from nothing, a measure begun from its page, a template, the
trial, the start, and the letter in a print run. In German on a phone, in English on a desk.

The browser does what people do; what workers do is called here, so that nobody waits for their turn.
"""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.outreach import working as outreach
from stammkunde.outreach.models import Message, PrintRun, Template
from stammkunde.plays.measures import working as measures
from stammkunde.plays.models import Play
from stammkunde.segments import working as segments
from tests import factories
from tests.browsing import is_too_wide, sign_in
from tests.outreach.planning import company, customer
from tests.segments.company import refresh

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {  # as they are called in German and in English
    "without an example": ("Ohne Beispiel beginnen", "Begin without an example"),
    "asks": ("Wonach die Bedingung fragt", "What the condition is about"),
    "country": ("Land", "Country"),
    "values": ("Werte", "Values"),
    "save group": ("Kundengruppe speichern", "Save group"),
    "for group": ("Maßnahme für diese Gruppe", "Measure for this group"),
    "begin": ("Beginnen", "Begin"),
    "to start": ("Zum Start", "To the start"),
    "start": ("Starten", "Start"),
    "nothing": ("Noch würde nichts geschehen", "Nothing would happen yet"),
    "add": ("Hinzufügen", "Add"),
    "write": ("Vorlage schreiben", "Write a template"),
    "channel": ("Kanal", "Channel"),
    "letter": ("Brief", "Letter"),
    "purpose": ("Zweck", "Purpose"),
    "offers": ("Angebote", "Offers"),
    "to words": ("Weiter zum Text", "Continue to the words"),
    "subject": ("Betreff", "Subject"),
    "save": ("Speichern", "Save"),
    "saved": ("Gespeichert", "Saved"),
    "template": ("Vorlage", "Template"),
    "share": ("Zum Vergleich nicht kontaktiert, in Prozent", "Left alone to compare, in percent"),
    "why": ("Warum niemand ausgelassen wird", "Why nobody is left alone"),
    "trial": ("Probe ansehen", "Look at the trial"),
    "in it": ("2 Kunden sind", "2 customers are"),
    "now": ("wird jetzt aufgenommen", "enter now"),
    "runs": ("Sie läuft", "It runs"),
    "run": ("Druckauftrag erstellen", "Make print run"),
}


@pytest.mark.parametrize(("language", "width"), [("de", 375), ("en", 1280)], ids=["phone", "desk"])
def test_from_an_empty_builder_to_the_first_letter(open_page, administrator, language, width):
    said = {name: both[language == "en"] for name, both in WORDS.items()}
    administrator.language = language
    administrator.save()
    company(sender_address="Lindenstraße 12\n50667 Köln", letter_cost_cents=95)
    yesterday = timezone.localdate() - timedelta(days=1)  # before the start at every hour: orders are placed at noon
    for number, country in enumerate(("DE", "DE", "AT")):
        one = customer(name=f"Kundin {number}", country=country, street=f"Weg {number}", postcode="50667", city="Köln")
        factories.order(one, yesterday, of=factories.product(), cents=4_000)
    refresh(now=timezone.now())
    work_out()
    page = open_page(width=width)
    sign_in(page)

    write_group(page, said)
    begin_measure(page, said)
    write_template(page, said)
    add_step(page, said)
    start(page, said)
    work()
    print_it(page, said)

    letters = Message.objects.filter(origin=Play.objects.get().origin)
    assert letters.count() == PrintRun.objects.get().pieces.filter(message__in=letters).count() == 2


def fits(page) -> None:
    assert not is_too_wide(page), page.url


def write_group(page, said) -> None:
    page.goto(reverse("segment-new"))
    page.get_by_role("link", name=said["without an example"]).click()
    with page.expect_response(lambda answer: answer.request.method == "POST"):  # it counts whatever is typed
        page.get_by_label("Name", exact=True).fill("Deutschland")
    page.get_by_label(said["asks"]).select_option(label=said["country"])
    page.get_by_label(said["values"]).locator("input[value=DE]").check()
    page.locator(".tried-number", has_text="2").wait_for()
    page.wait_for_load_state("networkidle")
    fits(page)
    page.get_by_role("button", name=said["save group"]).click()
    page.get_by_role("link", name=said["for group"]).wait_for()
    work_out()
    page.reload()
    fits(page)


def begin_measure(page, said) -> None:
    """Begin it from the page of the group: as yet nothing would happen, so it cannot be started."""
    page.get_by_role("link", name=said["for group"]).click()
    page.get_by_label("Name", exact=True).fill("Gruß")
    fits(page)
    page.get_by_role("button", name=said["begin"], exact=True).click()
    page.get_by_role("link", name=said["to start"]).click()
    page.get_by_role("button", name=said["start"], exact=True).click()
    page.get_by_text(said["nothing"]).first.wait_for()
    fits(page)
    page.goto(reverse("measure-edit", args=[Play.objects.get().pk]))
    fits(page)


def write_template(page, said) -> None:
    page.get_by_role("button", name=said["add"]).click()
    fits(page)
    page.get_by_role("link", name=said["write"]).click()
    page.get_by_label("Name", exact=True).fill("Grußbrief")
    page.get_by_label(said["channel"]).select_option(label=said["letter"])
    page.get_by_label(said["purpose"]).select_option(label=said["offers"])
    fits(page)
    page.get_by_role("button", name=said["to words"]).click()
    page.get_by_label(said["subject"]).fill("Ein Gruß")
    page.locator("textarea").first.fill("Guten Tag aus Köln!")
    fits(page)
    page.get_by_role("button", name=said["save"], exact=True).click()
    page.get_by_text(said["saved"]).first.wait_for()


def add_step(page, said) -> None:
    page.goto(reverse("measure-edit", args=[Play.objects.get().pk]))
    page.get_by_role("button", name=said["add"]).click()
    page.get_by_label(said["template"], exact=True).select_option(str(Template.objects.get().pk))
    page.get_by_role("button", name=said["save"], exact=True).click()
    page.get_by_role("link", name=re.compile("Grußbrief")).wait_for()
    fits(page)


def start(page, said) -> None:
    page.locator("#card-compare summary").click()
    page.get_by_label(said["share"]).fill("0")
    page.get_by_label(said["why"]).fill("zu wenige")
    page.locator("#card-compare").get_by_role("button", name=said["save"]).click()
    page.get_by_role("link", name=said["trial"]).first.click()
    page.get_by_text(said["in it"]).wait_for()
    fits(page)
    page.goto(reverse("measure", args=[Play.objects.get().pk]))
    page.get_by_label(said["now"]).check()
    fits(page)
    page.get_by_role("button", name=said["start"], exact=True).click()
    page.get_by_text(said["runs"]).first.wait_for()
    fits(page)


def work_out() -> None:
    """Let workers say who is in which group."""
    while segments.sweep(now=timezone.now()):
        pass


def work() -> None:
    now = timezone.now()
    while any([measures.sweep(now=now), outreach.sweep(now=now)]):
        pass


def print_it(page, said) -> None:
    page.goto(reverse("print-runs"))
    fits(page)
    page.get_by_role("button", name=said["run"]).click()
    page.get_by_text("Gruß").first.wait_for()
    fits(page)
