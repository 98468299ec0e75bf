# ruff: noqa: PLC0415 - Django is loaded once the database is named
"""
How long it takes to judge a play of a million customers, part by part, and how quick its pages are afterwards.

    python bench/impact_look.py [--customers 1000000] [--runs 20]
    DATABASE_URL=postgresql://… python bench/impact_look.py          # on an empty database

Everybody got a card in June or was left alone, a fifth by chance; everybody bought once within three years, and the
cards cost money. Customers and orders come straight from the engine (`refresh_full.py`). Each part is told by the
processor of this process and by the clock; what PostgreSQL does in its own processes shows by the clock alone.
"""

import argparse
import functools
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import django

ROOT = Path(__file__).parents[1]
BEGAN = datetime(2026, 6, 1, 9, tzinfo=UTC)
TODAY = date(2026, 10, 31)
NOW = datetime(2026, 10, 31, 20, tzinfo=UTC)
SHARE = 0.2
PARTS = (
    ("counting", "count"), ("reading", "members"), ("comparing", "what_was_done"), ("comparing", "_costs"),
    ("comparing", "_contacts"), ("comparing", "_reached"), ("comparing", "_estimate"), ("comparing", "compare"),
    ("judging", "keep_outcomes"), ("working", "look"),
)  # fmt: skip
PAGES = {
    "impact": "/impact/",
    "trial": "/impact/{trial}/",
    "customers": "/impact/{trial}/customers/",
    "customers, most first": "/impact/{trial}/customers/?sort=-brought_cents",
    "left alone": "/impact/alone/",
    "play": "/plays/{play}/",
    "settings": "/settings/left-alone/",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=20)
    asked = parser.parse_args()
    sys.path[:0] = [str(ROOT / "src"), str(Path(__file__).parent)]
    os.environ["DJANGO_SETTINGS_MODULE"] = "stammkunde.settings"
    with tempfile.TemporaryDirectory() as directory:
        os.environ["STAMMKUNDE_DATA_DIR"] = directory
        django.setup()
        play = fill(asked.customers)
        trial = judge()
        pages(asked.runs, play=play, trial=trial)


def fill(customers: int) -> int:
    """Let everybody be drawn, and whoever was not left alone get a card; give the play's number."""
    from django.core.management import call_command
    from django.db import connection

    import refresh_full
    from stammkunde import mirror
    from stammkunde.outreach.models import Draw, Message, Template
    from stammkunde.plays.models import Play
    from stammkunde.signals.models import Current, Generation

    call_command("migrate", verbosity=0)
    refresh_full.copy("customers_customer", refresh_full.CUSTOMERS, customers, customers=customers)
    refresh_full.copy("sales_product", refresh_full.PRODUCTS, 2_000, customers=customers)
    refresh_full.orders(0, customers, customers=customers, days=1096)
    template = Template.objects.create(name="Karte", channel="postcard", purpose="advertising", changed_at=BEGAN)
    play = Play.objects.create(
        kind="campaign", name="Karte", template=template, status="running", created_at=BEGAN, started_at=BEGAN,
        starts_at=BEGAN,
    )  # fmt: skip
    draw = Draw.objects.create(origin=play.origin, salt="x", share=SHARE, drawn_at=BEGAN, name=play.name)
    one = Message.objects.create(
        key="bench", origin=play.origin, channel="postcard", purpose="advertising", customer_id=1, content={},
        language="de", state="handed_over", cost_cents=80, planned_at=BEGAN, not_before_at=BEGAN, latest_at=BEGAN,
        handed_over_at=BEGAN, finished_at=BEGAN,
    )  # fmt: skip
    same = ", ".join(
        f'm."{field.column}"'
        for field in Message._meta.local_fields
        if field.column not in ("id", "key", "customer_id")
    )
    at = connection.ops.adapt_datetimefield_value(BEGAN)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outreach_assignment (draw_id, customer_id, held_out, key, entered_at, eligible, "
            "expected_cents, expected_purchases, risk) SELECT %s, id, (id * 7919) %% 1000 < %s, '', %s, %s, "
            "(id * 31) %% 5000, 0.3, 0.2 FROM customers_customer ORDER BY id",
            [draw.pk, 1000 * SHARE, at, True],
        )
        cursor.execute(
            f"INSERT INTO outreach_message (key, customer_id, {same.replace('m.', '')}) "
            f"SELECT 'bench:' || a.customer_id, a.customer_id, {same} FROM outreach_assignment a, outreach_message m "
            "WHERE m.id = %s AND NOT a.held_out",
            [one.pk],
        )
        cursor.execute("ANALYZE")
    one.delete()
    mirror.bring_up_to_date(now=NOW, progress=lambda *_told: None)
    made = Generation.objects.create(as_of_on=TODAY, started_at=NOW, finished_at=NOW, status="done")
    Current.objects.update_or_create(pk=1, defaults={"generation": made})
    return play.pk


def judge() -> int:
    """Look at the trial as the worker does, and tell what each part took; give the trial's number."""
    from importlib import import_module

    from django.db import connection

    from stammkunde.impact import working
    from stammkunde.impact.models import Outcome, Trial, Verdict

    took: dict[str, list[float]] = {}
    for module, name in PARTS:
        place = import_module(f"stammkunde.impact.{module}")
        setattr(place, name, _timed(f"{module}.{name}", getattr(place, name), took))
    while working.sweep(now=NOW):
        pass
    print(f"{connection.vendor}, load {os.getloadavg()[0]:.0f}, {Outcome.objects.count():,} outcomes")
    print(f"verdict: {Verdict.objects.get().code}")
    for part, (calls, processor, clock) in took.items():
        print(f"{part:26}{calls:4.0f} times {processor:8.2f} s of processor {clock:8.2f} s")
    return Trial.objects.get().pk


def _timed(part: str, function, took: dict):
    @functools.wraps(function)
    def timed(*given, **named):
        processor, clock = time.process_time(), time.perf_counter()
        answer = function(*given, **named)
        before = took.get(part, [0, 0.0, 0.0])
        spent = (1, time.process_time() - processor, time.perf_counter() - clock)
        took[part] = [a + b for a, b in zip(before, spent, strict=True)]
        return answer

    return timed


def pages(runs: int, **numbers: int) -> None:
    from django.test import Client
    from django.utils import timezone

    from stammkunde.team.models import Staff

    staff = Staff.objects.create(email="b@example.org", name="B", role="management", created_at=timezone.now())
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(staff)
    for name, path in PAGES.items():
        address, clock, processor = path.format(**numbers), [], []
        client.get(address)
        for _ in range(runs):
            began, worked = time.perf_counter(), time.process_time()
            assert client.get(address).status_code == 200, address
            clock.append((time.perf_counter() - began) * 1000)
            processor.append((time.process_time() - worked) * 1000)
        told = (statistics.median(processor), sorted(processor)[int(runs * 0.95)], sorted(clock)[int(runs * 0.95)])
        print("{:26}{:8.0f} ms, p95 {:6.0f} ms of processor, p95 {:6.0f} ms".format(name, *told))


if __name__ == "__main__":
    main()
