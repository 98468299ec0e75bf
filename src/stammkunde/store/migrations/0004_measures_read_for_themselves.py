from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0003_groups'),
    ]

    operations = [
        migrations.CreateModel(
            name='Unmet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer_id', models.BigIntegerField(null=True)),
                ('entered', models.BooleanField(default=False)),
            ],
        ),
    ]
