"""Rows that a program brings go the way of a file's rows."""

from datetime import date

import pytest

from stammkunde.customers.models import Customer
from stammkunde.intake import layouts, services
from stammkunde.sales.models import Order
from tests.intake.bringing import NOW, changed, undo

pytestmark = pytest.mark.django_db(transaction=True)

ORDER = {"order_number": "A-1", "ordered_at": "2026-11-01", "customer_number": "1"}


def bring(layout, rows, *, name="Kasse 1", origin="till"):
    queued = services.bring(layout=layout, rows=rows, name=name, origin=origin, now=NOW)
    return services.run(import_id=queued.pk, now=NOW)


def test_rows_are_imported_under_their_origin(tmp_path):
    customers = bring("customers", [{"customer_number": "1", "customer_name": "Öz GmbH", "kind": "company"}])
    orders = bring("orders", [ORDER, {"order_number": 2, "ordered_at": date(2026, 11, 2)}])

    assert (customers.status, customers.file_name) == ("done", "Kasse 1.jsonl")
    assert orders.counts["orders"] == {"created": 2, "changed": 0, "unchanged": 0, "refused": 0}
    assert Customer.objects.get().source == "till:1"
    assert {one.source: (one.ordered_on, one.customer_id is None) for one in Order.objects.all()} == {
        "till:A-1": (date(2026, 11, 1), False),
        "till:2": (date(2026, 11, 2), True),
    }


def test_the_same_rows_again_change_nothing():
    bring("orders", [{**ORDER, "customer_number": None}])
    before = changed()

    again = bring("orders", [{**ORDER, "customer_number": None}])

    assert again.counts["orders"]["unchanged"] == 1
    assert changed() == before


def test_a_row_that_cannot_be_is_refused_with_its_line_and_the_others_stay():
    done = bring("orders", [{**ORDER, "customer_number": None}, {"order_number": "B", "ordered_at": "2026-02-31"}])

    assert (done.problems[0]["row"], done.problems[0]["code"]) == (2, "not_a_date")
    assert Order.objects.count() == 1


def test_rows_can_be_taken_back():
    done = bring("orders", [{**ORDER, "customer_number": None}])

    undo(done)

    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("layout", "rows", "refusal"),
    [
        ("orders", [], services.NoRows),
        ("orders", [{}] * 10_001, services.TooManyRows),
        ("orders", [{"order_number": "A", "ordered_on": "2026-11-01"}], services.UnknownFields),
        ("dreams", [{"order_number": "A"}], layouts.UnknownLayout),
    ],
)
def test_what_cannot_be_brought_is_refused_before_anything_is_kept(layout, rows, refusal):
    with pytest.raises(refusal):
        bring(layout, rows)

    assert not services.requests.Import.objects.exists()
