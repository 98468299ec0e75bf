"""A moment that the caller gives is the same column: nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_changes_are_counted_in_one_place")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("consent", "recorded_at", models.DateTimeField(editable=False)),
                migrations.AlterField("contactperson", "updated_at", models.DateTimeField()),
                migrations.AlterField("contactpreference", "changed_at", models.DateTimeField()),
                migrations.AlterField("customer", "updated_at", models.DateTimeField()),
                migrations.AlterField("note", "created_at", models.DateTimeField()),
            ]
        )
    ]
