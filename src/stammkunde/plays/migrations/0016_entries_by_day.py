from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0015_numbers_without_a_zero'),
        ('outreach', '0018_households'),
        ('plays', '0015_bound_yes'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(condition=models.Q(('state', ''), _negated=True), fields=['play', 'entered_at'], name='enrolment_entered'),
        ),
    ]
