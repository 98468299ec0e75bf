"""Drop indexes that every imported row pays for and no page needs: the columns are covered by other ones."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from stammkunde.customers import indexes


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_find_quickly")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "customer",
                    "owner",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        verbose_name="responsible",
                        null=True,
                        blank=True,
                        db_index=False,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="customers",
                    ),
                )
            ],
            # The index goes, and the table stays: SQLite would write all of it again.
            database_operations=[
                migrations.RunPython(indexes.drop_covered("customers_customer", "owner_id"), migrations.RunPython.noop)
            ],
        ),
        migrations.RunPython(indexes.drop_like("customers_customer", "source"), migrations.RunPython.noop),
        migrations.RunPython(indexes.drop_like("customers_contactperson", "source"), migrations.RunPython.noop),
    ]
