"""Messages and what became of them, templates, print runs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('outreach', '0001_first'),
        ('outreach', '0002_lost_leases'),
        ('outreach', '0003_templates_and_holds'),
        ('outreach', '0004_paper'),
    ]
    initial = True

    dependencies = [
        ('customers', '0001_customers_and_consent'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=60, unique=True)),
                ('since_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=60, unique=True)),
                ('salt', models.CharField(max_length=64)),
                ('share', models.FloatField()),
                ('drawn_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('share__gte', 0), ('share__lte', 1)), name='draw_share_is_a_share')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, unique=True)),
                ('origin', models.CharField(max_length=60)),
                ('channel', models.CharField(max_length=20)),
                ('purpose', models.CharField(choices=[('service', 'Orders and requests'), ('thanks', 'Thanks'), ('survey', 'Surveys and reviews'), ('advertising', 'Offers'), ('newsletter', 'Newsletter')], max_length=20, verbose_name='purpose')),
                ('person_name', models.CharField(blank=True, default='', max_length=310)),
                ('address', models.CharField(blank=True, default='', max_length=400)),
                ('content', models.JSONField(default=dict)),
                ('language', models.CharField(default='de', max_length=5)),
                ('importance_cents', models.BigIntegerField(default=0)),
                ('first', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('claimed', 'Being sent'), ('handed_over', 'Handed over'), ('delivered', 'Delivered'), ('bounced', 'Bounced'), ('failed', 'Failed'), ('unknown', 'Unclear'), ('refused', 'Refused'), ('expired', 'Expired'), ('stopped', 'Stopped')], default='planned', max_length=12)),
                ('reason', models.JSONField(null=True)),
                ('planned_at', models.DateTimeField()),
                ('not_before_at', models.DateTimeField()),
                ('latest_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('slot_at', models.DateTimeField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('leased_by', models.CharField(default='', max_length=80)),
                ('begun_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('rendered_at', models.DateTimeField(null=True)),
                ('handed_over_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('provider_id', models.CharField(blank=True, default='', max_length=255)),
                ('cost_cents', models.IntegerField(null=True)),
                ('contact_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to='customers.contactperson')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='MessageEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('claimed', 'Being sent'), ('handed_over', 'Handed over'), ('delivered', 'Delivered'), ('bounced', 'Bounced'), ('failed', 'Failed'), ('unknown', 'Unclear'), ('refused', 'Refused'), ('expired', 'Expired'), ('stopped', 'Stopped')], max_length=12)),
                ('reason', models.JSONField(null=True)),
                ('by', models.CharField(default='', max_length=150)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='outreach.message')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='PrintRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=20)),
                ('origin', models.CharField(blank=True, default='', max_length=60)),
                ('state', models.CharField(choices=[('collecting', 'Being made'), ('ready', 'To print'), ('handed_over', 'Handed over'), ('cancelled', 'Cancelled')], default='collecting', max_length=12)),
                ('dated_on', models.DateField()),
                ('sender', models.JSONField(default=dict)),
                ('cost_cents', models.PositiveIntegerField(null=True)),
                ('pieces_count', models.PositiveIntegerField(default=0)),
                ('failed_count', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('only', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outreach.message')),
            ],
        ),
        migrations.CreateModel(
            name='Piece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('sheet', models.JSONField()),
                ('row', models.JSONField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pieces', to='outreach.message')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='outreach.printrun')),
            ],
            options={
                'ordering': ['run', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('channel', models.CharField(max_length=20, verbose_name='channel')),
                ('purpose', models.CharField(choices=[('service', 'Orders and requests'), ('thanks', 'Thanks'), ('survey', 'Surveys and reviews'), ('advertising', 'Offers'), ('newsletter', 'Newsletter')], max_length=12, verbose_name='purpose')),
                ('is_archived', models.BooleanField(default=False)),
                ('options', models.JSONField(blank=True, default=dict)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TemplateText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=5, verbose_name='language')),
                ('form', models.CharField(choices=[('sie', 'formal (Sie)'), ('du', 'informal (Du)')], max_length=5, verbose_name='form of address')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('preview', models.CharField(blank=True, default='', max_length=200, verbose_name='preview text')),
                ('blocks', models.JSONField(default=list)),
                ('template', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='outreach.template')),
            ],
            options={
                'ordering': ['language', 'form', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Turn',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='customers.customer')),
                ('look_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('look_at__isnull', False)), fields=['look_at'], name='turn_due')],
            },
        ),
        migrations.CreateModel(
            name='Undeliverable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=20)),
                ('address', models.CharField(max_length=400)),
                ('code', models.CharField(max_length=20)),
                ('since_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('channel', 'address'), name='undeliverable_once')],
            },
        ),
        migrations.CreateModel(
            name='AddressUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=60)),
                ('channel', models.CharField(max_length=20)),
                ('address', models.CharField(max_length=400)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('origin', 'channel', 'address'), name='address_use_once')],
            },
        ),
        migrations.CreateModel(
            name='Holdout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since_at', models.DateTimeField()),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='held_out', to='outreach.draw')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('draw', 'customer'), name='holdout_once')],
            },
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'planned')), fields=['channel', '-first', '-importance_cents', 'id'], name='message_next'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'planned')), fields=['latest_at'], name='message_too_late'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'claimed')), fields=['lease_until', 'leased_by'], name='message_lost_lease'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['customer', '-planned_at'], name='message_timeline'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('slot_at__isnull', False)), fields=['customer', 'slot_at'], name='message_slots'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['state', '-id'], name='message_by_state'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['origin', '-id'], name='message_by_origin'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['channel', '-id'], name='message_by_channel'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['provider_id'], name='message_by_provider'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), models.Q(('origin', ''), _negated=True)), name='message_has_key_and_origin'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'claimed')), models.Q(models.Q(('state', 'claimed'), _negated=True), ('lease_until', None)), _connector='OR'), name='message_claimed_has_lease'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refused', 'failed', 'unknown', 'bounced', 'expired', 'stopped']), _negated=True), ('reason__isnull', False), _connector='OR'), name='message_says_why'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['handed_over', 'delivered']), _negated=True), ('handed_over_at__isnull', False), _connector='OR'), name='message_handed_over_has_moment'),
        ),
        migrations.AddIndex(
            model_name='printrun',
            index=models.Index(condition=models.Q(('state', 'collecting')), fields=['id'], name='print_run_to_collect'),
        ),
        migrations.AddConstraint(
            model_name='printrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('state__in', ['collecting', 'ready'])), models.Q(('finished_at__isnull', False), ('state__in', ['handed_over', 'cancelled'])), _connector='OR'), name='print_run_finished_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='piece',
            constraint=models.UniqueConstraint(fields=('run', 'position'), name='piece_position_once'),
        ),
        migrations.AddConstraint(
            model_name='piece',
            constraint=models.UniqueConstraint(fields=('run', 'message'), name='piece_message_once'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='template_has_name'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['service', 'thanks', 'survey', 'advertising', 'newsletter'])), name='template_purpose_known'),
        ),
        migrations.AddConstraint(
            model_name='templatetext',
            constraint=models.UniqueConstraint(fields=('template', 'language', 'form'), name='template_text_once'),
        ),
        migrations.AddConstraint(
            model_name='templatetext',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['sie', 'du'])), name='template_text_form_known'),
        ),
    ]
