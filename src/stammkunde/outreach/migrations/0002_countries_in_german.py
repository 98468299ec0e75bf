"""
Name the country of kept postal addresses in German wherever that is known: it was English beside some forty countries.

Otherwise a letter that came back, or a household that has been written to, would not be found again.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from stammkunde.customers import countries


def rename(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for model in (apps.get_model('outreach', 'AddressUse'), apps.get_model('outreach', 'Undeliverable')):
        for kept in model.objects.filter(channel__in=['letter', 'postcard']).order_by('pk').iterator():
            place, comma, country = kept.address.rpartition(', ')
            german = countries.name(country, language='de').upper()
            if comma and country.isupper() and countries.code(country) and german != country:
                take_over(model, kept, f'{place}, {german}')


def take_over(model: Any, kept: Any, address: str) -> None:
    same = model.objects.filter(channel=kept.channel, address=address)
    if hasattr(kept, 'origin'):
        same = same.filter(origin=kept.origin)
    if same.exists():
        kept.delete()
    else:
        kept.address = address
        kept.save(update_fields=['address'])


class Migration(migrations.Migration):
    dependencies = [('outreach', '0001_messages')]

    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
