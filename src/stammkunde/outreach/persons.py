"""How a person is addressed, and what can be filled into a message for her. Pure."""

from collections.abc import Mapping
from typing import TypeVar

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stammkunde.customers.models import ContactPerson, Customer, FormOfAddress
from stammkunde.outreach.content import Field
from stammkunde.team.models import Company, Staff

Words = TypeVar("Words")
MISTER, MISS = ("herr", "hr", "mr", "mister"), ("frau", "fr", "ms", "mrs", "miss")


FIELDS = (
    Field(
        name="greeting",
        shown=pgettext_lazy("field", "greeting"),
        words=gettext_lazy("greeting, “Good day Ms Weber”"),
        order=10,
    ),
    Field(
        name="salutation",
        shown=pgettext_lazy("field", "salutation"),
        words=gettext_lazy("salutation of the contact person"),
        order=20,
    ),
    Field(
        name="title", shown=pgettext_lazy("field", "title"), words=gettext_lazy("title of the contact person"), order=30
    ),
    Field(name="first_name", shown=pgettext_lazy("field", "first_name"), words=gettext_lazy("first name"), order=40),
    Field(name="last_name", shown=pgettext_lazy("field", "last_name"), words=gettext_lazy("last name"), order=50),
    Field(name="name", shown=pgettext_lazy("field", "name"), words=gettext_lazy("whole name"), order=60),
    Field(name="company", shown=pgettext_lazy("field", "company"), words=gettext_lazy("name of the company"), order=70),
    Field(name="city", shown=pgettext_lazy("field", "city"), words=gettext_lazy("city"), order=80),
    Field(
        name="owner",
        shown=pgettext_lazy("field", "owner"),
        words=gettext_lazy("who looks after the customer"),
        order=140,
    ),
    Field(
        name="sender",
        shown=pgettext_lazy("field", "sender"),
        words=gettext_lazy("sender's name from the settings"),
        order=150,
    ),
    Field(
        name="code",
        shown=pgettext_lazy("field", "code"),
        words=gettext_lazy("voucher code, where there is one"),
        order=160,
    ),  # given with a message
)


def greeting(*, customer: Customer, person: ContactPerson | None, form: str) -> str:
    """Greet: “Guten Tag Frau Dr. Weber”, “Hallo Anna”; where no name is known, everybody who may read it."""
    first, last = _names(customer, person)
    if form == FormOfAddress.DU:
        return _("Hello %(name)s") % {"name": first} if first else _("Hello")
    said = person.salutation.strip().lower().rstrip(".") if person else ""
    title = person.title.strip() if person else ""
    named = " ".join(part for part in (title, last) if part)
    if last and said in MISTER + MISS:
        return (_("Good day Mr %(name)s") if said in MISTER else _("Good day Ms %(name)s")) % {"name": named}
    if customer.kind == Customer.Kind.COMPANY and person is None:
        return _("Good day")
    whole = " ".join(part for part in (title, first, last) if part)
    return _("Good day %(name)s") % {"name": whole} if whole else _("Good day")


def on_envelope(person: ContactPerson) -> str:
    """Name a person as an address does: “Herrn Dr. Max Weber”."""
    said = person.salutation.strip()
    polite = "Herrn" if said.lower().rstrip(".") in {"herr", "hr"} else said
    return " ".join(part for part in (polite, str(person)) if part)


def writer(staff: Staff) -> dict[str, str]:
    """Give what a message keeps of who wrote it; without an address, replies go to the company."""
    return {"name": staff.name, "email": staff.email if staff.gets_replies else "", "signature": staff.signature}


def values(
    *,
    customer: Customer,
    person: ContactPerson | None,
    company: Company,
    owner: Staff | None,
    style: tuple[str, str],
) -> dict[str, str]:
    """Give what our own fields stand for, in the person's language; `style` is language and form of address."""
    language, form = style
    first, last = _names(customer, person)
    with translation.override(language):
        return {
            "greeting": greeting(customer=customer, person=person, form=form),
            "salutation": person.salutation if person else "",
            "title": person.title if person else "",
            "first_name": first,
            "last_name": last,
            "name": str(person) if person else customer.name,
            "company": customer.name if customer.kind == Customer.Kind.COMPANY else "",
            "city": customer.city,
            "owner": owner.name if owner else "",
            "sender": company.sender_name or company.name,
        }


def choose(texts: Mapping[tuple[str, str], Words], *, language: str, form: str, fallback: str) -> Words | None:
    """Choose the words for a person: her language and form, else her form's other language, else what there is."""
    wanted = [(language, form), (language, _other(form)), (fallback, form), (fallback, _other(form))]
    return next((texts[one] for one in wanted if one in texts), next(iter(texts.values()), None))


def _other(form: str) -> str:
    return FormOfAddress.SIE if form == FormOfAddress.DU else FormOfAddress.DU


def _names(customer: Customer, person: ContactPerson | None) -> tuple[str, str]:
    if person is not None:
        return person.first_name.strip(), person.last_name.strip()
    if customer.kind == Customer.Kind.COMPANY:
        return "", ""
    first, _space, last = customer.name.strip().rpartition(" ")
    return (first, last) if first else (last, "")
