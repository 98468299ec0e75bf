"""Campaigns and thank-yous, and who is enrolled."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('plays', '0001_first'),
        ('plays', '0002_trouble'),
    ]
    initial = True

    dependencies = [
        ('customers', '0001_customers_and_consent'),
        ('outreach', '0001_messages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Play',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('campaign', 'Campaign'), ('thanks', 'Thank-you')], max_length=10)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('status', models.CharField(choices=[('preparing', 'In preparation'), ('ready', 'Ready'), ('running', 'Running'), ('paused', 'Paused'), ('stopped', 'Stopped'), ('done', 'Done')], max_length=10)),
                ('audience', models.JSONField(default=dict)),
                ('audience_text', models.CharField(blank=True, default='', max_length=500)),
                ('holdout_share', models.FloatField(default=0.0, verbose_name='left alone, to compare')),
                ('valid_days', models.PositiveSmallIntegerField(default=14, verbose_name='days until it is too late')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='starts')),
                ('chosen_at', models.DateTimeField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, default='', max_length=20)),
                ('after_on', models.DateField(null=True)),
                ('delay_days', models.PositiveSmallIntegerField(default=1, verbose_name='days after the purchase')),
                ('created_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plays', to='outreach.template', verbose_name='template')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cycle', models.CharField(max_length=20)),
                ('arm', models.CharField(choices=[('treated', 'Contacted'), ('held_out', 'Left alone, to compare')], max_length=10)),
                ('entered_at', models.DateTimeField()),
                ('forecast', models.JSONField(null=True)),
                ('code', models.CharField(blank=True, default='', max_length=40)),
                ('planned_at', models.DateTimeField(null=True)),
                ('contact_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='enrolments', to='customers.contactperson')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='customers.customer')),
                ('message', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolment', to='outreach.message')),
                ('play', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='plays.play')),
            ],
        ),
        migrations.AddIndex(
            model_name='play',
            index=models.Index(fields=['status'], name='play_by_status'),
        ),
        migrations.AddConstraint(
            model_name='play',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='play_has_name'),
        ),
        migrations.AddConstraint(
            model_name='play',
            constraint=models.CheckConstraint(condition=models.Q(('holdout_share__gte', 0), ('holdout_share__lte', 0.5)), name='play_holdout_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='play',
            constraint=models.CheckConstraint(condition=models.Q(('valid_days__range', (1, 365))), name='play_valid_days_sane'),
        ),
        migrations.AddConstraint(
            model_name='play',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'thanks'), _negated=True), ('after_on__isnull', False), _connector='OR'), name='play_thanks_has_first_day'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(condition=models.Q(('arm', 'treated'), ('planned_at', None)), fields=['play', 'id'], name='enrolment_to_plan'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(condition=models.Q(('forecast__isnull', True)), fields=['play', 'id'], name='enrolment_to_ask'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['play', 'code', 'id'], name='enrolment_by_code'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(fields=('play', 'customer', 'cycle'), name='enrolment_once_per_cycle'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('arm', 'held_out'), _negated=True), ('message__isnull', True), _connector='OR'), name='enrolment_held_out_is_left_alone'),
        ),
    ]
