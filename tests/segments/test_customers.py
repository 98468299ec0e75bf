"""The list of customers: who is in it, in which order, on which page, and who may see what of it."""

import csv
import re
from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from stammkunde.customers import search
from stammkunde.customers.models import Customer
from stammkunde.segments import queries
from stammkunde.signals import answers, forecasts
from stammkunde.signals.models import Current, CustomerSignal, Generation
from stammkunde.signals.suggestions import months_before
from stammkunde.team import policy, tokens
from stammkunde.team.models import AuditEntry, SavedView
from tests import factories
from tests.pages import folded
from tests.signals import forecasting
from tests.signals.test_levels import LEVEL
from tests.signals.test_levels import TESTED as VALUE_TEST

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 11, 20)
TESTED = {"rule": "model", "back_test": VALUE_TEST, "level": LEVEL}


@pytest.fixture
def generation():
    made = Generation.objects.create(status="done", as_of_on=AS_OF, activity_days=180, started_at=timezone.now())
    Current.objects.create(pk=1, generation=made)
    return made


def signal(generation, customer, **fields) -> CustomerSignal:
    fields = {"stage": "active", "revenue_year_cents": 0} | fields
    return CustomerSignal.objects.create(generation=generation, customer=customer, **fields)


@pytest.fixture
def five(generation):
    """Four with figures, of whom one never bought, and one who came after the figures were computed."""
    facts = {
        "Anton": {
            "value_rank": 3,
            "revenue_rank": 1,
            "revenue_year_cents": 100,
            "last_on": date(2026, 11, 1),
            "abc_class": "C",
        }
        | {"risk": 1 / 3, "risk_level": "green", "margin_at_risk_cents": 10, "expected_cents": 30},
        "Berta": {
            "value_rank": 1,
            "revenue_rank": 2,
            "revenue_year_cents": 900,
            "last_on": date(2026, 3, 1),
            "abc_class": "A",
        }
        | {"risk": 0.25, "risk_level": "red", "margin_at_risk_cents": 12_300, "expected_cents": 45_600},
        "Cäsar": {"stage": "prospect"},
        "Dora": {
            "value_rank": 2,
            "revenue_rank": 3,
            "revenue_year_cents": 900,
            "last_on": date(2026, 11, 1),
            "overdue_days": 4,
        }
        | {"risk": 1 / 3, "risk_level": "red", "margin_at_risk_cents": None, "expected_cents": 45_600},
    }
    for name, fields in facts.items():
        signal(generation, factories.customer(name=name, search=name.lower()), **fields)
    factories.customer(name="Emil", search="emil")
    search.catch_up()
    return generation


def names(page: queries.Page) -> list[str]:
    return [row.customer.name for row in page.rows]


ORDERS = {
    "turnover": ["Anton", "Berta", "Dora", "Cäsar", "Emil"],
    "value": ["Berta", "Dora", "Anton", "Cäsar", "Emil"],
    "at_risk": ["Berta", "Anton", "Cäsar", "Dora", "Emil"],
    "risk": ["Anton", "Dora", "Berta", "Cäsar", "Emil"],
    "expected": ["Berta", "Dora", "Anton", "Cäsar", "Emil"],
    "revenue": ["Berta", "Dora", "Anton", "Cäsar", "Emil"],
    "last": ["Anton", "Dora", "Berta", "Cäsar", "Emil"],
    "silent": ["Berta", "Dora", "Anton", "Cäsar", "Emil"],
    "overdue": ["Dora", "Anton", "Berta", "Cäsar", "Emil"],
    "name": ["Anton", "Berta", "Cäsar", "Dora", "Emil"],
}


@pytest.mark.parametrize("few", [2000, 0], ids=["sorted exactly", "along the index"])
@pytest.mark.parametrize("sort", ORDERS)
def test_pages_forward_and_back_show_everybody_once_and_in_order(five, monkeypatch, few, sort):
    monkeypatch.setattr(queries, "FEW", few)
    everybody = queries.Filters(kind="person")

    forward, place, last = [], None, None
    while last is None or last.has_next:
        last = queries.page(everybody, generation=five, sort=sort, after=place, size=2)
        forward += names(last)
        place = str(last.last)

    assert forward == ORDERS[sort]
    back = queries.page(everybody, generation=five, sort=sort, before=str(last.first), size=2)
    assert (names(back), back.has_previous, back.has_next) == (ORDERS[sort][2:4], True, True)
    start = queries.page(everybody, generation=five, sort=sort, before=str(back.first), size=2)
    assert (names(start), start.has_previous) == (ORDERS[sort][:2], False)


