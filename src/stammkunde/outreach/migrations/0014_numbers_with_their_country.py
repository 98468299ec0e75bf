"""
Write the numbers of text messages with their country in what guards addresses, as they are compared now.

Otherwise a number that is shut, or that a campaign has texted, would not be found again.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from stammkunde.customers import phones


def write_for_the_world(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    used, shut = apps.get_model('outreach', 'AddressUse'), apps.get_model('outreach', 'Undeliverable')
    for kept in national(used).select_related('customer').iterator():
        take_over(used, kept, kept.customer.country)
    messages = apps.get_model('outreach', 'Message').objects.filter(channel='webhook')
    for kept in national(shut).iterator():
        last = messages.filter(address=kept.address).order_by('-pk').values_list('customer__country', flat=True)
        take_over(shut, kept, last.first() or '')


def national(model: Any) -> Any:
    return model.objects.filter(channel='webhook').exclude(address='').exclude(address__startswith='+').order_by('pk')


def take_over(model: Any, kept: Any, country: str) -> None:
    address = phones.e164(kept.address, country=country)
    same = model.objects.filter(channel=kept.channel, address=address)
    if hasattr(kept, 'origin'):
        same = same.filter(origin=kept.origin)
    if not address:
        return
    if same.exists():
        kept.delete()
    else:
        kept.address = address
        kept.save(update_fields=['address'])


class Migration(migrations.Migration):
    """A number without its country is in the customer's, for whom it was kept or who was texted there last."""

    dependencies = [('outreach', '0013_hours_between_messages')]

    operations = [migrations.RunPython(write_for_the_world, migrations.RunPython.noop)]
