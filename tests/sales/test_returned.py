"""Returns and their purchases: kept for all, following facts in whatever order these come, and named by people."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from stammkunde.sales import returned, services
from stammkunde.sales.models import Line, NamedPurchase, Order, Returned, ToMatch
from stammkunde.store import facts
from stammkunde.team.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def bought(by, product, *, days_ago, cents=1000, **more):
    order = factories.order(by, TODAY - timedelta(days=days_ago), cents=cents, of=product, **more)
    return told(order.lines.get())


def came_back(by, product, *, days_ago=0, cents=1000, pieces=1, **more):
    line = factories.order(by, TODAY - timedelta(days=days_ago), cents=cents, of=product).lines.get()
    line.kind, line.quantity, line.revenue_cents = "return", -pieces, -cents
    for name, value in more.items():
        setattr(line, name, value)
    line.save()
    return told(line)


def told(line):
    facts.tell(facts.table("lines"), Line.ever.filter(pk=line.pk))
    return line


def sweep():
    while returned.sweep(now=NOW):
        pass
    assert not ToMatch.objects.exists()
    return {(one.back_id, one.sold_id, one.pieces, one.cents, one.found) for one in Returned.objects.all()}


def test_a_return_is_of_the_latest_purchase_before_and_the_rest_is_kept_without():
    one, product = factories.customer(), factories.product()
    early, late = (bought(one, product, days_ago=days) for days in (20, 10))
    bought(one, product, days_ago=1)
    back = came_back(one, product, days_ago=5, cents=3000, pieces=3)

    assert sweep() == {
        (back.pk, late.pk, 1000, 1000, "earlier"),
        (back.pk, early.pk, 1000, 1000, "earlier"),
        (back.pk, None, 1000, 1000, "nothing"),
    }


def test_what_a_file_names_counts_before_what_the_rule_would_find():
    one, product = factories.customer(), factories.product()
    early, late = (bought(one, product, days_ago=days) for days in (20, 10))
    by_order = came_back(one, product, of_order=early.order.source)
    by_line = came_back(one, product, of_order=late.order.source, of_key="1")

    assert sweep() == {
        (by_order.pk, early.pk, 1000, 1000, "named"),
        (by_line.pk, late.pk, 1000, 1000, "named"),
    }


def test_money_of_a_whole_order_is_taken_from_all_its_lines():
    first = bought(factories.customer(), factories.product(), days_ago=9, cents=3000)
    more = {"quantity": 1, "product": factories.product()}
    second = told(Line.objects.create(order=first.order, key="2", revenue_cents=1000, **more))
    refund = {"kind": "return", "quantity": -1, "revenue_cents": -1001}
    refund = told(Line.objects.create(order=first.order, key="refund", **refund))

    assert sweep() == {(refund.pk, first.pk, 0, 751, "order"), (refund.pk, second.pk, 0, 250, "order")}


@pytest.mark.parametrize("order", ["".join(one) for one in permutations("soc")])
def test_whatever_comes_first_the_same_is_kept(order):
    """A sale, a later sale and a return come in any order, each looked at before the next."""
    one, product = factories.customer(), factories.product()
    acts = {
        "s": lambda: bought(one, product, days_ago=20),
        "o": lambda: bought(one, product, days_ago=10),
        "c": lambda: came_back(one, product),
    }
    made = {}
    for name in order:
        made[name] = acts[name]()
        sweep()

    assert sweep() == {(made["c"].pk, made["o"].pk, 1000, 1000, "earlier")}


def test_it_follows_cancelling_retiring_moving_and_going():
    one, other, product = factories.customer(), factories.customer(), factories.product()
    early, late = (bought(one, product, days_ago=days) for days in (20, 10))
    back = came_back(one, product)
    assert sweep() == {(back.pk, late.pk, 1000, 1000, "earlier")}

    Order.objects.filter(pk=late.order_id).update(status="cancelled")
    facts.tell(facts.table("orders"), Order.objects.filter(pk=late.order_id))
    assert sweep() == {(back.pk, early.pk, 1000, 1000, "earlier")}

    Line.ever.filter(pk=early.pk).update(retired_by=7)
    told(early)
    assert sweep() == {(back.pk, None, 1000, 1000, "nothing")}

    Order.objects.filter(pk=back.order_id).update(customer=other)
    facts.tell(facts.table("orders"), Order.objects.filter(pk=back.order_id))
    facts.tell(facts.table("customers"), type(one).objects.filter(pk=one.pk))
    elsewhere = bought(other, product, days_ago=1)
    assert sweep() == {(back.pk, elsewhere.pk, 1000, 1000, "earlier")}

    facts.tell(facts.table("lines"), Line.ever.filter(pk=elsewhere.pk), going=True)
    elsewhere.delete()
    assert sweep() == {(back.pk, None, 1000, 1000, "nothing")}


def test_a_return_that_goes_leaves_its_purchase_to_the_next():
    one, product = factories.customer(), factories.product()
    early, late = (bought(one, product, days_ago=days) for days in (20, 10))
    first, second = (came_back(one, product, days_ago=days) for days in (2, 1))
    assert sweep() == {(first.pk, late.pk, 1000, 1000, "earlier"), (second.pk, early.pk, 1000, 1000, "earlier")}

    facts.tell(facts.table("lines"), Line.ever.filter(pk=first.pk), going=True)
    first.delete()
    assert sweep() == {(second.pk, late.pk, 1000, 1000, "earlier")}


def test_a_guest_gives_back_what_it_names_of_anybody_and_else_of_its_own_order():
    product = factories.product()
    customers, guests = bought(factories.customer(), product, days_ago=9), bought(None, product, days_ago=9)
    of_customer = came_back(None, product, of_order=customers.order.source)
    of_guest = came_back(None, product, of_order=guests.order.source)
    of_nobody = came_back(None, product)
    own = told(Line.objects.create(order=bought(None, product, days_ago=3).order, key="r", product=product,
                                   kind="return", quantity=-1, revenue_cents=-400))  # fmt: skip

    assert sweep() == {
        (of_customer.pk, customers.pk, 1000, 1000, "named"),
        (of_guest.pk, guests.pk, 1000, 1000, "named"),
        (of_nobody.pk, None, 1000, 1000, "nothing"),
        (own.pk, own.order.lines.get(kind="sale").pk, 1000, 400, "order"),
    }
    assert returned.bring([customers.order.customer_id]) == 0
    assert returned.bring_guests([one.order_id for one in (guests, of_guest, of_nobody, own, of_customer)]) == 0


def test_a_person_names_the_purchase_which_holds_when_the_import_comes_again(salesperson):
    one, product = factories.customer(), factories.product()
    early, late = (bought(one, product, days_ago=days) for days in (20, 10))
    back = came_back(one, product)
    sweep()
    services.name_purchase(back_id=back.pk, sold_id=early.pk, now=NOW, staff=salesperson)

    assert {(row.sold_id, row.found) for row in Returned.objects.all()} == {(early.pk, "named")}
    entry = AuditEntry.objects.get(action="return.named")
    assert (entry.staff, entry.label, entry.detail["of"]) == (salesperson, back.order.number, early.order.number)

    facts.tell(facts.table("lines"), Line.ever.filter(pk=back.pk), going=True)
    back.delete()
    assert sweep() == set()
    back.pk = None
    back.save(force_insert=True)
    told(back)
    assert sweep() == {(back.pk, early.pk, 1000, 1000, "named")}

    assert services.forget_named_purchase(back_id=back.pk, now=NOW, staff=salesperson)
    assert {(row.sold_id, row.found) for row in Returned.objects.all()} == {(late.pk, "earlier")}
    assert not services.forget_named_purchase(back_id=back.pk, now=NOW, staff=salesperson)
    assert not NamedPurchase.objects.exists()


def test_a_guests_return_is_named_by_hand_and_moves_between_customers(salesperson):
    product = factories.product()
    first, second = (bought(factories.customer(), product, days_ago=9) for _n in range(2))
    back = came_back(None, product)
    sweep()
    for purchase in (first, second):
        services.name_purchase(back_id=back.pk, sold_id=purchase.pk, now=NOW, staff=salesperson)
        assert [(row.sold_id, row.found) for row in Returned.objects.all()] == [(purchase.pk, "named")]


def test_refuses_to_name_what_is_no_return_no_sale_or_somebody_elses(salesperson):
    one, product = factories.customer(), factories.product()
    sale, foreign = bought(one, product, days_ago=9), bought(factories.customer(), product, days_ago=9)
    back = came_back(one, product)
    for back_id, sold_id, problem in (
        (sale.pk, sale.pk, services.NothingToName),
        (back.pk, back.pk, services.NothingToName),
        (back.pk, 0, services.NothingToName),
        (back.pk, foreign.pk, services.OfSomebodyElse),
    ):
        with pytest.raises(problem):
            services.name_purchase(back_id=back_id, sold_id=sold_id, now=NOW, staff=salesperson)
    assert not NamedPurchase.objects.exists()
