"""A moment that the caller gives is the same column: nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0002_changes_are_counted_in_one_place")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("order", "updated_at", models.DateTimeField()),
                migrations.AlterField("product", "updated_at", models.DateTimeField()),
            ]
        )
    ]
