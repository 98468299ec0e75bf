import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Entries of the trail are sealed; those that are there, a thousand a turn of the worker."""

    dependencies = [
        ('team', '0012_tokens_end'),
    ]

    operations = [
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('sealed_at', models.DateTimeField()),
                ('until_at', models.DateTimeField()),
                ('entries', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.AddField(
            model_name='auditentry',
            name='digest',
            field=models.CharField(db_default='', max_length=64),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='erased',
            field=models.CharField(db_default='', max_length=64),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='salt',
            field=models.CharField(db_default='', max_length=32),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='staff',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='seal',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.seal'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(condition=models.Q(('seal', None)), fields=['id'], name='audit_not_sealed'),
        ),
    ]
