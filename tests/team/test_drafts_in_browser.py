"""In a real browser: what was typed is there again after "Back", on pages that no browser keeps."""

import pytest
from django.urls import reverse

from stammkunde.customers.models import Note
from stammkunde.team.models import Draft
from tests import factories
from tests.browsing import EVERY_LOOK, hindrances, sign_in
from tests.outreach.planning import company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_note_that_was_left_is_restored_and_its_draft_goes_when_it_is_sent(open_page):
    customer = factories.customer(name="Muster")
    page = open_page()
    sign_in(page)
    page.goto(reverse("customer", args=[customer.pk]))
    page.locator('[popovertarget="add-note"]').first.click()
    note = page.get_by_label("Was haben Sie gesehen oder gehört?")
    note.fill("Sie mag Rosen.")
    page.get_by_label("Das ist ihr oder ihm wichtig").check()
    page.goto(reverse("customers"))

    page.goto(reverse("customer", args=[customer.pk]))  # over HTTPS, "Back" shows the same
    page.locator('[popovertarget="add-note"]').first.click()
    page.get_by_text("Entwurf vom").wait_for()
    assert note.input_value() == ""
    assert hindrances(page, EVERY_LOOK) == []
    page.get_by_role("button", name="Wiederherstellen").click()

    assert note.input_value() == "Sie mag Rosen."
    page.locator("#add-note").get_by_role("button", name="Speichern").click()
    page.get_by_text("Notiert.").wait_for()
    assert [one.kind for one in Note.objects.all()] == [Note.Kind.MATTERS]
    assert not Draft.objects.exclude(fields={}).exists()


def test_saving_that_is_on_its_way_ends_when_the_form_is_sent(open_page):
    customer = factories.customer(name="Muster")
    page = open_page()
    sign_in(page)
    page.goto(reverse("customer", args=[customer.pk]))
    page.locator('[popovertarget="add-note"]').first.click()
    held = []
    page.route("**/drafts/save/", lambda route: held.append(route))  # noqa: PLW0108
    with page.expect_request("**/drafts/save/"):
        page.get_by_label("Was haben Sie gesehen oder gehört?").fill("Sie mag Rosen.")

    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")  # leaving the page would end it too
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/drafts/save/"), timeout=5000):
        page.locator("#add-note").get_by_role("button", name="Speichern").click()

    assert len(held) == 1


def test_words_of_a_mail_come_back_with_all_their_blocks(open_page, administrator):
    company(imprint="Musterhaus, Ulm")
    to = factories.customer(name="Mara Beispiel", email="mara@mail.example")
    page = open_page()
    sign_in(page)
    page.goto(reverse("customer-write", args=[to.pk]))
    page.get_by_label("Betreff").fill("Ihr Garten")
    page.get_by_role("button", name="Knopf", exact=True).click()
    with page.expect_response("**/drafts/save/"):
        page.get_by_label("Aufschrift").fill("Zum Garten")
    page.goto(reverse("customers"))

    page.goto(reverse("customer-write", args=[to.pk]))
    page.get_by_text("Entwurf vom").wait_for()
    assert page.get_by_label("Betreff").input_value() == ""
    page.get_by_role("button", name="Wiederherstellen").click()

    page.get_by_label("Aufschrift").wait_for()
    assert page.get_by_label("Aufschrift").input_value() == "Zum Garten"
    assert page.get_by_label("Betreff").input_value() == "Ihr Garten"
    page.get_by_text("Entwurf vom").wait_for(state="detached")
    assert hindrances(page, EVERY_LOOK) == []
