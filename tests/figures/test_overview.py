"""The overview: who may see it, what it says, and that it never asks more than a fixed number of questions."""

import re
from datetime import date

import pytest
from django.utils import timezone, translation

from stammkunde import mirror
from stammkunde.figures.queries import overview_plots
from stammkunde.insight.classes import ClassShare
from stammkunde.sales import services as sales
from stammkunde.segments import selection
from stammkunde.signals import answers
from stammkunde.signals.models import Current, EarlyWarning, Figure, Generation
from stammkunde.team import policy
from tests import factories
from tests.pages import folded
from tests.signals import forecasting

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
        status=Generation.Status.DONE,
        as_of_on=date(2011, 12, 9),
        activity_days=180,
        facts_version="1",
        started_at=timezone.now(),
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
    return folded(answer.content.decode())


def test_overview_says_the_period_in_plain_words(client, english, figures):
    text = page(client, english)

    assert "Of 2,724 customers at the start, 2,211 stayed and 513 left; 714 have joined." in re.sub("<[^>]+>", "", text)


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


@pytest.mark.parametrize("query", ["days=77", "segment=attr_Quelle:Messe"])
def test_free_choice_while_there_is_no_mirror_breaks_nothing(client, english, figures, query):
    client.force_login(english)

    factories.order(factories.customer(), on=date(2011, 12, 9))

    assert "Your figures are about to be computed" in page(client, english, f"/?{query}") or "segment" in query
    assert client.get("/").status_code == 200
    assert client.get("/charts/cohorts.svg").status_code == 404


def test_overview_says_what_it_did_not_understand(client, english, figures):
    text = page(client, english, "/?period=2011-Q9&days=0")

    assert "“2011-Q9” is not a period." in text


def test_overview_of_a_time_without_orders_leads_on(client, english, figures):
    text = page(client, english, "/?period=1999")

    assert "No figures for this period" in text


def test_overview_of_a_young_company_shows_the_running_quarter(client, english, generation):
    store(generation, "2011-Q4", REFERENCE)

    text = page(client, english, "/")

    assert "4th quarter 2011" in text
    assert "Of 2,724 customers at the start" in text


def test_a_quarter_without_orders_leads_to_the_running_one(client, english, generation):
    store(generation, "2011-Q4", REFERENCE)

    text = page(client, english, "/?period=2011-Q3")

    assert "No figures for this period" in text
    assert '<a class="button primary" href="?period=2011-Q4">' in text


def test_overview_before_the_first_import_leads_to_it(client, english, db):
    text = page(client, english, "/")

    assert "Here you will see how well you keep your customers" in text


@pytest.fixture
def computed_before_anything(generation):
    """What the worker leaves on a new installation: a generation without a single figure."""
    Generation.objects.update(facts_version=mirror.facts_version())
    return generation


def test_overview_of_a_new_installation_leads_to_the_import_once_nothing_was_computed(
    client, english, computed_before_anything
):
    text = page(client, english, "/")

    assert "Here you will see how well you keep your customers" in text
    assert "No figures for this period" not in text


def test_overview_after_the_first_import_waits_for_its_figures(client, english, computed_before_anything):
    factories.order(factories.customer(), date(2011, 9, 1))
    sales.mark_changed(["2011-09"])

    assert "Your figures are about to be computed" in page(client, english, "/")


def test_overview_of_cancelled_orders_alone_says_that_nothing_counts(client, english, computed_before_anything):
    factories.order(factories.customer(), date(2011, 9, 1))
    mirror.bring_up_to_date(now=timezone.now(), progress=lambda *_told: None)

    assert "None of the orders counts as a purchase" in page(client, english, "/")


def test_overview_while_figures_are_computed_shows_progress(client, english, db):
    factories.order(factories.customer(), date(2011, 9, 1))
    Generation.objects.create(as_of_on=date(2011, 12, 9), done=3, total=10, started_at=timezone.now())

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


FORECAST = {
    "value": {"basis": "margin"},
    "risk": {
        "horizon_days": 90,
        "back_tests": [
            forecasting.back_test(as_of="2011-09-09", warned=300, warned_left=198),
            forecasting.back_test(as_of="2011-03-09", warned=100, warned_left=20),
        ],
    },
    "levels": {"red": 15, "amber": 50},
}


@pytest.fixture
def ahead(figures):
    Generation.objects.update(forecast=FORECAST)
    figures.refresh_from_db()
    store(
        figures,
        "2011-12",
        {
            "predicted_value_cents": (98_765_400.0, None, None, 4000),
            "margin_at_risk_cents": (5_500_000.0, None, None, 65),
            "warned_customers": (65.0, 65, 2925, 65),
        },
    )
    store(figures, "2011-11", {"margin_at_risk_cents": (5_000_000.0, None, None, 60)})
    return figures


def test_overview_says_what_is_ahead_and_how_far_to_trust_it(client, english, ahead):
    text = page(client, english)

    assert "€987,654" in text
    assert "contribution margin of the next 12 months" in text
    assert "€55,000" in text
    assert "+10%" in text  # against November
    assert "15 Red · 50 Amber · of 100 warned 66 left" in text
    assert 'href="/customers/?sort=expected"' in text
    assert text.count('class="figure-behind" href="/warnings/"') == 2


