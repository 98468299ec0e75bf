from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0012_mailboxes"),
    ]

    operations = [
        migrations.AddField(
            model_name="optin",
            name="taken_at",
            field=models.DateTimeField(null=True),
        ),
    ]
