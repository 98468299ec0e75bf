from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0009_totals"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="together",
            field=models.CharField(db_default="", default="", max_length=32),
        ),
        migrations.AddField(
            model_name="import",
            name="left_open",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="import",
            name="waits",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(
                condition=models.Q(("together", ""), _negated=True), fields=["together"], name="import_together"
            ),
        ),
    ]
