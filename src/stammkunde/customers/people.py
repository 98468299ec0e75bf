"""Whom to talk to at a customer."""

from collections.abc import Iterable

from stammkunde.customers.models import ContactPerson


def to_call(customer_ids: Iterable[int]) -> dict[int, ContactPerson]:
    """Give one person a customer: the decision maker with a number, or else whoever has one, or else anybody."""
    best: dict[int, ContactPerson] = {}
    for person in ContactPerson.objects.filter(customer__in=list(customer_ids)).order_by("pk"):
        known = best.get(person.customer_id)
        if known is None or _weight(person) > _weight(known):
            best[person.customer_id] = person
    return best


def _weight(person: ContactPerson) -> tuple[bool, bool]:
    return bool(person.phone), person.role == ContactPerson.Role.DECISION_MAKER
