"""Why somebody in a play is not written to, in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.customers.models import Customer
from stammkunde.outreach import recipients
from stammkunde.outreach import wording as outreach
from stammkunde.plays.models import Enrolment
from stammkunde.plays.policy import CHEAP_ONLY, MISSING

TROUBLES = {
    "no_words": gettext_lazy("The template has no text any more. Write one, and it goes on by itself."),
    "disguised": gettext_lazy(
        "Its words advertise, and its purpose says that they do not: nothing leaves. Change the words or the purpose "
        "of the template, and it goes on by itself."
    ),
    "unknown_filters": gettext_lazy(
        "The filters that choose its customers are unknown to this version. Stop it, and make a new one from the list "
        "of customers."
    ),
    "set_aside": gettext_lazy(
        "It was set aside, so that it holds nothing up: the worker was stopped again and again in the middle of it. "
        "Its log says more; often the memory is too small. Mend that, then try again, or stop it."
    ),
    "failed": gettext_lazy("Something went wrong. It is tried again by itself; the worker's log says what it was."),
}


def reason(said: Mapping[str, Any] | None) -> str:
    """Word what stands against reaching somebody, way by way where several were tried; empty where nothing does."""
    if not said or not said.get("code"):
        return ""
    tried = said.get("tried", ())
    return ways(tried) if len(tried) > 1 else _reason(said)


def ways(tried: Iterable[Mapping[str, Any]]) -> str:
    """Say what stood against each way: “E-Mail: Keine Einwilligung. Brief: Keine Anschrift.”"""
    return " ".join(f"{outreach.channel(one['channel'])}: {_reason(one)}" for one in tried)


def _reason(said: Mapping[str, Any]) -> str:
    if said["code"] == CHEAP_ONLY:
        return _("C customers get no letters or calls from this campaign.")
    if said["code"] == MISSING:
        return _("The template lacks something for this person: %(fields)s.") % {"fields": ", ".join(said["fields"])}
    return outreach.reason(said)


def codes() -> set[str]:
    """Name every code that has words; the empty one stands for whoever can be written to."""
    return {"", MISSING, CHEAP_ONLY, *outreach.codes()}


def of_code(code: str) -> str:
    """Word a reason for many people at once, without anybody's numbers."""
    if code == MISSING:
        return _("The template lacks a field that has no fallback")
    if code == CHEAP_ONLY:
        return _("C customers get no letters or calls from this campaign.")
    return outreach.in_general(code)


def recipient(one: Enrolment) -> str:
    """Say who at a customer was chosen, and why: “Anna Weber, Einkauf: hat in Newsletter eingewilligt”."""
    if not one.why or (one.contact_person is None and one.customer.kind == Customer.Kind.PERSON):
        return ""
    name = str(one.contact_person) if one.contact_person else _("the company's own address")
    return recipients.words(one.why, name=name, purpose=one.play.says.purpose)


def enrolment(one: Enrolment) -> str:
    """Say what became of somebody in a play, or what will."""
    if one.message is not None:
        why = outreach.reason(one.message.reason)
        return f"{one.message.get_state_display()}. {why}" if why else str(one.message.get_state_display())
    if one.arm == Enrolment.Arm.HELD_OUT:
        return str(one.get_arm_display())
    return reason(one.forecast) or (reached(one) if one.forecast else _("Not asked yet"))


def reached(one: Enrolment) -> str:
    """Say that somebody can be reached, and why not by the ways before."""
    tried = (one.forecast or {}).get("tried", ())
    return " ".join([_("Can be reached."), ways(tried)]) if tried else _("Can be written to")
