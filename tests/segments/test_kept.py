"""What was kept by an older version chooses the same people now: saved views, and the audiences of campaigns."""

import json
from datetime import date

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone

from stammkunde.customers import search
from stammkunde.customers.models import Customer
from stammkunde.insight import periods
from stammkunde.segments import audience, queries
from stammkunde.segments.asked import Asked
from stammkunde.signals import answers
from stammkunde.signals.models import Current, CustomerSignal, Generation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(salesperson):
    """Five customers, each alone with something that can be filtered by."""
    generation = Generation.objects.create(
        status="done", as_of_on=date(2026, 11, 20), activity_days=180, started_at=timezone.now()
    )
    Current.objects.create(pk=1, generation=generation)
    customers = {
        "Anton": {"kind": "company", "owner": salesperson},
        "Berta": {"country": "AT", "segment": "Praxis"},
        "Cäsar": {"attributes": {"Farbe": "rot", "Größe": "3"}},
        "Dora": {"region": "Bayern", "industry": "Holz & Bau"},
        "Emil": {},
    }
    signals = {
        "Anton": {"stage": "lost", "abc_class": "A", "last_on": date(2025, 1, 5)},
        "Berta": {"stage": "active", "risk_level": "red", "last_on": date(2026, 5, 20)},
        "Cäsar": {"stage": "active", "last_on": date(2026, 5, 21)},
    }
    for name, fields in customers.items():
        customer = factories.customer(name=name, search=name.lower(), **({"kind": "person"} | fields))
        if name in signals:
            CustomerSignal.objects.create(
                generation=generation, customer=customer, revenue_year_cents=0, **signals[name]
            )
    search.catch_up()
    return generation


KEPT = {  # the address of a saved view, the audience of a campaign, and who they choose
    "everybody": ("sort=name", "{}", ["Anton", "Berta", "Cäsar", "Dora", "Emil"]),
    "searched": ("q=Ber&sort=name", '{"q": "Ber"}', ["Berta"]),
    "stage": ("stage=active", '{"stage": "active"}', ["Berta", "Cäsar"]),
    "risk": ("level=red&sort=risk", '{"level": "red"}', ["Berta"]),
    "class": ("abc=A", '{"abc": "A"}', ["Anton"]),
    "kind": ("kind=company", '{"kind": "company"}', ["Anton"]),
    "nobody's": ("owner=nobody", '{"owner": "nobody"}', ["Berta", "Cäsar", "Dora", "Emil"]),
    "country": ("country=AT", '{"texts": [["country", "AT"]]}', ["Berta"]),
    "segment": ("segment=Praxis", '{"texts": [["segment", "Praxis"]]}', ["Berta"]),
    "texts": (
        "region=Bayern&industry=Holz+%26+Bau",
        '{"texts": [["region", "Bayern"], ["industry", "Holz & Bau"]]}',
        ["Dora"],
    ),
    "attributes": (
        "attr%3AFarbe=rot&attr%3AGr%C3%B6%C3%9Fe=3",
        '{"attributes": [["Farbe", "rot"], ["Größe", "3"]]}',
        ["Cäsar"],
    ),
    "silent": ("months=6&sort=silent", '{"silent_before_on": "2026-05-20"}', ["Anton", "Berta"]),
    "all of it": (
        "stage=active&level=red&country=AT",
        '{"stage": "active", "level": "red", "texts": [["country", "AT"]]}',
        ["Berta"],
    ),
}


def asked(query, staff):
    request = RequestFactory().get("/customers/")
    request.user = staff
    return Asked(request, QueryDict(query))


def chosen(filters, generation):
    found = [pk for ids in queries.ids(filters, generation=generation) for pk in ids]
    return sorted(Customer.objects.filter(pk__in=found).values_list("name", flat=True))


@pytest.mark.parametrize(("query", "_kept", "people"), KEPT.values(), ids=KEPT)
def test_a_view_that_was_saved_shows_the_same_people(shop, salesperson, query, _kept, people):
    listing = asked(query, salesperson)

    assert chosen(listing.filters, shop) == people
    assert QueryDict(listing.query) == QueryDict(query)


@pytest.mark.parametrize(("_query", "kept", "people"), KEPT.values(), ids=KEPT)
def test_an_audience_that_was_stored_chooses_the_same_people(shop, _query, kept, people):
    assert chosen(audience.restored(json.loads(kept)), shop) == people


@pytest.mark.parametrize(("query", "kept", "_people"), KEPT.values(), ids=KEPT)
def test_a_campaign_stores_of_an_address_what_it_always_did(shop, salesperson, query, kept, _people):
    assert json.dumps(audience.stored(asked(query, salesperson).filters)) == json.dumps(json.loads(kept))


def test_a_view_of_mine_is_of_whoever_looks(shop, salesperson, administrator):
    assert chosen(asked("owner=mine", salesperson).filters, shop) == ["Anton"]
    assert chosen(asked("owner=mine", administrator).filters, shop) == []


def test_a_view_of_those_behind_a_figure_names_the_same_figure(shop, salesperson, monkeypatch):
    wanted = []

    def behind(**figure):
        wanted.append(figure)
        return tuple(Customer.objects.filter(name="Emil").values_list("pk", flat=True))

    monkeypatch.setattr(answers, "customers_behind", behind)
    filters = asked("behind=lost&period=2011-Q3&days=90&segment=country%3AAT", salesperson).filters

    assert chosen(filters, shop) == ["Emil"]
    assert wanted == [
        {
            "group": "lost",
            "period": periods.parse("2011-Q3"),
            "activity_days": 90,
            "slice_by": "country",
            "slice_value": "AT",
        }
    ]


def test_a_segment_of_customers_is_named_and_that_of_a_figure_is_none_of_theirs(shop, salesperson):
    assert [label for label, _address in asked("segment=Praxis", salesperson).chips] == ["Segment: Praxis"]

    listing = asked("behind=lost&period=2011-Q3&segment=country%3AAT", salesperson)
    assert (listing.text_filters, listing.has_more) == (["country", "region", "industry"], False)
    assert [label for label, _address in listing.chips] == ["Verlorene Kunden: 3. Quartal 2011 · Land: AT"]


def test_what_filters_nothing_is_not_called_a_filter(shop, salesperson):
    listing = asked("kind=person&segment=Praxis&slice_by=segment&slice_value=Hobby", salesperson)

    assert [label for label, _address in listing.chips] == ["Privatkunden", "Segment: Praxis"]
