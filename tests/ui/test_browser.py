"""In a real browser: the frame, the team's pages, and an import from the file to its undo; no accessibility errors."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.urls import reverse

from stammkunde.customers.models import Customer
from stammkunde.intake import services as intake
from stammkunde.intake.models import Import
from tests.browsing import hindrances, sign_in, sign_in_by_hand

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FLAT = """\
Rechnungsnummer;Rechnungsdatum;Kundennummer;Kundenname;Artikelnummer;Bezeichnung;Menge;Einzelpreis
R1;21.12.2010;17850;Blumen Brandt;A1;Teelicht;6;2,55
R2;22.12.2010;13047;Hofladen Petersen;A2;Laterne;6;3,39
R3;31.02.2011;13047;Hofladen Petersen;A1;Teelicht;10;2,55
"""


def work() -> None:
    while intake.sweep(now=datetime.now(UTC)):
        pass


@pytest.fixture
def export(tmp_path) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(FLAT, encoding="utf-8")
    return path


def test_import_from_the_file_to_its_undo(open_page, export):
    page = open_page()
    sign_in_by_hand(page)

    page.goto("/imports/")
    page.locator("#files").set_input_files(export)
    page.get_by_role("button", name="Hochladen und ansehen").click()
    page.get_by_role("button", name="Probelauf").click()
    page.get_by_text("Wartet auf den Hintergrunddienst").wait_for()
    work()
    page.get_by_text("Probelauf: Noch wurde nichts geändert.").wait_for()  # the page noticed by itself
    assert not Customer.objects.exists()

    page.get_by_role("button", name="Jetzt importieren").click()
    page.locator("#progress").wait_for()
    work()
    page.get_by_role("link", name="Zu Ihren Kennzahlen").wait_for()
    assert Customer.objects.count() == 2
    with page.expect_download() as download:
        page.get_by_role("button", name="Abgelehnte Zeilen herunterladen").click()
    assert "31.02.2011" in Path(download.value.path()).read_text(encoding="utf-8-sig")

    page.get_by_role("button", name="Import rückgängig machen").click()
    page.locator("#undo").get_by_role("button", name="Import rückgängig machen").click()
    page.locator("#progress").wait_for()
    work()
    page.get_by_text("Alles ist, wie es vorher war.").wait_for()
    assert not Customer.objects.exists()


def test_import_works_without_javascript(open_page, export):
    page = open_page(script=False)
    sign_in_by_hand(page)

    page.goto("/imports/")
    page.locator("#files").set_input_files(export)
    page.get_by_role("button", name="Hochladen und ansehen").click()
    page.get_by_role("button", name="Importieren", exact=True).click()
    page.locator("#progress").wait_for()
    work()
    page.reload()

    assert page.get_by_role("link", name="Zu Ihren Kennzahlen").is_visible()
    assert Import.objects.get().status == "done"


def test_preview_follows_a_choice_without_a_jump(open_page, export):
    page = open_page()
    sign_in(page)
    page.goto("/imports/")
    page.locator("#files").set_input_files(export)
    page.get_by_role("button", name="Hochladen und ansehen").click()

    page.get_by_label("Bestellnummer", exact=True).select_option("")

    page.get_by_text("Noch fehlt:").wait_for()
    assert page.get_by_role("button", name="Importieren", exact=True).is_disabled()


def test_pages_have_no_accessibility_errors_and_fit_a_phone(open_page, administrator, salesperson, export):
    from stammkunde.intake import services  # noqa: PLC0415

    incoming = services.receive(now=datetime.now(UTC), file_name="export.csv", path=export, staff=administrator)
    done = services.receive(now=datetime.now(UTC), file_name="done.csv", path=export, staff=administrator)
    services.start(import_id=done.pk, now=datetime.now(UTC), staff=administrator)
    work()
    page = open_page()
    page.goto("/sign-in/")
    found = hindrances(page)
    sign_in(page)

    for address in (
        *(reverse(name) for name in ("imports", "settings", "staff", "staff-add", "audit", "profile")),
        reverse("staff-edit", args=[salesperson.pk]),
        *(reverse("import", args=[one.pk]) for one in (incoming, done)),
    ):
        page.goto(address)
        found += hindrances(page)

    assert found == []


def test_keys_find_customers_and_lead_to_pages(open_page):
    page = open_page()
    sign_in(page)
    page.goto("/imports/")

    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("m")

    page.get_by_role("heading", name="Mitarbeiter").wait_for()


def test_account_menu_switches_language_and_look(open_page):
    page = open_page()
    sign_in(page)
    page.goto("/profile/")

    page.locator(".account").click()
    page.locator("#menu-account").get_by_role("button", name="English").click()
    page.get_by_role("heading", name="My profile").wait_for()
    page.locator(".account").click()
    page.locator("#menu-account").get_by_role("button", name="Dark").click()
    page.locator("html[data-theme=dark]").wait_for()
