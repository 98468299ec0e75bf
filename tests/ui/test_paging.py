"""Pages by key lead through every row once, in order, both ways, whatever the address says."""

from contextlib import suppress
from datetime import date, timedelta

import pytest

from stammkunde.customers.models import Customer
from stammkunde.ui.lists import Keys, NoPlace, Place, Stretch, every, one_page, sorted_by
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def seven():
    """Two on one day, three without any: ties, and nothing to sort by."""
    days = [DAY, None, DAY - timedelta(days=9), DAY, None, None, DAY + timedelta(days=5)]
    return [factories.customer(name=f"K{place}", since_on=on).name for place, on in enumerate(days)]


def walked(stretches, *, size: int):
    """Walk to the end and back, and give the names seen on the way there, and on the way back."""
    there, page = [], one_page(stretches(), size=size)
    while True:
        there.append([row.name for row in page.rows])
        if not page.after:
            break
        page = one_page(stretches(), after=page.after, size=size)
    back = [there[-1]]
    while page.before:
        page = one_page(stretches(), before=page.before, size=size)
        back.insert(0, [row.name for row in page.rows])
    return there, back


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20])
def test_pages_lead_through_every_row_once_and_back(seven, size):
    newest = walked(lambda: sorted_by(Customer.objects.all(), column="since_on", descending=True), size=size)
    oldest = walked(lambda: sorted_by(Customer.objects.all(), column="since_on"), size=size)

    assert [name for page in newest[0] for name in page] == ["K6", "K3", "K0", "K2", "K1", "K4", "K5"]
    assert [name for page in oldest[0] for name in page] == ["K2", "K0", "K3", "K6", "K1", "K4", "K5"]
    assert newest[0] == newest[1]
    assert oldest[0] == oldest[1]


def test_page_says_whether_there_is_more(seven):
    stretches = [Stretch(rows=Customer.objects.all(), key_descends=True)]

    first = one_page(stretches, size=4)
    second = one_page(stretches, after=first.after, size=4)

    assert ([row.name for row in first.rows], first.before) == (["K6", "K5", "K4", "K3"], "")
    assert ([row.name for row in second.rows], second.after) == (["K2", "K1", "K0"], "")
    assert one_page(stretches, before=second.before, size=4).rows == first.rows
    assert one_page([Stretch(rows=Customer.objects.none())], size=4).rows == []


def test_every_row_comes_in_pieces_although_rows_are_added_meanwhile(seven):
    pieces = every(sorted_by(Customer.objects.all(), column="name"), size=3)

    found = [[row.name for row in next(pieces)]]
    factories.customer(name="A comes too late")
    found += [[row.name for row in piece] for piece in pieces]

    assert found == [["K0", "K1", "K2"], ["K3", "K4", "K5"], ["K6"]]


def test_keys_alone_are_read_where_rows_are_loaded_together(seven, django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        page = one_page([Keys(rows=Customer.objects.all(), column="name")], size=2)

    assert page.rows == list(Customer.objects.order_by("name").values_list("pk", flat=True)[:2])
    assert "street" not in asked[0]["sql"]


@pytest.mark.parametrize("value", ["Müller", DAY, 7, 0.25])
def test_place_is_read_back_from_its_text(value):
    place = Place(stretch=0, value=value, key=12)

    assert str(Place.read(str(place))) == str(place)
    assert str(Place(key=12)) == "12"


@pytest.mark.parametrize(
    "text", ["x", "[]", "[0,1]", "{}", "null", '[0,"x","y"]', "1e999", '[0,"2026-99-99",1]', "[0,null,1]", "[0,{},1]"]
)
def test_what_is_no_place_is_said_so(seven, text):
    with pytest.raises(NoPlace):
        one_page(sorted_by(Customer.objects.all(), column="since_on"), after=text, size=2)


@pytest.mark.parametrize("text", ['[0,"a\\u0000",1]', '[0,"a",99999999999999999999999]'])
def test_place_that_no_database_takes_does_no_harm(seven, text):
    with suppress(NoPlace):
        one_page(sorted_by(Customer.objects.all(), column="name"), after=text, size=2)
