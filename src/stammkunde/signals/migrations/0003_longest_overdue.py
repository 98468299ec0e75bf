"""The list of customers by how long they are overdue walks an index, as its other orders do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0002_figure_remark")]

    operations = [
        migrations.AddIndex(
            model_name="customersignal",
            index=models.Index(
                fields=["generation", "-overdue_days", "customer"],
                name="signal_by_overdue",
                condition=models.Q(overdue_days__isnull=False),
            ),
        ),
    ]
