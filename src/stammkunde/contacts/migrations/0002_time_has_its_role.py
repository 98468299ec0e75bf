from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_contacts")]

    operations = [
        migrations.AddField(
            "contact", "role", models.CharField(blank=True, default="", max_length=20, verbose_name="role")
        ),
    ]
