"""What the worker books by itself, and what it leaves alone."""

import signal
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from stammkunde.cli import doctor
from stammkunde.loyalty import checking, queries, services, triggers, working
from stammkunde.loyalty.models import Account, Checked, Move, Waiting
from stammkunde.sales.models import Order
from tests import processes
from tests.loyalty.shop import NOW, TODAY, account, bought, customer_of, rule, tell
from tests.loyalty.worker import sweep

pytestmark = pytest.mark.django_db(transaction=True)


def work(now=NOW):
    turns = 0
    while working.sweep(now=now):
        turns += 1
    return turns


@pytest.fixture
def one():
    rule(return_days=10)
    return account(since_days=1000)


def test_days_confirm_and_end_points_and_accounts_are_due_when_they_do(one):
    bought(customer_of(one), 5000)
    tell("orders", Order.objects.all())
    work()
    one.refresh_from_db()
    assert (queries.balance(one.pk).pending, one.due_on) == (50, TODAY + timedelta(days=10))

    work(NOW + timedelta(days=9))
    assert queries.balance(one.pk).pending == 50
    work(NOW + timedelta(days=10))
    assert queries.balance(one.pk).available == 50
    work(NOW.replace(year=2030, month=1, day=1))
    assert queries.balance(one.pk).available == 0
    assert Account.objects.get().due_on is None


def test_nothing_is_done_twice_and_the_proof_comes_once_a_day(one):
    work()
    rows = Move.objects.count()

    assert (work(), Move.objects.count()) == (0, rows)
    assert Checked.objects.values_list("on", "flaw").get() == (TODAY, "")
    assert work(NOW + timedelta(days=1)) >= 1
    assert Checked.objects.count() == 2


def test_what_was_reserved_and_not_paid_comes_back_when_its_time_is_over(one):
    bought(customer_of(one), 5000, days_ago=20)
    lease = timedelta(minutes=15)
    services.hold(account_id=one.pk, points=30, key="cart", lease=lease, now=NOW)
    work(NOW + lease)
    assert queries.balance(one.pk).held == 30

    work(NOW + lease + timedelta(seconds=1))
    assert (queries.balance(one.pk).held, queries.balance(one.pk).available) == (0, 50)
    with pytest.raises(services.HoldReleased):
        services.capture(account_id=one.pk, of="cart", key="late", now=NOW)


def test_a_rule_is_worked_out_for_everybody(one, monkeypatch):
    monkeypatch.setattr(working, "EVERYBODY_AT_ONCE", 2)
    some = [one, *(account(since_days=1000) for _n in range(4))]
    for each in some:
        bought(customer_of(each), 5000, days_ago=20)
    rule(return_days=10, points_num=2)
    work()

    assert [queries.balance(each.pk).available for each in some] == [100] * 5


def test_one_whose_rows_do_not_fit_is_set_aside_and_the_others_go_on(one, caplog):
    broken, fine = one, account(since_days=1000)
    for each in (broken, fine):
        bought(customer_of(each), 5000, days_ago=20)
    tell("orders", Order.objects.all())
    work()
    with transaction.atomic():
        _behind(f"UPDATE loyalty_move SET available = 51 WHERE account_id = {broken.pk} AND available = 50")
    for each in (broken, fine):
        bought(customer_of(each), 3000, days_ago=20)
    tell("orders", Order.objects.all())
    work(NOW + timedelta(days=1))

    assert queries.balance(fine.pk).available == 80
    assert f"account={broken.pk} set_aside" in caplog.text
    assert Checked.objects.latest("on").flaw == checking.check().flaw != ""
    assert next(doctor.check_points()).level == doctor.PROBLEM
    assert not Waiting.objects.exists()


def _behind(sql):
    triggers.take_off(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql)
    triggers.put_back(connection)


def test_a_worker_that_is_killed_leaves_nothing_half_done(one):
    now = timezone.now()
    some = [one, account(since_days=1000)]
    for each in some:
        Account.objects.filter(pk=each.pk).update(joined_on=TODAY - timedelta(days=3000))
        bought(customer_of(each), 5000, days_ago=20)
    tell("orders", Order.objects.all())
    died = 0
    for kill_at in (6, 12, 14, 17, 20):
        worker = processes.start(sweep, kill_at=kill_at)
        worker.join(timeout=60)
        died += worker.exitcode == -signal.SIGKILL
        assert checking.check().flaw == ""
    work(now)

    assert died >= 3
    assert [sum(vars(queries.balance(each.pk)).values()) for each in some] == [50, 50]
