from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("team", "0014_drafts_are_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="ended",
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
