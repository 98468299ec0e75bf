from django.db import migrations, models


class Migration(migrations.Migration):
    """The list of customers behind a verdict is there at once, by whatever it is sorted."""

    dependencies = [("impact", "0002_years")]

    operations = [
        migrations.AddIndex(
            "outcome", models.Index(fields=["trial", "brought_cents", "id"], name="outcome_by_brought")
        ),
        migrations.AddIndex("outcome", models.Index(fields=["trial", "purchases", "id"], name="outcome_by_purchases")),
    ]
