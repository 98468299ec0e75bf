from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_links_of_questions_are_revoked")]

    operations = [
        migrations.RemoveIndex("customer", "customer_by_since"),
        migrations.AddIndex(
            "customer",
            models.Index(fields=["since_on"], name="customer_since_known", condition=models.Q(since_on__isnull=False)),
        ),
    ]
