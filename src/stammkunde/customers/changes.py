"""What was changed at a customer, in words."""

from django.utils.translation import gettext as _

from stammkunde.team.models import AuditEntry

SHOWN = (
    "customer.created",
    "customer.changed",
    "contact_person.created",
    "contact_person.changed",
    "contact_person.removed",
    "contact_person.restored",
    "consent.asked",
    "consent.confirmed",
    "consent.recorded",
    "consent.withdrawn",
    "preference.changed",
)


def entry(one: AuditEntry) -> str:
    """Word a change for the timeline."""
    person = {"person": one.detail.get("person", "")}
    worded = {
        "customer.created": _("Customer entered by hand"),
        "customer.changed": _("Master data changed"),
        "contact_person.created": _("%(person)s added as contact person") % person,
        "contact_person.changed": _("%(person)s: details changed") % person,
        "contact_person.removed": _("%(person)s removed as contact person") % person,
        "contact_person.restored": _("%(person)s put back as contact person") % person,
        "consent.asked": _("Consent asked for by e-mail"),
        "consent.confirmed": _("Consent confirmed by e-mail"),
        "consent.recorded": _("Consent recorded"),
        "consent.withdrawn": _("Consent withdrawn, or objected"),
        "preference.changed": _("Contact preferences changed"),
    }
    return worded.get(one.action, one.action)
