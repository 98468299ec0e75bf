"""Files brought in by tests: their headings are our own field names, so that nothing has to be recognised."""

import csv
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.utils import timezone

from stammkunde.intake import services
from stammkunde.intake.models import Import
from stammkunde.store.models import Change

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FACTS = ("customers", "sales")
_numbers = count(1)


def write(folder: Path, rows: list[dict[str, object]]) -> Path:
    path = folder / f"file-{next(_numbers)}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def queue(path: Path, layout: str, *, headings: list[str] | None = None, now=NOW, **more) -> Import:
    """Put a file in the queue as a person does who has said which column means what."""
    names = headings or path.read_text(encoding="utf-8").splitlines()[0].split(",")
    options = {"origin": "t", "price_basis": "net"} | more.pop("options", {})
    incoming = Import.objects.create(
        file_name=path.name,
        path=str(path),
        layout=layout,
        columns={name: name for name in names},
        options=options,
        created_at=timezone.now(),
    )
    return services.start(import_id=incoming.pk, now=now, **more)


def bring(folder: Path, layout: str, rows: list[dict[str, object]], *, now=NOW, **more) -> Import:
    """Import rows as a file of this layout, and give the import when it has come to rest."""
    incoming = queue(write(folder, rows), layout, now=now, **more)
    return services.run(import_id=incoming.pk, now=now)


def undo(incoming: Import, *, now=NOW) -> Import:
    services.undo(import_id=incoming.pk, now=now)
    return services.run(import_id=incoming.pk, now=now)


def shop(*, customers: int = 40, orders: int = 90, lines: int = 3, cents: int = 0) -> list[dict[str, object]]:
    """Make flat invoice lines; `cents` is added to every price."""
    return [
        {
            "order_number": f"R{order:05d}",
            "ordered_at": f"2024-{order % 12 + 1:02d}-{order % 28 + 1:02d} 10:{order % 60:02d}",
            "customer_number": f"K{order % customers:04d}" if order % 11 else "",
            "customer_name": f"Künde {order % customers} ß" if order % 11 else "",
            "city": "Köln" if order % 2 else "",
            "product_number": f"P{(order + line) % 17}",
            "product_name": f"Ware {(order + line) % 17}",
            "quantity": (order + line) % 5 + 1,
            "unit_price": f"{1 + (order * line + cents) % 50}.{(order + cents) % 90 + 10}",
            "unit_cost": "0.5",
        }
        for order in range(orders)
        for line in range(lines)
    ]


def everything() -> dict[str, list[tuple]]:
    """Every row of the facts, as it is."""
    return {
        model._meta.db_table: list(model.objects.order_by("pk").values_list())
        for app in FACTS
        for model in apps.get_app_config(app).get_models()
        if model.__name__ not in {"Change", "ToMatch"}
    }


def meaning() -> dict[str, list[tuple]]:
    """Every fact by its keys: what two databases have in common that say the same."""
    sql = {
        "customers": "SELECT source, number, kind, name, email, city, country, search FROM customers_customer",
        "products": "SELECT source, number, name, category, kind FROM sales_product",
        "orders": (
            "SELECT o.source, o.number, o.ordered_at, o.ordered_on, o.status, c.source FROM sales_order o "
            "LEFT JOIN customers_customer c ON c.id = o.customer_id"
        ),
        "lines": (
            "SELECT o.source, l.key, p.source, l.kind, l.quantity, l.revenue_cents, l.cost_cents FROM sales_line l "
            "JOIN sales_order o ON o.id = l.order_id LEFT JOIN sales_product p ON p.id = l.product_id"
        ),
    }
    with connection.cursor() as cursor:
        return {name: sorted(map(repr, _rows(cursor, one))) for name, one in sql.items()}


def _rows(cursor, sql):
    cursor.execute(sql)
    return cursor.fetchall()


def totals(incoming: Import) -> dict[str, int]:
    """Add up what became of an import's rows, whatever their table."""
    names = ("created", "changed", "unchanged", "refused")
    return {name: sum(counts[name] for counts in incoming.counts.values()) for name in names}


def changed() -> dict[str, int]:
    """How often each part of the facts has changed."""
    return dict(Change.objects.values_list("part", "version"))
