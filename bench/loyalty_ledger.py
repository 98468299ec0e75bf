"""
The ledger of points: booking many at once, a million moves, random histories, tills that are killed.

    python bench/loyalty_ledger.py --moves 1000000 --stories 1000 --kills 36

Works in a new data directory, or in the empty PostgreSQL database that DATABASE_URL names. One process writes; peers
are a sum over all moves instead of the last one, and a row at a time instead of many at once.
"""

import argparse
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = "2026-11-20"
LINES = 25  # of each account
AT_ONCE = 500
ALIKE = 20  # the clock of the processor is coarse
LONG = 100_000  # moves of one account


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=50_000)
    parser.add_argument("--long", type=int, default=2_000, help="moves of the longest account")
    parser.add_argument("--stories", type=int, default=100)
    parser.add_argument("--kills", type=int, default=6)
    asked = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1]))  # random histories are those of the tests
    with tempfile.TemporaryDirectory() as place:
        os.environ["STAMMKUNDE_DATA_DIR"] = place
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")
        import django  # noqa: PLC0415 (reads the data directory)

        django.setup()
        _measure(asked)


def _measure(asked: argparse.Namespace) -> None:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from stammkunde.loyalty import checking  # noqa: PLC0415
    from stammkunde.loyalty.models import Move  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)
    told = {"database": connection.vendor}
    accounts = _facts(max(1, asked.moves // (2 * LINES)))
    told["booked from facts"] = _book(accounts)
    told["booked again, nothing to do"] = _book(accounts)
    told["appended only"] = _append(asked.moves)
    told["one at a time"] = _one_by_one(accounts[:50])
    told["longest account"] = _long(asked.long)
    told["moves"] = Move.objects.count()
    began = time.perf_counter()
    found = checking.check()
    told["check_seconds"] = round(time.perf_counter() - began, 2)
    assert not found.flaw, found.flaw
    told["kills"] = _kill(asked.kills)
    told["stories"] = _stories(asked.stories) if asked.stories else {}
    print(json.dumps(told, indent=1))


def _facts(count: int) -> list[int]:
    """Write customers, each with an account and an order of 25 lines."""
    from django.db import connection  # noqa: PLC0415

    from stammkunde.customers.models import Customer  # noqa: PLC0415
    from stammkunde.loyalty.models import Account, Rule  # noqa: PLC0415
    from stammkunde.sales.models import Line, Order  # noqa: PLC0415

    Rule.objects.create(
        code="euro", name="x", holds_from_on=date(2020, 1, 1), points_num=1, points_den=100, written_at=NOW
    )
    names = [f"bench:{n}" for n in range(count)]
    Customer.objects.bulk_create(
        [Customer(source=one, number=one, name=one, search=one, updated_at=NOW) for one in names], batch_size=2_000
    )
    orders = [
        Order(source=one.source, number=one.source, customer=one, ordered_at=NOW, ordered_on=date(2026, 10, 1),
              updated_at=NOW)
        for one in Customer.objects.order_by("pk")
    ]  # fmt: skip
    Order.objects.bulk_create(orders, batch_size=2_000)
    for start in range(0, count, 2_000):
        Line.objects.bulk_create(
            [
                Line(order=order, key=f"{n:02}", quantity=1, revenue_cents=1_000 + n)
                for order in orders[start : start + 2_000]
                for n in range(LINES)
            ],
            batch_size=5_000,
        )
    made = Account.objects.bulk_create(
        [Account(customer_source=name, joined_on=date(2026, 1, 1), joined_at=NOW) for name in names],
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the worker does after an import (`store.statistics`)
    return [one.pk for one in made]


def _book(accounts: list[int]) -> dict[str, float]:
    from django.db import transaction  # noqa: PLC0415

    from stammkunde.loyalty import ledger  # noqa: PLC0415

    moves, longest, clock, processor = 0, 0.0, time.perf_counter(), _busy()
    for start in range(0, len(accounts), AT_ONCE):
        began = time.perf_counter()
        with transaction.atomic():
            moves += ledger.reconcile(ledger.lock(accounts[start : start + AT_ONCE]), now=NOW)
        longest = max(longest, time.perf_counter() - began)
    return _rates(moves, clock, processor) | {"longest_transaction_seconds": round(longest, 2)}


def _busy() -> float:
    """Give the processor's seconds of this process, and of the server's that works for it where it runs here."""
    from django.db import connection  # noqa: PLC0415

    if connection.vendor != "postgresql":
        return time.process_time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not server.exists():
        return time.process_time()
    user, system = server.read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _rates(moves: int, clock: float, processor: float) -> dict[str, float]:
    seconds, busy = time.perf_counter() - clock, _busy() - processor
    return {
        "moves": moves,
        "seconds": round(seconds, 2),
        "processor": round(busy, 2),
        "moves_per_second": round(moves / seconds),
        "moves_per_processor_second": round(moves / max(busy, 0.001)),
    }


def _append(moves: int) -> dict[str, float]:
    """Append moves that are worked out already: what the database takes, with all its checks."""
    from django.db import transaction  # noqa: PLC0415

    from stammkunde.loyalty import ledger  # noqa: PLC0415
    from stammkunde.loyalty.models import Account, Booking  # noqa: PLC0415

    made, rows = [], []
    for number in range(max(1, moves // 50)):
        account = Account.objects.create(customer_source=f"rows:{number}", joined_on=NOW.date(), joined_at=NOW)
        made.append(_booking(f"rows:{number}", account.pk, 50))
    Booking.objects.bulk_create(made, batch_size=2_000)
    for one in made:
        rows += [
            (one.pk, one.account_id, n, n, n < 50, "x", "", "earn", None, None, DAY, 1, 0, 0, 0, n, 0, 0, 0, None)
            for n in range(1, 51)
        ]  # fmt: skip
    clock, processor = time.perf_counter(), _busy()
    for start in range(0, len(rows), 25_000):
        with transaction.atomic():
            ledger._append(rows[start : start + 25_000])
    return _rates(len(rows), clock, processor)


def _booking(key, account_id, points):
    from stammkunde.loyalty.models import Booking  # noqa: PLC0415

    return Booking(key=key, account_id=account_id, kind="grant", points=points, happened_on=NOW.date(), booked_at=NOW)


def _one_by_one(accounts: list[int]) -> dict[str, float]:
    from stammkunde.loyalty import services  # noqa: PLC0415

    took, clock, processor = [], time.perf_counter(), _busy()
    for account_id in accounts:
        for n in range(4):
            began = time.perf_counter()
            services.redeem(account_id=account_id, points=1, key=f"one:{account_id}:{n}", now=NOW)
            took.append(time.perf_counter() - began)
    return _rates(len(took), clock, processor) | {"p95_ms": round(statistics.quantiles(took, n=20)[-1] * 1000, 1)}


def _long(moves: int) -> dict[str, float]:
    """One account with many moves: its balance from the last one, and as a sum."""
    from django.db import transaction  # noqa: PLC0415
    from django.db.models import Sum  # noqa: PLC0415

    from stammkunde.loyalty import ledger, queries, services  # noqa: PLC0415
    from stammkunde.loyalty.models import Account, Move  # noqa: PLC0415

    one = Account.objects.create(customer_source="long", joined_on=NOW.date(), joined_at=NOW)
    made = _booking("long", one.pk, 1)
    made.save()
    rows = [
        (made.pk, one.pk, n, n, n < moves, "x", "", "earn", None, None, DAY, 1, 0, 0, 0, n, 0, 0, 0, None)
        for n in range(1, moves + 1)
    ]
    with transaction.atomic():
        ledger._append(rows)
    assert queries.balance(one.pk).pending == moves
    sums = Move.objects.filter(account=one)
    last, summed = _p95(lambda: queries.balance(one.pk)), _p95(lambda: sums.aggregate(Sum("d_pending")))
    services.book_by_hand(account_id=one.pk, points=5, reason="x", key="long:1", now=NOW, staff=None)
    began = _busy()
    services.redeem(account_id=one.pk, points=5, key="long:2", now=NOW)
    redeemed = round((_busy() - began) * 1000, 1)
    return {"moves": moves, "balance_p95_ms": last, "sum_p95_ms": summed, "ratio": round(summed / last, 1),
            "redeem_ms": redeemed}  # fmt: skip


def _p95(what, times: int = 40) -> float:
    """Give the processor's milliseconds of all but the slowest twentieth."""
    took = []
    for _time in range(times):
        began = _busy()
        for _again in range(ALIKE):
            what()
        took.append((_busy() - began) * 1000 / ALIKE)
    return round(sorted(took)[int(len(took) * 0.95) - (times > 1)], 3)


def _kill(kills: int) -> dict[str, int]:
    """200 bookings on 500 points by two tills at a time, which are killed in the middle and begin again."""
    from tests import processes  # noqa: PLC0415
    from tests.loyalty.worker import sell  # noqa: PLC0415

    from stammkunde.loyalty import checking, queries, services  # noqa: PLC0415
    from stammkunde.loyalty.models import Account  # noqa: PLC0415

    one = Account.objects.create(customer_source="killed", joined_on=NOW.date(), joined_at=NOW)
    services.book_by_hand(account_id=one.pk, points=500, reason="x", key="killed", now=NOW, staff=None)
    chance, died = random.Random(7), 0
    while died < kills:
        at = [chance.randint(5, 900) for _till in range(2)]
        tills = [
            processes.start(sell, account_id=one.pk, first=first, last=first + 50, kill_at=kill_at)
            for first, kill_at in zip((0, 50), at, strict=True)
        ]
        for till in tills:
            till.join()
            died += till.exitcode == -signal.SIGKILL
    for first in (0, 50):
        till = processes.start(sell, account_id=one.pk, first=first, last=first + 50)
        till.join()
        assert till.exitcode == 0
    rows = one.moves.count()
    assert (queries.balance(one.pk).available, rows, checking.check().flaw) == (700, 201, "")
    return {"died": died, "rows": rows, "points": 700}


def _stories(count: int) -> dict[str, float]:
    """Random histories in any order of arrival, each compared with a rebuild."""
    from django.db import transaction  # noqa: PLC0415
    from hypothesis import HealthCheck, given, settings  # noqa: PLC0415
    from hypothesis import strategies as st  # noqa: PLC0415
    from tests.loyalty.shop import account, customer_of, rule, sums  # noqa: PLC0415
    from tests.loyalty.telling import STEPS, Story  # noqa: PLC0415
    from tests.loyalty.test_random import rebuilt  # noqa: PLC0415

    told, rows = 0, 0

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(STEPS, min_size=3, max_size=25))
    def tell(steps):
        nonlocal told, rows
        with transaction.atomic():
            rule(return_days=5)
            one = account(since_days=2000)
            story = Story(one, customer_of(one))
            for step in steps:
                story.tell(step)
            story.look()
            assert sums(one) == rebuilt(one, NOW.date() + timedelta(days=story.days))
            assert story.look() == 0
            told, rows = told + 1, rows + one.moves.count()
            transaction.set_rollback(True)

    tell()
    return {"told": told, "rows": rows}


if __name__ == "__main__":
    main()
