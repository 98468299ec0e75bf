"""A list page is a declaration of about ten lines; what it gives is tried on one that no app has."""

import io

import pytest
import python_calamine
from django import forms
from django.urls import path

from stammkunde.customers.models import Customer
from stammkunde.team import policy
from stammkunde.team.access import needs
from stammkunde.team.lists import StaffList
from stammkunde.team.models import AuditEntry, SavedView
from stammkunde.ui.forms import Search
from stammkunde.ui.tables import Column
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.team.test_lists")]


class Wanted(Search):
    q = forms.CharField(label="Suche")
    kind = forms.ChoiceField(label="Art", choices=[("", "alle"), *Customer.Kind.choices])


class Neighbours(StaffList):
    title = name = file_name = "nachbarn"
    search, sort, size, link, keeps_views = Wanted, "-since", 2, "customer", True
    columns = (
        Column(label="Name", key="name", sort="name"),
        Column(label="Kunde seit", key="since", read=lambda one: one.since_on, unit="day", sort="since_on"),
        Column(label="Ort", key="city", right=policy.MARGIN_VIEW),
    )

    def find(self, chosen):
        found = Customer.objects.filter(kind=chosen["kind"]) if "kind" in chosen else Customer.objects.all()
        return found.filter(name__startswith=chosen.get("q", ""))


@needs(policy.CUSTOMERS_VIEW)
def neighbours(request):
    return Neighbours(request).answer()


def urlpatterns():
    from stammkunde.urls import urlpatterns as ours  # noqa: PLC0415

    return [path("nachbarn/", neighbours), *ours]


urlpatterns = urlpatterns()


@pytest.fixture
def three():
    factories.customer(name="Ada", since_on="2024-01-01", city="Kiel")
    factories.customer(name="Bea", since_on="2025-01-01", city="Ulm")
    factories.customer(name="=Cem GmbH", since_on=None, kind=Customer.Kind.COMPANY)


@pytest.fixture
def sven(client, salesperson):
    client.force_login(salesperson)
    return client


def names(response) -> list[str]:
    return [one.name for one in response.context["rows"]]


def test_list_is_a_page_with_what_somebody_may_see(client, salesperson, servant, three):
    client.force_login(salesperson)
    his = client.get("/nachbarn/").content.decode()
    client.force_login(servant)
    hers = client.get("/nachbarn/").content.decode()

    assert "<h1>nachbarn</h1>" in his.replace("\n", "")
    assert ("01.01.2025" in his, "Ulm" in his, "Ulm" in hers) == (True, True, False)
    assert 'value="xlsx"' in his
    assert 'value="xlsx"' not in hers


def test_list_is_paged_both_ways(sven, three):
    first = sven.get("/nachbarn/")
    second = sven.get(first.context["listing"].pager["next"])
    back = sven.get(second.context["listing"].pager["previous"])

    assert (names(first), names(second), names(back)) == (["Bea", "Ada"], ["=Cem GmbH"], ["Bea", "Ada"])
    assert first.context["listing"].pager["previous"] == ""
    assert second.context["listing"].pager["next"] == ""
    assert names(sven.get("/nachbarn/?after=gestern")) == ["Bea", "Ada"]


def test_list_is_sorted_by_a_column_and_turned_round(sven, three):
    head = sven.get("/nachbarn/").context["listing"].heads[0]
    by_name = sven.get(head.address)
    turned = sven.get(by_name.context["listing"].heads[0].address)

    assert names(by_name) == ["=Cem GmbH", "Ada"]
    assert names(turned) == ["Bea", "Ada"]
    assert 'aria-sort="descending"' in turned.content.decode()
    assert names(sven.get("/nachbarn/?sort=margin")) == ["Bea", "Ada"]


def test_list_is_filtered_by_its_address_and_says_when_nothing_fits(sven, three):
    found = sven.get("/nachbarn/?q=B&kind=person")
    nobody = sven.get("/nachbarn/?q=Zoe").content.decode()

    assert names(found) == ["Bea"]
    assert found.context["listing"].heads[0].address == "/nachbarn/?q=B&kind=person&sort=name"
    assert "Alles anzeigen" in nobody
    assert names(sven.get("/nachbarn/?kind=dog")) == ["Bea", "Ada"]


def test_list_is_taken_along_as_it_is_shown_and_that_is_noted(sven, three):
    plain = sven.post("/nachbarn/?sort=name", {"format": "csv-plain"})
    book = sven.post("/nachbarn/?q=B", {"format": "xlsx"})

    assert plain.getvalue().decode() == (
        "Name;Kunde seit;Ort\r\n'=Cem GmbH;;\r\nAda;01.01.2024;Kiel\r\nBea;01.01.2025;Ulm\r\n"
    )
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book.getvalue())).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["Name", "Bea"]
    noted = AuditEntry.objects.filter(action="export", thing="nachbarn").order_by("pk")
    assert [(one.label, one.detail) for one in noted] == [
        ("csv-plain", {"rows": 3, "query": "sort=name"}),
        ("xlsx", {"rows": 1, "searched": True}),
    ]


def test_list_is_not_taken_along_by_whoever_may_not(client, servant, three):
    client.force_login(servant)

    assert client.post("/nachbarn/", {"format": "csv"}).status_code == 403
    assert client.post("/nachbarn/", {"format": "csv"}, headers={"HX-Request": "true"}).status_code == 403
    assert not AuditEntry.objects.filter(action="export").exists()


def test_list_keeps_views_and_forgets_ones_own(sven, administrator, three):
    kept = sven.post("/nachbarn/?kind=person&sort=name&after=1", {"view": "Leute"})
    theirs = SavedView.objects.create(staff=administrator, page="nachbarn", name="Alle", query="q=A", shared=True)
    shown = sven.get("/nachbarn/").content.decode()
    sven.post("/nachbarn/", {"forget": str(theirs.pk)})
    sven.post("/nachbarn/", {"forget": str(SavedView.objects.get(name="Leute").pk)})

    assert kept.headers["Location"] == "/nachbarn/?kind=person&sort=name"
    assert 'href="/nachbarn/?kind=person&amp;sort=name"' in shown
    assert 'href="/nachbarn/?q=A"' in shown
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Alle"]


def test_list_takes_nothing_else_that_is_posted(sven, three):
    assert sven.post("/nachbarn/", {"delete": "1"}).status_code == 405


def test_list_takes_the_same_queries_for_one_row_and_for_three(sven, django_assert_num_queries):
    factories.customer(name="Ada")
    with django_assert_num_queries(8):  # session, person, company, state of the figures (3), rows, views
        sven.get("/nachbarn/?sort=name")
    factories.customer(name="Bea")
    factories.customer(name="Cem")

    with django_assert_num_queries(8):
        sven.get("/nachbarn/?sort=name")
