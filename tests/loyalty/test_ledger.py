"""What is booked from facts and decisions, and what is refused."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stammkunde.loyalty import checking, ledger, queries, services
from stammkunde.loyalty.models import Booking, Hold, Move
from stammkunde.loyalty.queries import Balance
from stammkunde.sales.models import Line, Order
from stammkunde.team.models import AuditEntry
from tests import factories
from tests.loyalty.shop import NOW, account, bought, customer_of, reconcile, returned, rule, sums

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    rule()
    return account(since_days=1000)


def redeem(one, points, key="till-1", **more):
    return services.redeem(account_id=one.pk, points=points, key=key, now=NOW, **more)


def test_purchases_are_booked_once_and_the_second_time_nothing(one):
    order = bought(customer_of(one), 1999)
    Line.objects.create(order=order, key="2", quantity=1, revenue_cents=549)

    assert (reconcile(one), reconcile(one)) == (4, 0)
    rows = Move.objects.filter(kind="earn").order_by("seq")
    assert [(row.cause, row.d_pending) for row in rows] == [
        (f"line:{order.source}|1", 19),
        (f"line:{order.source}|2", 6),
    ]
    assert queries.balance(one.pk) == Balance(available=25)
    assert queries.next_to_expire(one.pk) == (date(2029, 12, 31), 25)
    assert checking.check() == checking.Found(rows=4, flaw="")


def test_cancelled_and_retired_lines_and_postage_count_nothing(one):
    bought(customer_of(one), 5000, status="cancelled")
    bought(customer_of(one), 5000, of=factories.product(kind="other"))
    order = bought(customer_of(one), 5000)
    Line.objects.update_or_create(order=order, key="1", defaults={"retired_by": 7})

    assert reconcile(one) == 0


def test_an_order_cancelled_and_back_again_is_booked_out_and_in(one):
    order = bought(customer_of(one), 5000)
    reconcile(one)
    for status, available in (("cancelled", 0), ("completed", 50)):
        Order.objects.filter(pk=order.pk).update(status=status)
        reconcile(one)
        assert queries.balance(one.pk).available == available
    assert Move.objects.filter(account=one).count() == 6


def test_customer_of_an_order_changes_and_points_go_along(one):
    other = account(since_days=1000)
    order = bought(customer_of(one), 5000)
    reconcile(one, other)
    Order.objects.filter(pk=order.pk).update(customer=customer_of(other))
    reconcile(one, other)

    assert [queries.balance(pk).available for pk in (one.pk, other.pk)] == [0, 50]


def test_example_7_return_after_spending_on_the_ledger(one):
    order = bought(customer_of(one), 12000, days_ago=5)
    reconcile(one)
    redeem(one, 100)
    returned(order, 6000, pieces=0.5)
    reconcile(one)
    assert queries.balance(one.pk) == Balance(debt=40)

    bought(customer_of(one), 3000)
    reconcile(one)
    assert queries.balance(one.pk) == Balance(debt=10)
    assert checking.check().flaw == ""


def test_redeeming_looks_at_facts_first_and_refuses_what_is_not_there(one):
    bought(customer_of(one), 5000)  # nobody has reconciled yet

    receipt = redeem(one, 30)
    assert (receipt.points, receipt.available) == (30, 20)
    with pytest.raises(services.NotEnoughPoints) as refused:
        redeem(one, 21, key="till-2")
    assert refused.value.available == 20
    assert not Booking.objects.filter(key="till-2").exists()
    assert redeem(one, 20, key="till-2").available == 0


def test_same_key_gets_the_same_answer_and_another_body_is_refused(one):
    bought(customer_of(one), 5000)
    first = redeem(one, 30)
    bought(customer_of(one), 7000)

    assert redeem(one, 30) == first
    for changed in ({"points": 31}, {"points": 30, "origin": "shop"}):
        with pytest.raises(services.KeyUsedForSomethingElse):
            redeem(one, **changed)
    with pytest.raises(services.KeyUsedForSomethingElse):
        services.redeem(account_id=account().pk, points=30, key="till-1", now=NOW)
    assert Booking.objects.filter(kind="spend").count() == 1


@pytest.mark.parametrize("points", [0, -1, 1.5, True, 10**13, "5", None])
def test_points_are_whole_numbers_above_nothing(one, points):
    with pytest.raises(services.NotANumberOfPoints):
        redeem(one, points)


@pytest.mark.parametrize("key", ["", "x" * 121, "a\nb", "a\0b", f"{ledger.OWN}facts:1:1"])
def test_odd_keys_are_refused(one, key):
    with pytest.raises(services.BadKey):
        redeem(one, 1, key=key)


def test_nobody_and_nothing_are_refused(one):
    with pytest.raises(services.NoAccount):
        services.redeem(account_id=0, points=1, key="k", now=NOW)
    with pytest.raises(services.NoSuchBooking):
        services.give_back(account_id=one.pk, of="unknown", points=1, key="k", now=NOW)
    with pytest.raises(services.NoSuchBooking):
        services.capture(account_id=one.pk, of="unknown", key="k", now=NOW)


def test_no_more_is_given_back_than_was_taken(one):
    bought(customer_of(one), 5000)
    redeem(one, 50)
    give = {"account_id": one.pk, "of": "till-1", "now": NOW}

    assert services.give_back(points=30, key="b1", **give).available == 30
    assert services.give_back(points=30, key="b1", **give).available == 30
    with pytest.raises(services.MoreThanWasTaken) as refused:
        services.give_back(points=21, key="b2", **give)
    assert refused.value.left == 20
    assert services.give_back(points=20, key="b2", **give).available == 50
    with pytest.raises(services.NoSuchBooking):
        services.give_back(account_id=account().pk, of="till-1", points=1, key="b3", now=NOW)


def test_reservation_is_captured_or_released_once(one):
    bought(customer_of(one), 5000)
    asked = {"account_id": one.pk, "points": 30, "lease": timedelta(minutes=15)}

    assert services.hold(key="cart", now=NOW, **asked).held == 30
    with pytest.raises(services.NotEnoughPoints):
        redeem(one, 21)
    with pytest.raises(services.NoSuchBooking):
        services.give_back(account_id=one.pk, of="cart", points=1, key="b", now=NOW)
    later = NOW + timedelta(minutes=10)
    services.hold(key="cart", now=later, **asked)
    assert Hold.objects.get().lease_until == later + timedelta(minutes=15)

    assert services.capture(account_id=one.pk, of="cart", key="paid", now=NOW + timedelta(hours=3)).held == 0
    for again in (services.capture, services.release):
        with pytest.raises(services.HoldReleased):
            again(account_id=one.pk, of="cart", key="again", now=NOW)
    with pytest.raises(services.HoldReleased):
        services.hold(key="cart", now=NOW, **asked)
    assert services.give_back(account_id=one.pk, of="cart", points=30, key="back", now=NOW).available == 50
    assert checking.check().flaw == ""


@pytest.mark.parametrize("lease", [timedelta(0), timedelta(seconds=-1), timedelta(days=2)])
def test_lease_of_zero_is_refused(one, lease):
    """WooCommerce #67737: an empty hold meant no limit."""
    with pytest.raises(services.LeaseTooShortOrLong):
        services.hold(account_id=one.pk, points=1, key="k", lease=lease, now=NOW)