@pytest.mark.parametrize("few", [2000, 0], ids=["sorted exactly", "along the index"])
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"stage": "prospect"}, ["Cäsar"]),
        ({"abc": "A"}, ["Berta"]),
        ({"level": "green"}, ["Anton"]),
        ({"level": "red", "q": "dora"}, ["Dora"]),
        ({"q": "ber"}, ["Berta"]),
        ({"q": "emil"}, ["Emil"]),
        ({"q": "ber", "stage": "prospect"}, []),
        ({"silent_before_on": date(2026, 5, 20)}, ["Berta"]),
        ({"owner": "nobody", "abc": "C"}, ["Anton"]),
        ({"texts": (("country", "DE"),)}, ["Dora"]),
        ({"attributes": (("Tour", "Nord"),), "kind": "person"}, ["Cäsar"]),
        ({"attributes": (("Tour__gt", "a"),)}, []),
    ],
)
def test_filters_keep_who_matches(five, monkeypatch, few, filters, found):
    monkeypatch.setattr(queries, "FEW", few)
    Customer.objects.filter(name="Dora").update(country="DE")
    Customer.objects.filter(name="Cäsar").update(attributes={"Tour": "Nord"})

    for sort in queries.SORTS:
        assert names(queries.page(queries.Filters(**filters), generation=five, sort=sort)) == found


def test_count_is_told_where_it_is_known_without_counting(five, monkeypatch):
    assert queries.page(queries.Filters(q="a"), generation=five).count == 1
    assert queries.page(queries.Filters(), generation=five).count is None


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_number_of_queries(client, salesperson, generation, rows, django_assert_num_queries):
    for rank in range(rows):
        signal(generation, factories.customer(owner=salesperson), value_rank=rank)
    client.force_login(salesperson)
    client.get(reverse("customers"))  # warms what is kept: the choices of the filters

    with django_assert_num_queries(QUERIES):
        page = client.get(reverse("customers"))

    assert page.content.decode().count('name="customer"') == rows


QUERIES = 20


def test_list_without_figures_and_without_customers_leads_on(client, administrator):
    client.force_login(administrator)

    assert b'class="empty"' in client.get(reverse("customers")).content


def test_typing_gives_the_rows_only_and_a_clean_address(client, salesperson, five):
    client.force_login(salesperson)

    page = client.get(reverse("customers"), {"q": "dor", "stage": ""}, headers={"HX-Request": "true"})

    assert page.headers["HX-Push-Url"] == "/customers/?q=dor"
    assert b"<html" not in page.content
    assert b"Dora" in page.content
    assert b"Anton" not in page.content


def test_nonsense_in_the_address_is_ignored(client, salesperson, five):
    client.force_login(salesperson)

    for query in ("after=x", "after=[9,1,1]", "before=[0,{},1]", "sort=x&months=0&owner=ä&stage=y", 'after=[0,"x",1]'):
        assert client.get(f"{reverse('customers')}?{query}").status_code == 200


def test_service_sees_customers_without_figures(client, servant, five):
    client.force_login(servant)

    page = client.get(reverse("customers"), {"sort": "revenue", "abc": "A"}).content.decode()

    assert "Anton" in page
    assert "Berta" in page
    assert 'value="revenue"' not in page
    assert 'name="abc"' not in page
    assert client.post(reverse("customers"), {"format": "csv"}).status_code == 403


def test_beside_expected_values_stands_how_they_were_tested(client, analyst, servant, five):
    five.forecast = forecasting.forecast(value=forecasting.forecast()["value"] | TESTED)
    five.save()
    said = "Erprobt über März 2025 bis März 2026: Am 02.03.2025 wären 1.000 Käufe erwartet worden; 1.300 kamen."
    client.force_login(analyst)
    page = client.get(reverse("customers")).content.decode()
    file = client.post(reverse("customers"), {"format": "csv"})
    rows = list(csv.DictReader(file.getvalue().decode("utf-8-sig").splitlines(), delimiter=";"))
    client.force_login(servant)
    hidden = client.get(reverse("customers")).content.decode()

    plain = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert f"Erwartet: {said} Letztes Jahr um diese Zeit erwartete das Modell" in plain
    by_name = {row["Name"]: row["Wie erwartete Werte erprobt wurden"] for row in rows}
    assert by_name["Berta"].startswith(said)
    assert by_name["Cäsar"] == ""  # of whom nothing is expected
    assert "Erprobt über" not in hidden


