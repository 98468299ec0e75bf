from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0003_time_settings")]

    operations = [
        migrations.AddField("task", "finished_on", models.DateField(blank=True, null=True)),
        migrations.AddField("task", "finished_role", models.CharField(blank=True, default="", max_length=20)),
    ]
