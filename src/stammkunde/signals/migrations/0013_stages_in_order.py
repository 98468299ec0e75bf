from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0012_warnings_in_order")]

    operations = [
        migrations.RemoveIndex("customersignal", "signal_by_stage"),
        migrations.AddIndex(
            "customersignal",
            models.Index(fields=["generation", "stage", "value_rank", "customer"], name="signal_by_stage_and_rank"),
        ),
    ]
