from typing import Any

from django.db import migrations

from stammkunde.customers import phones

ROWS_AT_ONCE = 1000


def add_local_numbers(apps: Any, schema_editor: Any) -> None:
    """Let customers be found by their numbers, with and without area code; repeating, also after a kill, adds none twice."""
    customers = apps.get_model("customers", "Customer").objects.using(schema_editor.connection.alias)
    last = 0
    while rows := list(customers.filter(pk__gt=last).order_by("pk").prefetch_related("contact_persons")[:ROWS_AT_ONCE]):
        last = rows[-1].pk
        changed = [row for row in rows if _learns(row)]
        customers.bulk_update(changed, ["search"], batch_size=ROWS_AT_ONCE // 4)


def _learns(row: Any) -> bool:
    people = sorted(row.contact_persons.all(), key=lambda one: (one.last_name, one.first_name, one.pk))
    parts = [row.name, row.number, row.email, row.city, phones.words(row.phone)]
    for one in people:
        parts += [one.first_name, one.last_name, one.email, phones.words(one.phone)]
    before, row.search = row.search, " ".join(part for part in parts if part).lower()
    return bool(row.search != before)


class Migration(migrations.Migration):
    """Customers are found by their phone numbers, with and without area code."""

    atomic = False  # in pieces, so that a million rows lock nobody out

    dependencies = [("customers", "0005_found_by_phone")]

    operations = [migrations.RunPython(add_local_numbers, migrations.RunPython.noop)]
