from django.db import migrations


class Migration(migrations.Migration):
    """How often facts changed is counted by `store` for every app; months say whose they are."""

    dependencies = [("sales", "0001_orders"), ("store", "0001_changes")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO store_change (part, version) "
            "SELECT CASE WHEN part = 'products' THEN part ELSE 'orders:' || part END, version FROM sales_change",
            "INSERT INTO sales_change (part, version) "
            "SELECT replace(part, 'orders:', ''), version FROM store_change WHERE part <> 'customers'",
        ),
        migrations.DeleteModel("Change"),
    ]
