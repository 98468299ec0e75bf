"""What may be done with customers, decided without a database."""

from collections.abc import Iterable

from stammkunde.customers import phones
from stammkunde.customers.models import ContactPerson, Customer, Note
from stammkunde.team.models import Staff


def may_change_note(staff: Staff, note: Note) -> bool:
    """Tell whether someone may change or delete a note: only who wrote it."""
    return note.author_id is not None and note.author_id == staff.pk


def hangs_on_one(customer: Customer, people: Iterable[ContactPerson]) -> bool:
    """Tell whether all we know at a company is one person (R-K2)."""
    return customer.kind == Customer.Kind.COMPANY and len(list(people)) == 1


def search_text(customer: Customer, people: Iterable[ContactPerson]) -> str:
    """Put together what a customer is found by; imports write the same in bulk."""
    parts = [customer.name, customer.number, customer.email, customer.city]
    parts += [phones.words(customer.phone), phones.words(customer.mobile)]
    for person in people:
        parts += [person.first_name, person.last_name, person.email]
        parts += [phones.words(person.phone), phones.words(person.mobile)]
    return " ".join(part for part in parts if part).lower()
