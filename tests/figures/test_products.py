"""Products: what sells, who may see and take it, and that the list never asks more than a fixed number of questions."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from stammkunde.figures.queries import overview_plots
from stammkunde.sales.services import mark_changed
from stammkunde.signals import services
from stammkunde.signals.policy import Learn
from stammkunde.team import policy
from stammkunde.team.models import AuditEntry
from tests import factories
from tests.pages import folded

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.same_on_both("answered from the mirror, which tests/mirror compares with the database"),
]

NOW = datetime(2011, 12, 9, 12, tzinfo=UTC)
QUARTER = "/products/?period=2011-Q3"


@pytest.fixture
def english(administrator):
    administrator.language = "en"
    administrator.save()
    return administrator


def refreshed():
    mark_changed(["products", "2011-07", "2011-08"])
    services.refresh(as_of=date(2011, 12, 9), now=NOW, progress=lambda *_args: None, learn=Learn.NOW)


@pytest.fixture
def shop(english, once):
    return once(open_shop)


def open_shop():
    """Pots sell well and are bought again; soil sells less; postage is no product, and Carl ordered nothing else."""
    pots = factories.product(number="P1", name="Blumentopf", category="Töpfe")
    soil = factories.product(number="S1", name="=Blumenerde", category="Erde")
    postage = factories.product(number="POST", name="Versand", kind="other")
    anna, bert, carl = (factories.customer(name=name) for name in ("Anna", "Bert", "Carl"))
    for buyer, on, cents, cost, of in [
        (anna, date(2011, 7, 4), 5000, 3000, pots),
        (anna, date(2011, 8, 8), 4000, 2400, pots),
        (bert, date(2011, 7, 5), 3000, 1800, pots),
        (bert, date(2011, 7, 5), 2500, 2600, soil),
        (bert, date(2011, 7, 5), 9900, 0, postage),
        (carl, date(2009, 12, 1), 900, 0, postage),
        (carl, date(2010, 12, 1), 900, 0, postage),
    ]:
        factories.order(buyer, on, cents=cents, cost_cents=cost, of=of)
    refreshed()
    return {"pots": pots, "soil": soil, "anna": anna}


def page(client, staff, address=QUARTER):
    client.force_login(staff)
    answer = client.get(address)
    assert answer.status_code == 200
    return folded(answer.content.decode())


def names(text):
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    return [cut.split("</a>")[0].split(">")[-1] for cut in body.split('class="title"')[1:]]


def test_products_are_sorted_by_revenue_and_postage_is_none(client, english, shop):
    assert names(page(client, english)) == ["Blumentopf", "=Blumenerde"]


def test_products_can_be_turned_round(client, english, shop):
    assert names(page(client, english, f"{QUARTER}&sort=revenue_cents")) == ["=Blumenerde", "Blumentopf"]


def test_products_show_margin_and_repurchase(client, english, shop):
    text = page(client, english)

    assert 'data-label="Contribution margin">€48</td>' in text
    assert ">50%</td>" in text


def test_products_hide_the_margin_from_those_who_may_not_see_it(client, english, shop, monkeypatch):
    monkeypatch.setitem(policy.RIGHTS, "administrator", policy.ALL - {policy.MARGIN_VIEW})

    text = page(client, english)

    assert "argin" not in text.split("<main")[1]


def test_products_are_found_by_name_number_and_group(client, english, shop):
    assert names(page(client, english, f"{QUARTER}&q=topf")) == ["Blumentopf"]
    assert names(page(client, english, f"{QUARTER}&q=s1")) == ["=Blumenerde"]
    assert names(page(client, english, f"{QUARTER}&category=Erde")) == ["=Blumenerde"]


def test_products_of_a_quiet_period_lead_on(client, english, shop):
    assert "No product found" in page(client, english, "/products/?period=2009")


def test_products_refuse_service(client, servant, shop):
    client.force_login(servant)

    assert [client.get(QUARTER).status_code, client.post("/products/export/").status_code] == [403, 403]


def test_products_before_the_first_import_lead_on(client, english):
    assert "Here you will see what sells" in page(client, english)


def test_products_open_while_the_mirror_is_made_anew(client, english, shop, settings, tmp_path):
    settings.MIRROR_DIR = tmp_path / "not made yet"

    assert "No product found" in page(client, english)


def test_products_taken_as_csv_are_german_and_harmless_and_leave_a_trace(client, administrator, shop):
    administrator.language = "de"
    administrator.save()
    client.force_login(administrator)

    answer = client.post("/products/export/", {"format": "csv", "query": "period=2011-Q3"})

    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(";")[:4] for line in lines[1:]] == [
        ["P1", "Blumentopf", "Töpfe", "120,00"],
        ["S1", "'=Blumenerde", "Erde", "25,00"],
    ]
    assert AuditEntry.objects.filter(action="export", thing="products", staff=administrator).count() == 1


def test_products_taken_as_excel_hold_numbers(client, english, shop):
    client.force_login(english)

    answer = client.post("/products/export/", {"format": "xlsx", "query": "period=2011-Q3"})

    sheet = CalamineWorkbook.from_filelike(BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    assert [row[:4] for row in sheet[1:]] == [["P1", "Blumentopf", "Töpfe", 120.0], ["S1", "=Blumenerde", "Erde", 25.0]]


@pytest.mark.parametrize("more", [0, 2])
def test_products_ask_a_fixed_number_of_questions(client, english, shop, more, django_assert_num_queries):
    for _each in range(more):
        factories.order(shop["anna"], date(2011, 8, 1), cents=700, of=factories.product())
    refreshed()
    page(client, english)

    with django_assert_num_queries(13):
        client.get(QUARTER)


def test_product_tells_who_buys_it(client, english, shop):
    text = page(client, english, f"/products/{shop['pots'].pk}/")

    assert f'href="/customers/{shop["anna"].pk}/"' in text
    assert "Who buys it: A/B/C class" in text
    assert f"product={shop['pots'].pk}" in text


def test_product_chart_follows_the_address(client, english, shop):
    client.force_login(english)

    drawn = client.get(f"/charts/product.json?product={shop['pots'].pk}&theme=dark&width=400").json()

    (bars,) = drawn["spec"]["datasets"].values()
    assert [row["value"] for row in bars] == [80.0, 40.0, 32.0, 16.0]
    assert [(row["revenue"], row["margin"]) for row in bars[:2]] == [(80.0, 32.0), (40.0, 16.0)]
    assert drawn["spec"]["width"] == 400


@pytest.mark.parametrize("name", [*overview_plots.PLOTS, "product"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_chart_of_the_pages_is_drawn_wide_and_narrow(client, administrator, shop, name, language):
    administrator.language = language
    administrator.save()
    client.force_login(administrator)

    for width in (300, 1094):
        answer = client.get(f"/charts/{name}.svg?product={shop['pots'].pk}&period=2011-Q3&width={width}")
        assert (answer.status_code, answer.content[:4]) == (200, b"<svg")


@pytest.mark.parametrize(("group", "listed"), [("buyers", ["Anna", "Bert"]), ("repeated", ["Anna"])])
def test_buyers_of_a_period_are_listed(client, english, shop, group, listed):
    text = page(client, english, f"/customers/?behind={group}&period=2011-Q3&sort=name")

    assert [name for name in ("Anna", "Bert") if f">{name}</a>" in text] == listed


def test_product_never_sold_says_so(client, english, shop):
    assert "Not sold yet" in page(client, english, f"/products/{factories.product().pk}/")


def test_product_that_is_none_is_not_found(client, english, shop):
    client.force_login(english)

    assert client.get("/products/999999/").status_code == 404
