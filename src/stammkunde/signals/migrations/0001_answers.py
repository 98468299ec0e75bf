"""Answers of a generation, figures, warnings and changes of stage."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('signals', '0001_first'),
        ('signals', '0002_figure_remark'),
        ('signals', '0003_longest_overdue'),
        ('signals', '0004_value_and_risk'),
        ('signals', '0005_find_by_risk'),
        ('signals', '0006_warning_last_purchase'),
    ]
    initial = True

    dependencies = [
        ('customers', '0001_customers_and_consent'),
    ]

    operations = [
        migrations.CreateModel(
            name='Generation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='running', max_length=10)),
                ('as_of_on', models.DateField()),
                ('facts_version', models.CharField(default='', max_length=64)),
                ('activity_days', models.PositiveIntegerField(default=0)),
                ('step', models.CharField(default='', max_length=40)),
                ('done', models.BigIntegerField(default=0)),
                ('total', models.BigIntegerField(default=0)),
                ('checkpoint', models.JSONField(default=dict)),
                ('forecast', models.JSONField(default=dict)),
                ('before_on', models.DateField(null=True)),
                ('error', models.JSONField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('leased_by', models.CharField(default='', max_length=80)),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'running')), fields=('status',), name='generation_one_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='EarlyWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('warned_on', models.DateField()),
                ('horizon_days', models.PositiveIntegerField()),
                ('level', models.CharField(choices=[('green', 'Green'), ('amber', 'Amber'), ('red', 'Red')], max_length=5)),
                ('risk', models.FloatField(null=True)),
                ('margin_at_risk_cents', models.BigIntegerField(null=True)),
                ('last_on', models.DateField(null=True)),
                ('reasons', models.JSONField(default=list)),
                ('outcome', models.CharField(choices=[('open', 'Open'), ('bought', 'Bought again'), ('left', 'Left'), ('calmed', 'No longer at risk')], default='open', max_length=6)),
                ('closed_on', models.DateField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='warnings', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(fields=['outcome', 'warned_on'], name='warning_by_outcome')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', 'open')), fields=('customer',), name='warning_open_once_per_customer'), models.UniqueConstraint(fields=('customer', 'warned_on'), name='warning_once_per_day')],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kpi', models.CharField(max_length=40)),
                ('period', models.CharField(max_length=10)),
                ('slice_by', models.CharField(default='', max_length=60)),
                ('slice_value', models.CharField(default='', max_length=120)),
                ('value', models.FloatField(null=True)),
                ('numerator', models.FloatField(null=True)),
                ('denominator', models.FloatField(null=True)),
                ('n', models.BigIntegerField(default=0)),
                ('reason', models.CharField(default='', max_length=40)),
                ('remark', models.CharField(default='', max_length=40)),
                ('coverage', models.FloatField(null=True)),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='signals.generation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('generation', 'kpi', 'period', 'slice_by', 'slice_value'), name='figure_once_per_generation')],
            },
        ),
        migrations.CreateModel(
            name='CustomerSignal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('prospect', 'No purchase yet'), ('new', 'New'), ('active', 'Active'), ('at_risk', 'At risk'), ('dormant', 'Dormant'), ('lost', 'Lost'), ('returned', 'Returned')], max_length=10)),
                ('stage_reason', models.JSONField(default=dict)),
                ('returned_on', models.DateField(null=True)),
                ('abc_class', models.CharField(default='', max_length=1)),
                ('abc_basis', models.CharField(default='margin', max_length=7)),
                ('value_rank', models.BigIntegerField(null=True)),
                ('first_on', models.DateField(null=True)),
                ('last_on', models.DateField(null=True)),
                ('orders', models.IntegerField(default=0)),
                ('purchase_days', models.IntegerField(default=0)),
                ('revenue_cents', models.BigIntegerField(default=0)),
                ('margin_cents', models.BigIntegerField(null=True)),
                ('revenue_year_cents', models.BigIntegerField(default=0)),
                ('margin_year_cents', models.BigIntegerField(null=True)),
                ('gap_days', models.FloatField(null=True)),
                ('gap_spread_days', models.FloatField(null=True)),
                ('silent_days', models.IntegerField(null=True)),
                ('due_on', models.DateField(null=True)),
                ('overdue_days', models.IntegerField(null=True)),
                ('recency_score', models.SmallIntegerField(null=True)),
                ('frequency_score', models.SmallIntegerField(null=True)),
                ('monetary_score', models.SmallIntegerField(null=True)),
                ('favourite_category', models.CharField(default='', max_length=120)),
                ('last_channel', models.CharField(default='', max_length=60)),
                ('returned_share', models.FloatField(null=True)),
                ('yearly_cents', models.BigIntegerField(null=True)),
                ('expected_purchases', models.FloatField(null=True)),
                ('expected_cents', models.BigIntegerField(null=True)),
                ('expected_low_cents', models.BigIntegerField(null=True)),
                ('expected_high_cents', models.BigIntegerField(null=True)),
                ('clv_cents', models.BigIntegerField(null=True)),
                ('clv_low_cents', models.BigIntegerField(null=True)),
                ('clv_high_cents', models.BigIntegerField(null=True)),
                ('risk', models.FloatField(null=True)),
                ('risk_level', models.CharField(choices=[('green', 'Green'), ('amber', 'Amber'), ('red', 'Red')], db_default='', default='', max_length=5)),
                ('margin_at_risk_cents', models.BigIntegerField(null=True)),
                ('risk_before', models.FloatField(null=True)),
                ('risk_reasons', models.JSONField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='signals.generation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('margin_at_risk_cents__isnull', False)), fields=['generation', '-margin_at_risk_cents', 'customer'], name='signal_by_margin_at_risk'), models.Index(condition=models.Q(('expected_cents__isnull', False)), fields=['generation', '-expected_cents', 'customer'], name='signal_by_expected'), models.Index(condition=models.Q(('risk__isnull', False)), fields=['generation', '-risk', 'customer'], name='signal_by_risk'), models.Index(fields=['generation', 'risk_level', 'customer'], name='signal_by_level'), models.Index(fields=['generation', '-revenue_year_cents', 'customer'], name='signal_by_revenue'), models.Index(fields=['generation', 'value_rank', 'customer'], name='signal_by_rank'), models.Index(fields=['generation', '-last_on', 'customer'], name='signal_by_last_purchase'), models.Index(fields=['generation', 'stage', 'value_rank'], name='signal_by_stage'), models.Index(condition=models.Q(('overdue_days__isnull', False)), fields=['generation', '-overdue_days', 'customer'], name='signal_by_overdue')],
                'constraints': [models.UniqueConstraint(fields=('generation', 'customer'), name='signal_once_per_generation')],
            },
        ),
        migrations.CreateModel(
            name='Current',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='signals.generation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='current_is_one_row')],
            },
        ),
        migrations.CreateModel(
            name='StageChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_on', models.DateField()),
                ('before', models.CharField(choices=[('prospect', 'No purchase yet'), ('new', 'New'), ('active', 'Active'), ('at_risk', 'At risk'), ('dormant', 'Dormant'), ('lost', 'Lost'), ('returned', 'Returned')], max_length=10)),
                ('after', models.CharField(choices=[('prospect', 'No purchase yet'), ('new', 'New'), ('active', 'Active'), ('at_risk', 'At risk'), ('dormant', 'Dormant'), ('lost', 'Lost'), ('returned', 'Returned')], max_length=10)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='stage_changes', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(fields=['changed_on', 'after'], name='stage_change_by_day')],
                'constraints': [models.UniqueConstraint(fields=('customer', 'changed_on'), name='stage_change_once_a_day')],
            },
        ),
    ]
