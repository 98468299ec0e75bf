from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('signals', '0005_warned_percent'),
        ('team', '0006_message_settings_are_of_outreach'),
    ]

    operations = [
        migrations.AddField(
            model_name='figuresettings',
            name='margin_stage',
            field=models.CharField(choices=[('goods', 'I: after discounts and goods'), ('delivery', 'II: after shipping, payment and returns, too')], default='delivery', max_length=8, verbose_name='contribution margin'),
        ),
        migrations.AddField(
            model_name='figuresettings',
            name='payment_percent',
            field=models.FloatField(default=0.0, verbose_name='cost of payment in percent'),
        ),
        migrations.AddConstraint(
            model_name='figuresettings',
            constraint=models.CheckConstraint(condition=models.Q(('margin_stage__in', ['goods', 'delivery'])), name='signals_margin_stage_known'),
        ),
        migrations.AddConstraint(
            model_name='figuresettings',
            constraint=models.CheckConstraint(condition=models.Q(('payment_percent__range', (0, 20))), name='signals_payment_percent_sane'),
        ),
    ]
