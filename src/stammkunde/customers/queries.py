"""Customers with the people there, and what they allow and wish, read for many at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Lower

from stammkunde.customers import countries, phones, policy, search
from stammkunde.customers.models import (
    Channel,
    Consent,
    ConsentSettings,
    ContactPerson,
    ContactPreference,
    Customer,
    Note,
    OptIn,
    Purpose,
    SignUp,
)
from stammkunde.customers.policy import Permission, Record, Situation, Standing, Wishes
from stammkunde.team import policy as team_policy
from stammkunde.team import queries as team
from stammkunde.team.models import Staff

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Known = WithAnnotations[ContactPerson, "Matters"]

MOST_WITH_NUMBER = 20  # beginnings of numbers are looked up: those that are longer are passed over
MOST_VERSIONS = 50  # of the sign-up form are listed
AT_ONCE = 10_000  # ids in one statement; a few queries for each
Recipient = tuple[int, int | None]  # customer, and contact person or the customer herself


def permissions(
    *, customer_ids: Iterable[int], channel: str, purpose: str, buyers: Collection[int], today: date
) -> dict[Recipient, Permission]:
    """
    Decide for customers and all their contact persons at once; a handful of queries for every ten thousand customers.

    `buyers` are those who have bought (`sales.queries.buyers`); it matters for § 7 Abs. 3 UWG alone.
    """
    existing_customers = ConsentSettings.of(team.company()).existing_customer_email
    return {
        recipient: policy.permission(
            channel=channel,
            purpose=purpose,
            situation=situation,
            existing_customers=existing_customers,
            today=today,
        )
        for recipient, _channel, situation in situations(customer_ids=customer_ids, channels=[channel], buyers=buyers)
    }


def allowed(
    *, customer_ids: Iterable[int], channels: Iterable[str], purpose: str, buyers: Collection[int], today: date
) -> Iterator[tuple[Recipient, str]]:
    """Give who may be contacted on which of several channels, everything read once for all of them."""
    existing_customers = ConsentSettings.of(team.company()).existing_customer_email
    for recipient, channel, situation in situations(customer_ids=customer_ids, channels=channels, buyers=buyers):
        if (
            situation.address
            and policy.permission(
                channel=channel,
                purpose=purpose,
                situation=situation,
                existing_customers=existing_customers,
                today=today,
            ).allowed
        ):
            yield recipient, channel


def situations(
    *, customer_ids: Iterable[int], channels: Iterable[str], buyers: Collection[int]
) -> Iterator[tuple[Recipient, str, Situation]]:
    """Give what decisions about channels rest on, for customers and their contact persons, the customers first."""
    ids, known, every = sorted(set(customer_ids)), frozenset(buyers), tuple(channels)
    for start in range(0, len(ids), AT_ONCE):
        yield from _Reading(ids[start : start + AT_ONCE], channels=every, buyers=known).situations()


@dataclass(frozen=True, kw_only=True)
class _Recipient:
    key: Recipient
    source: str  # of the contact person; empty: the customer herself
    addresses: dict[str, str]  # by channel
    is_business: bool


@dataclass
class _Reading:
    """Some channels and customers: everything read once, then put together for each recipient."""

    ids: list[int]
    channels: tuple[str, ...] = field(kw_only=True)
    buyers: frozenset[int] = field(kw_only=True)

    def situations(self) -> Iterator[tuple[Recipient, str, Situation]]:
        recipients = list(self._recipients())
        said = self._said()
        mailboxes = self._mailboxes(recipients)
        preferences = self._preferences()
        for one in recipients:
            customer_id, person_id = one.key
            wished = [preferences.get((customer_id, None)), preferences.get(one.key) if person_id else None]
            for channel, reached_at in one.addresses.items():
                situation = Situation(
                    address=reached_at,
                    is_business=one.is_business,
                    own=policy.standings(said.get((customer_id, one.source, channel), ())),
                    company=policy.standings(said.get((customer_id, "", channel), ())) if one.source else {},
                    mailbox=policy.standings(mailboxes.get((channel, reached_at), ())),
                    wishes=tuple(_wishes(preference) for preference in wished if preference),
                    has_bought=customer_id in self.buyers,
                    email_from_sale=_from_sale(preferences.get(one.key), is_person=bool(one.source)),
                )
                yield one.key, channel, situation

    def _recipients(self) -> Iterator[_Recipient]:
        customers = {one.pk: one for one in Customer.objects.filter(pk__in=self.ids).only(*_OF_CUSTOMER)}
        for customer in customers.values():
            yield self._recipient(customer, None)
        for person in ContactPerson.objects.filter(customer__in=self.ids).only(*_OF_PERSON).order_by():
            yield self._recipient(customers[person.customer_id], person)

    def _recipient(self, customer: Customer, person: ContactPerson | None) -> _Recipient:
        return _Recipient(
            key=(customer.pk, person.pk if person else None),
            source=person.source if person else "",
            addresses={channel: address(channel, customer, person) for channel in self.channels},
            is_business=customer.kind == Customer.Kind.COMPANY,
        )

    def _said(self) -> dict[tuple[int, str, str], list[tuple[str, Record]]]:
        found: dict[tuple[int, str, str], list[tuple[str, Record]]] = {}
        records = Consent.objects.filter(customer__in=self.ids, channel__in=self.channels)
        columns = ("customer", "person_source", "channel", *_OF_RECORD)
        for customer, person, channel, *record in records.order_by("happened_at", "pk").values_list(*columns):
            found.setdefault((customer, person, channel), []).append(_record(*record))
        return found

    def _mailboxes(self, recipients: list[_Recipient]) -> dict[tuple[str, str], list[tuple[str, Record]]]:
        """Give what was said about addresses by anybody: one mailbox, one will."""
        electronic = [channel for channel in self.channels if channel in policy.ELECTRONIC]
        some = sorted({one.addresses[channel] for one in recipients for channel in electronic} - {""})
        found: dict[tuple[str, str], list[tuple[str, Record]]] = {}
        for start in range(0, len(some), AT_ONCE):
            records = Consent.objects.filter(channel__in=electronic, address__in=some[start : start + AT_ONCE])
            for channel, *record in records.order_by("happened_at", "pk").values_list("channel", *_OF_RECORD):
                found.setdefault((channel, record[-1]), []).append(_record(*record))
        return found

    def _preferences(self) -> dict[Recipient, ContactPreference]:
        preferences = ContactPreference.objects.filter(customer__in=self.ids)
        return {(one.customer_id, one.contact_person_id): one for one in preferences}


_OF_CUSTOMER = ("kind", "email", "phone", "mobile", "street", "postcode", "city", "country")
_OF_PERSON = ("customer", "source", "email", "phone", "mobile")
_OF_RECORD = ("purpose", "state", "happened_at", "basis", "address")


def _record(purpose: str, state: str, happened_at: datetime, basis: str, given_address: str) -> tuple[str, Record]:
    return purpose, Record(state=state, happened_at=happened_at, basis=basis, address=given_address)


def _wishes(preference: ContactPreference) -> Wishes:
    return Wishes(
        channels=None if preference.channels is None else frozenset(preference.channels),
        topics=None if preference.topics is None else frozenset(preference.topics),
        paused_until_on=preference.paused_until_on,
    )


def _from_sale(preference: ContactPreference | None, *, is_person: bool) -> bool:
    """
    Tell whether an e-mail address was given with a purchase.

    The company says so of its customers' addresses when it switches e-mail to existing customers on; what is known of
    one address comes first. A contact person's address counts only where that is known.
    """
    known = preference.email_from_sale if preference else None
    return not is_person if known is None else known


def address(channel: str, customer: Customer, person: ContactPerson | None = None) -> str:
    """Give where a recipient is reached, normalized; empty: nowhere. People get letters and calls at the customer's."""
    if channel == Channel.POST:
        is_complete = customer.street and (customer.postcode or customer.city)
        parts = f"{customer.street}, {customer.postcode} {customer.city}"
        return policy.normalized(channel, parts) if is_complete else ""
    if channel == Channel.EMAIL:
        return policy.normalized(channel, (person or customer).email)
    if channel == Channel.MESSAGE:
        return _texted_at(person or customer, country=customer.country)
    return policy.normalized(channel, (person or customer).rings_at or customer.rings_at)


