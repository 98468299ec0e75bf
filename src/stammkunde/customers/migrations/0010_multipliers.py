from django.db import migrations, models

from stammkunde.customers import search


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_mobile_phones")]

    operations = [
        migrations.AddField(
            "customer",
            "is_multiplier",
            models.BooleanField(db_default=False, default=False, verbose_name="multiplier"),
        ),
        migrations.AddIndex(
            "customer",
            models.Index(fields=["id"], name="customer_multiplier", condition=models.Q(is_multiplier=True)),
        ),
        migrations.RunPython(search.install, search.install),  # SQLite has built the table anew
    ]
