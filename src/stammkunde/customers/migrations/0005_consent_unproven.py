"""Take consents over that nothing proves: kept, and allowing nothing."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_consent_and_preference'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='consent',
            name='consent_basis_known',
        ),
        migrations.AlterField(
            model_name='consent',
            name='basis',
            field=models.CharField(blank=True, choices=[('double_opt_in', 'confirmed by e-mail (double opt-in)'), ('written', 'in writing'), ('online', 'online form, not confirmed'), ('spoken', 'spoken'), ('imported', 'taken over with its evidence'), ('unproven', 'taken over without evidence')], default='', max_length=15, verbose_name='how'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ['', 'double_opt_in', 'written', 'online', 'spoken', 'imported', 'unproven'])), name='consent_basis_known'),
        ),
    ]
