"""In a real browser: today, the customers and one customer, for the eye, the ear and the thumb; and acting in place."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers import search
from stammkunde.customers.models import Note
from stammkunde.figures import charts
from stammkunde.signals.models import CustomerSignal
from stammkunde.tasks.models import Task, TimeSettings
from tests import factories
from tests.browsing import EVERY_LOOK, hindrances, is_too_wide, sign_in, violations
from tests.signals import forecasting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TODAY = date(2026, 11, 20)


@pytest.fixture
def people(administrator):
    """Ten customers who have gone quiet, the first with everything that a page can show."""
    charts.build_bundle(charts.bundle_dir())
    made = forecasting.generation()
    people = [_silent(made, rank=rank) for rank in range(1, 11)]
    known = people[0]
    person = factories.contact_person(known, phone="030 123456", email="kim@example.org", birthday_on=TODAY)
    factories.order(known, date(2026, 9, 23), cents=12_345, cost_cents=8_000, of=factories.product())
    Note.objects.create(
        customer=known,
        contact_person=person,
        kind="matters",
        text="Rosen",
        author=administrator,
        created_at=timezone.now(),
    )
    Note.objects.create(
        customer=known, text="Will im Mai wieder bestellen.", author=administrator, created_at=timezone.now()
    )
    Task.objects.create(
        title="Angebot schicken",
        customer=known,
        owner=administrator,
        created_by=administrator,
        created_at=timezone.now(),
    )
    for one in CustomerSignal.objects.filter(customer__in=people[:4]):
        forecasting.warn(one)
    return people


def _silent(generation, *, rank):
    customer = factories.customer(name=f"Gärtnerei und Landschaftsbau Überlingen Nr. {rank}", city="Überlingen")
    CustomerSignal.objects.create(
        generation=generation,
        customer=customer,
        stage="at_risk",
        abc_class="ABC"[rank % 3],
        value_rank=rank,
        first_on=date(2025, 1, 1),
        last_on=date(2026, 4, 23),
        due_on=date(2026, 5, 24),
        gap_days=31,
        silent_days=211,
        overdue_days=180,
        revenue_cents=1_000_000 - rank,
        revenue_year_cents=500_000,
        margin_cents=400_000,
        margin_year_cents=200_000,
        risk=0.62,
        risk_before=0.5,
        risk_level=("green", "red", "amber")[rank % 3],
        risk_reasons=[forecasting.SILENT, forecasting.LATE, forecasting.SPENDS_LESS],
        margin_at_risk_cents=123_400,
        yearly_cents=199_000,
        expected_cents=150_000,
        expected_low_cents=60_000,
        expected_high_cents=280_000,
        clv_cents=345_600,
        clv_low_cents=120_000,
        clv_high_cents=700_000,
    )
    return customer


def _addresses(people) -> dict[str, str]:
    pk = people[0].pk
    return {
        "today": f"{reverse('today')}?who=all&shown=20",
        "customers": reverse("customers"),
        "silence": f"{reverse('customers')}?months=6&abc=B",
        "customer": reverse("customer", args=[pk]),
        "edit": reverse("customer-edit", args=[pk]),
        "warnings": reverse("warnings"),
        "aside": f"{reverse('warnings')}?state=aside",
        "proof": reverse("warnings-proof"),
        "time": reverse("time"),
    }


def test_pages_of_people_are_accessible_and_fit(open_page, people):
    page = open_page()
    sign_in(page)

    found = []
    for address in _addresses(people).values():
        page.goto(address)
        found += hindrances(page, EVERY_LOOK)

    assert found == []


def test_today_is_dealt_with_in_place(open_page, people):
    page = open_page()
    sign_in(page)
    page.goto(_addresses(people)["today"])
    row = page.locator("[data-item]").filter(has_text="Nr. 6")
    other = page.locator("[data-item]").filter(has_text="Nr. 7").locator("input[name=outcome]")
    other.fill("halb getippt")
    row.scroll_into_view_if_needed()
    page.evaluate("window.scrollBy(0, 200)")
    before = page.evaluate("window.scrollY")

    row.get_by_role("button", name="Erledigt").click()
    page.locator(".toast").wait_for()

    assert page.evaluate("window.scrollY") == before > 0
    assert page.evaluate("document.activeElement.matches('[data-item]')")
    assert other.input_value() == "halb getippt"
    assert page.get_by_text("1 von ").is_visible()
    page.locator(".toast").get_by_role("button", name="Rückgängig").click()
    page.get_by_text("Wieder auf der Liste").wait_for()
    assert page.get_by_text("0 von ").is_visible()
    assert row.is_visible()


def test_how_long_it_took_is_one_click_more(open_page, people):
    page = open_page()
    sign_in(page)
    page.goto(_addresses(people)["today"])
    row = page.locator("[data-item]").filter(has_text="Nr. 6")

    row.get_by_role("radio", name="30 Minuten").check()
    row.get_by_role("button", name="Erledigt").click()
    page.locator(".toast").wait_for()

    assert Task.objects.get(customer=people[5]).minutes == 30


def test_split_is_tried_while_somebody_drags(open_page, people):
    page = open_page()
    sign_in(page)
    page.goto(reverse("time"))
    assert page.get_by_role("button", name="Vorschau").is_hidden()

    page.get_by_label("Anteil für C-Kunden").fill("80")

    page.get_by_text("Noch ist nichts gespeichert.").wait_for()
    assert page.locator("#part-c").input_value() == "80"
    page.get_by_role("button", name="Speichern").click()
    page.locator(".toast").wait_for()
    assert sum(TimeSettings.objects.get().time_split) == 100
    assert TimeSettings.objects.get().time_c_percent > 40


def test_split_is_tried_without_scripts(open_page, people):
    page = open_page(script=False)
    sign_in(page)
    page.goto(reverse("time"))

    page.locator("#part-c").fill("80")
    page.get_by_role("button", name="Vorschau").click()

    assert page.get_by_text("Noch ist nichts gespeichert.").is_visible()
    assert not TimeSettings.objects.exclude(time_c_percent=None).exists()


def test_today_works_without_scripts(open_page, people):
    page = open_page(script=False)
    sign_in(page)
    page.goto(_addresses(people)["today"])

    page.locator("[data-item]").filter(has_text="Nr. 6").get_by_role("button", name="Erledigt").click()

    page.locator(".toast").wait_for()
    assert page.locator("[data-item]").filter(has_text="Nr. 6").count() == 0


def test_search_finds_while_typing(open_page, people):
    people[3].search = "blumenhof am tor"
    people[3].save()
    page = open_page()
    sign_in(page)
    page.goto(reverse("customers"))

    page.locator("#q").press_sequentially("blumenh")

    page.get_by_text("1 Kunde", exact=True).wait_for()
    assert page.locator("#q").evaluate("field => field === document.activeElement")
    assert "q=blumenh" in page.url


def test_warning_is_dealt_with_in_place(open_page, people):
    page = open_page()
    sign_in(page)
    page.goto(reverse("warnings"))
    rows = page.locator("[data-item]")
    assert rows.count() == 4

    rows.first.get_by_role("button", name="Nicht relevant").click()
    page.locator(".toast").wait_for()
    assert rows.count() == 3
    page.locator(".toast").get_by_role("button", name="Rückgängig").click()
    page.get_by_text("Wieder auf der Liste").wait_for()
    assert rows.count() == 4
    rows.first.get_by_role("button", name="Aufgabe anlegen").click()
    page.get_by_text("Aufgabe notiert, fällig am").wait_for()

    assert rows.count() == 4
    assert rows.first.get_by_role("button", name="Aufgabe anlegen").count() == 0


def test_key_leads_to_the_early_warning(open_page, people):
    page = open_page()
    sign_in(page)
    page.goto(reverse("customers"))

    page.keyboard.press("g")
    page.keyboard.press("f")

    page.wait_for_url("**/warnings/")


def test_search_opens_by_keys_on_every_page_and_leads_to_whom_one_means(people, open_page):
    search.catch_up()
    page = open_page()
    sign_in(page)
    page.goto(reverse("today"))

    page.keyboard.press("?")
    page.get_by_role("heading", name="Tasten").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("Kudne")
    page.get_by_text("Meinten Sie:").wait_for()
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Gärtnerei und Landschaftsbau Überlingen Nr. 1").first.wait_for()


def test_slider_goes_through_the_months_without_purchase(people, open_page):
    page = open_page(width=375)
    sign_in(page)
    page.goto(reverse("customers"))

    slider = page.locator("[data-slides]")
    slider.fill("7")

    page.wait_for_url("**months=7**")
    assert page.locator("#months").input_value() == "7"
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**months=6**")
    assert (is_too_wide(page), violations(page)) == (False, [])
