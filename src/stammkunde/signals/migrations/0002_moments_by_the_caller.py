"""A moment that the caller gives is the same column: nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0001_answers")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("generation", "started_at", models.DateTimeField()),
            ]
        )
    ]
