"""What the company decides about contact: sender, imprint, form of address, opt-in, e-mail to existing customers."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('team', '0003_contact_minutes'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='default_form',
            field=models.CharField(choices=[('sie', 'formal (Sie)'), ('du', 'informal (Du)')], default='sie', max_length=5, verbose_name='form of address'),
        ),
        migrations.AddField(
            model_name='company',
            name='existing_customer_email',
            field=models.BooleanField(default=False, verbose_name='e-mail to existing customers'),
        ),
        migrations.AddField(
            model_name='company',
            name='imprint',
            field=models.TextField(blank=True, default='', max_length=2000, verbose_name='imprint'),
        ),
        migrations.AddField(
            model_name='company',
            name='ip_evidence',
            field=models.CharField(choices=[('cut', 'shortened'), ('full', 'complete'), ('none', 'not kept')], default='cut', max_length=5, verbose_name='internet address in evidence'),
        ),
        migrations.AddField(
            model_name='company',
            name='optin_days',
            field=models.PositiveSmallIntegerField(default=14, verbose_name='days to confirm'),
        ),
        migrations.AddField(
            model_name='company',
            name='privacy_url',
            field=models.URLField(blank=True, default='', verbose_name='privacy notice'),
        ),
        migrations.AddField(
            model_name='company',
            name='sender_email',
            field=models.EmailField(blank=True, default='', max_length=254, verbose_name="sender's e-mail"),
        ),
        migrations.AddField(
            model_name='company',
            name='sender_name',
            field=models.CharField(blank=True, default='', max_length=120, verbose_name='sender'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=models.Q(('default_form__in', ['sie', 'du'])), name='company_form_known'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=models.Q(('ip_evidence__in', ['cut', 'full', 'none'])), name='company_ip_evidence_known'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=models.Q(('optin_days__range', (1, 90))), name='company_optin_days_sane'),
        ),
    ]
