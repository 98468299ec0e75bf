from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="figure",
            name="remark",
            field=models.CharField(default="", max_length=40),
        ),
        migrations.AddField(
            model_name="figure",
            name="coverage",
            field=models.FloatField(null=True),
        ),
    ]
