"""Work items."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('tasks', '0001_first'),
        ('tasks', '0002_task_minutes'),
        ('tasks', '0003_due_time_and_urgency'),
        ('tasks', '0004_complaints'),
    ]
    initial = True

    dependencies = [
        ('customers', '0001_customers_and_consent'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, null=True, unique=True)),
                ('kind', models.CharField(default='task', max_length=30)),
                ('title', models.CharField(max_length=200, verbose_name='what is to do')),
                ('note', models.TextField(blank=True, default='', max_length=4000, verbose_name='note')),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('dismissed', 'Dismissed')], default='open', max_length=10)),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('due_time', models.TimeField(blank=True, null=True, verbose_name='time of day')),
                ('is_urgent', models.BooleanField(default=False, verbose_name='urgent')),
                ('is_complaint', models.BooleanField(default=False, verbose_name='complaint')),
                ('snoozed_until_on', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minutes')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='customers.customer')),
                ('finished_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tasks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_on'], name='task_due'), models.Index(fields=['customer', '-created_at'], name='task_timeline'), models.Index(condition=models.Q(('is_complaint', True), ('state', 'open')), fields=['customer'], name='task_open_complaint'), models.Index(condition=models.Q(('finished_at__isnull', False)), fields=['finished_at'], name='task_finished')],
                'constraints': [models.CheckConstraint(condition=models.Q(('due_time__isnull', True), ('due_on__isnull', False), _connector='OR'), name='task_time_has_day'), models.CheckConstraint(condition=models.Q(('minutes__isnull', True), models.Q(('finished_at__isnull', False), ('minutes__range', (1, 1440))), _connector='OR'), name='task_minutes_sane'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='task_finished_has_moment')],
            },
        ),
    ]
