"""PostgreSQL keeps an index's name where its column is renamed; a fresh database has the new one."""

from typing import Any

from django.db import migrations

WAS, NOW = "intake_beforeimage_batch_id_4c171568", "intake_beforeimage_incoming_id_f92d9414"


def rename(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER INDEX IF EXISTS {WAS} RENAME TO {NOW}")


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_claims_are_counted")]

    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
