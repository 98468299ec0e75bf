from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache

from stammkunde.insight.errors import PeriodUnclear, SliceUnknown
from stammkunde.insight.periods import day_number
from stammkunde.sales import services as sales
from stammkunde.signals import answers, services
from stammkunde.signals.behind import GroupUnknown
from tests import factories

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.same_on_both("answered from the mirror, which tests/mirror compares with the database"),
]

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def company():
    """Anna stays, Berta is lost, Carl is won in the second quarter of 2025; window 90 days."""
    factories.decided(activity_days=90)
    shoes, socks = factories.product(category="Schuhe"), factories.product(category="Socken")
    people = {
        "anna": factories.customer(country="Chile", attributes={"Farbe": "rot"}),
        "berta": factories.customer(country="Chile"),
        "carl": factories.customer(country="Peru"),
    }
    factories.order(people["anna"], date(2025, 2, 10), cents=5000, cost_cents=1000, of=shoes, channel="Laden")
    factories.order(people["berta"], date(2025, 3, 10), cents=1000, cost_cents=500, of=socks, channel="Shop")
    factories.order(people["anna"], date(2025, 5, 10), cents=2000, cost_cents=500, of=socks, channel="Shop")
    factories.order(people["anna"], date(2025, 6, 10), cents=1000, cost_cents=500, of=socks, channel="Shop")
    factories.order(people["carl"], date(2025, 6, 20), cents=700, cost_cents=100, of=shoes, channel="Shop")
    factories.order(None, date(2025, 6, 21), cents=100, cost_cents=50, of=socks, channel="Laden")
    services.refresh_mirror(now=NOW, progress=lambda *a: None)
    return people


def test_answers_before_the_first_refresh_say_so():
    with pytest.raises(answers.NoMirror):
        answers.abc()


def test_answers_without_orders_say_so():
    services.refresh_mirror(now=NOW, progress=lambda *a: None)

    with pytest.raises(answers.NoFacts):
        answers.abc()


def test_figures_follow_the_window_and_the_slice(company):
    (whole,) = answers.figures(periods=["2025-06"], names=["retention_rate"])
    (longer,) = answers.figures(periods=["2025-06"], names=["retention_rate"], activity_days=110)
    by_country = answers.figures(periods=["2025-Q2"], names=["customers_end"], by="country")
    (in_chile,) = answers.figures(
        periods=["2025-Q2"], names=["customers_end"], within=answers.Slice(by="country", value="Chile")
    )

    assert (whole.numerator, whole.denominator) == (1, 2)
    assert (longer.numerator, longer.denominator) == (2, 2)
    assert [(figure.slice, figure.value) for figure in by_country] == [("Chile", 1), ("Peru", 1)]
    assert in_chile.value == 1


def test_figures_of_something_unknown_are_refused(company):
    with pytest.raises(PeriodUnclear):
        answers.figures(periods=["soon"])
    with pytest.raises(SliceUnknown):
        answers.figures(periods=["2025"], by="shoe_size")


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("start", ["anna", "berta"]),
        ("end", ["anna", "carl"]),
        ("stayed", ["anna"]),
        ("won", ["carl"]),
        ("lost", ["berta"]),
        ("buyers", ["anna", "carl"]),
        ("repeated", ["anna"]),
    ],
)
def test_customers_behind_a_figure_are_those_it_counts(company, group, names):
    assert answers.customers_behind(period="2025-Q2", group=group) == tuple(company[name].pk for name in names)


def test_customers_behind_follow_the_figure_and_the_slice(company):
    assert answers.customers_behind(period="2025-Q2", kpi="churn_rate") == (company["berta"].pk,)
    assert answers.customers_behind(period="2025-Q2", group="end", slice_by="country", slice_value="Peru") == (
        company["carl"].pk,
    )
    with pytest.raises(GroupUnknown):
        answers.customers_behind(period="2025-Q2", group="rich")