def home_country() -> str:
    """Give the country that a phone number without one is taken to be in: where the company's clocks stand."""
    return countries.at(settings.TIME_ZONE) or phones.HERE


def with_number(number: str) -> Recipient | None:
    """Give somebody who gets text messages at a number in E.164: a customer, or a contact person there."""
    found = search.beginning_with(Customer.objects.all(), phones.plain(number)).order_by("pk")
    for customer in found.prefetch_related("contact_persons")[:MOST_WITH_NUMBER]:
        for person in (None, *customer.contact_persons.all()):
            if address(Channel.MESSAGE, customer, person) == number:
                return customer.pk, person.pk if person else None
    return None


def _texted_at(whom: Customer | ContactPerson, *, country: str) -> str:
    """Give the mobile number in E.164, also where it stands as the phone number."""
    if whom.mobile:
        return phones.e164(whom.mobile, country=country)
    return phones.e164(whom.phone, country=country) if phones.is_mobile(whom.phone, country=country) else ""


@dataclass(frozen=True, kw_only=True)
class Standings:
    """What one recipient allows on every channel for every purpose."""

    recipient: Recipient
    name: str
    cells: dict[tuple[str, str], Permission]  # by channel and purpose


def matrix(*, customer: Customer, people: Iterable[ContactPerson], has_bought: bool, today: date) -> list[Standings]:
    """Decide everything about one customer and the contact persons, the customer first."""
    existing_customers = ConsentSettings.of(team.company()).existing_customer_email
    cells: dict[Recipient, dict[tuple[str, str], Permission]] = {}
    buyers = {customer.pk} if has_bought else ()
    every = situations(customer_ids=[customer.pk], channels=Channel.values, buyers=buyers)
    for recipient, channel, situation in every:
        for purpose in Purpose.values:
            cells.setdefault(recipient, {})[channel, purpose] = policy.permission(
                channel=channel,
                purpose=purpose,
                situation=situation,
                existing_customers=existing_customers,
                today=today,
            )
    names: dict[tuple[int, int | None], str] = {(customer.pk, person.pk): str(person) for person in people}
    return [
        Standings(recipient=recipient, name=names.get(recipient, customer.name), cells=of_one)
        for recipient, of_one in cells.items()
    ]


