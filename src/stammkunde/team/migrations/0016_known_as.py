from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("team", "0015_drafts_end"),
    ]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="known_as",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="known in files as"),
        ),
    ]