def test_revenue_counts_guests_and_channels(company):
    june = answers.revenue_by_month()[-1]
    in_shop = answers.revenue_by_month(within=answers.Slice(by="channel", value="Shop"))[-1]

    assert (june.month, june.revenue_cents, june.guests_cents, june.margin_cents) == ("2025-06", 1800, 100, 1150)
    assert (in_shop.revenue_cents, in_shop.guests_cents) == (1700, 0)


def test_abc_and_scores_count_everybody(company):
    assert sum(share.members for share in answers.abc().shares) == 3
    assert answers.abc().basis == "margin"
    assert sum(cell["customers"] for cell in answers.rfm().grid) == 3


def test_cohorts_are_those_of_the_slice(company):
    matrix = answers.cohorts(grain="quarter", within=answers.Slice(by="country", value="Chile"))

    assert (matrix.sizes, matrix.counts) == ((2,), ((2, 1),))


def test_slices_say_what_there_is(company):
    found = {column.by: dict(column.values) for column in answers.slices()}

    assert found["country"] == {"Chile": 2, "Peru": 1}
    assert found["attr_Farbe"] == {"rot": 1, "": 2}
    assert "industry" not in found


def test_products_are_sorted_and_one_is_described(company):
    listed = answers.products(sort="margin_cents")
    best = answers.product(listed.rows[0]["product_id"])

    assert [(row["category"], row["margin_cents"]) for row in listed.rows] == [("Schuhe", 4600), ("Socken", 2550)]
    assert listed.total == 2
    assert [(month.month, month.revenue_cents) for month in best.months if month.revenue_cents] == [
        ("2025-02", 5000),
        ("2025-06", 700),
    ]
    assert [row["customer_id"] for row in best.customers] == [company["anna"].pk, company["carl"].pk]
    assert answers.product(999_999).row is None


def test_rhythm_lists_the_days_of_purchases(company):
    factories.order(company["anna"], date(2025, 7, 1), status="cancelled")

    assert answers.rhythm(company["anna"].pk).days == [date(2025, 2, 10), date(2025, 5, 10), date(2025, 6, 10)]
    assert answers.rhythm(company["anna"].pk).gaps == [89, 31]


def test_suggestion_without_enough_customers_is_none(company):
    assert answers.suggested_activity_days() is None


def test_last_complete_period_ends_with_the_facts(company):
    assert answers.last_complete(grain="quarter") == "2025-Q1"
    assert answers.last_complete(grain="quarter", as_of=date(2025, 6, 30)) == "2025-Q2"


def test_answers_are_remembered_until_the_facts_change(company, monkeypatch):
    first = answers.revenue_by_month()
    monkeypatch.setattr("stammkunde.insight.money.turnover", lambda *a, **k: [])
    assert answers.revenue_by_month() == first

    factories.order(company["anna"], date(2025, 6, 22))
    sales.mark_changed(["2025-06"])
    services.refresh_mirror(now=NOW, progress=lambda *a: None)

    assert answers.revenue_by_month() == []
    cache.clear()


def test_silence_tells_of_every_number_of_months_what_the_year_before_it_brought(company):
    factories.order(company["berta"], date(2024, 3, 21), cents=4000)
    factories.order(company["berta"], date(2024, 3, 22), cents=300)
    sales.mark_changed(["2024-03"])
    services.refresh_mirror(now=NOW, progress=lambda *a: None)

    found = answers.silence()  # up to 21 June 2025

    assert [one.months for one in found] == list(range(1, 61))
    one, three, four, two_years = (found[months - 1] for months in (1, 3, 4, 24))
    assert (one.since_on, one.customers, one.cents) == (date(2025, 5, 21), 1, 1000)
    assert (three.since_on, three.customers, three.cents) == (date(2025, 3, 21), 1, 1300)
    assert (four.customers, two_years.customers) == (0, 0)
    assert [(customers, cents) for _abc, customers, cents in one.classes] == [(1, 1000)]


def test_the_lost_bought_for_the_last_time_before(company):
    assert answers.last_bought(period="2025-Q2") == {company["berta"].pk: day_number(date(2025, 3, 10))}
    assert answers.last_bought(period="2025-Q2", slice_by="country", slice_value="Peru") == {}
