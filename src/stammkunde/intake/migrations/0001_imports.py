"""Files on their way in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('intake', '0001_first'),
    ]
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=255)),
                ('path', models.CharField(max_length=500)),
                ('size_bytes', models.BigIntegerField(default=0)),
                ('sha256', models.CharField(default='', max_length=64)),
                ('layout', models.CharField(default='', max_length=30)),
                ('columns', models.JSONField(default=dict)),
                ('options', models.JSONField(default=dict)),
                ('dry_run', models.BooleanField(default=False)),
                ('status', models.CharField(choices=[('uploaded', 'Uploaded'), ('queued', 'Waiting'), ('checking', 'Checking'), ('checked', 'Checked'), ('publishing', 'Importing'), ('done', 'Imported'), ('failed', 'Failed'), ('undoing', 'Being undone'), ('undone', 'Undone'), ('discarded', 'Discarded')], default='uploaded', max_length=12)),
                ('step', models.CharField(default='', max_length=40)),
                ('done', models.BigIntegerField(default=0)),
                ('total', models.BigIntegerField(default=0)),
                ('checkpoint', models.JSONField(default=dict)),
                ('counts', models.JSONField(default=dict)),
                ('problems', models.JSONField(default=list)),
                ('problem_count', models.BigIntegerField(default=0)),
                ('error', models.JSONField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('leased_by', models.CharField(default='', max_length=80)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('staff', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='BeforeImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('row_id', models.BigIntegerField()),
                ('before', models.JSONField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='before_images', to='intake.import')),
            ],
        ),
        migrations.CreateModel(
            name='Mapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('layout', models.CharField(max_length=30)),
                ('columns', models.JSONField(default=dict)),
                ('options', models.JSONField(default=dict)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(fields=['status', 'lease_until'], name='import_due'),
        ),
        migrations.AddConstraint(
            model_name='beforeimage',
            constraint=models.UniqueConstraint(fields=('batch', 'table', 'row_id'), name='before_image_once'),
        ),
    ]
