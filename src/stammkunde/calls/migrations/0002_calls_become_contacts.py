from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

AT_ONCE = 1000
NOBODY_THERE = ("not_reached", "wrong_number")


def tell(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Let every call that was made until today be a contact; those taken back never counted."""
    Call, Contact = apps.get_model("calls", "Call"), apps.get_model("contacts", "Contact")
    last = 0
    while rows := list(
        Call.objects.filter(pk__gt=last, undone_at=None).select_related("contact_person").order_by("pk")[:AT_ONCE]
    ):
        for one in rows:
            one.contact_source = f"call:{one.key}"
        Contact.objects.bulk_create([_contact(Contact, one) for one in rows], ignore_conflicts=True)
        Call.objects.bulk_update(rows, ["contact_source"], batch_size=200)
        last = rows[-1].pk


def _contact(model: Any, call: Any) -> Any:
    person = call.contact_person
    names = (person.title, person.first_name, person.last_name) if person else ()
    return model(
        source=call.contact_source,
        customer_id=call.customer_id,
        contact_person_id=call.contact_person_id,
        person_name=" ".join(part for part in names if part),
        direction="out",
        channel="phone",
        happened_at=call.happened_at,
        happened_on=timezone.localdate(call.happened_at),
        outcome="not_reached" if call.outcome in NOBODY_THERE else "reached",
        takes_slot=False,  # until today a call took none of its own
        staff_id=call.staff_id,
        recorded_at=call.happened_at,
    )


class Migration(migrations.Migration):
    """A call is a contact, too, and knows which."""

    dependencies = [("calls", "0001_calls"), ("contacts", "0001_contacts")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="contact_source",
            field=models.CharField(default="", editable=False, max_length=200),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
