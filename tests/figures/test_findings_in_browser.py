"""In a real browser: what the lost and the best have in common, for the eye and the ear, wide and narrow."""

import pytest
from django.urls import reverse

from stammkunde.figures import charts
from tests.browsing import hindrances, sign_in, violations
from tests.figures.findings_shop import open_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _shop(once):
    """Charts need the browser's half, which `serve` would have built."""
    once(open_shop)
    charts.build_bundle(charts.bundle_dir())


def test_pages_are_accessible_and_fit(open_page, administrator):
    page = open_page()
    sign_in(page)

    found = []
    for address in (reverse("lost"), reverse("ideal-customer")):
        page.goto(address)
        page.locator("table.findings").first.wait_for()
        found += hindrances(page)

    assert found == []


def test_list_is_scored_and_keys_lead_here(open_page, administrator, tmp_path):
    page = open_page()
    sign_in(page)
    (tmp_path / "messe.csv").write_text("Firma;Art\nHotel Adler;Firma\nMax Muster;Privat\n", encoding="utf-8")

    page.goto(reverse("profile"))
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.get_by_label("Interessentenliste").set_input_files(tmp_path / "messe.csv")
    page.get_by_role("button", name="Liste bewerten").click()
    page.get_by_role("heading", name="messe.csv").wait_for()

    assert page.locator("#scored tbody tr").count() == 2
    assert violations(page) == []
    page.keyboard.press("g")
    page.keyboard.press("v")
    page.get_by_role("heading", name="Was Verlorene gemeinsam haben").wait_for()
