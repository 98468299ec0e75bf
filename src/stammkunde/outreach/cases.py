"""
What the governor must know, read for many messages at once: the number of queries does not grow with them.

Permissions are read once for each channel and purpose that occurs.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from stammkunde.contacts import queries as contacts
from stammkunde.customers import queries as customers
from stammkunde.customers import unsettled
from stammkunde.customers.models import ContactPerson, ContactPreference, Customer
from stammkunde.customers.policy import Basis, Permission, Reason
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import channels, places, policy, questions
from stammkunde.outreach.models import (
    ASKS_MANY,
    IN_FORCE,
    AddressUse,
    Assignment,
    Message,
    MessageSettings,
    Undeliverable,
)
from stammkunde.outreach.policy import Case, Limit, Open, Reached, Taken
from stammkunde.outreach.slots import Hours
from stammkunde.sales import queries as sales
from stammkunde.team import queries as team

State = Message.State
USED_UP = (State.CLAIMED, State.HANDED_OVER, State.DELIVERED, State.UNKNOWN)
CUSTOMER_FIELDS = ("name", "email", "phone", "mobile", "street", "postcode", "city", "country", "region", "kind")
NO_TIME = timedelta()
PERSON_FIELDS = ("customer_id", "salutation", "title", "first_name", "last_name", "email", "phone", "mobile", "source")


@dataclass(frozen=True, kw_only=True)
class Book:
    """What is known about the customers of some messages, at one moment."""

    ours: MessageSettings
    customers: dict[int, Customer]
    persons: dict[int, ContactPerson]
    preferences: dict[tuple[int, int | None], ContactPreference]
    permissions: dict[tuple[str, str], dict[Recipient, Permission]]
    not_to_leave: dict[int, Reason]  # questions for consent, by number
    undeliverable: dict[tuple[str, str], str]
    held_out: set[tuple[int, str]]
    unsettled: dict[int, str]
    uses: dict[tuple[str, str, str], int]
    taken: dict[int, list[Taken]]
    reached: dict[int, set[Reached]]
    now: datetime

    def open(self, message: Message) -> Open:
        """Give a message as the governor sees it; equals choose in the order of their rows, new ones last."""
        return Open(
            key=message.key,
            person=message.contact_person_id,
            importance_cents=message.importance_cents,
            order=message.pk or 2**63,
            case=self.case(message),
            origin=message.origin,
        )

    def case(self, message: Message) -> Case:
        wishes = self.wishes(message)
        allowed = self._permission(message)
        return Case(
            purpose=message.governed_as,
            now=self.now,
            wanted_at=message.not_before_at,
            latest_at=message.latest_at,
            permitted=allowed.allowed or allowed.reason == Reason.PAUSED,  # a pause puts off, it does not refuse
            permission_code=allowed.reason.value,
            address=message.address,
            person_is_gone=_person_is_gone(message),
            undeliverable=self.undeliverable.get((message.channel, message.address), ""),
            unsettled=self.unsettled.get(message.customer_id, ""),
            held_out=not self.held_out.isdisjoint({(message.customer_id, ""), (message.customer_id, message.origin)}),
            duplicate_of=self._other(message),
            paused_until_on=max((one.paused_until_on for one in wishes if one.paused_until_on), default=None),
            hours=self._hours(message),
            limits=limits(self.ours, wishes),
            gap=gap(self.ours),
            most_persons=self.ours.cap_persons,
        )

    def wishes(self, message: Message) -> list[ContactPreference]:
        """Give what the customer and the contact person wish; both hold."""
        whose = {(message.customer_id, None), (message.customer_id, message.contact_person_id)}
        return [self.preferences[one] for one in whose if one in self.preferences]

    def address(self, message: Message) -> str:
        if _person_is_gone(message):
            return ""
        person = self.persons.get(message.contact_person_id) if message.contact_person_id else None
        return channels.get(message.channel).address(self.customers[message.customer_id], person)

    def basis(self, message: Message) -> str:
        """Tell what it rests on that this message may leave; the mail says so where the law wants it said."""
        return self._permission(message).basis.value

    def _permission(self, message: Message) -> Permission:
        if message.question and (against := self.not_to_leave.get(message.question)):
            return Permission(allowed=False, basis=Basis.NONE, reason=against)
        known = self.permissions[channels.get(message.channel).reaches, message.purpose]
        return known[message.customer_id, None if _person_is_gone(message) else message.contact_person_id]

    def _other(self, message: Message) -> int | None:
        owner = self.uses.get((message.origin, message.channel, message.address))
        return owner if owner != message.customer_id else None

    def _hours(self, message: Message) -> Hours | None:
        if not channels.get(message.channel).disturbs:
            return None
        customer, ours = self.customers[message.customer_id], self.ours
        closed = places.closed_days(
            country=customer.country, region=customer.region, company_region=ours.holiday_region
        )
        return Hours(
            zone=places.zone(customer.country, settings.TIME_ZONE),
            quiet_from=ours.quiet_from,
            quiet_until=ours.quiet_until,
            sundays_are_quiet=ours.quiet_sundays,
            holidays=closed if ours.quiet_holidays else frozenset(),
        )


def limits(ours: MessageSettings, wishes: Iterable[ContactPreference]) -> tuple[Limit, ...]:
    """Give the caps that hold for a person: the own wish, the company's, and that of all contact persons together."""
    found = [
        Limit(code="cap_wish", most=one.max_contacts, days=one.per_days, of_customer=one.contact_person_id is None)
        for one in wishes
        if one.max_contacts is not None and one.per_days is not None
    ]
    if ours.cap_contacts is not None:
        found.append(Limit(code="cap_person", most=ours.cap_contacts, days=ours.cap_days))
    if ours.cap_customer_contacts is not None:
        found.append(Limit(code="cap_customer", most=ours.cap_customer_contacts, days=ours.cap_days, of_customer=True))
    return tuple(found)


