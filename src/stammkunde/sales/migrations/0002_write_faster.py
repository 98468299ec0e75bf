"""Drop indexes that every imported row pays for and no page needs: the columns are covered by other ones."""

import django.db.models.deletion
from django.db import migrations, models

from stammkunde.customers import indexes


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_first"), ("customers", "0003_write_faster")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "line",
                    "order",
                    models.ForeignKey(
                        "sales.order",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                    ),
                ),
                migrations.AlterField(
                    "order",
                    "customer",
                    models.ForeignKey(
                        "customers.customer",
                        null=True,
                        blank=True,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                    ),
                ),
            ],
            # The indexes go, and the tables stay: SQLite would write all of them again.
            database_operations=[
                migrations.RunPython(indexes.drop_covered("sales_line", "order_id"), migrations.RunPython.noop),
                migrations.RunPython(indexes.drop_covered("sales_order", "customer_id"), migrations.RunPython.noop),
            ],
        ),
        migrations.RunPython(indexes.drop_like("sales_product", "source"), migrations.RunPython.noop),
        migrations.RunPython(indexes.drop_like("sales_order", "source"), migrations.RunPython.noop),
    ]
