from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

AT_ONCE = 1000
SENT = ("handed_over", "delivered")
WAYS = {"email": "email", "letter": "post", "postcard": "post", "webhook": "message"}  # calls became tasks


def tell(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Let what was sent until today be a contact each, and free the slots that these take over."""
    Message, Contact = apps.get_model("outreach", "Message"), apps.get_model("contacts", "Contact")
    last = 0
    while rows := list(
        Message.objects.filter(pk__gt=last, state__in=SENT, channel__in=WAYS, handed_over_at__isnull=False)
        .order_by("pk")[:AT_ONCE]
    ):
        Contact.objects.bulk_create([_contact(Contact, one) for one in rows], ignore_conflicts=True)
        Message.objects.filter(pk__in=[one.pk for one in rows]).update(slot_at=None)
        last = rows[-1].pk


def _contact(model: Any, message: Any) -> Any:
    return model(
        source=f"outreach:{message.pk}",
        customer_id=message.customer_id,
        contact_person_id=message.contact_person_id,
        person_name=message.person_name,
        direction="out",
        channel=WAYS[message.channel],
        happened_at=message.handed_over_at,
        happened_on=timezone.localdate(message.handed_over_at),
        purpose=message.purpose,
        about=str(message.content.get("subject", ""))[:200],
        outcome="sent",
        takes_slot=message.slot_at is not None,
        cost_cents=message.cost_cents,
        recorded_at=message.handed_over_at,
    )


class Migration(migrations.Migration):
    """What was sent is a fact: a contact."""

    dependencies = [("outreach", "0002_countries_in_german"), ("contacts", "0001_contacts")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
