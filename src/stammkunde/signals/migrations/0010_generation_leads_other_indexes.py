"""
No index by generation alone: each of the others begins with it.

The indexes are dropped by hand, as Django would write both tables anew on SQLite, millions of rows, to forget one.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("signals_customersignal", "signals_figure")


def drop(_apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    for table in TABLES:
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, table)
        for name, told in found.items():
            if told["index"] and not told["unique"] and told["columns"] == ["generation_id"]:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def _without_index(model: str) -> migrations.AlterField:
    field: Any = models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="signals.generation"
    )
    return migrations.AlterField(model, "generation", field)


class Migration(migrations.Migration):
    dependencies = [("signals", "0009_time_costs_by_role")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[_without_index("customersignal"), _without_index("figure")],
            database_operations=[migrations.RunPython(drop, migrations.RunPython.noop)],
        ),
    ]
