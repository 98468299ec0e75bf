"""What becomes of people and of who looks after them: notes, people who come and go, customers who change hands."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from stammkunde.customers import services as customers
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.demo import names
from stammkunde.demo.story import Deed, Story
from stammkunde.team.models import Staff

NOTED = 240  # so many customers have notes; people forget to write
CHANGED_HANDS = 18
MULTIPLIES = 20  # every so manieth company that is looked after
FIVE = 5  # contact persons of one company
NEWCOMERS = (
    ("Frau", "Hanna", "Lorenz", "purchasing"),
    ("Herr", "Emre", "Kaya", "user"),
    ("Frau", "Ines", "Adler", "executive"),
    ("Herr", "Paul", "Winkler", "influencer"),
)


def deeds(story: Story) -> Iterator[Deed]:
    """Give notes over all the time, and what changed about some companies."""
    yield from _notes(story)
    third = (story.last - story.first) / 3
    yield Deed(at=story.at(story.first + third, 10), do=_five_persons)
    yield Deed(at=story.at(story.first + 2 * third, 11), do=_nobody_left)
    yield Deed(at=story.at(story.last - timedelta(days=60), 14), do=_well_connected)
    yield Deed(at=story.at(story.last - timedelta(days=45), 9), do=lambda at: _change_hands(story, at))


def _notes(story: Story) -> Iterator[Deed]:
    chance = story.chance("notes")
    people = list(ContactPerson.objects.select_related("customer__owner").order_by("source")[: NOTED * 20])
    days = story.working_days()
    for place in sorted(chance.choice(len(people), min(NOTED, len(people)), replace=False)):
        person = people[place]
        matters = bool(chance.random() < 0.7)
        words: Sequence[str] = names.MATTERS if matters else names.HEARD
        text = words[int(chance.integers(len(words)))]
        writer = person.customer.owner or story.staff[int(chance.integers(len(story.staff)))]
        at = story.at(days[chance.integers(len(days))], 9 + 8 * chance.random())
        yield Deed(at=at, do=_note(person, text, writer, matters=matters))


def _note(person: ContactPerson, text: str, writer: Staff, *, matters: bool) -> Callable[[datetime], object]:
    def note(at: datetime) -> None:
        is_there = ContactPerson.objects.filter(pk=person.pk).exists()
        customers.add_note(
            customer_id=person.customer_id,
            contact_person=person if matters and is_there else None,
            text=text,
            staff=writer,
            matters=matters,
            now=at,
        )

    return note


def looked_after() -> list[Customer]:
    """Give the companies that somebody looks after, in the order in which they came."""
    found = Customer.objects.filter(kind=Customer.Kind.COMPANY, owner__isnull=False)
    return list(found.select_related("owner").order_by("source"))


@transaction.atomic
def _five_persons(at: datetime) -> None:
    """Let one company grow until five persons are known there."""
    for company in looked_after()[:1]:
        assert company.owner is not None
        known = company.contact_persons.count()
        for salutation, first, last, role in NEWCOMERS[: FIVE - known]:
            fields = {"salutation": salutation, "first_name": first, "last_name": last, "role": role}
            customers.add_contact_person(customer_id=company.pk, fields=fields, now=at, staff=company.owner)


def _nobody_left(at: datetime) -> None:
    """Let the only person who was known at a company that buys leave it."""
    for company in looked_after()[1:]:
        if company.contact_persons.count() == 1 and company.orders.exists():
            only, owner = company.contact_persons.get(), company.owner
            assert owner is not None
            customers.remove_contact_person(person_id=only.pk, now=at, staff=owner)
            return


def _well_connected(at: datetime) -> None:
    """Mark companies from which others hear of us: every twentieth."""
    for company in looked_after()[::MULTIPLIES]:
        assert company.owner is not None
        customers.change_customer(customer_id=company.pk, fields={"is_multiplier": True}, now=at, staff=company.owner)


def _change_hands(story: Story, at: datetime) -> None:
    """Give some customers of one salesperson to another."""
    (management,), (_first, second, third, *_) = story.with_role("management"), story.with_role("sales")
    theirs = [one.pk for one in looked_after() if one.owner_id == second.pk][:CHANGED_HANDS]
    customers.assign(customer_ids=theirs, owner=third, now=at, staff=management)
