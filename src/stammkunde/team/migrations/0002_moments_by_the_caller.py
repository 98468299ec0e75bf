"""A moment that the caller gives is the same column: nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("team", "0001_team_and_company")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("apitoken", "created_at", models.DateTimeField()),
                migrations.AlterField("auditentry", "at", models.DateTimeField(db_index=True)),
                migrations.AlterField("staff", "created_at", models.DateTimeField()),
            ]
        )
    ]
