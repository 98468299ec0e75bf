"""Value and risk on the customer page: how much, how likely, why, what has changed, and what can be done."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.signals import course
from stammkunde.signals import queries as signals
from stammkunde.signals.models import CustomerSignal, StageChange
from stammkunde.tasks.models import Task
from stammkunde.ui import moments
from tests import factories
from tests.signals import forecasting
from tests.signals.forecasting import LATE, SILENT

pytestmark = pytest.mark.django_db

NB = "\N{NO-BREAK SPACE}"


@pytest.fixture
def generation():
    return forecasting.generation()


@pytest.fixture
def krone(generation):
    return forecasting.signal(generation, factories.customer(name="Gasthaus Krone", kind="company")).customer


def page(client, staff, customer, language="de", name="customer", **query) -> str:
    staff.language = language
    staff.save()
    client.force_login(staff)
    answer = client.get(reverse(name, args=[customer.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode().replace(NB, " ")


def test_page_says_what_is_to_be_expected_with_its_bounds(client, salesperson, krone):
    text = page(client, salesperson, krone)

    for said in (
        "In 12 Monaten erwartet",
        "1.500 €",
        "Deckungsbeitrag, zu 80 % sicher zwischen 600 € und 2.800 €.",
        "Über drei Jahre 3.456 € wert (1.200 € bis 7.000 €).",
    ):
        assert said in text


def test_page_counts_in_revenue_where_costs_are_unknown_and_says_so(client, salesperson):
    value = forecasting.forecast()["value"] | {"basis": "revenue", "rule": "rate"}
    generation = forecasting.generation(forecast=forecasting.forecast(value=value))
    customer = forecasting.signal(generation).customer

    text = page(client, salesperson, customer, language="en")

    assert "Revenue, because costs are unknown, 80% sure between €600 and €2,800." in text
    assert "By this customer's rate, drawn towards that of all, which was closer than the model" in text


def test_value_stands_beside_what_it_was_tested_on(client, salesperson):
    tested = {"as_of": "2025-03-02", "first_on": "2025-03-03", "last_on": "2026-03-01", "laid": "year"}
    tested |= {"short_past": False, "observed": 1300.0, "model": 1000.0, "rate": 900.0}
    level = {"kind": "year", "factor": 1.27, "spread": 0.12}
    value = forecasting.forecast()["value"] | {"back_test": tested, "level": level}
    customer = forecasting.signal(forecasting.generation(forecast=forecasting.forecast(value=value))).customer

    text = page(client, salesperson, customer)

    assert "Erprobt über März 2025 bis März 2026: Am 02.03.2025 wären 1.000 Käufe erwartet worden; 1.300 kamen." in text
    assert "dieses Jahr ist es deshalb um 27 % angehoben." in text


def test_bounds_that_leave_the_mean_out_are_told_as_they_are(client, salesperson, generation):
    customer = forecasting.signal(generation, expected_cents=5_200, expected_high_cents=0).customer

    text = page(client, salesperson, customer)

    assert "zu 80 % sicher höchstens 0 €: Wenige solche Kunden bringen viel, die meisten nichts." in text


def test_page_says_why_a_value_cannot_be_given(client, salesperson):
    refusal = {"code": "few_repeaters", "repeaters": 12, "needed": 40}
    generation = forecasting.generation(forecast={"value": {"refusal": refusal, "rule": "rate"}})
    nothing = {"expected_cents": None, "expected_low_cents": None, "expected_high_cents": None, "clv_cents": None}
    customer = forecasting.signal(generation, **nothing).customer

    assert "Erst 12 Kunden haben mehr als einmal gekauft; das Wertmodell braucht 40." in page(
        client, salesperson, customer
    )


def test_page_says_how_likely_the_loss_is_and_why(client, salesperson, krone):
    text = page(client, salesperson, krone)

    for said in (
        "Rot",
        "diese Woche ansprechen",
        "Von 100 solchen Kunden kaufen 62 in den nächsten 90 Tagen nicht wieder.",
        "Vom Jahreswert, 1.990 €, stehen also <strong>1.234 €</strong> auf dem Spiel.",
        '<a class="reason-text" href="#rhythm-title">Bestellt alle 31 Tage, seit 58 Tagen still</a>',
        '<a class="reason-text" href="#orders-title">2 von 5 Lieferungen verspätet</a>',
        "Risiko seit dem 13.11.2026 um 12 Punkte gestiegen.",
        "Erprobt am 31.03.2026: Von 412 Gewarnten gingen 66 %, von allen Kunden 16 %;",
        "von denen, die gingen, waren 42 % gewarnt.",
        reverse("warnings-proof"),
        f'hx-get="{reverse("customer-risk", args=[krone.pk])}"',
    ):
        assert said in text


def test_suggestion_names_what_is_at_stake_as_the_risk_does(client, salesperson, krone):
    text = page(client, salesperson, krone)

    assert "Rund 1.234 € im Jahr stehen auf dem Spiel." in text


def test_page_in_english(client, salesperson, krone):
    text = page(client, salesperson, krone, language="en")

    for said in ("get in touch this week", "Of 100 customers like this one, 62 do not buy again within 90 days."):
        assert said in text


def test_service_sees_the_risk_and_no_amount(client, servant, krone):
    forecasting.warn(CustomerSignal.objects.get())

    text = page(client, servant, krone, risk="all")

    for shown in ("Rot", "kaufen 62 in den nächsten", "seit 58 Tagen still", "Bringt weniger ein als zuvor"):
        assert shown in text
    for hidden in ("1.234", "1.990", "1.500", "3.456", "76 €", "987", "In 12 Monaten erwartet", "Wie gut warnt sie?"):
        assert hidden not in text


def test_every_anchor_of_a_reason_is_on_the_page(client, salesperson, krone):
    factories.order(krone, date(2026, 9, 23), of=factories.product())

    text = page(client, salesperson, krone)

    for source in ("rhythm-title", "years", "favourites-title", "orders-title", "master-title", "risk-title"):
        assert f'id="{source}"' in text


def test_customer_without_risk_has_none_on_the_page(client, salesperson, generation):
    prospect = factories.customer()
    CustomerSignal.objects.create(generation=generation, customer=prospect, stage="prospect")

    text = page(client, salesperson, prospect)

    assert 'id="risk-title"' not in text
    assert client.get(reverse("customer-risk", args=[prospect.pk])).status_code == 404


def test_silence_without_probability_says_what_is_missing(client, salesperson):
    refusal = {"code": "no_past", "horizon_days": 90, "needed_days": 180}
    generation = forecasting.generation(forecast={"risk": {"refusal": refusal, "horizon_days": 90}})
    customer = forecasting.signal(generation, risk=None, margin_at_risk_cents=None, risk_before=None).customer

    text = page(client, salesperson, customer)

    assert "Bestellungen aus 180 Tagen" in text
    assert "Von 100 solchen Kunden" not in text


def told(on: date, risk: float, **changes) -> dict:
    return {
        "on": on,
        "risk": risk,
        "risk_level": "amber",
        "margin_at_risk_cents": 99_500,
        "reasons": [SILENT, {"code": "one_channel"}],
        "horizon_days": 90,
    } | changes


@pytest.fixture
def history(monkeypatch, generation):
    points = [
        told(date(2026, 10, 1), 0.3, horizon_days=60),
        told(date(2026, 11, 13), 0.5),
        told(date(2026, 11, 20), 0.62),
    ]
    monkeypatch.setattr(signals, "risk_history", lambda _pk: points)
    return points


def test_details_say_what_has_changed_and_how_it_came_to_be_so(client, salesperson, krone, history):
    text = page(client, salesperson, krone, name="customer-risk")

    for said in (
        "Risiko seit dem 13.11.2026 um 12 Punkte gestiegen.",
        "Neuer Grund: verspätete Lieferungen, bringt weniger ein.",
        "Kein Grund mehr: nur ein Kanal.",
        "13.11.2026: 50 %",
        "Zahlen als Tabelle",
        "995 €",
    ):
        assert said in text
    assert "<html" not in text
    assert "01.10.2026" not in text  # it looked less far ahead


def test_details_work_reasons_out_when_nobody_was_warned(client, salesperson, krone, history, monkeypatch):
    CustomerSignal.objects.update(risk_reasons=None, risk_level="green")
    monkeypatch.setattr(signals, "explained", lambda _pk: [LATE])

    assert "2 von 5 Lieferungen verspätet" not in page(client, salesperson, krone)
    assert "2 von 5 Lieferungen verspätet" in page(client, salesperson, krone, name="customer-risk")
    assert "2 von 5 Lieferungen verspätet" in page(client, salesperson, krone, risk="all")


@pytest.mark.parametrize(
    ("reasons", "said"),
    [(None, "stehen nach der nächsten Auswertung wieder hier"), ([], "Kein Anzeichen hebt das Risiko")],
)
def test_details_without_reasons_say_so(client, salesperson, krone, monkeypatch, reasons, said):
    CustomerSignal.objects.update(risk_reasons=None)
    monkeypatch.setattr(signals, "explained", lambda _pk: reasons)

    assert said in page(client, salesperson, krone, name="customer-risk")


def test_details_of_the_first_day_say_that_it_is_the_first(client, salesperson, krone, generation):
    generation.before_on = None
    generation.save()

    assert "zum ersten Mal genannt" in page(client, salesperson, krone, name="customer-risk")


@pytest.mark.parametrize("warned", [True, False])
def test_button_makes_a_task_with_the_reasons(client, salesperson, krone, warned):
    if warned:
        forecasting.warn(CustomerSignal.objects.get())
    text = page(client, salesperson, krone)
    address = "warnings-act" if warned else "task-add"
    assert f'action="{reverse(address)}"' in text

    sent = {"customer": krone.pk, "act": "task", "title": "Melden", "note": "seit 58 Tagen still"}
    answer = client.post(reverse(address), sent | {"next": reverse("customer", args=[krone.pk])})

    assert answer.url == reverse("customer", args=[krone.pk])
    assert "seit 58 Tagen still" in Task.objects.get().note


def test_timeline_tells_of_stages_and_warnings(client, salesperson, krone):
    StageChange.objects.create(customer=krone, changed_on=date(2026, 10, 25), before="active", after="at_risk")
    warning = forecasting.warn(CustomerSignal.objects.get(), warned_on=date(2026, 10, 26), outcome="bought")
    warning.closed_on = date(2026, 11, 2)
    warning.save()

    text = page(client, salesperson, krone, name="customer-timeline")

    assert 'Lebensphase: Aktiv → <span class="strong">Gefährdet</span>' in text
    assert "Frühwarnung: Rot" in text
    assert "Wieder gekauft, 02.11.2026" in text
    assert "2 von 5 Lieferungen verspätet" in text


def test_timeline_pages_show_days_and_moments_once_and_in_order(krone):
    day = date(2026, 1, 2)
    midnight = datetime(2026, 1, 2, tzinfo=timezone.get_current_timezone())
    for moment in (midnight - timedelta(hours=1), midnight, midnight, midnight + timedelta(hours=1)):
        factories.order(krone, day, ordered_at=moment)
    for on in (day - timedelta(days=1), day, day + timedelta(days=1)):
        StageChange.objects.create(customer=krone, changed_on=on, before="active", after="at_risk")
        forecasting.warn(CustomerSignal.objects.get(), warned_on=on, outcome="left", closed_on=on)
    factories.order(krone, day, ordered_at=datetime(2026, 1, 1, tzinfo=UTC))

    whole = [(event.kind, event.thing.pk) for event in moments.timeline(krone.pk, size=50).events]
    seen, place = [], ""
    for _page in range(12):
        found = moments.timeline(krone.pk, place=place, size=1)
        seen += [(event.kind, event.thing.pk) for event in found.events]
        place = found.next_place
        if not place:
            break

    assert seen == whole
    assert len(set(seen)) == 11


def test_course_is_drawn_within_its_frame_and_not_of_a_single_day():
    days = [told(date(2026, 1, 1) + timedelta(days=7 * step), step / 9) for step in range(10)]

    drawing = course.draw(days, width=300)

    assert [(dot.x, dot.y) for dot in (drawing.first, drawing.last)] == [("8.0", "74.0"), ("292.0", "8.0")]
    assert len(drawing.dots) == len(drawing.line.split()) == 10
    assert course.draw(days[:1], width=300) is None
