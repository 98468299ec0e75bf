from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the one before: PostgreSQL changes no table in the transaction that refers to its rows."""

    dependencies = [("sales", "0004_product_costs_have_a_day")]

    operations = [migrations.RemoveField(model_name="product", name="cost_e4")]
