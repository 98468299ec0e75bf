
from django.db import migrations, models


class Migration(migrations.Migration):
    """A password that was printed is changed before anything else; those given until today stay as they are."""


    dependencies = [
        ('team', '0009_sessions_can_be_listed'),
    ]

    operations = [
        migrations.AddField(
            model_name='staff',
            name='password_is_given',
            field=models.BooleanField(default=False),
        ),
    ]
