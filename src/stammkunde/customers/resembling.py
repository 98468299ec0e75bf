"""
Who resembles a customer that is about to be entered: the same phone, e-mail or address, or nearly the same name.

Candidates come from the index of the search and from that of postcodes; what they share is decided here, by hand.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stammkunde.customers import phones, search
from stammkunde.customers.models import ContactPerson, Customer

MOST_CANDIDATES, MOST_SHOWN = 200, 5
NEARLY = 0.85  # of a name: Weber Gartenbau and Weber Gartenbaus
LEGAL_FORMS = {
    "gmbh", "mbh", "ag", "kg", "ohg", "gbr", "ug", "ek", "kgaa", "se", "co", "und", "and",
    "inc", "ltd", "llc", "sarl", "bv",
}  # fmt: skip
WHY: dict[str, str | Promise] = {
    "phone": _("same phone number"),
    "email": _("same e-mail address"),
    "address": _("same address"),
    "name": _("similar name"),
}


@dataclass(frozen=True, kw_only=True)
class Resembling:
    """A customer who is there already, and what they share."""

    customer: Customer
    why: tuple[str, ...]

    @property
    def words(self) -> str:
        return ", ".join(str(WHY[one]) for one in self.why)


def to(said: Mapping[str, str]) -> list[Resembling]:
    """Give the customers who resemble what is said of a new one, those who share most first; four queries at most."""
    found = [Resembling(customer=one, why=why) for one in _candidates(said) if (why := _shared(one, said))]
    return sorted(found, key=lambda one: (-len(one.why), one.customer.name, one.customer.pk))[:MOST_SHOWN]


def _candidates(said: Mapping[str, str]) -> list[Customer]:
    everybody = Customer.objects.prefetch_related("contact_persons")
    ids: set[int] = set()
    number = phones.plain(said.get("phone", ""))
    if len(number) >= phones.LEAST_DIGITS:
        ids |= _some(search.beginning_with(Customer.objects.all(), number))
    if said.get("email"):
        ids |= _some(search.matching(Customer.objects.all(), said["email"]))
    if said.get("postcode") and said.get("street"):
        ids |= _some(Customer.objects.filter(postcode=said["postcode"].strip()))
    if name := " ".join(sorted(_name(said.get("name", "")))):
        ids |= _some(search.similar(Customer.objects.all(), name))
    return list(everybody.filter(pk__in=ids))


def _some(matches: QuerySet[Customer]) -> set[int]:
    return set(matches.values_list("pk", flat=True)[:MOST_CANDIDATES])


def _shared(one: Customer, said: Mapping[str, str]) -> tuple[str, ...]:
    everybody: list[Customer | ContactPerson] = [one, *one.contact_persons.all()]
    number, email = phones.plain(said.get("phone", "")), said.get("email", "").strip().lower()
    street, name = _street(said.get("street", "")), _name(said.get("name", ""))
    is_shared = {
        "phone": bool(number)
        and number in {phones.plain(said) for each in everybody for said in (each.phone, each.mobile)},
        "email": bool(email) and email in {each.email.strip().lower() for each in everybody},
        "address": bool(street) and (_street(one.street), one.postcode) == (street, said.get("postcode", "").strip()),
        "name": bool(name) and _alike(name, _name(one.name)),
    }
    return tuple(why for why, holds in is_shared.items() if holds)


def postal_place(one: Customer) -> str:
    """Name the address to which the post brings letters, however it is written; empty: it is not complete."""
    street, where = _street(one.street), one.postcode.strip() or search.plain(one.city).strip()
    return f"{one.country}:{where}:{street}" if street and where else ""


def _name(written: str) -> set[str]:
    """Give the words of a name without what only says of which form a firm is."""
    words = re.findall(r"[^\W_]+", " ".join(search.plain(written).replace(".", "").split()))
    return {word for word in words if word not in LEGAL_FORMS}


def _alike(one: set[str], other: set[str]) -> bool:
    return SequenceMatcher(None, " ".join(sorted(one)), " ".join(sorted(other))).ratio() >= NEARLY


def _street(written: str) -> str:
    """Write a street as others do: Hauptstr. 5, Haupt-Straße 5 and hauptstrasse 5 are one."""
    plain = search.plain(written).replace("ß", "ss")
    return re.sub(r"str(asse)?(?![a-z])", "str", re.sub(r"[^a-z0-9]", "", plain)).replace("strasse", "str")
