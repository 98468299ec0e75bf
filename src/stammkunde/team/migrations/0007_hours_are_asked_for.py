from django.db import migrations, models


class Migration(migrations.Migration):
    """A new login adds no hours for customers. Who is there keeps those of today."""

    dependencies = [("team", "0006_message_settings_are_of_outreach")]

    operations = [
        migrations.AlterField(
            model_name="staff",
            name="hours_per_week",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="hours per week for customers"),
        ),
    ]
