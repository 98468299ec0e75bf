import duckdb
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.customers import phones, search, services
from stammkunde.customers.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db

ENGINE = duckdb.connect()


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


WRITTEN = (
    "+49 30 123-4567",
    "0049 (0)30 / 1234567",
    "030 1234567",
    "(030) 123 45 67",
    "+49 (0) 30 1234567",
    "030/1234-567",
)


@pytest.mark.parametrize("stored", WRITTEN)
@pytest.mark.parametrize("typed", [*WRITTEN, "49301234567", "030 123"])
def test_phone_number_is_one_however_it_is_written(stored, typed):
    assert phones.plain(stored) == "301234567"
    assert any(phones.plain(stored).startswith(one) for one in phones.typed(typed))


@pytest.mark.parametrize("typed", ["Müller", "030", "1234 Weber", "", "+49", "12/3"])
def test_what_is_no_phone_number_is_none(typed):
    assert phones.typed(typed) == []


@pytest.mark.same_on_both("asked of the engine of imports, and not of the database")
@given(st.text(alphabet="+0123456789 ()/.-", max_size=25))
def test_imports_write_numbers_as_we_do(written):
    sql = f"SELECT {phones.SQL.replace('{}', 'w')} FROM (SELECT $1 AS w)"

    assert ENGINE.execute(sql, [written]).fetchone() == (phones.words(written),)


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        *((one, "301234567 1234567") for one in WRITTEN),
        ("+49 171 222-33-34", "1712223334 2223334"),
        ("+1 (212) 555-1234", "2125551234 5551234"),
        ("07123 45678", "712345678 45678"),
        ("0301234567", "301234567 1234567 234567 34567"),  # nothing says where the area code ends
        ("12345-67", "1234567"),
        ("-", ""),
    ],
)
def test_phone_numbers_are_found_without_their_area_code(stored, words):
    assert phones.words(stored) == words


@pytest.mark.parametrize("indexed", [True, False])
def test_customers_are_found_by_their_own_and_their_peoples_numbers(salesperson, indexed):
    fields = {"name": "Weber", "phone": "+49 (0)30 123-4567"}
    weber = services.create_customer(fields=fields, now=timezone.now(), staff=salesperson)
    person = {"last_name": "Kim", "phone": "0171 2223334"}
    services.add_contact_person(customer_id=weber.pk, fields=person, now=timezone.now(), staff=salesperson)
    if not indexed:
        factories.customer(name="Neu", search="neu 301234999")

    assert found("030 1234567") == ["Weber"]
    assert found("+49 171 222") == ["Weber"]
    assert found("123-45") == found("2223334") == ["Weber"]  # without their area codes
    assert found("030 1234") == (["Weber"] if indexed else ["Neu", "Weber"])
    assert found("030 999999") == []


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Mülelr", ["Bäckerei Müller"]),  # two letters the wrong way round
        ("Mueller", ["Bäckerei Müller"]),  # and mueller-brot.de
        ("Bäkerei", ["Bäckerei Müller"]),
        ("Bäckrei Müller", ["Bäckerei Müller"]),
        ("Neal", ["Obst O'Neill"]),  # neil
        ("Schmidtz", ["Bäckerei Müller"]),
        ("Meier", []),
        ("ob", []),
        ("", []),
    ],
)
def test_typing_errors_find_who_was_meant(two_customers, typed, names):
    search.catch_up()

    assert list(search.similar(Customer.objects.order_by("name"), typed).values_list("name", flat=True)) == names


def test_similar_survives_whatever_is_typed():
    for typed in (
        '"""" AND',
        "aaaa bbbb cccc dddd eeee ffff gggg",
        "a" * 500,
        "'':*&",
        "ÄÖÜß ßßßß",
        "\x00\x00\x00\x00",
    ):
        assert list(search.similar(Customer.objects.all(), typed)) == []