def test_analyst_cannot_assign(client, analyst, five):
    client.force_login(analyst)

    assert client.post(reverse("customers-assign"), {"customer": [1], "owner": analyst.pk}).status_code == 403
    assert b"data-check-all" not in client.get(reverse("customers")).content


def test_assign_keeps_the_filter(client, salesperson, five):
    client.force_login(salesperson)
    dora = Customer.objects.get(name="Dora")

    answer = client.post(
        reverse("customers-assign"),
        {"customer": [dora.pk], "owner": salesperson.pk, "next": "/customers/?q=dor&sort=name&after=7"},
    )

    assert answer.url == "/customers/?q=dor&sort=name&after=7"
    dora.refresh_from_db()
    assert dora.owner == salesperson


def test_list_says_how_much_is_at_stake_and_to_be_expected(client, salesperson, five):
    client.force_login(salesperson)

    page = client.get(reverse("customers"), {"level": "red", "sort": "at_risk"}).content.decode()

    for shown in ("Rot", "25\N{NO-BREAK SPACE}%", "123\N{NO-BREAK SPACE}€", "456\N{NO-BREAK SPACE}€", "Risiko: Rot"):
        assert shown in page
    assert "Anton" not in page


def test_list_tells_service_the_risk_and_no_money(client, servant, five):
    client.force_login(servant)

    page = client.get(reverse("customers"), {"level": "red", "sort": "at_risk"}).content.decode()

    assert "25\N{NO-BREAK SPACE}%" in page
    for hidden in ("123\N{NO-BREAK SPACE}€", "456\N{NO-BREAK SPACE}€", "Auf dem Spiel", 'value="expected"'):
        assert hidden not in page


def test_worth_in_margin_is_for_those_who_may_see_margins(salesperson, servant, five, monkeypatch):
    assert forecasts.sight(salesperson, five).worth
    monkeypatch.setitem(policy.RIGHTS, "sales", policy.RIGHTS["sales"] - {policy.MARGIN_VIEW})
    assert not forecasts.sight(salesperson, five).worth

    five.forecast = {"value": {"basis": "revenue"}}

    assert forecasts.sight(salesperson, five).worth
    assert not forecasts.sight(servant, five).worth


def test_levels_to_choose_from_say_how_many_have_them(five):
    assert forecasts.levels(five) == [("red", "Rot"), ("amber", "Gelb"), ("green", "Grün")]

    five.forecast = {"levels": {"red": 1200, "amber": 3}}

    assert forecasts.levels(five) == [("red", "Rot · 1.200"), ("amber", "Gelb · 3"), ("green", "Grün")]


def test_export_csv_in_german_opens_in_excel(client, salesperson, five):
    salesperson.language = "de"
    salesperson.save()
    Customer.objects.filter(name="Dora").update(name="=Dora;1")
    client.force_login(salesperson)

    answer = client.post(f"{reverse('customers')}?sort=value", {"format": "csv"})

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 6
    assert lines[2].split(";")[1:3] == ["\"'=Dora", '1"']
    assert ";9,00;" in lines[1]
    assert "01.03.2026" in lines[1]
    entry = AuditEntry.objects.get(action="customers.exported")
    assert (entry.staff, entry.detail) == (salesperson, {"rows": 5, "query": "sort=value"})


def test_export_plain_csv_has_no_byte_order_mark(client, salesperson, five):
    client.force_login(salesperson)

    answer = client.post(f"{reverse('customers')}?q=berta", {"format": "csv-plain"})

    assert not b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbf")


def test_export_takes_risk_reasons_and_worth_along(client, salesperson, five):
    said = [{"code": "silent", "gap_days": 31, "silent_days": 58, "odds_factor": 2.1}, {"code": "one_channel"}]
    CustomerSignal.objects.filter(customer__name="Berta").update(risk_reasons=said)
    client.force_login(salesperson)

    answer = client.post(f"{reverse('customers')}?level=red&sort=at_risk", {"format": "csv-plain"})

    heading, berta, _dora = csv.reader(b"".join(answer.streaming_content).decode().splitlines(), delimiter=";")
    taken = dict(zip(heading, berta, strict=True))
    assert {name: taken[name] for name in ("Ampel", "Risiko", "Gründe", "Auf dem Spiel", "In 12 Monaten erwartet")} == {
        "Ampel": "Rot",
        "Risiko": "0,250000",
        "Gründe": "Bestellt alle 31 Tage, seit 58 Tagen still; Kauft nur über einen Kanal",
        "Auf dem Spiel": "123,00",
        "In 12 Monaten erwartet": "456,00",
    }


