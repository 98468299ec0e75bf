from django.db import migrations


class Migration(migrations.Migration):
    """Moments are called `…_at`."""

    dependencies = [
        ('team', '0010_given_passwords_are_changed'),
    ]

    operations = [
        migrations.RenameField(model_name='session', old_name='since', new_name='since_at'),
    ]
