# ruff: noqa: PLC0415, ARG001 (each measurement is a process that loads only what it measures)
"""
Import 1 million customers, 1.7 million orders and 5 million lines, with keys and foreign keys.

    python bench/intake_bulk.py [--size 0.05] [--database URL] [--format parquet] [--format csv]

Compared in the same run with a bare ADBC ingest of the same rows (no keys, no checks, no history) and with Django's
`bulk_create` on a slice. While the import runs, another process makes small writes as a web server does; its longest
wait is printed. Every measurement is a process of its own, so that peak memory is that of the measured thing.
The given PostgreSQL database is emptied: use one of its own.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CUSTOMERS, ORDERS, LINES, PRODUCTS = 1_000_000, 1_700_000, 5_000_000, 5_000
SLICE = 100_000
TABLES = ("customers", "products", "orders", "lines")


def make(folder: Path, size: float) -> None:
    """Write the four tables as Parquet and as CSV, the same every time."""
    import duckdb

    customers, orders, lines = (max(100, int(n * size)) for n in (CUSTOMERS, ORDERS, LINES))
    select = {
        "customers": f"""SELECT 'K' || lpad(i::text, 8, '0') AS customer_number, 'Kunde ' || i AS customer_name,
            'kunde' || i || '@example.org' AS email, 'Straße ' || i % 999 AS street,
            lpad((i % 99999)::text, 5, '0') AS postcode, 'Ort ' || i % 5000 AS city, 'DE' AS country
            FROM range({customers}) r(i)""",
        "products": f"""SELECT 'P' || i AS product_number, 'Ware ' || i AS product_name, 'Gruppe ' || i % 40
            AS product_category FROM range({PRODUCTS}) r(i)""",
        "orders": f"""SELECT 'B' || lpad(i::text, 9, '0') AS order_number,
            'K' || lpad((hash(i) % {customers})::text, 8, '0') AS customer_number,
            strftime(DATE '2021-01-01' + (hash(i, 1) % 1400)::int, '%Y-%m-%d') AS ordered_at,
            CASE hash(i, 2) % 3 WHEN 0 THEN 'Shop' WHEN 1 THEN 'Filiale' ELSE 'Telefon' END AS channel
            FROM range({orders}) r(i)""",
        "lines": f"""SELECT 'B' || lpad((i % {orders})::text, 9, '0') AS order_number,
            (i // {orders} + 1)::text AS position, 'P' || hash(i) % {PRODUCTS} AS product_number,
            hash(i, 1) % 9 + 1 AS quantity, (hash(i, 2) % 50000 + 1) / 100.0 AS line_net,
            (hash(i, 3) % 20000 + 1) / 100.0 AS line_cost FROM range({lines}) r(i)""",
    }
    with duckdb.connect() as engine:
        for name, sql in select.items():
            engine.execute(f"COPY ({sql}) TO '{folder / name}.parquet' (FORMAT parquet)")
            engine.execute(f"COPY (FROM '{folder / name}.parquet') TO '{folder / name}.csv' (HEADER)")


def prepare_django() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "stammkunde.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def measure_import(folder: Path, form: str) -> dict[str, object]:
    import logging

    from django.utils import timezone

    from stammkunde.intake import layouts, services
    from stammkunde.intake.models import Import

    logging.disable(logging.INFO)
    parts, longest = {}, 0.0
    began = time.perf_counter()
    for table in TABLES:
        started, path = time.perf_counter(), folder / f"{table}.{form}"
        options = (
            {"price_basis": "net", "origin": "bench"}
            if layouts.get(table).documents or table == "lines"
            else {"origin": "bench"}
        )
        incoming = services.receive(now=timezone.now(), file_name=path.name, path=path, layout=table, options=options)
        services.start(import_id=incoming.pk, now=timezone.now())
        incoming = services.run(import_id=incoming.pk, now=timezone.now())
        assert incoming.status == Import.Status.DONE, incoming.error
        assert not incoming.counts[table]["refused"], incoming.problems[:3]
        parts[table] = round(time.perf_counter() - started, 2)
        longest = max(longest, incoming.checkpoint["longest_seconds"])
    return {"seconds": time.perf_counter() - began, "parts": parts, "longest_batch_seconds": longest}


def measure_bare(folder: Path, form: str) -> dict[str, object]:
    """Ingest the same rows with ADBC, as they are, into tables without keys."""
    import duckdb

    url = os.environ.get("DATABASE_URL", "")
    began = time.perf_counter()
    if url:
        import adbc_driver_postgresql.dbapi as adbc

        link = adbc.connect(url)
    else:
        import adbc_driver_sqlite.dbapi as adbc

        link = adbc.connect(str(Path(os.environ["STAMMKUNDE_DATA_DIR"]) / "bare.sqlite3"))
    with link, link.cursor() as cursor, duckdb.connect() as engine:
        for table in TABLES:
            rows = engine.sql(f"FROM '{folder / table}.{form}'").to_arrow_reader(50_000)
            cursor.adbc_ingest(f"bare_{table}", rows, mode="create")
        link.commit()
        seconds = time.perf_counter() - began
        for table in TABLES:
            cursor.execute(f"DROP TABLE bare_{table}")
        link.commit()
    return {"seconds": seconds}


def measure_bulk_create(folder: Path, form: str) -> dict[str, object]:
    """Create a slice of lines with Django's bulk_create, as a program without a bulk path would."""
    from stammkunde.sales.models import Line, Order, Product

    orders = list(Order.objects.order_by("pk").values_list("pk", flat=True)[:SLICE])
    product = Product.objects.order_by("pk").first()
    began = time.perf_counter()
    Line.objects.bulk_create(
        [
            Line(order_id=orders[i % len(orders)], key=f"x{i}", product=product, quantity=1.0, revenue_cents=i + 1)
            for i in range(SLICE)
        ],
        batch_size=1000,
    )
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "rows": SLICE}


