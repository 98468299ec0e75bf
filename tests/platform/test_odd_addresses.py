"""Whatever stands in an address: an answer, never a traceback. Every page, every parameter that it reads."""

from urllib.parse import quote

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import URLPattern

from recording import addresses
from stammkunde.customers.models import Customer
from tests.signals.shop import show_shop

HUGE = str(2**63)
ASKED_OF_DATABASES = (HUGE, "9999-12-31", '[0,"9999-12-31",9223372036854775808]', "\x00")
OURS_ALONE = ("9" * 5000, "٣", "9999", "[" * 9000, "http://[")  # read or refused before any database is asked
WORDS = {"name": "revenue", "ending": "svg", "kind": "risk", "language": "de", "form": "sie", "number": "1"}
LEFT_OUT = {"chart-bundle"}  # a file


class Told(QueryDict):
    """Parameters that note which of them are asked for."""

    names: set[str] = set()

    def __getitem__(self, name):
        self.names.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)

    def getlist(self, name, default=None):
        self.names.add(name)
        return super().getlist(name, default)

    def __contains__(self, name):
        self.names.add(name)
        return super().__contains__(name)


def filled(whole: str, entry: URLPattern, *, number: object) -> str:
    for name, converter in entry.pattern.converters.items():
        kind = {"IntConverter": "int", "StringConverter": "str", "SlugConverter": "slug"}[type(converter).__name__]
        value = number if kind == "int" else WORDS.get(name, "odd")
        whole = whole.replace(f"<{kind}:{name}>", str(value)).replace(f"<{name}>", str(value))
    return whole


def asked(names: list[str], odd: str) -> str:
    return "&".join(f"{name}={quote(odd, errors='surrogatepass')}" for name in names)


@pytest.fixture
def shop(transactional_db, administrator, client, once):
    once(show_shop, "with figures")
    client.force_login(administrator)
    client.raise_request_exception = False
    return Customer.objects.order_by("pk").first().pk


@pytest.mark.slow
@pytest.mark.long
def test_odd_parameters_are_answered(client, shop, monkeypatch):
    monkeypatch.setattr("django.core.handlers.wsgi.QueryDict", Told)
    failed = []
    odds = ASKED_OF_DATABASES if connection.vendor == "postgresql" else (*ASKED_OF_DATABASES, *OURS_ALONE)
    for whole, entry in addresses.patterns(before="/"):
        if entry.name in LEFT_OUT:
            continue
        for number in (shop, HUGE) if "<int:" in whole else (shop,):
            path = filled(whole, entry, number=number)
            Told.names = set()
            answers = {"": client.get(path).status_code}
            names = sorted(Told.names)
            for odd in odds if names and number == shop else ():
                answers[odd] = client.get(f"{path}?{asked(names, odd)}").status_code
            failed += [(path, names, odd[:40]) for odd, status in answers.items() if status >= 500]

    assert failed == []
