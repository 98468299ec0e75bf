from datetime import datetime, timedelta

import django.core.validators
from django.db import migrations, models
from django.utils import timezone


def _in_a_quarter() -> datetime:
    return timezone.now() + timedelta(days=90)


def _every_scope() -> list[str]:
    return ['customers', 'figures', 'imports', 'margins', 'settings']


class Migration(migrations.Migration):
    """Tokens have scopes, an end and a limit; those that are there keep all rights of their person for 90 days."""

    dependencies = [
        ('team', '0011_sessions_since_a_moment'),
    ]

    operations = [
        migrations.AlterModelTable(name='sessionsettings', table='team_sessionsettings'),  # so that it keeps its name
        migrations.RenameModel(old_name='SessionSettings', new_name='AccessSettings'),
        migrations.AddField(
            model_name='accesssettings',
            name='token_longest_days',
            field=models.PositiveSmallIntegerField(default=365, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(730)], verbose_name='days that a token lasts at most'),
        ),
        migrations.AddField(
            model_name='accesssettings',
            name='calls_per_minute',
            field=models.PositiveSmallIntegerField(default=300, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10000)], verbose_name='calls of a program a minute at most'),
        ),
        migrations.AddConstraint(
            model_name='accesssettings',
            constraint=models.CheckConstraint(condition=models.Q(('calls_per_minute__range', (1, 10000)), ('token_longest_days__range', (1, 730))), name='team_token_limits_sane'),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='expires_at',
            field=models.DateTimeField(default=_in_a_quarter),
            preserve_default=False,
        ),
        migrations.AddField(model_name='apitoken', name='scopes', field=models.JSONField(default=_every_scope)),
        migrations.AlterField(model_name='apitoken', name='scopes', field=models.JSONField(default=list)),
        migrations.AddField(model_name='apitoken', name='minute_at', field=models.DateTimeField(null=True)),
        migrations.AddField(model_name='apitoken', name='calls', field=models.PositiveIntegerField(default=0)),
    ]
