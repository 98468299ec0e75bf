"""Customers, what they allow and wish, and the index that finds them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from stammkunde.customers import indexes, search


class Migration(migrations.Migration):

    replaces = [
        ('customers', '0001_first'),
        ('customers', '0002_find_quickly'),
        ('customers', '0003_write_faster'),
        ('customers', '0004_consent_and_preference'),
        ('customers', '0005_consent_unproven'),
    ]
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('part', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='ContactPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=200, unique=True)),
                ('salutation', models.CharField(blank=True, default='', max_length=30, verbose_name='salutation')),
                ('title', models.CharField(blank=True, default='', max_length=60, verbose_name='title')),
                ('first_name', models.CharField(blank=True, default='', max_length=120, verbose_name='first name')),
                ('last_name', models.CharField(max_length=120, verbose_name='last name')),
                ('role', models.CharField(choices=[('decision_maker', 'Decision maker'), ('executive', 'Executive'), ('purchasing', 'Purchasing'), ('user', 'User'), ('influencer', 'Influencer'), ('other', 'Other')], default='other', max_length=20, verbose_name='role')),
                ('email', models.CharField(blank=True, default='', max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, default='', max_length=60, verbose_name='phone')),
                ('birthday_on', models.DateField(blank=True, null=True, verbose_name='birthday')),
                ('imported_by', models.BigIntegerField(editable=False, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['last_name', 'first_name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=200, unique=True)),
                ('number', models.CharField(max_length=100, verbose_name='customer number')),
                ('kind', models.CharField(choices=[('company', 'Company'), ('person', 'Person')], default='person', max_length=10, verbose_name='kind')),
                ('name', models.CharField(max_length=250, verbose_name='name')),
                ('email', models.CharField(blank=True, default='', max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, default='', max_length=60, verbose_name='phone')),
                ('street', models.CharField(blank=True, default='', max_length=250, verbose_name='street')),
                ('postcode', models.CharField(blank=True, default='', max_length=20, verbose_name='postcode')),
                ('city', models.CharField(blank=True, default='', max_length=120, verbose_name='city')),
                ('country', models.CharField(blank=True, default='', max_length=80, verbose_name='country')),
                ('region', models.CharField(blank=True, default='', max_length=120, verbose_name='region')),
                ('industry', models.CharField(blank=True, default='', max_length=120, verbose_name='industry')),
                ('segment', models.CharField(blank=True, default='', max_length=120, verbose_name='segment')),
                ('attributes', models.JSONField(blank=True, default=dict, verbose_name='attributes')),
                ('since_on', models.DateField(blank=True, null=True, verbose_name='customer since')),
                ('search', models.TextField(default='', editable=False)),
                ('imported_by', models.BigIntegerField(editable=False, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='customers', to=settings.AUTH_USER_MODEL, verbose_name='responsible')),
            ],
        ),
        migrations.CreateModel(
            name='ContactPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(blank=True, default='', max_length=5, verbose_name='language')),
                ('form', models.CharField(blank=True, choices=[('sie', 'formal (Sie)'), ('du', 'informal (Du)')], default='', max_length=5, verbose_name='form of address')),
                ('tone', models.CharField(blank=True, default='', max_length=200, verbose_name='tone')),
                ('channels', models.JSONField(blank=True, null=True, verbose_name='channels')),
                ('topics', models.JSONField(blank=True, null=True, verbose_name='topics')),
                ('max_contacts', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='contacts at most')),
                ('per_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='in days')),
                ('paused_until_on', models.DateField(blank=True, null=True, verbose_name='paused until')),
                ('call_from', models.TimeField(blank=True, null=True, verbose_name='calls from')),
                ('call_until', models.TimeField(blank=True, null=True, verbose_name='calls until')),
                ('call_weekdays', models.JSONField(blank=True, null=True, verbose_name='days for calls')),
                ('payment', models.CharField(blank=True, default='', max_length=120, verbose_name='preferred payment')),
                ('delivery', models.CharField(blank=True, default='', max_length=120, verbose_name='preferred delivery')),
                ('email_from_sale', models.BooleanField(blank=True, null=True, verbose_name='e-mail address given with a purchase')),
                ('link_version', models.PositiveIntegerField(default=0, editable=False)),
                ('origin', models.CharField(choices=[('customer', 'by the customer'), ('staff', 'by staff')], default='staff', max_length=10, verbose_name='stated')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact_person', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='preference', to='customers.contactperson')),
                ('preferred_staff', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='preferred contact')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preferences', to='customers.customer')),
            ],
        ),
        migrations.AddField(
            model_name='contactperson',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contact_persons', to='customers.customer'),
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('note', 'Note'), ('matters', 'What matters to them')], default='note', max_length=10)),
                ('text', models.TextField(max_length=4000, verbose_name='note')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notes', to='customers.contactperson')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='customers.customer')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='OptIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.CharField(max_length=254, verbose_name='e-mail')),
                ('nonce', models.CharField(max_length=43)),
                ('token_digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('contact_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='optins', to='customers.contactperson')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='optins', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=200, unique=True)),
                ('person_source', models.CharField(blank=True, default='', max_length=200)),
                ('person_name', models.CharField(blank=True, default='', max_length=310, verbose_name='contact person')),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('post', 'Post'), ('phone', 'Phone'), ('message', 'Text message')], max_length=10, verbose_name='channel')),
                ('purpose', models.CharField(choices=[('service', 'Orders and requests'), ('thanks', 'Thanks'), ('survey', 'Surveys and reviews'), ('advertising', 'Offers'), ('newsletter', 'Newsletter')], max_length=12, verbose_name='purpose')),
                ('state', models.CharField(choices=[('asked', 'asked, not confirmed yet'), ('given', 'given'), ('withdrawn', 'withdrawn'), ('objected', 'objected'), ('expired', 'expired')], max_length=10, verbose_name='state')),
                ('basis', models.CharField(blank=True, choices=[('double_opt_in', 'confirmed by e-mail (double opt-in)'), ('written', 'in writing'), ('online', 'online form, not confirmed'), ('spoken', 'spoken'), ('imported', 'taken over with its evidence'), ('unproven', 'taken over without evidence')], default='', max_length=15, verbose_name='how')),
                ('origin', models.CharField(max_length=250, verbose_name='origin')),
                ('wording', models.TextField(blank=True, default='', verbose_name='wording shown')),
                ('proof', models.JSONField(blank=True, default=dict, verbose_name='proof')),
                ('address', models.CharField(blank=True, default='', max_length=254, verbose_name='address')),
                ('happened_at', models.DateTimeField(verbose_name='when')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('imported_by', models.BigIntegerField(editable=False, null=True)),
                ('asked', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='customers.consent')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='consents', to='customers.contactperson')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='customers.customer')),
                ('optin', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='asked', to='customers.optin')),
            ],
            options={
                'ordering': ['-happened_at', '-pk'],
            },
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['name', 'id'], name='customer_by_name'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['owner', 'id'], name='customer_by_owner'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['country', 'id'], name='customer_by_country'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['region', 'id'], name='customer_by_region'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['industry', 'id'], name='customer_by_industry'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['segment', 'id'], name='customer_by_segment'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['since_on'], name='customer_by_since'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='customer_has_source'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['company', 'person'])), name='customer_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='contactpreference',
            constraint=models.UniqueConstraint(condition=models.Q(('contact_person__isnull', True)), fields=('customer',), name='preference_of_customer_once'),
        ),
        migrations.AddConstraint(
            model_name='contactpreference',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['', 'sie', 'du'])), name='preference_form_known'),
        ),
        migrations.AddConstraint(
            model_name='contactpreference',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['customer', 'staff'])), name='preference_origin_known'),
        ),
        migrations.AddConstraint(
            model_name='contactpreference',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_contacts__isnull', True), ('per_days__isnull', True)), models.Q(('max_contacts__isnull', False), ('per_days__gte', 1), ('per_days__isnull', False)), _connector='OR'), name='preference_cap_has_days'),
        ),
        migrations.AddConstraint(
            model_name='contactpreference',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('call_from__isnull', True), ('call_until__isnull', True)), models.Q(('call_from__isnull', False), ('call_from__lt', models.F('call_until')), ('call_until__isnull', False)), _connector='OR'), name='preference_calls_in_order'),
        ),
        migrations.AddIndex(
            model_name='contactperson',
            index=models.Index(fields=['birthday_on'], name='contact_person_by_birthday'),
        ),
        migrations.AddConstraint(
            model_name='contactperson',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='contact_person_has_source'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(fields=['customer', '-created_at'], name='note_timeline'),
        ),
        migrations.AddIndex(
            model_name='optin',
            index=models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['expires_at'], name='optin_to_send'),
        ),
        migrations.AddConstraint(
            model_name='optin',
            constraint=models.CheckConstraint(condition=models.Q(('email', ''), _negated=True), name='optin_has_email'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['customer', 'channel', 'purpose'], name='consent_of_customer'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(condition=models.Q(('address', ''), _negated=True), fields=['address', 'channel'], name='consent_of_address'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='consent_has_source'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'post', 'phone', 'message'])), name='consent_channel_known'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['service', 'thanks', 'survey', 'advertising', 'newsletter'])), name='consent_purpose_known'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'given', 'withdrawn', 'objected', 'expired'])), name='consent_state_known'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ['', 'double_opt_in', 'written', 'online', 'spoken', 'imported', 'unproven'])), name='consent_basis_known'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('basis', ''), ('state', 'given'), _negated=True), name='consent_given_says_how'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('origin', ''), _negated=True), name='consent_has_origin'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('contact_person__isnull', True), models.Q(('person_source', ''), _negated=True), _connector='OR'), name='consent_names_its_person'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('asked__isnull', True), ('state', 'given'), _connector='OR'), name='consent_answer_is_given'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('optin__isnull', True), ('state', 'asked'), _connector='OR'), name='consent_of_optin_is_asked'),
        ),
        # No page looks for sources by their beginnings; and last of all, since it hangs triggers on the table:
        migrations.RunPython(indexes.without_like('customers_customer', 'source'), migrations.RunPython.noop),
        migrations.RunPython(indexes.without_like('customers_contactperson', 'source'), migrations.RunPython.noop),
        migrations.RunPython(search.install, search.remove),
    ]