def test_overview_says_what_has_changed_from_the_second_day(client, english, ahead):
    assert "no longer open" not in page(client, english)

    Generation.objects.update(before_on=date(2011, 12, 8))
    warned = {"horizon_days": 90, "level": "red", "risk": 0.5}
    EarlyWarning.objects.create(customer=factories.customer(), warned_on=date(2011, 12, 9), **warned)

    assert "since 8 Dec 2011 1 new, 0 no longer open" in page(client, english)


def test_overview_in_german_says_what_is_ahead(client, administrator, ahead):
    text = page(client, administrator)

    assert "15 Rot · 50 Gelb · von 100 Gewarnten gingen 66" in text
    assert "der gewarnten Kunden: Jeder davon kauft eher als üblich 90 Tage lang nichts" in text


@pytest.mark.parametrize(("basis", "name"), [("margin", "Margin at risk"), ("revenue", "Revenue at risk")])
def test_overview_names_the_money_that_is_at_risk(client, english, ahead, basis, name):
    Generation.objects.update(forecast=FORECAST | {"value": {"basis": basis}})

    assert f"<h3>{name}</h3>" in page(client, english)


def test_overview_keeps_money_ahead_from_those_who_may_not_see_it(client, english, ahead, monkeypatch):
    monkeypatch.setitem(policy.RIGHTS, "administrator", policy.ALL - {policy.MARGIN_VIEW})

    text = page(client, english)

    assert "€987,654" not in text
    assert "€55,000" not in text
    assert "of 100 warned 66 left" in text


def test_overview_says_why_a_figure_ahead_cannot_be_given(client, english, ahead):
    Figure.objects.filter(kpi="margin_at_risk_cents").update(value=None, reason="risk_unknown")

    assert "to tell how many leave" in page(client, english)


def test_overview_without_forecasts_says_nothing_of_what_is_ahead(client, english, figures):
    assert "What is ahead" not in page(client, english)


def test_one_point_is_worth_a_year_of_the_customers_who_would_have_stayed(client, english, figures):
    store(figures, "2010", {"margin_per_customer_cents": (40_000.0, 1, 1, 1)})

    text = page(client, english)

    assert "+1 point of retention would be worth about <strong>€10,896</strong> contribution margin a year." in text
    slider = re.search(r'data-customers="([\d.]+)" data-cents="([\d.]+)"\s+data-currency="(\w+)"', text)
    assert slider
    assert (round(float(slider[2]) / 100), slider[3]) == (10_896, "EUR")
    assert "as good as the average buyer of 2010: €400.00 contribution margin" in text


def test_one_point_before_a_year_is_over_counts_the_period(client, english, figures):
    text = page(client, english)

    assert "+1 point of retention" not in text
    assert "as good as the average buyer of 3rd quarter 2011: €200.06 contribution margin" in text


def test_one_point_is_not_worth_a_year_in_which_the_orders_began(client, english, figures):
    store(figures, "2010", {"margin_per_customer_cents": (40_000.0, 1, 1, 1)})
    store(figures, "2010-12", {"customers_end": (885, 885, None, 885)})

    text = page(client, english)

    assert "+1 point of retention" not in text
    assert "as good as the average buyer of 3rd quarter 2011: €200.06 contribution margin" in text


def test_sentence_leads_to_those_who_left(client, english, figures):
    text = page(client, english)

    link = '<a href="/customers/?behind={0}&amp;period=2011-Q3" title="{1}" aria-label="{2}: {1}">{2}</a>'
    assert f"2,211 stayed and {link.format('lost', 'Who left, and were we warned?', 513)} left" in text
    assert f"{link.format('won', 'Who has joined?', 714)} have joined." in text


@pytest.mark.parametrize(("best", "here"), [("", "Contribution margin"), ("revenue", "Revenue")])
def test_the_chart_of_classes_goes_by_margin_or_by_revenue(monkeypatch, best, here):
    def classed(*, within, basis):
        shares = [ClassShare(name, 1, 100, 1 / 3) for name in "ABC"]
        return answers.Abc(basis=basis or "margin", shares=shares, pareto=[{"rank": 1}])

    monkeypatch.setattr(overview_plots.answers, "abc", classed)
    given = {"period": "2011-Q3", "segment": "country:DE", "best": best}
    chosen = selection.read(given, as_of_on=date(2011, 12, 9), usual_days=180)
    answer = overview_plots.Answer(selection=chosen, points=None, sight=policy.Sight(figures=True, margin=True))

    with translation.override("en"):
        plot = overview_plots.abc(answer)
        ways = [(str(way.label), way.is_here) for way in plot.ways]

    assert [label for label, is_here in ways if is_here] == [here]
    assert [way.address for way in plot.ways] == [
        "?period=2011-Q3&segment=country%3ADE#chart-abc",
        "?period=2011-Q3&segment=country%3ADE&best=revenue#chart-abc",
    ]
    assert chosen.parameters.get("best", "") == best
