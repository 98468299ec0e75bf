"""A moment that the caller gives is the same column: nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_images_name_their_import")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("import", "created_at", models.DateTimeField()),
                migrations.AlterField("mapping", "updated_at", models.DateTimeField()),
            ]
        )
    ]
