from django.db import migrations, models


class Migration(migrations.Migration):
    """The company decides how many customers it is warned about."""

    dependencies = [("signals", "0004_margins_say_of_how_much")]

    operations = [
        migrations.AddField(
            model_name="figuresettings",
            name="warned_percent",
            field=models.PositiveSmallIntegerField(
                default=12, verbose_name="customers warned about at most, in percent"
            ),
        ),
        migrations.AddConstraint(
            model_name="figuresettings",
            constraint=models.CheckConstraint(
                condition=models.Q(warned_percent__range=(1, 50)), name="signals_warned_percent_sane"
            ),
        ),
    ]
