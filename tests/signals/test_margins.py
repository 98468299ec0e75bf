"""
The margin of three customers, reckoned by hand from what the list of products says goods cost.

Anna, a consumer: 100 € of cups that cost 40 €, and 50 € of a vase of which nobody knows what it cost.
Muster GmbH, five contact persons: 1,000 € of cups that cost 400 €, and a cup of 100 € given back, which cost 40 €.
Otto asked for the catalogue, and has bought nothing.
"""

from datetime import UTC, date, datetime

import pytest

from stammkunde.figures.queries import of_customer
from stammkunde.sales import history
from stammkunde.sales import services as sales
from stammkunde.sales.models import Line, ProductCost
from stammkunde.signals import policy, queries, services
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
AS_OF = date(2026, 2, 28)


@pytest.fixture
def three():
    cup, vase = factories.product(name="Tasse"), factories.product(name="Vase")
    ProductCost.objects.create(source="t:1@a", product=cup, holds_from_on=date(2026, 1, 1), cost_e4=400_000)
    anna, otto = factories.customer(name="Anna", kind="person"), factories.customer(name="Otto", kind="person")
    company = factories.customer(name="Muster GmbH", kind="company")
    for _person in range(5):
        factories.contact_person(company)
    factories.order(anna, date(2026, 2, 1), cents=10_000, of=cup)
    factories.order(anna, date(2026, 2, 1), cents=5_000, of=vase)
    ten = factories.order(company, date(2026, 2, 2), cents=100_000, of=cup)
    Line.objects.filter(order=ten).update(quantity=10)
    back = factories.order(company, date(2026, 2, 20), of=cup)
    Line.objects.filter(order=back).update(quantity=-1, revenue_cents=-10_000, kind="return")
    return {"anna": anna, "company": company, "otto": otto}


def refresh(**settings):
    factories.decided(**settings)
    return services.refresh(as_of=AS_OF, now=NOW, progress=lambda *_told: None, learn=policy.Learn.DUE)


def test_a_margin_says_of_how_much_of_the_turnover_it_is(three):
    refresh()

    found = {name: queries.signal_of(one.pk) for name, one in three.items()}
    assert (found["anna"].margin_year_cents, found["anna"].margin_year_coverage) == (6_000, pytest.approx(100 / 150))
    assert (found["company"].margin_cents, found["company"].margin_coverage) == (54_000, 1.0)
    assert (found["otto"].margin_cents, found["otto"].margin_coverage) == (None, None)


def test_classes_go_by_margin_where_costs_are_known_well_enough_and_say_what_they_go_by(three):
    refresh()
    assert queries.signal_of(three["anna"].pk).abc_basis == "margin"  # 1,200 of 1,250 €: 96 %

    factories.order(three["anna"], date(2026, 2, 3), cents=20_000)
    sales.mark_changed(["2026-02"])
    refresh()
    assert queries.signal_of(three["anna"].pk).abc_basis == "revenue"


def test_the_company_s_margin_is_that_of_what_is_known(three):
    refresh()

    figure = queries.figures().get(kpi="margin_per_customer_cents", period="2026", slice_by="")
    assert (figure.value, figure.remark, figure.coverage) == (30_000, "cost_partly_unknown", pytest.approx(1200 / 1250))


def test_orders_and_years_on_the_customer_page_know_the_same_costs(three):
    refresh()

    lines = [line for order in history.orders(three["company"].pk).orders for line in order.all_lines]
    assert [line.margin_cents for line in lines] == [-6_000, 60_000]
    (year,) = of_customer.years(three["anna"].pk)
    assert (year.margin_cents, year.revenue_cents) == (6_000, 15_000)


def test_what_is_shown_of_a_line_is_what_is_mirrored_to_the_cent():
    ware = factories.product()
    ProductCost.objects.create(source="t:1@", product=ware, holds_from_on=date(2026, 1, 1), cost_e4=12_345)
    anna = factories.customer()
    for place, quantity in enumerate((1, 2, 3, 10, -2)):
        order = factories.order(anna, date(2026, 2, 1 + place), of=ware)
        Line.objects.filter(order=order).update(quantity=quantity, kind="sale" if quantity > 0 else "return")
    Line.objects.filter(order=order).update(revenue_cents=-1)

    found = [line.goods_cents for line in history.valued(Line.objects.order_by("pk"))]

    assert found == [123, 247, 370, 1235, -247]
