"""Who works here, what the company decided, and who did what."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('team', '0001_first'),
        ('team', '0002_api_tokens'),
        ('team', '0003_contact_minutes'),
        ('team', '0004_contact_settings'),
        ('team', '0005_quiet_hours_and_caps'),
        ('team', '0006_time_split'),
        ('team', '0007_risk_horizon'),
        ('team', '0008_paper'),
    ]
    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Staff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('role', models.CharField(choices=[('administrator', 'Administrator'), ('management', 'Management'), ('sales', 'Sales'), ('marketing', 'Marketing'), ('service', 'Service'), ('analyst', 'Analyst (read-only)')], default='sales', max_length=20, verbose_name='role')),
                ('language', models.CharField(blank=True, default='', max_length=5, verbose_name='language')),
                ('theme', models.CharField(choices=[('system', 'As the device'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=10, verbose_name='appearance')),
                ('hours_per_week', models.PositiveSmallIntegerField(default=20, verbose_name='hours per week for customers')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(default='', max_length=200, verbose_name='company')),
                ('activity_days', models.PositiveIntegerField(blank=True, help_text='Whoever bought within this many days is a customer. Empty: suggested from your own order rhythm.', null=True, verbose_name='activity window in days')),
                ('no_purchase_months', models.PositiveSmallIntegerField(default=6, verbose_name='months without purchase')),
                ('risk_horizon_days', models.PositiveIntegerField(blank=True, help_text='The early warning says who buys nothing within so many days. Empty: suggested from your own order rhythm.', null=True, verbose_name='horizon of the early warning in days')),
                ('minutes_per_contact', models.PositiveSmallIntegerField(default=24, verbose_name='minutes per contact')),
                ('sender_name', models.CharField(blank=True, default='', max_length=120, verbose_name='sender')),
                ('sender_email', models.EmailField(blank=True, default='', max_length=254, verbose_name="sender's e-mail")),
                ('imprint', models.TextField(blank=True, default='', max_length=2000, verbose_name='imprint')),
                ('privacy_url', models.URLField(blank=True, default='', verbose_name='privacy notice')),
                ('default_form', models.CharField(choices=[('sie', 'formal (Sie)'), ('du', 'informal (Du)')], default='sie', max_length=5, verbose_name='form of address')),
                ('optin_days', models.PositiveSmallIntegerField(default=14, verbose_name='days to confirm')),
                ('ip_evidence', models.CharField(choices=[('cut', 'shortened'), ('full', 'complete'), ('none', 'not kept')], default='cut', max_length=5, verbose_name='internet address in evidence')),
                ('existing_customer_email', models.BooleanField(default=False, verbose_name='e-mail to existing customers')),
                ('quiet_from', models.TimeField(blank=True, default=datetime.time(20, 0), null=True, verbose_name='quiet from')),
                ('quiet_until', models.TimeField(blank=True, default=datetime.time(8, 0), null=True, verbose_name='quiet until')),
                ('quiet_sundays', models.BooleanField(default=True, verbose_name='not on Sundays')),
                ('quiet_holidays', models.BooleanField(default=True, verbose_name='not on public holidays')),
                ('holiday_region', models.CharField(blank=True, default='DE', max_length=10, verbose_name='region for holidays')),
                ('cap_contacts', models.PositiveSmallIntegerField(blank=True, default=2, null=True, verbose_name='contacts per person at most')),
                ('cap_customer_contacts', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='contacts per customer at most')),
                ('cap_days', models.PositiveSmallIntegerField(default=7, verbose_name='in days')),
                ('sender_address', models.TextField(blank=True, default='', max_length=300, verbose_name="sender's address")),
                ('sender_phone', models.CharField(blank=True, default='', max_length=60, verbose_name="sender's phone")),
                ('voucher_url', models.CharField(blank=True, default='', max_length=200, verbose_name='address behind QR codes')),
                ('letter_cost_cents', models.PositiveIntegerField(blank=True, null=True, verbose_name='cost of a letter')),
                ('postcard_cost_cents', models.PositiveIntegerField(blank=True, null=True, verbose_name='cost of a postcard')),
                ('time_a_percent', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='time for A customers in percent')),
                ('time_b_percent', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='time for B customers in percent')),
                ('time_c_percent', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='time for C customers in percent')),
                ('is_demo', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('cap_days__range', (1, 366))), name='company_cap_days_sane'), models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_until__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False)), _connector='OR'), name='company_quiet_hours_whole'), models.CheckConstraint(condition=models.Q(('pk', 1)), name='company_is_one_row'), models.CheckConstraint(condition=models.Q(('default_form__in', ['sie', 'du'])), name='company_form_known'), models.CheckConstraint(condition=models.Q(('ip_evidence__in', ['cut', 'full', 'none'])), name='company_ip_evidence_known'), models.CheckConstraint(condition=models.Q(('optin_days__range', (1, 90))), name='company_optin_days_sane'), models.CheckConstraint(condition=models.Q(models.Q(('time_a_percent__isnull', True), ('time_b_percent__isnull', True), ('time_c_percent__isnull', True)), models.Q(('time_a_percent__isnull', False), ('time_b_percent__isnull', False), ('time_c_percent', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.Value(100), '-', models.F('time_a_percent')), '-', models.F('time_b_percent'))), ('time_c_percent__isnull', False)), _connector='OR'), name='company_time_adds_up'), models.CheckConstraint(condition=models.Q(('minutes_per_contact__range', (5, 240))), name='company_minutes_per_contact_sane'), models.CheckConstraint(condition=models.Q(('activity_days__isnull', True), ('activity_days__range', (1, 3650)), _connector='OR'), name='company_activity_days_sane'), models.CheckConstraint(condition=models.Q(('no_purchase_months__range', (1, 120))), name='company_no_purchase_months_sane'), models.CheckConstraint(condition=models.Q(('risk_horizon_days__isnull', True), ('risk_horizon_days__range', (7, 730)), _connector='OR'), name='company_risk_horizon_days_sane')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('staff', 'name'), name='api_token_name_once')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, db_index=True)),
                ('action', models.CharField(max_length=60)),
                ('thing', models.CharField(default='', max_length=60)),
                ('thing_id', models.BigIntegerField(null=True)),
                ('label', models.CharField(default='', max_length=200)),
                ('detail', models.JSONField(default=dict)),
                ('staff', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['thing', 'thing_id', '-at'], name='audit_of_a_thing')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('query', models.CharField(max_length=2000)),
                ('shared', models.BooleanField(default=False, verbose_name='for everyone')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('staff', 'page', 'name'), name='saved_view_name_once')],
            },
        ),
    ]
