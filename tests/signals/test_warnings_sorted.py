"""The list of warnings: its order, its filters, and what they sum up to."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stammkunde.signals import warnings as queries
from stammkunde.signals.models import EarlyWarning
from tests.signals import forecasting
from tests.signals.forecasting import AS_OF

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(salesperson):
    return forecasting.four(forecasting.generation(), owned_by=salesperson)


def names(page) -> list[str]:
    return [row.customer.name for row in page.rows]


ORDERS = {
    "at_risk": ["Anton", "Dora", "Berta", "Cäsar"],
    "risk": ["Berta", "Dora", "Anton", "Cäsar"],
    "since": ["Cäsar", "Anton", "Dora", "Berta"],
    "silent": ["Berta", "Cäsar", "Dora", "Anton"],
}


@pytest.mark.parametrize("sort", queries.SORTS)
def test_pages_forward_and_back_show_every_open_warning_once_and_in_order(four, sort):
    everybody = queries.Filters()

    def page(**place):
        return queries.page(everybody, generation=four, on=AS_OF, sort=sort, size=3, **place)

    first = page()
    second = page(after=str(first.last))
    back = page(before=str(second.first))

    assert names(first) + names(second) == ORDERS[sort]
    assert (first.has_previous, first.has_next, second.has_previous, second.has_next) == (False, True, True, False)
    assert (names(back), back.has_previous) == (ORDERS[sort][:3], False)


@pytest.mark.parametrize("sort", queries.SORTS)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="plans are worded by SQLite")
def test_many_are_read_along_an_index_until_the_page_is_full(four, sort):
    everybody = queries.Filters()

    with CaptureQueriesContext(connection) as seen:
        queries.page(everybody, generation=four, on=AS_OF, sort=sort)

    walked = next(one["sql"] for one in seen if " ORDER BY 1 " in one["sql"] and "IS NOT NULL" in one["sql"])
    with connection.cursor() as cursor:
        plan = str(cursor.execute(f"EXPLAIN QUERY PLAN {walked}").fetchall())
    assert "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"level": "amber"}, ["Anton"]),
        ({"abc": "B"}, ["Cäsar"]),
        ({"owner": "nobody"}, ["Berta", "Cäsar"]),
        ({"state": queries.ASIDE}, []),
        ({"state": queries.EVERY}, ["Anton", "Dora", "Berta", "Cäsar"]),
    ],
)
def test_filters_keep_what_matches(four, filters, found):
    assert names(queries.page(queries.Filters(**filters), generation=four, on=AS_OF)) == found


@pytest.mark.parametrize("sort", queries.SORTS)
def test_few_and_many_are_sorted_alike(four, monkeypatch, sort):
    red = queries.Filters(level="red")
    few = queries.page(red, generation=four, on=AS_OF, sort=sort)
    monkeypatch.setattr(queries, "FEW", 1)

    assert names(queries.page(red, generation=four, on=AS_OF, sort=sort)) == names(few)
    assert len(few.rows) == 3


def test_what_is_dealt_with_is_taken_off_the_sum_that_is_kept(client, salesperson, four):
    def summed(state):
        return queries.summed(queries.Filters(state=state), generation=four, on=AS_OF)

    before = summed(queries.TODO)
    about = EarlyWarning.objects.get(customer__name="Anton").customer_id
    client.force_login(salesperson)
    client.post(reverse("warnings-act"), {"customer": about, "act": "dismiss"})

    assert (summed(queries.ASIDE).levels, summed(queries.ASIDE).at_risk_cents) == ({"amber": 1}, 900)
    assert summed(queries.TODO).at_risk_cents == before.at_risk_cents - 900
    assert summed(queries.TODO).levels == {"red": 3}
    assert summed(queries.EVERY) == before


def test_open_warnings_are_summed_up(four):
    total = queries.summed(queries.Filters(), generation=four, on=AS_OF)

    assert (total.levels, total.customers, total.at_risk_cents) == ({"red": 3, "amber": 1}, 4, 2300)


@pytest.mark.parametrize(
    ("filters", "levels", "cents"),
    [
        ({"level": "amber"}, {"amber": 1}, 900),
        ({"abc": "B"}, {"red": 1}, None),
        ({"owner": "nobody"}, {"red": 2}, 500),
        ({"state": queries.ASIDE}, {}, None),
    ],
)
def test_header_follows_the_filter(four, filters, levels, cents):
    total = queries.summed(queries.Filters(**filters), generation=four, on=AS_OF)

    assert (total.levels, total.at_risk_cents) == (levels, cents)
