"""Many tills at once: nothing is spent twice, nothing too little, and a forgotten lock shows as an error."""

import signal
from collections import Counter

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from stammkunde.loyalty import checking, ledger, queries, services
from stammkunde.loyalty.models import Account, Booking, Move
from stammkunde.loyalty.queries import Balance
from tests import processes
from tests.loyalty.shop import NOW, account, bought, customer_of, reconcile, rule
from tests.loyalty.worker import sell
from tests.outreach.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 50


@pytest.fixture
def one():
    """60 points until the end of the fourth year, and 40 until that of the third."""
    rule(points_num=3, points_den=500, years=4)
    rule(code="extra", points_num=2, points_den=500)
    made = account(since_days=10)
    bought(customer_of(made), 10000)
    reconcile(made)
    assert queries.balance(made.pk) == Balance(available=100)
    return made


def spend(one):
    def work(number):
        try:
            return services.redeem(account_id=one.pk, points=10, key=f"till-{number}", now=NOW)
        except (services.NotEnoughPoints, IntegrityError) as refused:
            return type(refused).__name__

    return work


def test_example_9_ten_of_fifty_spend_and_the_lot_that_ends_first_empties_first(one):
    answers = Counter(type(each).__name__ for each in at_once(spend(one), range(THREADS)))

    assert answers == {"Receipt": 10, "str": 40}
    assert queries.balance(one.pk) == Balance()
    taken = (
        Move.objects.filter(kind="spend").order_by("seq").values_list("rule", "lot__expires_on__year", "d_available")
    )
    assert [row[1:] for row in taken] == [(2029, -10)] * 4 + [(2030, -10)] * 6
    assert checking.check().flaw == ""


def test_example_10_one_key_is_one_booking_and_the_same_answer(one):
    answers = at_once(lambda _number: spend(one)(1), range(THREADS))

    assert len(set(answers)) == 1
    assert queries.balance(one.pk).available == 90


def test_a_lock_that_is_forgotten_never_makes_a_wrong_balance(one, monkeypatch):
    unlocked = Account.objects.filter
    monkeypatch.setattr(ledger, "lock", lambda pks, **_more: list(unlocked(pk__in=pks)))

    answers = at_once(spend(one), range(THREADS))

    done = sum(isinstance(each, services.Receipt) for each in answers)
    assert queries.balance(one.pk).available == 100 - 10 * done >= 0
    assert checking.check().flaw == ""
    if connection.vendor == "postgresql":  # SQLite has one writer anyway
        assert "IntegrityError" in answers


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer")
def test_reading_before_writing_without_lock_and_chain_sells_too_much(one):
    """So that the tests above are sharp."""

    @transaction.atomic
    def naive(number):
        spent = Booking.objects.filter(account=one, kind="spend").aggregate(points=Sum("points"))["points"] or 0
        if spent + 10 <= 100:
            Booking.objects.create(
                key=f"n{number}", account=one, kind="spend", points=10, happened_on=NOW.date(), booked_at=NOW
            )

    at_once(naive, range(THREADS))

    assert Booking.objects.filter(kind="spend").count() > 10


def test_accounts_locked_together_and_one_by_one_never_wait_in_a_circle(one):
    some = [one, *(account(since_days=10) for _other in range(5))]

    def work(number):
        if number % 2:
            return reconcile(*(some if number % 4 == 1 else reversed(some)))
        return spend(some[number % 6])(number)

    assert len(at_once(work, range(24))) == 24
    assert checking.check().flaw == ""


def test_example_11_tills_that_are_killed_and_sent_again_book_each_sale_once():
    made = account(since_days=10)
    services.book_by_hand(account_id=made.pk, points=500, reason="x", key="begin", now=NOW, staff=None)
    died = 0
    for kill_at in (23, 51):
        tills = [
            processes.start(sell, account_id=made.pk, first=first, last=first + 5, kill_at=kill_at + first)
            for first in (0, 5)
        ]
        for till in tills:
            till.join(timeout=60)
            died += till.exitcode == -signal.SIGKILL
    tills = [processes.start(sell, account_id=made.pk, first=first, last=first + 5) for first in (0, 5)]
    for till in tills:
        till.join(timeout=60)
        assert till.exitcode == 0

    assert died >= 3
    assert queries.balance(made.pk).available == 500 + 10 * (7 - 5)
    assert Move.objects.count() == 1 + 20
    assert checking.check() == checking.Found(rows=21, flaw="")
