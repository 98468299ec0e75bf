"""A moment that the caller gives is the same column: nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_tasks")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("task", "created_at", models.DateTimeField()),
            ]
        )
    ]
