"""What was changed at a customer, in words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import BooleanField, DateField, Field, Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.team.models import AuditEntry
from stammkunde.ui import writing

MOST_FIELDS, LONGEST_VALUE = 4, 60

SHOWN = (
    "customer.created",
    "customer.changed",
    "contact_person.created",
    "contact_person.changed",
    "contact_person.removed",
    "contact_person.restored",
    "consent.asked",
    "consent.confirmed",
    "consent.not_asked",
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
        "consent.not_asked": _("The question for consent did not leave: nobody was asked"),
        "consent.recorded": _("Consent recorded"),
        "consent.withdrawn": _("Consent withdrawn, or objected"),
        "preference.changed": _("Contact preferences changed"),
    }
    of = {"customer.changed": Customer, "contact_person.changed": ContactPerson}.get(one.action)
    said = fields(of, one.detail.get("changed") or {}) if of else ""
    if not said:
        return worded.get(one.action, one.action)
    return f"{person['person']}: {said}" if person["person"] else said


def fields(of: type[Model], changed: Mapping[str, Sequence[Any]]) -> str:
    """Say field by field what was there before and what is there now: the first few."""
    said = [_field(of, name, *values) for name, values in changed.items()]
    more = [_("and %(n)s more") % {"n": writing.number(len(said) - MOST_FIELDS)}] if len(said) > MOST_FIELDS else []
    return "; ".join([*said[:MOST_FIELDS], *more])


def _field(of: type[Model], name: str, before: Any, after: Any) -> str:
    field = _known(of, name)
    label = capfirst(str(field.verbose_name)) if field else name
    if isinstance(before, dict) or isinstance(after, dict):
        return label
    return f"{label}: {_value(field, before)} → {_value(field, after)}"


def _known(of: type[Model], name: str) -> "Field[Any, Any] | None":
    """Give a field that there still is."""
    return next((field for field in of._meta.fields if field.name == name), None)  # noqa: SLF001


def _value(field: "Field[Any, Any] | None", value: Any) -> str:
    if value in (None, ""):
        return writing.UNKNOWN
    if isinstance(field, BooleanField):
        return _("yes") if value in (True, "True") else _("no")
    choices: dict[Any, Any] = dict(field.flatchoices) if field else {}
    text = str(choices.get(value, value))
    if isinstance(field, DateField):
        text = writing.day(date.fromisoformat(text))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
