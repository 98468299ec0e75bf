"""A call in words: why, how it may be led, what to say, and what follows from each outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.calls import guides, policy, wording
from stammkunde.calls import queries as calls
from stammkunde.calls.models import Guide, Outcome
from stammkunde.calls.policy import Conduct, Usual
from stammkunde.calls.queries import Hours, Recipient
from stammkunde.customers import wording as contact_wording
from stammkunde.customers.models import Channel, Purpose
from stammkunde.customers.queries import Standings
from stammkunde.signals.models import CustomerSignal
from stammkunde.signals.suggestions import ANNIVERSARY, BIRTHDAY, OVERDUE, RISK, SILENT
from stammkunde.tasks.worklist import Item

Kind = Guide.Kind
WISHES = {BIRTHDAY: Kind.BIRTHDAY, ANNIVERSARY: Kind.THANKS}
OF_ITEM = {RISK: Kind.RISK, OVERDUE: Kind.RISK, SILENT: Kind.SILENT}
WARNED = (CustomerSignal.Level.RED, CustomerSignal.Level.AMBER)
ONE_CLICK = (Outcome.REACHED, Outcome.NOT_REACHED, Outcome.WANTS_OFFER, Outcome.COMPLAINT, Outcome.NOT_INTERESTED,
             Outcome.WRONG_NUMBER)  # fmt: skip
ICONS = {
    Outcome.REACHED: "check",
    Outcome.NOT_REACHED: "return",
    Outcome.WANTS_OFFER: "file",
    Outcome.COMPLAINT: "warning",
    Outcome.NOT_INTERESTED: "close",
    Outcome.WRONG_NUMBER: "phone",
}
HEADINGS: dict[Conduct, str | Promise] = {
    Conduct.SERVICE_ONLY: gettext_lazy("No offer in this call"),
    Conduct.NOT_AT_ALL: gettext_lazy("Do not call"),
    Conduct.NO_NUMBER: gettext_lazy("No phone number known"),
}


def kind(item_kind: str, signal: CustomerSignal | None) -> str:
    """Choose the guide that fits the occasion, or else the customer's stage."""
    if item_kind in WISHES:
        return WISHES[item_kind]
    if signal is not None and signal.stage == CustomerSignal.Stage.LOST:
        return Kind.WIN_BACK
    is_warned = signal is not None and signal.risk_level in WARNED
    return OF_ITEM.get(item_kind, Kind.RISK if is_warned else Kind.FREE)


@dataclass(frozen=True, kw_only=True)
class Leave:
    """How the call may be led, and why."""

    conduct: Conduct
    why: str

    @property
    def heading(self) -> str:
        return str(HEADINGS.get(self.conduct, _("You may call")))

    @property
    def may_dial(self) -> bool:
        return self.conduct in (Conduct.FREELY, Conduct.SERVICE_ONLY)

    @property
    def service_only(self) -> bool:
        return self.conduct == Conduct.SERVICE_ONLY


def leave(standings: Standings, occasion: str) -> Leave:
    """Say how somebody may be called on an occasion."""
    wanted = standings.cells[Channel.PHONE, policy.PURPOSES[Kind(occasion)]]
    service = standings.cells[Channel.PHONE, Purpose.SERVICE]
    conduct = policy.conduct(wanted=wanted, service=service)
    return Leave(
        conduct=conduct, why=contact_wording.reason((service if conduct == Conduct.NOT_AT_ALL else wanted).reason)
    )


def filled(script: guides.Script, values: dict[str, str], *, service_only: bool) -> guides.Script:
    """Fill a guide for one person; without leave for offers, it says what to talk about instead."""
    told = guides.filled(script, values)
    if not service_only:
        return told
    nothing = _("Nothing. Talk about orders, deliveries and requests only. If they ask, choose “Wants an offer”.")
    return replace(told, offer=nothing)


def outcomes(*, hours: Hours, tries: int, now: datetime, today: date) -> list[dict[str, Any]]:
    """Give the outcomes of one click, each with what follows."""
    found = []
    for code in ONE_CLICK:
        plan = policy.next_step(code, called_at=now.astimezone(hours.zone), tries=tries + 1, window=hours.window)
        found.append(
            {
                "code": code.value,
                "label": code.label,
                "icon": ICONS[code],
                "follows": wording.short(plan, hours.zone, today=today),
            }
        )
    return found


def best_time(hours: Hours, *, now: datetime) -> dict[str, Any]:
    """Say when somebody likes to be called, and whether that is now; nothing said is no hint."""
    there = now.astimezone(hours.zone)
    return {
        "likes": wording.likes(hours.window),
        "fits": hours.fit(now),
        "there": f"{there:%H:%M}" if there.utcoffset() != now.utcoffset() else "",
    }


def hint(
    item: Item, *, hours: Mapping[Recipient, Hours], usual: Mapping[int, Usual], now: datetime
) -> dict[str, Any] | None:
    """
    Say for an item of the list when it is a good time, and whether that is now; None where nothing is known.

    What somebody said comes before opening hours, and these before what calls so far tell; a holiday before all.
    """
    if item.customer is None:
        return None
    own = calls.hours_of(hours, item.customer.pk, item.person.pk if item.person else None)
    there = now.astimezone(own.zone)
    if there.date() in own.window.closed:
        return {"likes": _("public holiday there today"), "fits": False}
    if own.window.is_said:
        return best_time(own, now=now)
    opening, known = wording.opening_hours(item.customer.attributes), usual.get(item.customer.pk)
    if opening or known is None:
        return {"likes": opening, "fits": False} if opening else None
    fits = own.fit(now) and policy.Part.of(there.time()) == known.part
    return {"likes": wording.reached(known), "fits": fits}
