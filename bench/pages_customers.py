# ruff: noqa: PLC0415 - Django is loaded once the database is named
# ruff: noqa: E501 - statements as long as they are
"""
How quick are the pages of customers at a million? Medians, and ratios against ten thousand, in one run.

    python bench/pages_customers.py [--customers 1000000] [--runs 5]

It makes two databases of its own below a temporary directory (or, with DATABASE_URL set, fills the empty database named
there, first small, then large), with figures for every customer and one customer of 2,000 orders, and asks the pages
through Django's test client: what is measured is everything but the network.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

PATHS = {
    "list": "/customers/",
    "list, by name": "/customers/?sort=name",
    "list, longest overdue": "/customers/?sort=overdue",
    "search, rare": "/customers/?q=nach77%20vor4",
    "search, one letter": "/customers/?q=n",
    "filter, common": "/customers/?stage=lost&country=DE",
    "filter, rare": "/customers/?region=R7&stage=returned",
    "no purchase for 6 months": "/customers/?months=6&sort=silent",
    "customer with 2,000 orders": "/customers/{heavy}/",
    "today": "/today/?who=all",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        measure(asked.one, asked.runs)
        return
    small, large = (run(size, asked.runs) for size in (10_000, asked.customers))
    print(f"\n{'page':32}{'10,000':>10}{asked.customers:>14,}{'ratio':>8}")
    for name, before in small.items():
        print(f"{name:32}{before:8.1f}ms{large[name]:12.1f}ms{large[name] / before:8.1f}")


def run(size: int, runs: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as directory:
        environ = os.environ | {"STAMMKUNDE_DATA_DIR": directory}
        command = [sys.executable, __file__, "--one", str(size), "--runs", str(runs)]
        out = subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout
    return {name: float(value) for name, value in (line.rsplit("\t", 1) for line in out.splitlines())}


def measure(size: int, runs: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "stammkunde.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", interactive=False, verbosity=0)
    staff, heavy = fill(size)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(staff)
    for name, path in PATHS.items():
        address = path.format(heavy=heavy)
        client.get(address)
        took = []
        for _ in range(runs):
            begin = time.perf_counter()
            assert client.get(address).status_code == 200, address
            took.append((time.perf_counter() - begin) * 1000)
        print(f"{name}\t{statistics.median(took)}")


def fill(size: int) -> tuple[object, int]:
    from datetime import date

    from django.db import connection
    from django.utils import timezone

    from stammkunde.customers import search
    from stammkunde.customers.models import Customer
    from stammkunde.sales.models import Line, Order
    from stammkunde.signals.models import Current, Generation
    from stammkunde.team.models import Staff

    with connection.cursor() as cursor:
        for table in ("signals_current", "signals_customersignal", "sales_line", "sales_order", "customers_customer"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute(CUSTOMERS[connection.vendor].format(size=size))
    search.catch_up()
    today = date(2026, 11, 20)
    generation = Generation.objects.create(status="done", as_of_on=today, activity_days=180, started_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(SIGNALS[connection.vendor].format(generation=generation.pk))
        cursor.execute("ANALYZE") if connection.vendor == "postgresql" else None
    Current.objects.update_or_create(pk=1, defaults={"generation": generation})
    staff, _made = Staff.objects.get_or_create(email="bench@example.org", defaults={"name": "B", "role": "management"})
    heavy = Customer.objects.order_by("pk").values_list("pk", flat=True)[size // 2]
    now = timezone.now()
    orders = [
        Order(
            source=f"b:{n}",
            number=str(n),
            customer_id=heavy,
            ordered_at=now,
            ordered_on=date(2020 + n % 6, 1, 1 + n % 28),
            updated_at=timezone.now(),
        )
        for n in range(2000)
    ]
    Order.objects.bulk_create(orders, batch_size=500)
    lines = [Line(order=order, key="1", quantity=1, revenue_cents=100, cost_cents=60) for order in orders]
    Line.objects.bulk_create(lines, batch_size=500)
    return staff, heavy


_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size}) ",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1, {size})) ",
}
_CUSTOMER = (
    "INSERT INTO customers_customer (source, number, kind, name, email, phone, street, postcode, city, country, region, "
    "industry, segment, attributes, search, updated_at) {numbers} SELECT 'b:' || i, 'K' || i, "
    "CASE WHEN i % 3 = 0 THEN 'company' ELSE 'person' END, 'Nach' || (i * 7919 % 40009) || ' Vor' || (i % 3001), "
    "'', '', '', '', 'Stadt' || (i % 997), CASE WHEN i % 10 = 0 THEN 'AT' ELSE 'DE' END, 'R' || (i % 1009), '', "
    "'S' || (i % 5), '{{}}', 'nach' || (i * 7919 % 40009) || ' vor' || (i % 3001) || ' k' || i || ' stadt' || (i % 997), "
    "CURRENT_TIMESTAMP FROM n"
)
CUSTOMERS = {vendor: _CUSTOMER.replace("{numbers}", numbers) for vendor, numbers in _NUMBERS.items()}
_SIGNAL = (
    "INSERT INTO signals_customersignal (generation_id, customer_id, stage, stage_reason, abc_class, abc_basis, "
    "value_rank, first_on, last_on, orders, purchase_days, revenue_cents, revenue_year_cents, gap_days, silent_days, "
    "overdue_days, favourite_category, last_channel) SELECT {{generation}}, id, "
    "CASE WHEN id % 500 = 0 THEN 'returned' WHEN id % 3 = 0 THEN 'lost' WHEN id % 7 = 0 THEN 'at_risk' ELSE 'active' END, "
    "'{{{{}}}}', CASE WHEN id % 10 = 0 THEN 'A' ELSE 'C' END, 'revenue', id, {first}, {last}, 3, 3, 9000, id % 90000, "
    "30, id % 900, CASE WHEN id % 7 = 0 THEN id % 700 END, '', '' FROM customers_customer"
)
SIGNALS = {
    "sqlite": _SIGNAL.format(first="'2020-01-01'", last="date('2026-11-20', '-' || (id % 900) || ' days')"),
    "postgresql": _SIGNAL.format(first="DATE '2020-01-01'", last="DATE '2026-11-20' - (id % 900)::int"),
}

if __name__ == "__main__":
    main()
