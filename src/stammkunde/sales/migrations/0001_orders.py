"""Products, orders and their lines."""

import django.db.models.deletion
from django.db import migrations, models

from stammkunde.customers import indexes


class Migration(migrations.Migration):

    replaces = [
        ('sales', '0001_first'),
        ('sales', '0002_write_faster'),
    ]
    initial = True

    dependencies = [
        ('customers', '0001_customers_and_consent'),
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
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=200, unique=True)),
                ('number', models.CharField(max_length=100, verbose_name='order number')),
                ('ordered_at', models.DateTimeField(verbose_name='ordered at')),
                ('ordered_on', models.DateField(verbose_name='ordered on')),
                ('channel', models.CharField(blank=True, default='', max_length=60, verbose_name='channel')),
                ('status', models.CharField(choices=[('open', 'Open'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], default='completed', max_length=10, verbose_name='status')),
                ('promised_on', models.DateField(blank=True, null=True, verbose_name='delivery promised')),
                ('delivered_on', models.DateField(blank=True, null=True, verbose_name='delivered')),
                ('shipping_cents', models.BigIntegerField(blank=True, null=True, verbose_name='shipping paid by the customer')),
                ('shipping_cost_cents', models.BigIntegerField(blank=True, null=True, verbose_name='shipping cost')),
                ('imported_by', models.BigIntegerField(editable=False, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('customer', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=200, unique=True)),
                ('number', models.CharField(max_length=100, verbose_name='product number')),
                ('name', models.CharField(max_length=250, verbose_name='name')),
                ('category', models.CharField(blank=True, default='', max_length=120, verbose_name='category')),
                ('kind', models.CharField(choices=[('product', 'Product'), ('other', 'Postage, fees and the like')], default='product', max_length=10)),
                ('price_e4', models.BigIntegerField(blank=True, null=True, verbose_name='price')),
                ('cost_e4', models.BigIntegerField(blank=True, null=True, verbose_name='cost')),
                ('imported_by', models.BigIntegerField(editable=False, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'indexes': [models.Index(fields=['name', 'id'], name='product_by_name')],
                'constraints': [models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='product_has_source')],
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('sale', 'Sale'), ('return', 'Return'), ('cancellation', 'Cancellation'), ('adjustment', 'Adjustment')], default='sale', max_length=12)),
                ('quantity', models.FloatField(verbose_name='quantity')),
                ('revenue_cents', models.BigIntegerField(verbose_name='revenue')),
                ('discount_cents', models.BigIntegerField(blank=True, null=True, verbose_name='discount')),
                ('cost_cents', models.BigIntegerField(blank=True, null=True, verbose_name='cost')),
                ('imported_by', models.BigIntegerField(editable=False, null=True)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='sales.order')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='sales.product')),
            ],
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['customer', '-ordered_at'], name='order_of_customer'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['ordered_on'], name='order_by_day'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='order_has_source'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'completed', 'cancelled'])), name='order_status_known'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.UniqueConstraint(fields=('order', 'key'), name='line_key_once'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'sale'), _negated=True), models.Q(('quantity__gt', 0), ('revenue_cents__gt', 0)), _connector='OR'), name='line_sale_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['sale', 'return', 'cancellation', 'adjustment'])), name='line_kind_known'),
        ),
        migrations.RunPython(indexes.without_like('sales_product', 'source'), migrations.RunPython.noop),
        migrations.RunPython(indexes.without_like('sales_order', 'source'), migrations.RunPython.noop),
    ]
