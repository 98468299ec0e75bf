from django.db import migrations, models


class Migration(migrations.Migration):
    """Customers are found by where they live; the numbers by which they are found come with the next migration."""

    dependencies = [("customers", "0004_consent_settings")]

    operations = [migrations.AddIndex("customer", models.Index(fields=["postcode"], name="customer_by_postcode"))]
