"""The list of customers by risk, and by level of risk, walks an index, as its other orders do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0004_value_and_risk")]

    operations = [
        migrations.AddIndex(
            model_name="customersignal",
            index=models.Index(
                fields=["generation", "-risk", "customer"],
                name="signal_by_risk",
                condition=models.Q(risk__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="customersignal",
            index=models.Index(fields=["generation", "risk_level", "customer"], name="signal_by_level"),
        ),
    ]
