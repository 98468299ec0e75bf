"""What customers allow and wish, in words, for the pages about them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammkunde.customers import policy, wording
from stammkunde.customers.models import Channel, Consent, ContactPreference, Purpose
from stammkunde.customers.policy import Permission, Reason
from stammkunde.customers.queries import Standings
from stammkunde.ui import writing


@dataclass(frozen=True, kw_only=True)
class Cell:
    label: str
    is_allowed: bool
    why: str


def in_short(standings: Standings) -> dict[str, Any]:
    """Say by which ways somebody may get offers."""
    return {
        "name": standings.name,
        "cells": [
            _cell(wording.channel_name(channel), standings.cells[channel, Purpose.ADVERTISING])
            for channel in Channel.values
            if standings.cells[channel, Purpose.ADVERTISING].reason != Reason.NO_ADDRESS
        ],
    }


def recipient(standings: Standings, *, preference: ContactPreference | None, today: date) -> dict[str, Any]:
    """Say everything about one recipient: each purpose on each channel, and what is wished."""
    return {
        "id": standings.recipient[1],
        "name": standings.name,
        "rows": [
            (
                wording.purpose_name(purpose),
                [_cell(wording.channel_name(channel), standings.cells[channel, purpose]) for channel in Channel.values],
            )
            for purpose in Purpose.values
        ],
        "wishes": wishes(preference, today=today) if preference else [],
        "preference": preference,
    }


def wishes(preference: ContactPreference, *, today: date) -> list[tuple[str, str]]:
    """Word what somebody wishes; what was not said is left out."""
    one = preference
    paused = one.paused_until_on if one.paused_until_on and one.paused_until_on >= today else None
    said = [
        (_("Pause until"), writing.day(paused) if paused else ""),
        (_("At most"), _cap(one)),
        (_("On these ways only"), ", ".join(wording.channel_name(channel) for channel in one.channels or ())),
        (_("About this only"), ", ".join(wording.purpose_name(topic) for topic in one.topics or ())),
        (_("Calls"), _calls(one)),
        (_("Preferred contact"), str(one.preferred_staff or "")),
        (_("Form of address"), one.get_form_display() if one.form else ""),
        (_("Tone"), one.tone),
        (_("Language"), {"de": _("German"), "en": _("English")}.get(one.language, "")),
        (_("Preferred payment"), one.payment),
        (_("Preferred delivery"), one.delivery),
    ]
    return [(label, text) for label, text in said if text]


def entry(record: Consent) -> dict[str, Any]:
    """Word a record with its evidence."""
    return {
        "record": record,
        "name": record.person_name or str(record.contact_person or record.person_source),  # empty: the customer
        "channel": wording.channel_name(record.channel),
        "purpose": wording.purpose_name(record.purpose),
        "origin": wording.origin(record.origin),
        "proof": [(proof_name(name), text) for name, text in record.proof.items()],
        "is_blocking": record.state in policy.BLOCKING,
        "keep_until": _keep_until(record),
    }


def _keep_until(record: Consent) -> date | None:
    """Tell until when evidence of consent to calls must be kept at least (§ 7a UWG)."""
    if record.channel != Channel.PHONE or record.state != Consent.State.GIVEN:
        return None
    return policy.call_evidence_until(record.happened_at.date())


def _cell(label: str, permission: Permission) -> Cell:
    return Cell(label=label, is_allowed=permission.allowed, why=wording.reason(permission.reason))


def _cap(one: ContactPreference) -> str:
    if one.max_contacts is None:
        return ""
    if not one.max_contacts:
        return _("no contacts")
    text = ngettext("%(n)s contact in %(days)s days", "%(n)s contacts in %(days)s days", one.max_contacts)
    return text % {"n": one.max_contacts, "days": one.per_days}


def _calls(one: ContactPreference) -> str:
    days = ", ".join(str(WEEKDAYS_ABBR[number - 1]) for number in one.call_weekdays or ())
    if one.call_from and one.call_until:
        times = _("%(since)s to %(until)s") % {"since": f"{one.call_from:%H:%M}", "until": f"{one.call_until:%H:%M}"}
        return f"{days} {times}".strip()
    return days


def proof_name(name: str) -> str:
    """Say what a part of a proof is."""
    names = {
        "note": _("Where the proof is"),
        "asked_at": _("Asked"),
        "sent_at": _("Mail sent"),
        "confirmed_at": _("Confirmed"),
        "email": _("E-mail"),
        "ip": _("Internet address"),
        "user_agent": _("Browser"),
        "language": _("Language"),
        "evidence": _("Proof"),
        "version": _("Version of the sign-up form"),
        "page": _("Page"),
        "place": _("Place"),
    }
    return names.get(name, name)
