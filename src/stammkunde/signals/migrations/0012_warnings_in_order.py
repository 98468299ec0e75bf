from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0011_rank_by_revenue")]

    operations = [
        migrations.RemoveIndex("earlywarning", "warning_by_outcome"),
        migrations.AddIndex(
            "earlywarning",
            models.Index(fields=["outcome", "warned_on", "customer"], name="warning_by_day"),
        ),
        migrations.AddIndex(
            "earlywarning",
            models.Index(fields=["outcome", "last_on", "customer"], name="warning_by_last_purchase"),
        ),
    ]
