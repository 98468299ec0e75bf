"""What was said on the phone, and what to say."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('calls', '0001_first'),
    ]
    initial = True

    dependencies = [
        ('tasks', '0001_tasks'),
        ('customers', '0001_customers_and_consent'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60, unique=True)),
                ('happened_at', models.DateTimeField(verbose_name='when')),
                ('outcome', models.CharField(choices=[('reached', 'Reached'), ('not_reached', 'Not reached'), ('call_back', 'Call back later'), ('wants_offer', 'Wants an offer'), ('complaint', 'Complaint'), ('not_interested', 'Not interested'), ('wrong_number', 'Wrong number'), ('no_more_calls', 'Wants no more calls')], max_length=15, verbose_name='outcome')),
                ('note', models.TextField(blank=True, default='', max_length=4000, verbose_name='note')),
                ('goals', models.JSONField(blank=True, default=list, verbose_name='goals reached')),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('contact_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='calls', to='customers.contactperson')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='customers.customer')),
                ('next_task', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='planned_by', to='tasks.task')),
                ('staff', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='calls', to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='calls', to='tasks.task')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', '-happened_at'], name='call_timeline')],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['reached', 'not_reached', 'call_back', 'wants_offer', 'complaint', 'not_interested', 'wrong_number', 'no_more_calls'])), name='call_outcome_known'), models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('task',), name='call_of_task_once')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.TextField(blank=True, default='', max_length=4000)),
                ('goals', models.JSONField(blank=True, default=list)),
                ('changed_at', models.DateTimeField()),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('staff', 'customer'), name='draft_once')],
            },
        ),
        migrations.CreateModel(
            name='Guide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('risk', 'Customer at risk'), ('silent', 'Gone quiet'), ('birthday', 'Birthday'), ('thanks', 'Thanks'), ('win_back', 'Win back'), ('free', 'Any reason')], max_length=10, verbose_name='occasion')),
                ('language', models.CharField(max_length=5, verbose_name='language')),
                ('form', models.CharField(choices=[('sie', 'formal (Sie)'), ('du', 'informal (Du)')], max_length=5, verbose_name='form of address')),
                ('opening', models.TextField(max_length=1000, verbose_name='opening')),
                ('questions', models.JSONField(default=list, verbose_name='questions')),
                ('goals', models.JSONField(default=list, verbose_name='goals')),
                ('offer', models.TextField(blank=True, default='', max_length=1000, verbose_name='what to offer')),
                ('avoid', models.TextField(blank=True, default='', max_length=1000, verbose_name='what not to say')),
                ('closing', models.TextField(blank=True, default='', max_length=1000, verbose_name='closing')),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'language', 'form'), name='guide_once')],
            },
        ),
    ]
