"""
How long a whole data refresh takes, and one after 1 % new orders, with processor time and peak memory; and how long the
same answers take from the same mirror, put together from pandas and lifetimes.

    python bench/refresh_full.py --size 0.05            (1.0: one million customers, seven million orders)

Uses the database of the environment (`STAMMKUNDE_DATA_DIR`, `DATABASE_URL`), which must be empty or made by this
script; each step runs in a process of its own, so that peak memory is its own. The peers live in an environment of
their own, which this command sets up; `--without-peers` leaves them out.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import venv
from datetime import date
from pathlib import Path

import django

from stammkunde.cli import ONE_THREAD

CHUNK = 500_000
PEERS = Path(__file__).parent / "peers"
ANSWERS = ("customers", "value", "risk", "warnings", "figures")  # the steps from the mirror to the answers
LAST = date(2026, 10, 31)
# "learn" is a full refresh that learns, "full" one with a model that is known.
STEPS = ("facts", "learn", "full", "more", "again")


def facts(size: float) -> None:
    """Fill the database straight from the engine."""
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from stammkunde.customers.models import Customer  # noqa: PLC0415

    if Customer.objects.exists():
        return
    customers = int(1_000_000 * size)
    copy("customers_customer", CUSTOMERS, customers, customers=customers)
    copy("sales_product", PRODUCTS, 2_000, customers=customers)
    orders(0, int(7_000_000 * size), customers=customers, days=1096)


def orders(first: int, last: int, *, customers: int, days: int) -> None:
    copy("sales_order", ORDERS, last, first=first, customers=customers, days=days)
    copy("sales_line", LINES, last, first=first, customers=customers, days=days)


def more(size: float) -> None:
    """Add 1 % new orders in the last month, as an import does."""
    from django.db.models import Max  # noqa: PLC0415

    from stammkunde.sales import services  # noqa: PLC0415
    from stammkunde.sales.models import Order  # noqa: PLC0415

    held = Order.objects.aggregate(last=Max("id"))["last"]
    orders(held, held + int(70_000 * size), customers=int(1_000_000 * size), days=28)
    services.mark_changed(["2026-10"])


def refresh(*, rebuild: bool, learn: str) -> dict:
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.signals import policy, services  # noqa: PLC0415

    steps: dict[str, float] = {}
    began = at = time.monotonic()
    worked = time.process_time()
    step_now = ""

    def note(step: str, *_: int) -> None:
        nonlocal at, step_now
        now = time.monotonic()
        steps[step_now] = steps.get(step_now, 0) + now - at
        at, step_now = now, step

    when = policy.Learn(learn)
    services.refresh(as_of=LAST, now=timezone.now(), progress=note, learn=when, rebuild=rebuild)
    note("")
    whole = {"seconds": time.monotonic() - began, "cpu_seconds": time.process_time() - worked}
    return {k: round(v, 1) for k, v in (whole | steps).items() if k}


def copy(table: str, select: str, last: int, *, first: int = 0, **values: int) -> None:
    import duckdb  # noqa: PLC0415
    from django.apps import apps  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from stammkunde.store import bulk  # noqa: PLC0415

    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    for start in range(first, last, CHUNK):
        sql = select.format(first=start, last=min(start + CHUNK, last), epoch=LAST, **values)
        rows = duckdb.connect().sql(f"SELECT *, row_number() OVER () AS row FROM ({sql})").to_arrow_table()
        names = ", ".join(name for name in rows.column_names if name != "row")
        with bulk.staged(rows.to_reader(), model=model) as source, connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {source}")


MIX = "(hash(i * 7919 + {salt}) % 1000003) / 1000003.0"


def mix(salt: int) -> str:
    return MIX.replace("{salt}", str(salt))


CUSTOMERS = f"""
SELECT i + 1 AS id, 'bench:' || i AS source, 'K' || i AS number, 'Kunde ' || i AS name, 'kunde ' || i AS search,
  if(i % 5 = 0, 'company', 'person') AS kind, '' AS email, '' AS phone, '' AS street, '' AS postcode, '' AS city,
  ['Deutschland', 'Österreich', 'Schweiz'][1 + (sqrt({mix(1)}) * 3)::INT % 3] AS country,
  'Region ' || (i % 12) AS region, '' AS industry, ['Gold', 'Silber', 'Bronze'][1 + i % 3] AS segment,
  '{{{{"Quelle": "Messe"}}}}' AS attributes, now()::TIMESTAMP::VARCHAR::TIMESTAMP AS updated_at