def consents(*, customer_id: int) -> QuerySet[Consent]:
    """Give a customer's records with their evidence, the latest first."""
    return Consent.objects.filter(customer=customer_id).select_related("recorded_by", "contact_person")


def preferences(*, customer_id: int) -> dict[int | None, ContactPreference]:
    """Give what was said at a customer, by contact person; None is the customer herself."""
    found = ContactPreference.objects.filter(customer=customer_id).select_related("preferred_staff", "changed_by")
    return {one.contact_person_id: one for one in found}


def every_consent(*, customer_id: int | None = None, person_source: str | None = None) -> QuerySet[Consent]:
    """
    Give all records, of one customer or of everybody, the oldest first.

    `person_source` keeps those of one person there; empty: of the customer herself.
    """
    records = Consent.objects.select_related("customer", "contact_person", "recorded_by", "asked").order_by("pk")
    if customer_id is not None:
        records = records.filter(customer=customer_id)
    return records if person_source is None else records.filter(person_source=person_source)


def preference(*, customer_id: int, contact_person_id: int | None = None) -> ContactPreference:
    """Give somebody's wishes; nothing said yet gives an empty row that is not stored."""
    whose = {"customer_id": customer_id, "contact_person_id": contact_person_id}
    return ContactPreference.objects.filter(**whose).first() or ContactPreference(**whose)


def language(*, customer: Customer, person: ContactPerson | None = None) -> str:
    """Give the language that somebody chose, or that holds for the customer as a whole; empty: none was chosen."""
    own = preference(customer_id=customer.pk, contact_person_id=person.pk if person else None)
    return own.language or (preference(customer_id=customer.pk).language if person else "")


