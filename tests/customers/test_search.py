import pytest
from django.utils import timezone

from stammkunde.customers import search, services
from stammkunde.customers.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db


def found(typed: str) -> list[str]:
    return list(search.matching(Customer.objects.order_by("name"), typed).values_list("name", flat=True))


@pytest.fixture(params=["indexed", "not yet indexed"])
def two_customers(request):
    factories.customer(
        name="Bäckerei Müller", search="bäckerei müller 10017 info@mueller-brot.de köln anna-lena schmitz"
    )
    factories.customer(name="Obst O'Neill", search="obst o'neill 20042 einkauf@oneill.ie cork")
    if request.param == "indexed":
        search.catch_up()


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("müll", ["Bäckerei Müller"]),
        ("MÜLLER bäck", ["Bäckerei Müller"]),
        ("100", ["Bäckerei Müller"]),
        ("mueller-brot.de", ["Bäckerei Müller"]),
        ("anna-lena", ["Bäckerei Müller"]),
        ("O'Neill", ["Obst O'Neill"]),
        ("müller cork", []),
        ("", ["Bäckerei Müller", "Obst O'Neill"]),
        ("  %_*\"' ", ["Bäckerei Müller", "Obst O'Neill"]),
    ],
)
def test_matching_finds_beginnings_of_words(two_customers, typed, names):
    assert found(typed) == names


def test_matching_ignores_accents_once_indexed():
    factories.customer(name="Café Élan", search="café élan")
    search.catch_up()

    assert found("cafe elan") == ["Café Élan"]


def test_matching_survives_whatever_is_typed():
    factories.customer(search="x")

    for typed in ('"', "a AND", "a OR NOT b", "NEAR(", "':*", "\\", "ँक", "a" * 500, "\x00", "½ ²", "('a')"):
        found(typed)


def test_matching_follows_changes_and_deletions():
    customer = factories.customer(name="Alt", search="alt")
    search.catch_up()

    Customer.objects.filter(pk=customer.pk).update(search="neu", name="Neu")

    assert found("alt") == []
    assert found("neu") == ["Neu"]
    customer.delete()
    assert found("neu") == []


def test_changes_before_catching_up_are_found_afterwards():
    customer = factories.customer(name="Alt", search="alt")
    Customer.objects.filter(pk=customer.pk).update(search="neu")
    factories.customer(search="weg").delete()

    search.catch_up()

    assert found("neu") == ["Alt"]
    assert found("alt") == []


def test_catching_up_twice_indexes_nothing_again():
    factories.customer(search="einmal")

    first, second = search.catch_up(), search.catch_up()

    assert (first, second) in {(1, 0), (0, 0)}  # PostgreSQL does it by itself
    assert len(found("einmal")) == 1


def test_customer_entered_by_hand_is_found_at_once(salesperson):
    services.create_customer(fields={"name": "Tischlerei Span", "city": "Jena"}, staff=salesperson, now=timezone.now())

    assert found("jena tisch") == ["Tischlerei Span"]
