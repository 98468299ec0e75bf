"""What the database itself refuses, whoever asks; and that nobody has taken that away."""

import pytest
from django.db import IntegrityError, connection, transaction

from stammkunde.cli import doctor
from stammkunde.loyalty import checking, queries, services, triggers
from stammkunde.loyalty.models import Account, Booking, Lot, Move
from tests.loyalty.shop import NOW, TODAY, account, bought, customer_of, reconcile, rule

pytestmark = pytest.mark.django_db

SQLITE = connection.vendor == "sqlite"


@pytest.fixture
def one():
    rule()
    made = account(since_days=10)
    bought(customer_of(made), 5000)
    reconcile(made)
    return made


def run(sql, *given):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, given)


def refused(name, sql, *given):
    with pytest.raises(IntegrityError, match=name):
        run(sql, *given)


def another(one, **other) -> dict:
    """Give the row that may come next: 5 points are spent."""
    last = Move.objects.filter(account=one).order_by("-seq").first()
    usual = {
        "booking": Booking.objects.create(
            key=f"b{Booking.objects.count()}", account=one, kind="spend", points=5, happened_on=TODAY, booked_at=NOW
        ),
        "account": one, "seq": last.seq + 1, "part": 1, "more": False, "cause": "act:b", "kind": "spend",
        "lot": last.lot, "lot_seq": last.lot_seq + 1, "happened_on": "2026-11-20",
        "d_pending": 0, "d_available": -5, "d_held": 0, "d_debt": 0,
        "pending": 0, "available": 45, "held": 0, "debt": 0, "lot_left": 45,
    }  # fmt: skip
    return usual | other


def write(**row):
    with transaction.atomic():
        return Move.objects.create(**row)


def test_what_follows_from_the_row_before_is_taken(one):
    write(**another(one))

    assert queries.balance(one.pk).available == 45


@pytest.mark.parametrize(
    "wrong",
    [
        {"available": 46},
        {"d_available": -4},
        {"seq": 5},
        {"seq": 2},  # it is there already
        {"lot_left": 46},
        {"lot_seq": 3},
        {"lot_seq": 1},
        {"debt": 1},
        {"d_debt": 5, "debt": 5},  # who owes has nothing
        {"d_available": -51, "available": -1, "lot_left": -1},
        {"d_pending": -1, "pending": -1},
        {"lot": None, "lot_seq": None, "lot_left": None},  # available points lie in lots
        {"lot_seq": None},
    ],
)
def test_what_does_not_follow_is_refused(one, wrong):
    before = checking.check()
    with pytest.raises(IntegrityError):
        write(**another(one, **wrong))

    assert checking.check() == before


def test_a_row_of_another_lot_or_of_a_stranger_is_refused(one):
    other = account(since_days=10)
    lot = Lot.objects.create(account=other, key="x", expires_on="2029-12-31")
    row = another(one)
    with pytest.raises(IntegrityError):
        write(**row | {"lot": lot})  # its chain begins with another row
    with pytest.raises(IntegrityError):
        write(**row | {"account": other, "seq": 1, "available": -5})
    with pytest.raises(IntegrityError):  # the lot's chain is another account's
        write(**row | {"account": other, "seq": 1, "d_available": 5, "available": 5, "lot_left": 55})


def test_nothing_that_was_written_is_changed_or_deleted(one):
    for table in ("move", "lot", "booking"):
        name = f"{table}_appended_only"
        refused(name, f"DELETE FROM loyalty_{table}")
        refused(name, f"UPDATE loyalty_{table} SET account_id = account_id + 1")
    refused("move_appended_only", "UPDATE loyalty_move SET available = available + 1, d_available = d_available + 1")
    refused("booking_appended_only", "UPDATE loyalty_booking SET points = 7, reason = ''")
    refused("booking_appended_only", "UPDATE loyalty_booking SET reason = 'anders'")
    run("UPDATE loyalty_booking SET reason = ''")  # it may say something about a person
    with pytest.raises(IntegrityError):
        Move.objects.all().delete()


@pytest.mark.skipif(SQLITE, reason="SQLite has no TRUNCATE")
def test_nothing_is_truncated():
    for table in ("move", "lot", "booking"):
        refused(f"{table}_appended_only", f"TRUNCATE loyalty_{table} CASCADE")
    refused("appended_only", "TRUNCATE loyalty_account CASCADE")


@pytest.mark.skipif(not SQLITE, reason="PostgreSQL has no INSERT OR REPLACE")
def test_nothing_is_replaced(one):
    move, lot, made = Move.objects.last(), Lot.objects.last(), Booking.objects.last()
    columns = ", ".join(column.column for column in Move._meta.fields)
    refused(
        "move_chain", f"INSERT OR REPLACE INTO loyalty_move SELECT {columns} FROM loyalty_move WHERE id = {move.pk}"
    )
    refused("lot_appended_only", f"INSERT OR REPLACE INTO loyalty_lot SELECT * FROM loyalty_lot WHERE id = {lot.pk}")
    again = f"INSERT OR REPLACE INTO loyalty_booking SELECT * FROM loyalty_booking WHERE id = {made.pk}"
    refused("booking_appended_only", again)


def test_accounts_with_rows_stay(one):
    with pytest.raises(Exception, match="protected"):
        Account.objects.all().delete()


def test_triggers_are_there_and_one_that_is_missing_or_other_is_named():
    assert triggers.missing(connection) == []
    with transaction.atomic():
        run("DROP TRIGGER move_appended_only" + ("" if SQLITE else " ON loyalty_move"))
        if not SQLITE:
            run("ALTER TABLE loyalty_move DISABLE TRIGGER move_chain")
            does = "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
            run(f"CREATE OR REPLACE FUNCTION loyalty_appended_only() {does}")
        expected = ["move_appended_only"] if SQLITE else ["move_chain", "move_appended_only", "appended_only()"]
        assert triggers.missing(connection) == expected
        assert "lacks" in checking.check().flaw
        finding = next(doctor.check_points())
        assert (finding.level, bool(finding.cure)) == (doctor.PROBLEM, True)
        transaction.set_rollback(True)

    assert next(doctor.check_points()).level == doctor.OK


def test_check_finds_what_somebody_changed_behind_the_triggers(one):
    services.redeem(account_id=one.pk, points=20, key="k", now=NOW)
    behind = (
        ("UPDATE loyalty_move SET available = 51, d_available = 51, lot_left = 51 WHERE seq = 2", "row 3"),
        ("UPDATE loyalty_move SET lot_left = 29 WHERE seq = 3", "lot"),
        ("DELETE FROM loyalty_move WHERE seq = 2", "row 3"),
        ("UPDATE loyalty_move SET more = true WHERE seq = 3", "no end"),
    )
    for changed, said in behind:
        with transaction.atomic():
            triggers.take_off(connection)
            run(changed)
            triggers.put_back(connection)
            assert said in checking.check().flaw
            transaction.set_rollback(True)
    assert checking.check().flaw == ""