def gap(ours: MessageSettings) -> timedelta | None:
    """Give how long a person is left alone after each message."""
    return timedelta(hours=ours.gap_hours) if ours.gap_hours else None


def read(messages: Sequence[Message], *, now: datetime) -> Book:
    """Read all that decides about messages, and note in each the name and address of whom it is for, and the basis."""
    ids = sorted({message.customer_id for message in messages})
    preferences = {
        (one.customer_id, one.contact_person_id): one for one in ContactPreference.objects.filter(customer__in=ids)
    }
    ours = MessageSettings.of(team.company())
    book = Book(
        ours=ours,
        customers=Customer.objects.only(*CUSTOMER_FIELDS).in_bulk(ids),
        persons=_persons(messages),
        preferences=preferences,
        permissions=_permissions(messages, now=now),
        not_to_leave=questions.not_to_leave(messages, today=timezone.localdate(now)),
        undeliverable={},
        held_out=_held_out(messages, ids),
        unsettled=unsettled.among(ids),
        uses={},
        taken=_taken(ids, since=now - _longest(ours, preferences.values()), lately=now - (gap(ours) or NO_TIME)),
        reached=_reached(messages) if ours.cap_persons else {},
        now=now,
    )
    for message in messages:
        person = book.persons.get(message.contact_person_id or 0)
        message.person_name = str(person) if person else message.person_name
        message.address = book.address(message)
        message.basis = book.basis(message)
    addresses = {message.address for message in messages if message.address}
    book.undeliverable.update(_undeliverable(addresses))
    book.uses.update(uses(messages))
    return book


