"""Returns by import: what a file names, in any order of arrival, undone and brought again."""

import pytest

from stammkunde.sales import returned
from stammkunde.sales.models import Line, Returned, ToMatch
from tests import factories
from tests.intake.bringing import NOW, bring, undo

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, SECOND, BACK = "first", "second", "back"


def rows(order, on, **more):
    usual = {"order_number": order, "ordered_at": on, "customer_number": "K1", "customer_name": "x"}
    return [usual | {"product_number": "P", "product_name": "Ware", "quantity": 1, "line_net": "10.00"} | more]


FILES = {
    FIRST: rows("A", "2026-11-01"),
    SECOND: rows("B", "2026-11-05"),
    BACK: rows("R", "2026-11-10", document_type="return", quantity=2, line_net="20.00", returned_order="A"),
}


def kept():
    while returned.sweep(now=NOW):
        pass
    assert not ToMatch.objects.exists()
    found = Returned.objects.values_list("back__order__number", "sold__order__number", "cents", "found")
    return sorted(found, key=str)


BOTH = [("R", "A", 1000, "named"), ("R", "B", 1000, "earlier")]


@pytest.mark.parametrize("order", [(FIRST, SECOND, BACK), (BACK, SECOND, FIRST)])
def test_files_in_any_order_undone_and_brought_again(tmp_path, order):
    factories.customer(source="t:K1", number="K1")
    factories.product(source="t:P", number="P")
    brought = {}
    for name in order:
        brought[name] = bring(tmp_path, "flat", FILES[name])
        kept()
    assert kept() == BOTH
    assert Line.objects.get(kind="return").of_order == "t:A"

    undo(brought[FIRST])
    assert kept() == [("R", "B", 1000, "earlier"), ("R", None, 1000, "nothing")]
    bring(tmp_path, "flat", FILES[FIRST])
    assert kept() == BOTH

    undo(brought[BACK])
    assert kept() == []
