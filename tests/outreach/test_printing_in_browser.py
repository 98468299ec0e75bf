"""In a real browser: print runs for the eye, the ear and the thumb, and a file that is really there."""

import pytest
from django.urls import reverse
from pypdf import PdfReader

from stammkunde.outreach.models import Message
from tests.browsing import hindrances, sign_in
from tests.outreach.planning import company
from tests.outreach.test_printing_pages import paper, run_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _company():
    company(sender_address="Lindenstraße 12\n50667 Köln", letter_cost_cents=95, postcard_cost_cents=70)


def test_pages_are_accessible_and_fit(open_page, administrator):
    paper(1)
    run = run_of(administrator, channel="postcard", only=paper(2, channel="postcard"))
    page = open_page()
    sign_in(page)
    faults = []

    for address in (
        reverse("print-runs"),
        reverse("print-run", args=[run.pk]),
        reverse("message", args=[run.only_id]),
        reverse("settings-paper"),
    ):
        page.goto(address, wait_until="networkidle")
        faults += hindrances(page)

    assert faults == []


def test_letter_goes_from_the_list_to_the_post(open_page, tmp_path, administrator):
    message = paper(1)
    page = open_page()
    sign_in(page)
    page.goto(reverse("print-runs"))

    page.get_by_role("button", name="Druckauftrag erstellen").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Seiten (PDF)").click()
    download.value.save_as(tmp_path / "letters.pdf")
    page.get_by_role("button", name="Zur Post gegeben").click()
    page.get_by_text("einen Tag lang zurücknehmen").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Zur Post gegeben").click()
    page.get_by_text("Die Nachrichten gelten als verschickt.").wait_for()

    assert "Weg 1" in PdfReader(tmp_path / "letters.pdf").pages[0].extract_text()
    message.refresh_from_db()
    assert message.state == Message.State.HANDED_OVER