def test_export_xlsx_holds_numbers_and_days(client, salesperson, five):
    client.force_login(salesperson)

    answer = client.post(f"{reverse('customers')}?abc=A", {"format": "xlsx"})

    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert rows[1][1] == "Berta"
    assert date(2026, 3, 1) in rows[1]
    assert 9.0 in rows[1]


def test_saved_view_is_for_oneself_or_for_everyone(client, salesperson, administrator, five):
    client.force_login(salesperson)
    client.post("/customers/?abc=A", {"view": "Nur A"})
    client.post("/customers/?abc=B", {"view": "Alle B", "shared": "1"})

    client.force_login(administrator)
    page = client.get(reverse("customers")).content.decode()

    assert "Alle B" in page
    assert "?abc=A" not in page
    client.post(reverse("customers"), {"forget": SavedView.objects.get(name="Alle B").pk})
    assert SavedView.objects.filter(name="Alle B").exists()


def test_months_say_what_those_brought_and_in_which_year(client, administrator, generation, monkeypatch):
    found = [
        answers.Silence(months=n, since_on=months_before(AS_OF, n), classes=(("A", 2, 123_400), ("C", 1, 600)))
        for n in range(1, 61)
    ]
    monkeypatch.setattr(answers, "silence", lambda: found)
    signal(generation, factories.customer(), last_on=date(2026, 1, 5))
    client.force_login(administrator)

    page = folded(client.get(reverse("customers"), {"months": 7}).content.decode())

    assert 'value="7" label="7 Monaten · 1.240\N{NO-BREAK SPACE}€ in den zwölf Monaten bis 20.04.2026"' in page
    assert 'name="months" min="1" max="36" step="1" inputmode="numeric" value="7"' in page
    assert "seit 7 Monaten kein Kauf" in page
    assert "In den zwölf Monaten bis 20.04.2026 brachten sie <strong>1.240\N{NO-BREAK SPACE}€</strong> Umsatz." in page
    assert 'max="48"' in client.get(reverse("customers"), {"months": 48}).content.decode()


def test_the_best_are_told_by_margin_with_revenue_a_click_away(client, salesperson, five):
    client.force_login(salesperson)

    by_margin = folded(client.get(reverse("customers")).content.decode())
    assert '<a href="?sort=value" aria-current="true"' in by_margin
    assert by_margin.index('"Rang">1.') < by_margin.index('"Rang">2.') < by_margin.index('"Rang">3.')
    assert by_margin.index(">Berta<") < by_margin.index(">Dora<") < by_margin.index(">Anton<")

    by_revenue = folded(client.get(f"{reverse('customers')}?sort=turnover").content.decode())
    assert '<a href="?sort=turnover" aria-current="true"' in by_revenue
    assert by_revenue.index(">Anton<") < by_revenue.index(">Berta<") < by_revenue.index(">Dora<")

    five.forecast = {"value": {"basis": "revenue"}}
    five.save()
    told = folded(client.get(reverse("customers")).content.decode())
    assert "Die besten Kunden zählen nach Umsatz: Die Kosten sind von weniger als 95\N{NO-BREAK SPACE}%" in told
    assert "Beste Kunden nach" not in told


def test_files_and_programs_know_both_ranks(client, salesperson, five):
    client.force_login(salesperson)
    answer = client.post(f"{reverse('customers')}?q=berta", {"format": "csv-plain"})
    heading, berta = csv.reader(b"".join(answer.streaming_content).decode().splitlines(), delimiter=";")
    taken = dict(zip(heading, berta, strict=True))
    assert (taken["Rang"], taken["Rang nach Umsatz"]) == ("1", "2")

    token = tokens.create(staff=salesperson, name="program", now=timezone.now())
    headers = {"Authorization": f"Bearer {token}"}
    told = client.get("/api/v1/customers?sort=turnover", headers=headers).json()["customers"]
    ranks = [(one["name"], one["revenue_rank"], one["value_rank"], one["abc_basis"]) for one in told[:2]]
    assert ranks == [("Anton", 1, 3, "margin"), ("Berta", 2, 1, "margin")]