FROM range({{first}}, {{last}}) AS r(i)
"""
PRODUCTS = """
SELECT i + 1 AS id, 'bench:' || i AS source, 'P' || i AS number, 'Ware ' || i AS name,
  'Gruppe ' || (i % 20) AS category, 'product' AS kind, now()::TIMESTAMP AS updated_at
FROM range({first}, {last}) AS r(i)
"""
DAY = f"(DATE '{{epoch}}' - ({mix(2)} * {{days}})::INT)"
ORDERS = f"""
SELECT i + 1 AS id, 'bench:' || i AS source, 'B' || i AS number,
  if(i % 20 = 0, NULL, 1 + (pow({mix(3)}, 1.7) * ({{customers}} - 1))::BIGINT) AS customer_id,
  {DAY}::TIMESTAMP AS ordered_at, {DAY}::DATE AS ordered_on, ['Shop', 'Telefon', 'Laden'][1 + i % 3] AS channel,
  'completed' AS status, now()::TIMESTAMP AS updated_at
FROM range({{first}}, {{last}}) AS r(i)
"""
LINES = f"""
SELECT i + 1 AS order_id, '1' AS key, 1 + ({mix(4)} * 1999)::BIGINT AS product_id,
  if(i % 25 = 0, 'return', 'sale') AS kind, if(i % 25 = 0, -1.0, 1.0)::DOUBLE AS quantity,
  if(i % 25 = 0, -1, 1) * (500 + {mix(5)} * 20000)::BIGINT AS revenue_cents,
  if(i % 25 = 0, -1, 1) * (300 + {mix(5)} * 11000)::BIGINT AS cost_cents
FROM range({{first}}, {{last}}) AS r(i)
"""


def measured(step: str, size: float) -> dict:
    """Run one step in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--size", str(size), "--step", step], check=True, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout.splitlines()[-1])


def peers() -> dict:
    """Let the peers answer from the mirror that is there."""
    python = PEERS / ".venv" / "bin" / "python"
    wanted, installed = PEERS / "requirements.txt", PEERS / ".venv" / "requirements.txt"
    if not (installed.exists() and installed.read_text() == wanted.read_text()):
        venv.create(PEERS / ".venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True)
        installed.write_text(wanted.read_text())
    mirror = Path(os.environ.get("STAMMKUNDE_DATA_DIR", "data")).resolve() / "mirror"
    done = subprocess.run([python, PEERS / "refresh.py", mirror], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


def run(step: str, size: float) -> None:
    for name in ONE_THREAD:  # as commands do
        os.environ.setdefault(name, "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")
    django.setup()
    began, answer = time.monotonic(), {}
    if step == "facts":
        facts(size)
    elif step == "more":
        more(size)
    else:
        answer = refresh(rebuild=step != "again", learn="now" if step == "learn" else "due")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"step": step, "seconds": round(time.monotonic() - began, 1), "peak_mb": peak} | answer))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=float, default=0.05)
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--step", choices=STEPS)
    asked = parser.parse_args()
    if asked.step:
        run(asked.step, asked.size)
        return
    results = {step: measured(step, asked.size) for step in STEPS}
    if not asked.without_peers:
        results["peer"] = peers()
    for result in results.values():
        print(json.dumps(result))
    for what in ("seconds", "cpu_seconds"):  # on a busy machine, the processor's seconds say more
        print(f"after 1 % new orders / full, {what}: {results['again'][what] / results['full'][what]:.2f}")
        print(f"full with learning / full, {what}: {results['learn'][what] / results['full'][what]:.2f}")
    if "peer" in results:
        ours = sum(results["learn"].get(step, 0) for step in ANSWERS)
        print(f"from mirror to answers: {ours:.1f} s; peers, of whom less is asked: {results['peer']['seconds']} s")
        peers_cpu = results["peer"]["cpu_seconds"]  # theirs learns, too, and neither mirrors nor saves
        for step in ("learn", "full", "again"):
            print(f"{step} / peers, of whom less is asked, cpu_seconds: {results[step]['cpu_seconds'] / peers_cpu:.2f}")


if __name__ == "__main__":
    main()
