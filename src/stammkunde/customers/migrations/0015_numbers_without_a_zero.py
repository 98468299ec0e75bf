"""
Write the numbers of consents without the zero of +49 (0)171, as they are compared now.

Files had it taken in as a digit, so that the consent was never found for the number of its customer.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from stammkunde.customers import phones


def write_without_zero(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    consents = apps.get_model('customers', 'Consent').objects.filter(channel__in=['message', 'phone'])
    for kept in consents.filter(address__startswith='+').only('address').order_by('pk').iterator():
        address = phones.e164(kept.address)
        if address and address != kept.address:
            kept.address = address
            kept.save(update_fields=['address'])


class Migration(migrations.Migration):
    """A zero that belongs to the number, as in Italy, stays; what can be no number stays as well."""

    dependencies = [('customers', '0014_questions_in_bulk')]

    operations = [migrations.RunPython(write_without_zero, migrations.RunPython.noop)]
