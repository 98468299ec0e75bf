"""Imports and their undoing: points follow, however much is brought and in whatever order."""

import pytest

from stammkunde.customers.models import Customer
from stammkunde.loyalty import checking, queries, services, working
from stammkunde.loyalty.models import Account, Waiting
from stammkunde.sales.models import Order
from stammkunde.store import touched
from tests import factories
from tests.intake.bringing import NOW, bring, undo
from tests.loyalty.shop import rule, sums

pytestmark = pytest.mark.django_db(transaction=True)


def lines(*orders, **more):
    """Write an order each, of 10 € at a price of 2 € a piece."""
    return [
        {
            "order_number": order,
            "ordered_at": "2026-11-20",
            "customer_number": f"K{n}",
            "customer_name": "x",
            "product_number": "P",
            "product_name": "Ware",
            "quantity": 5,
            "unit_price": "2.00",
            **more,
        }
        for n, order in enumerate(orders)
    ]


@pytest.fixture
def joined():
    """Two who collect points, and nobody waits."""
    rule()
    for number in ("K0", "K1"):
        services.join(customer=factories.customer(source=f"t:{number}", number=number), now=NOW)
    work()
    return list(Account.objects.order_by("pk"))


def work():
    while working.sweep(now=NOW):
        pass
    assert not Waiting.objects.exists()


def points(accounts):
    work()
    return [(one.pending, one.available) for one in (queries.balance(account.pk) for account in accounts)]


@pytest.mark.parametrize("most", [touched.MOST, 1])
def test_import_undo_and_import_equals_import(tmp_path, joined, monkeypatch, most):
    monkeypatch.setattr(touched, "MOST", most)  # above it, customers are named to nobody else
    first = bring(tmp_path, "flat", lines("A", "B"))
    assert points(joined) == [(0, 10), (0, 10)]
    as_imported = [sums(one) for one in joined]

    undo(first)
    assert points(joined) == [(0, 0), (0, 0)]
    assert [sums(one) for one in joined] == [{}, {}]

    bring(tmp_path, "flat", lines("A", "B"))
    assert points(joined) == [(0, 10), (0, 10)]
    assert [sums(one) for one in joined] == as_imported
    assert checking.check().flaw == ""


def test_customers_who_are_taken_back_and_brought_again_find_their_points(tmp_path):
    people = [{"customer_number": "K0", "customer_name": "x"}]
    incoming = bring(tmp_path, "customers", people)
    rule()
    one = services.join(customer=Customer.objects.get(), now=NOW)
    order = bring(tmp_path, "flat", lines("A"))
    services.redeem(account_id=one.pk, points=4, key="k", now=NOW)
    undo(order)
    undo(incoming)
    assert points([one]) == [(0, 0)]
    assert queries.balance(one.pk).debt == 4
    assert not Customer.objects.exists()

    bring(tmp_path, "flat", lines("A"))
    assert services.join(customer=Customer.objects.get(), now=NOW) == one
    assert points([one]) == [(0, 6)]


def test_a_changed_order_and_its_undo_are_booked_for_both_customers(tmp_path, joined):
    bring(tmp_path, "flat", lines("A"))
    moved = bring(tmp_path, "flat", lines("A", customer_number="K1"))
    assert points(joined) == [(0, 0), (0, 10)]

    undo(moved)
    assert points(joined) == [(0, 10), (0, 0)]


def test_lines_that_a_newer_file_no_longer_has_lose_their_points(tmp_path, joined):
    two = [one | {"line_number": n, "unit_price": f"{n}.00"} for n in (1, 2) for one in lines("A")]
    bring(tmp_path, "flat", two)
    assert points(joined)[0] == (0, 15)
    bring(tmp_path, "flat", two[:1], options={"whole": "yes"})

    assert Order.objects.count() == 1
    assert points(joined)[0] == (0, 5)


def test_products_that_turn_out_to_be_postage_lose_their_points(tmp_path, joined):
    bring(tmp_path, "flat", lines("A"))
    assert points(joined)[0] == (0, 10)
    product = {"product_number": "P", "product_name": "Versand", "product_kind": "other"}
    bring(tmp_path, "products", [product])

    assert points(joined)[0] == (0, 0)


def test_who_collects_nothing_costs_nothing(tmp_path):
    rule()
    work()
    bring(tmp_path, "flat", lines("A", "B"))

    assert not Waiting.objects.exists()
