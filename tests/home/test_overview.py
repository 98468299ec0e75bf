"""The overview: who may see it, what it says, and that it never asks more than a fixed number of questions."""

from datetime import date

import pytest

from stammkunde.signals.models import Current, Figure, Generation
from stammkunde.team import policy
from tests import factories

pytestmark = pytest.mark.django_db

REFERENCE = {
    "retention_rate": (2211 / 2724, 2211, 2724, 2724),
    "churn_rate": (513 / 2724, 513, 2724, 2724),
    "customers_start": (2724, 2724, None, 2724),
    "customers_end": (2925, 2925, None, 2925),
    "customers_won": (714, 714, None, 714),
    "customers_lost": (513, 513, None, 513),
    "repurchase_rate": (762 / 1991, 762, 1991, 1991),
    "revenue_per_customer_cents": (62006.0, 123_456_700, 1991, 1991),
    "margin_per_customer_cents": (20006.0, 39_831_946, 1991, 1991),
}


@pytest.fixture
def generation():
    made = Generation.objects.create(
        status=Generation.Status.DONE, as_of_on=date(2011, 12, 9), activity_days=180, facts_version="1"
    )
    Current.objects.create(pk=1, generation=made)
    return made


@pytest.fixture
def figures(generation):
    store(generation, "2011-Q3", REFERENCE)
    store(generation, "2011-Q2", REFERENCE | {"retention_rate": (0.7861, 1, 1, 1)})
    return generation


def store(generation, period, values, *, slice_by="", slice_value=""):
    for kpi, (value, numerator, denominator, n) in values.items():
        Figure.objects.create(
            generation=generation,
            kpi=kpi,
            period=period,
            slice_by=slice_by,
            slice_value=slice_value,
            value=value,
            numerator=numerator,
            denominator=denominator,
            n=n,
        )


@pytest.fixture
def english(administrator):
    administrator.language = "en"
    administrator.save()
    return administrator


def page(client, staff, address="/?period=2011-Q3"):
    client.force_login(staff)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_overview_says_the_period_in_plain_words(client, english, figures):
    text = page(client, english)

    assert "Of 2,724 customers at the start, 2,211 stayed and 513 left; 714 have joined." in text


def test_overview_shows_the_formula_with_the_real_numbers(client, english, figures):
    text = page(client, english)

    assert "(2,925 − 714) / 2,724 = 81.2%" in text
    assert "+2.6 pts" in text


def test_overview_opens_with_the_last_complete_quarter(client, english, figures):
    assert "3rd quarter 2011" in page(client, english, "/")


def test_overview_leads_to_the_customers_behind(client, english, figures):
    assert 'href="/customers/?behind=lost&amp;period=2011-Q3"' in page(client, english)


@pytest.mark.parametrize(("group", "tiles"), [("repeated", 1), ("buyers", 2)])
def test_overview_leads_from_figures_per_buyer_to_the_buyers(client, english, figures, group, tiles):
    assert page(client, english).count(f'href="/customers/?behind={group}&amp;period=2011-Q3"') == tiles


def test_overview_of_a_segment_shows_its_figures(client, english, figures):
    store(
        figures,
        "2011-Q3",
        {"retention_rate": (0.5, 1, 2, 2), "customers_end": (2, 2, None, 2)},
        slice_by="country",
        slice_value="France",
    )

    store(figures, "2011-Q3", {"customers_end": (1, 1, None, 1)}, slice_by="country", slice_value="Spain")

    text = page(client, english, "/?period=2011-Q3&segment=country:France")

    assert "50.0%" in text
    assert '<option value="country:France" selected>France (2)</option>' in text


def test_overview_hides_the_margin_from_those_who_may_not_see_it(client, english, figures, monkeypatch):
    monkeypatch.setitem(policy.RIGHTS, "administrator", policy.ALL - {policy.MARGIN_VIEW})

    text = page(client, english)

    assert "Revenue per customer" in text
    assert "margin" not in text.split("<main")[1].lower()


def test_overview_refuses_service(client, servant, figures):
    client.force_login(servant)

    assert client.get("/").status_code == 403


def test_overview_asks_strangers_to_sign_in(client):
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_overview_says_what_it_did_not_understand(client, english, figures):
    text = page(client, english, "/?period=2011-Q9&days=0")

    assert "“2011-Q9” is not a period." in text


def test_overview_of_a_time_without_orders_leads_on(client, english, figures):
    text = page(client, english, "/?period=1999")

    assert "No figures for this period" in text


def test_overview_before_the_first_import_leads_to_it(client, english, db):
    text = page(client, english, "/")

    assert "Here you will see how well you keep your customers" in text


def test_overview_while_figures_are_computed_shows_progress(client, english, db):
    factories.order(factories.customer(), date(2011, 9, 1))
    Generation.objects.create(as_of_on=date(2011, 12, 9), done=3, total=10)

    text = page(client, english, "/")

    assert "being computed for the first time" in text
    assert 'value="3"' in text


@pytest.mark.parametrize("segments", [1, 3])
def test_overview_asks_a_fixed_number_of_questions(client, english, figures, segments, django_assert_num_queries):
    for number in range(segments):
        store(figures, "2011-Q3", REFERENCE, slice_by="country", slice_value=f"Land {number}")
        store(figures, f"2010-Q{number + 1}", REFERENCE)
    client.force_login(english)
    client.get("/?period=2011-Q3")

    with django_assert_num_queries(12):
        client.get("/?period=2011-Q3")
