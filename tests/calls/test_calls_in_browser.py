"""In a real browser: a call with the thumb, from Today and back, with draft and undo."""

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.calls.models import Call, Draft
from stammkunde.figures import charts
from stammkunde.tasks.models import Task
from tests import factories
from tests.browsing import hindrances, sign_in
from tests.signals import forecasting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def customer(administrator):
    charts.build_bundle(charts.bundle_dir())
    forecasting.generation()
    made = factories.customer(name="Gärtnerei und Landschaftsbau Überlingen", phone="07551 123456", kind="company")
    factories.contact_person(made, first_name="Kim-Alexandra", last_name="von und zu Überlingen", phone="0171 1234567")
    Task.objects.create(
        title="Nach dem Mai fragen", customer=made, owner=administrator, key="call:1:next", created_at=timezone.now()
    )
    Call.objects.create(
        key="1", customer=made, staff=administrator, outcome="not_reached", happened_at=timezone.now(), note="Mailbox"
    )
    return made


def test_pages_of_calls_are_accessible_and_fit(open_page, customer):
    page = open_page()
    sign_in(page)
    addresses = [
        reverse("call", args=[customer.pk]),
        f"{reverse('call-list')}?who=all",
        reverse("guides"),
        reverse("guide", args=["risk", "de", "sie"]),
        reverse("calendar"),
    ]

    found = []
    for address in addresses:
        page.goto(address)
        for summary in page.locator("details.more > summary").all():
            summary.click()
        found += hindrances(page)

    assert found == []


def test_a_call_is_two_clicks_from_today_and_can_be_taken_back(open_page, customer):
    page = open_page(width=375)
    sign_in(page)
    page.goto(f"{reverse('today')}?who=all")
    page.get_by_role("link", name="Anrufen").click()

    with page.expect_response(lambda response: response.url.endswith("/draft/")):
        page.get_by_label("Was der Kunde sagt").press_sequentially("Will im Mai")
    page.reload()
    assert page.get_by_label("Was der Kunde sagt").input_value() == "Will im Mai"
    with page.expect_response(lambda response: response.url.endswith("/draft/")):
        page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Wünscht Angebot").click()

    page.get_by_text("Notiert: Wünscht Angebot").wait_for()
    assert page.url.endswith(f"{reverse('today')}?who=all")
    call = Call.objects.latest("pk")
    assert (call.outcome, call.note, len(call.goals)) == ("wants_offer", "Will im Mai", 1)
    assert Draft.objects.count() == 0

    page.locator(".toast").get_by_role("button", name="Rückgängig").click()
    page.get_by_text("Zurückgenommen").wait_for()
    assert page.get_by_label("Was der Kunde sagt").input_value() == "Will im Mai"
    assert list(Task.objects.values_list("title", "state")) == [("Nach dem Mai fragen", "open")]


def test_enter_in_the_time_of_a_call_back_records_nothing(open_page, customer):
    page = open_page()
    sign_in(page)
    page.goto(reverse("call", args=[customer.pk]))
    page.get_by_text("Später zurückrufen").click()

    page.get_by_label("Tag", exact=True).press("Enter")
    page.get_by_label("Uhrzeit").press("Enter")

    assert Call.objects.count() == 1
