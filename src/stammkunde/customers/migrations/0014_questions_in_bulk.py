from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0013_questions_are_taken_before_they_are_sent"),
    ]

    operations = [
        migrations.AddField(
            model_name="optin",
            name="in_bulk",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