def test_by_hand_points_come_and_go_with_a_reason_in_the_trail(one, administrator):
    def by_hand(points, key, reason="Entschuldigung"):
        return services.book_by_hand(
            account_id=one.pk, points=points, reason=reason, key=key, now=NOW, staff=administrator
        )

    assert by_hand(70, "h1").available == 70
    assert by_hand(-30, "h2").available == 40
    with pytest.raises(services.NotEnoughPoints):
        by_hand(-41, "h3")
    with pytest.raises(services.ReasonMissing):
        by_hand(5, "h4", reason=" \n ")
    actions = AuditEntry.objects.filter(action__startswith="points.").order_by("pk")
    assert [entry.action for entry in actions][-2:] == ["points.granted", "points.deducted"]


def test_joining_twice_is_one_account_and_purchases_earn_from_that_day(one):
    customer = factories.customer()
    for days in (1, 0):
        bought(customer, 1000, days_ago=days)
    joined = services.join(customer=customer, now=NOW)

    assert services.join(customer=customer, now=NOW + timedelta(days=9)) == joined
    assert queries.balance(joined.pk).available == 10


def test_local_day_decides_not_the_one_of_greenwich(one):
    """23:30 in Greenwich on the 31st is the new year in Berlin, where a lot ended at midnight."""
    bought(customer_of(one), 5000)
    ends = datetime(2029, 12, 31, 22, 30, tzinfo=UTC)
    reconcile(one, now=ends)
    assert queries.balance(one.pk).available == 50

    reconcile(one, now=ends + timedelta(hours=1))
    assert queries.balance(one.pk) == Balance()
    assert Move.objects.get(kind="expire").happened_on == date(2030, 1, 1)


def test_a_rule_for_the_past_is_booked_as_a_difference(one):
    bought(customer_of(one), 5000)
    reconcile(one)
    rule(points_num=2)
    reconcile(one)

    assert queries.balance(one.pk).available == 100
    rows = Move.objects.filter(account=one).order_by("seq").values_list("kind", "d_pending", "d_available")
    assert list(rows)[2:] == [("earn", 50, 0), ("confirm", -50, 50)]


def test_a_forgotten_account_keeps_its_numbers_and_no_name(one, administrator):
    services.book_by_hand(
        account_id=one.pk, points=5, reason="Frau Meier rief an", key="h", now=NOW, staff=administrator
    )
    source, before = one.customer_source, sums(one)
    services.forget(account_id=one.pk)
    reconcile(one)

    one.refresh_from_db()
    assert one.customer_source.startswith("forgotten:")
    assert source not in one.customer_source
    assert (sums(one), queries.balance(one.pk).available) == (before, 5)
    assert list(Booking.objects.exclude(reason="")) == []


def test_books_are_opened_inside_a_transaction_only(one, monkeypatch):
    monkeypatch.setattr(ledger, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(AssertionError, match="outside"):
        ledger.lock([one.pk])
    with pytest.raises(AssertionError, match="inside"):
        ledger.Books([one], now=NOW)


def test_three_accounts_take_as_many_queries_as_one(one):
    some = [one, *(account(since_days=1000) for _other in range(3))]
    for each in some:
        bought(customer_of(each), 5000, days_ago=3)
        bought(customer_of(each), 2000, days_ago=1)
    with CaptureQueriesContext(connection) as alone:
        reconcile(some[0])
    with CaptureQueriesContext(connection) as together:
        reconcile(*some[1:])

    assert len(alone) == len(together) <= 14
    assert Move.objects.count() == 16
