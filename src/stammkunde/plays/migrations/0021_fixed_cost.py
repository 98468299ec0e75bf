from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plays", "0020_pressed_once")]

    operations = [
        migrations.AddField(
            model_name="play",
            name="fixed_cost_cents",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="play",
            name="fixed_cost_for",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