def measure_web(folder: Path, form: str) -> dict[str, object]:
    """Make small writes until told to stop, and tell the longest wait."""
    from django.db import transaction
    from django.utils import timezone

    from stammkunde.team.models import AuditEntry

    stop, waits = folder / "stop", []
    print("ready", flush=True)
    while not stop.exists():
        began = time.perf_counter()
        with transaction.atomic():
            AuditEntry.objects.create(action="bench", at=timezone.now())
        waits.append(time.perf_counter() - began)
        time.sleep(0.05)
    waits.sort()
    return {"writes": len(waits), "longest_seconds": waits[-1], "p99_seconds": waits[int(len(waits) * 0.99)]}


MEASURES = {"import": measure_import, "bare": measure_bare, "bulk_create": measure_bulk_create, "web": measure_web}


def child(what: str, folder: Path, form: str) -> None:
    prepare_django()
    before = time.process_time()
    result = MEASURES[what](folder, form)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_seconds = used.ru_utime + used.ru_stime - before
    print(json.dumps(result | {"peak_mb": round(used.ru_maxrss / 1024), "cpu_seconds": cpu_seconds}))


def start(what: str, folder: Path, form: str, env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, __file__, "--child", what, "--folder", str(folder), "--format", form],
        env=os.environ | env,
        stdout=subprocess.PIPE,
        text=True,
    )


def result_of(process: subprocess.Popen[str]) -> dict[str, object]:
    out, _problems = process.communicate()
    assert process.returncode == 0, out
    return json.loads(out.strip().splitlines()[-1])


def empty(env: dict[str, str]) -> None:
    if env.get("DATABASE_URL"):
        code = (
            "import django; django.setup(); from django.core.management import call_command as c; "
            "c('migrate', verbosity=0); c('flush', interactive=False, verbosity=0)"
        )
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | env | {"DJANGO_SETTINGS_MODULE": "stammkunde.settings"},
            check=True,
        )


def compare(folder: Path, form: str, url: str) -> None:
    with tempfile.TemporaryDirectory() as data_dir:
        env = {"STAMMKUNDE_DATA_DIR": data_dir, "DATABASE_URL": url}
        empty(env)
        bare = result_of(start("bare", folder, form, env))
        (folder / "stop").unlink(missing_ok=True)
        web = start("web", folder, form, env)
        assert web.stdout is not None
        web.stdout.readline()
        ours = result_of(start("import", folder, form, env))
        (folder / "stop").touch()
        waited = result_of(web)
        slow = result_of(start("bulk_create", folder, form, env))
    lines = ours["parts"]["lines"]
    print(
        f"{'PostgreSQL' if url else 'SQLite'}, {form}: {ours['seconds']:.1f} s {ours['parts']}, "
        f"peak {ours['peak_mb']} MB; bare ADBC {bare['seconds']:.1f} s: ratio {ours['seconds'] / bare['seconds']:.1f}\n"
        f"  processor time, without a database server's: {ours['cpu_seconds']:.1f} s; "
        f"bare ADBC {bare['cpu_seconds']:.1f} s\n"
        f"  longest incoming {ours['longest_batch_seconds']:.2f} s; a web write waited "
        f"{waited['longest_seconds']:.2f} s at most (99 %: {waited['p99_seconds']:.2f} s, {waited['writes']} writes)\n"
        f"  bulk_create of {SLICE:,} lines: {slow['seconds']:.1f} s; all lines by the import: {lines:.1f} s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=1.0, help="share of the full size")
    parser.add_argument("--database", default="", help="PostgreSQL address; empty: SQLite")
    parser.add_argument("--format", action="append", choices=["parquet", "csv"])
    parser.add_argument("--child", choices=list(MEASURES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.folder, given.format[0])
        return
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), given.size)
        for form in given.format or ["parquet", "csv"]:
            compare(Path(folder), form, given.database)


if __name__ == "__main__":
    main()
