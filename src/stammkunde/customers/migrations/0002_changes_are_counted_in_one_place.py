from django.db import migrations


class Migration(migrations.Migration):
    """How often facts changed is counted by `store` for every app."""

    dependencies = [("customers", "0001_customers_and_consent"), ("store", "0001_changes")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO store_change (part, version) SELECT part, version FROM customers_change",
            "INSERT INTO customers_change (part, version) SELECT part, version FROM store_change WHERE part = 'customers'",
        ),
        migrations.DeleteModel("Change"),
    ]
