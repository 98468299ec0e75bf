"""Why somebody in a play is not written to, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.customers.models import Customer
from stammkunde.outreach import recipients
from stammkunde.outreach import wording as outreach
from stammkunde.plays.models import Enrolment

MISSING = "fields_missing"
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
    """Word what stands against writing to somebody; empty where nothing does."""
    if not said or not said.get("code"):
        return ""
    if said["code"] == MISSING:
        return _("The template lacks something for this person: %(fields)s.") % {"fields": ", ".join(said["fields"])}
    return outreach.reason(said)


def codes() -> set[str]:
    """Name every code that has words; the empty one stands for whoever can be written to."""
    return {"", MISSING, *outreach.codes()}


def of_code(code: str) -> str:
    """Word a reason for many people at once, without anybody's numbers."""
    if code == MISSING:
        return _("The template lacks a field that has no fallback")
    return outreach.in_general(code)


def recipient(one: Enrolment) -> str:
    """Say who at a customer was chosen, and why: “Anna Weber, Einkauf: hat in Newsletter eingewilligt”."""
    if not one.why or (one.contact_person is None and one.customer.kind == Customer.Kind.PERSON):
        return ""
    name = str(one.contact_person) if one.contact_person else _("the company's own address")
    return recipients.words(one.why, name=name, purpose=one.play.template.purpose)


def enrolment(one: Enrolment) -> str:
    """Say what became of somebody in a play, or what will."""
    if one.message is not None:
        why = outreach.reason(one.message.reason)
        return f"{one.message.get_state_display()}. {why}" if why else str(one.message.get_state_display())
    if one.arm == Enrolment.Arm.HELD_OUT:
        return str(one.get_arm_display())
    return reason(one.forecast) or (_("Can be written to") if one.forecast else _("Not asked yet"))
