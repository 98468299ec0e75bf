import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0015_numbers_without_a_zero'),
        ('outreach', '0017_both_arms'),
    ]

    operations = [
        migrations.AddField(
            model_name='addressuse',
            name='used_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='assignment',
            name='key',
            field=models.CharField(blank=True, db_default='', default='', max_length=32),
        ),
        migrations.AddIndex(
            model_name='addressuse',
            index=models.Index(fields=['origin', 'used_at'], name='address_use_by_origin'),
        ),
    ]
