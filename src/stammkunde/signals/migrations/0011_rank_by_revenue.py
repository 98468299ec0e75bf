from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0010_generation_leads_other_indexes")]

    operations = [
        migrations.AddField("customersignal", "revenue_rank", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "customersignal",
            models.Index(fields=["generation", "revenue_rank", "customer"], name="signal_by_revenue_rank"),
        ),
    ]
