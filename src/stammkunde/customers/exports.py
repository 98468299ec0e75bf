"""Records of consent with their proof, to take along."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stammkunde.customers import permissions, wording
from stammkunde.customers.models import Consent, Customer
from stammkunde.team import taking
from stammkunde.team.access import StaffRequest
from stammkunde.ui import tables
from stammkunde.ui.tables import Column


def consents(
    request: StaffRequest,
    records: QuerySet[Consent],
    *,
    form: str,
    now: datetime,
    customer: Customer | None = None,
    **about: str,
) -> HttpResponseBase:
    """
    Give records of consent with their proof, and record who took them along.

    `about` says in the trail whose they are, where it is not everything of one customer or of all.
    """
    whose: dict[str, Any] = {"thing_id": customer.pk, "label": customer.name} if customer else {}
    whose["thing"] = "customer" if customer else "consents"
    taking.note(request, action="consents.exported", now=now, rows=records.count(), **whose, **about)
    columns = _consent()
    name = (_("consents"), customer.number if customer else "", timezone.localdate(now))
    rows = tables.cells(columns, records.iterator(chunk_size=2000))
    return tables.answer(form=form, name=name, columns=columns, rows=rows)


def _consent() -> list[Column]:
    return [
        Column(label=_("Customer number"), key="customer.number"),
        Column(label=_("Name"), key="customer.name"),
        Column(
            label=_("Contact person"),
            read=lambda one: one.person_name or str(one.contact_person or one.person_source),
        ),
        Column(label=_("Channel"), read=lambda one: one.get_channel_display()),
        Column(label=_("Purpose"), read=lambda one: one.get_purpose_display()),
        Column(label=pgettext("of consent", "State"), read=lambda one: one.get_state_display()),
        Column(label=_("How"), read=lambda one: one.get_basis_display()),
        Column(label=_("When"), key="happened_at", unit="moment"),
        Column(label=_("Origin"), read=lambda one: wording.origin(one.origin)),
        Column(label=_("Wording"), key="wording"),
        Column(label=_("How it was asked"), read=lambda one: _proof(one.asked) if one.asked else ""),
        Column(label=_("Proof"), read=_proof),
        Column(label=_("Address"), key="address"),
        Column(label=_("Recorded by"), read=lambda one: str(one.recorded_by or "")),
        Column(label=_("Recorded"), key="recorded_at", unit="moment"),
    ]


def _proof(one: Consent) -> str:
    return "; ".join(f"{permissions.proof_name(name)}: {text}" for name, text in one.proof.items())