def spoken(optin: OptIn) -> str:
    """Give the language in which a question was asked for, or else the one that was chosen; empty: neither is known."""
    asked_in = next((one.proof["language"] for one in optin.asked.all() if one.proof.get("language")), "")
    return asked_in or language(customer=optin.customer, person=optin.contact_person)


def optins_to_send(*, now: datetime) -> QuerySet[OptIn]:
    """Give the questions for which no mail is planned and that can still be answered, the oldest first."""
    waiting = OptIn.objects.filter(taken_at=None, sent_at=None, expires_at__gt=now)
    return waiting.select_related("customer", "contact_person").prefetch_related("asked").order_by("pk")


def optin_until(optin: OptIn, *, leaves_at: datetime) -> datetime:
    """Tell until when a question can be answered whose mail has left, or is about to."""
    days = ConsentSettings.of(team.company()).optin_days
    return optin.expires_at if optin.sent_at else leaves_at + timedelta(days=days)


def optin_state(optin: OptIn, *, now: datetime) -> str:
    """Tell how far a question has come: `confirmed`, `expired`, `void` (withdrawn since) or `open`."""
    asked = optin.asked.all()
    if Consent.objects.filter(asked__in=asked).exists():
        return "confirmed"
    if now >= optin.expires_at:
        return "expired"
    return "void" if asked and all(was_withdrawn_since(one) for one in asked) else "open"


def was_withdrawn_since(asked: Consent) -> bool:
    """Tell whether somebody said no to what a question asks, after it was asked."""
    later = Consent.objects.filter(
        customer=asked.customer_id,
        person_source=asked.person_source,
        channel=asked.channel,
        purpose=asked.purpose,
        state__in=policy.BLOCKING,
        happened_at__gte=asked.happened_at,
    )
    return later.filter(pk__gt=asked.pk).exists()


def sign_up() -> SignUp | None:
    """Give the sign-up form as it is now."""
    return SignUp.objects.first()


def sign_up_version(number: int) -> SignUp | None:
    """Give a version of the form that has been open: on a website, an older one may stand."""
    return SignUp.objects.filter(pk=number, is_open=True).first()


def sign_up_versions() -> list[SignUp]:
    return list(SignUp.objects.select_related("written_by")[:MOST_VERSIONS])


def mailbox(email: str) -> Recipient | None:
    """Find whose mailbox an address is, a contact person before the customer, and those known longest first."""
    people = ContactPerson.objects.alias(mailbox=Lower("email")).filter(mailbox=email)
    customers = Customer.objects.alias(mailbox=Lower("email")).filter(mailbox=email)
    person = people.order_by("customer_id", "pk").values_list("customer_id", "pk").first()
    customer_id = customers.order_by("pk").values_list("pk", flat=True).first()
    if person and (customer_id is None or person[0] <= customer_id):
        return person
    return (customer_id, None) if customer_id else None


