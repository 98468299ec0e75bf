"""What imports, the mirror and undo must know of contacts."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stammkunde.contacts.layout import CONTACTS as LAYOUT
from stammkunde.contacts.models import HAND, Contact, Direction, Outcome, Way
from stammkunde.customers.models import Purpose
from stammkunde.store.facts import Asked, FactTable, Hanging, Mirrored, Reference

CONTACTS = FactTable(
    name="contacts",
    label=_("Contacts"),
    model=Contact,
    references=(
        Reference(column="customer_id", source="customer_source", table="customers", required=True),
        Reference(
            column="contact_person_id",
            source="contact_person_source",
            table="contact_persons",
            required=False,
            within="customer_id",
        ),
    ),
    part="contacts",
    month_of="happened_on",
    starts_refresh=False,  # what is said every hour must not compute everything anew
    mirrored=Mirrored(
        key="contact_id",
        columns={
            "contact_id": "BIGINT",
            "customer_id": "BIGINT",
            "contact_person_id": "BIGINT",
            "happened_on": "INTEGER",
            "happened_month": "INTEGER",
            "direction": "VARCHAR",
            "channel": "VARCHAR",
            "purpose": "VARCHAR",
            "outcome": "VARCHAR",
            "cost_cents": "BIGINT",
            "role": "VARCHAR",
            "minutes": "INTEGER",
            "tells_time": "BOOLEAN",
        },
        # What a program recorded (a call, a message) leaves its time to a task.
        read={"tells_time": f"(t.imported_by IS NOT NULL OR t.source LIKE '{HAND}:%')"},
        days=("happened_on",),
        only="t.voids_id IS NULL AND NOT EXISTS (SELECT 1 FROM contacts_contact v WHERE v.voids_id = t.id)",
    ),
    counting=Q(voids=None, voided_by=None),
    asked=(
        Asked(name="direction", label=_("Who began"), choices=Direction.choices),
        Asked(name="channel", label=_("Way"), choices=Way.choices),
        Asked(name="purpose", label=_("Purpose"), choices=Purpose.choices),
        Asked(name="outcome", label=_("Outcome"), choices=Outcome.choices),
        Asked(name="minutes", label=_("Minutes"), kind="whole", unit=_("minutes")),
        Asked(name="cost", label=_("Cost"), kind="cents", read="t.cost_cents"),
    ),
    layout=LAYOUT,
)

TABLES = (CONTACTS,)

HANGING = (Hanging(model=Contact, column="voids", label=_("Contacts")),)