def uses(messages: Sequence[Message]) -> dict[tuple[str, str, str], int]:
    """Tell whom the addresses belong to, within the origins of some messages."""
    guarded = [one for one in messages if one.address and one.governed_as not in policy.OUTSIDE_CAPS]
    if not guarded:
        return {}
    rows = AddressUse.objects.filter(
        origin__in={one.origin for one in guarded}, address__in={one.address for one in guarded}
    )
    return {
        (origin, channel, address): customer
        for origin, channel, address, customer in rows.values_list("origin", "channel", "address", "customer_id")
    }


def _persons(messages: Sequence[Message]) -> dict[int, ContactPerson]:
    ids = {message.contact_person_id for message in messages if message.contact_person_id}
    return ContactPerson.objects.only(*PERSON_FIELDS).in_bulk(ids) if ids else {}


def _person_is_gone(message: Message) -> bool:
    return bool(message.person_name) and message.contact_person_id is None


def _permissions(messages: Sequence[Message], *, now: datetime) -> dict[tuple[str, str], dict[Recipient, Permission]]:
    wanted: dict[tuple[str, str], set[int]] = defaultdict(set)
    for message in messages:
        wanted[channels.get(message.channel).reaches, message.purpose].add(message.customer_id)
    buyers = sales.buyers(customer_ids={message.customer_id for message in messages})
    return {
        (channel, purpose): customers.permissions(
            customer_ids=ids, channel=channel, purpose=purpose, buyers=buyers, today=timezone.localdate(now)
        )
        for (channel, purpose), ids in sorted(wanted.items())
    }


def _longest(ours: MessageSettings, preferences: Iterable[ContactPreference]) -> timedelta:
    return timedelta(days=max((limit.days for limit in limits(ours, preferences)), default=0))


def _taken(ids: Sequence[int], *, since: datetime, lately: datetime) -> dict[int, list[Taken]]:
    """Give what reached customers: what counts for the caps since one moment, everything since another."""
    found: dict[int, list[Taken]] = defaultdict(list)
    rows = Message.objects.filter(customer__in=ids, slot_at__gt=min(since, lately), state__in=USED_UP)
    columns = ("customer_id", "contact_person_id", "slot_at", "purpose", "asks_many_too")
    for customer, person, at, purpose, asks_many in rows.annotate(asks_many_too=ASKS_MANY).values_list(*columns):
        assert at is not None  # asked for
        found[customer].append(Taken(person=person, at=at, counts=asks_many or policy.counts(purpose)))
    said = contacts.slots(ids, since=min(since, lately), others_since=lately)
    for customer, whom, happened_at, counts in said:
        found[customer].append(Taken(person=whom, at=happened_at, counts=counts))
    return found


def _reached(messages: Sequence[Message]) -> dict[int, set[Reached]]:
    """Tell to which people of these customers something of the same origin has left, or is leaving."""
    limited = [one for one in messages if one.governed_as not in policy.OUTSIDE_CAPS and one.contact_person_id]
    if not limited:
        return {}
    found: dict[int, set[Reached]] = defaultdict(set)
    left = Message.objects.filter(
        customer__in={one.customer_id for one in limited},
        origin__in={one.origin for one in limited},
        state__in=USED_UP,
    )
    for customer, origin, person in left.values_list("customer_id", "origin", "contact_person_id"):
        found[customer].add((origin, person))
    return found


def _held_out(messages: Sequence[Message], ids: Sequence[int]) -> set[tuple[int, str]]:
    """Tell who is left alone of what: by the origin of the messages, or of everything, which is an empty one."""
    origins = {message.origin for message in messages} - {""}
    rows = Assignment.objects.filter(IN_FORCE | Q(draw__origin__in=origins), held_out=True, customer__in=ids)
    found = rows.values_list("customer_id", "draw__origin")
    return {(customer, origin if origin in origins else "") for customer, origin in found}


def _undeliverable(addresses: Collection[str]) -> dict[tuple[str, str], str]:
    rows = Undeliverable.objects.filter(address__in=addresses).values_list("channel", "address", "code")
    return {(channel, address): code for channel, address, code in rows}