def blocked_purposes(*, customer: Customer, person: ContactPerson | None, channel: str) -> set[str]:
    """Tell what somebody has withdrawn or objected to on a channel."""
    key = customer.pk, person.pk if person else None
    every = situations(customer_ids=[customer.pk], channels=[channel], buyers=())
    own = next(situation.own for recipient, _channel, situation in every if recipient == key)
    return {purpose for purpose, said in own.items() if said.state in policy.BLOCKING}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What somebody may choose about one channel and purpose, pauses aside."""

    permission: Permission
    is_asked: bool
    has_address: bool
    is_closed: bool  # somebody else decided, for everybody at this company


def choices(*, customer: Customer, person: ContactPerson | None, has_bought: bool) -> dict[tuple[str, str], Choice]:
    """Tell for every channel and purpose what is allowed now, as if there were no pause."""
    existing_customers = ConsentSettings.of(team.company()).existing_customer_email
    key = customer.pk, person.pk if person else None
    buyers = {customer.pk} if has_bought else ()
    of_all = _wishes(preference(customer_id=customer.pk)) if person else Wishes()
    found = {}
    for recipient, channel, situation in situations(customer_ids=[customer.pk], channels=Channel.values, buyers=buyers):
        if recipient != key:
            continue
        unpaused = replace(situation, wishes=tuple(replace(one, paused_until_on=None) for one in situation.wishes))
        for purpose in Purpose.values:
            found[channel, purpose] = Choice(
                permission=policy.permission(
                    channel=channel,
                    purpose=purpose,
                    situation=unpaused,
                    existing_customers=existing_customers,
                    today=date.min,
                ),
                is_asked=situation.own[purpose].is_asked if purpose in situation.own else False,
                has_address=bool(situation.address),
                is_closed=_is_closed(situation.company.get(purpose), of_all, channel, purpose),
            )
    return found


def _is_closed(of_company: Standing | None, of_all: Wishes, channel: str, purpose: str) -> bool:
    """Tell whether the customer as a whole said no, which none of its people can take back."""
    objected = of_company is not None and of_company.state in policy.BLOCKING
    return (
        objected
        or (of_all.channels is not None and channel not in of_all.channels)
        or (of_all.topics is not None and purpose not in of_all.topics)
    )


def customer(customer_id: int) -> Customer | None:
    return Customer.objects.select_related("owner").filter(pk=customer_id).first()


class Matters(TypedDict):
    """What is read along with contact persons."""

    matters: list[Note]


def people(customer_id: int) -> "list[Known]":
    """Give the contact persons with what matters to each, latest first, and who wrote it."""
    matters = Note.objects.filter(kind=Note.Kind.MATTERS).select_related("author")
    persons = ContactPerson.objects.filter(customer=customer_id)
    return list(persons.prefetch_related(Prefetch("notes", queryset=matters, to_attr="matters")))


def matters_to_customer(customer_id: int) -> list[Note]:
    """Give what matters to the customer as a whole (a private person has no contact persons)."""
    notes = Note.objects.filter(customer=customer_id, kind=Note.Kind.MATTERS, contact_person=None)
    return list(notes.select_related("author"))


def may_read_notes(staff: Staff, customer: Customer) -> bool:
    """Tell whether somebody may read what was said with a customer: who speaks with customers, or looks after this."""
    if team_policy.may(staff, team_policy.TASKS_WORK) or customer.owner_id == staff.pk:
        return True
    return ContactPreference.objects.filter(customer=customer, preferred_staff=staff).exists()


def people_to_call(customer_ids: Iterable[int], *, today: date) -> dict[int, ContactPerson]:
    """
    Give one person a customer, by the rule of recipients: whoever may be called, by role, those with a number first.

    Where nobody may be, somebody of whom the governor can say why.
    """
    people = list(ContactPerson.objects.filter(customer__in=set(customer_ids)).order_by("pk"))
    asked = {one.customer_id for one in people}
    allowed = (
        permissions(customer_ids=asked, channel=Channel.PHONE, purpose=Purpose.ADVERTISING, buyers=(), today=today)
        if asked
        else {}
    )
    best: dict[int, ContactPerson] = {}
    for customer_id in asked:
        mine = [one for one in people if one.customer_id == customer_id]
        numbered = [one for one in mine if one.rings_at]
        best[customer_id] = _to_call(numbered, allowed) or _to_call(mine, allowed) or (numbered or mine)[0]
    return best


def _to_call(people: Sequence[ContactPerson], allowed: Mapping[Recipient, Permission]) -> ContactPerson | None:
    """Choose who is called; the number of the customer is everybody's."""
    candidates = [
        policy.Candidate(
            person_id=one.pk, role=one.role, permission=allowed[one.customer_id, one.pk], address=str(one.pk)
        )
        for one in people
        if (one.customer_id, one.pk) in allowed
    ]
    wanted = policy.Wanted(purpose=Purpose.ADVERTISING)
    chosen = policy.choose(candidates, is_firm=True, wanted=wanted)[0] if candidates else None
    by_number = {one.pk: one for one in people}
    return by_number[chosen.person_id] if chosen and chosen.is_allowed and chosen.person_id else None
