import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0011_sign_up"), ("plays", "0005_several_ways")]

    operations = [
        migrations.CreateModel(
            name="ConsentPlan",
            fields=[
                (
                    "play",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="consent_plan",
                        serialize=False,
                        to="plays.play",
                    ),
                ),
                ("purposes", models.JSONField(default=list)),
                ("origin", models.CharField(max_length=250)),
                ("optins", models.ManyToManyField(related_name="+", to="customers.optin")),
            ],
        ),
    ]
