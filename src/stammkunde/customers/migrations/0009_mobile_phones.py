from typing import Any

from django.db import migrations, models

from stammkunde.customers import phones, search


def write_for_the_world(apps: Any, schema_editor: Any) -> None:
    """
    Write the numbers to which consent to text messages was given as they are compared now; repeating is harmless.

    What is written without a country is in the customer's, as where messages go to.
    """
    consents = apps.get_model("customers", "Consent").objects.using(schema_editor.connection.alias)
    national = consents.filter(channel="message").exclude(address="").exclude(address__startswith="+")
    for key, address, country in national.values_list("pk", "address", "customer__country").iterator(chunk_size=1000):
        consents.filter(pk=key).update(address=phones.e164(address, country=country) or address)


class Migration(migrations.Migration):
    """Mobile numbers of customers and contact persons; text messages go to numbers in E.164."""

    dependencies = [("customers", "0008_since_where_it_is_known")]

    operations = [
        migrations.AddField(
            "customer",
            "mobile",
            models.CharField("mobile phone", blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            "contactperson",
            "mobile",
            models.CharField("mobile phone", blank=True, db_default="", default="", max_length=60),
        ),
        migrations.RunPython(write_for_the_world, migrations.RunPython.noop),
        migrations.RunPython(search.install, migrations.RunPython.noop),
    ]
