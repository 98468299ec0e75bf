import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0015_numbers_without_a_zero'),
        ('outreach', '0016_a_rule_for_c_customers'),
        ('plays', '0012_open_ones'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='steprun',
            name='step_run_once',
        ),
        migrations.RemoveIndex(
            model_name='enrolment',
            name='enrolment_due',
        ),
        migrations.RemoveIndex(
            model_name='steprun',
            name='step_run_of_day',
        ),
        migrations.RemoveField(
            model_name='steprun',
            name='round',
        ),
        migrations.AddField(
            model_name='steprun',
            name='owner',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(condition=models.Q(('closed_at', None), models.Q(('state', ''), _negated=True)), fields=['due_at', '-gain_cents', 'id'], name='enrolment_due'),
        ),
        migrations.AddIndex(
            model_name='steprun',
            index=models.Index(condition=models.Q(('minutes__gt', 0)), fields=['on', 'owner'], name='step_run_of_day'),
        ),
        migrations.AddConstraint(
            model_name='steprun',
            constraint=models.UniqueConstraint(fields=('enrolment', 'step_key'), name='step_run_once'),
        ),
    ]
