"""What was said to whom, what was refused, and what waits."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import islice

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from stammkunde.customers import queries as customers
from stammkunde.customers import search
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import channels, content, knowing, persons, recipients
from stammkunde.outreach.channels import email
from stammkunde.outreach.clarity import Empty
from stammkunde.outreach.content import Text
from stammkunde.outreach.models import (
    IN_FORCE,
    Assignment,
    Draw,
    Hold,
    Message,
    Picture,
    Piece,
    PrintRun,
    Template,
    Undeliverable,
)
from stammkunde.sales import queries as sales
from stammkunde.store import kept
from stammkunde.team.models import Company, Staff

State = Message.State
MANY = 100  # "100 or more": nobody counts further on a page
GAPS_SECONDS = 60
MOST_NAMES = 20  # in one text: whoever writes more of them makes them up


def messages(*, state: str = "", channel: str = "", origin: str = "", customer: int | None = None) -> QuerySet[Message]:
    """Give the messages that fit, with whom they are to."""
    wanted = {"state": state, "channel": channel, "origin": origin, "customer": customer}
    return Message.objects.select_related("customer").filter(**{name: value for name, value in wanted.items() if value})


def left_alone(customer_ids: Collection[int]) -> set[int]:
    """Tell who of these is left alone of everything, to compare; complaints and what is owed reach them."""
    rows = Assignment.objects.filter(IN_FORCE, held_out=True, customer__in=customer_ids)
    return set(rows.values_list("customer_id", flat=True))


def drawn_of_everything() -> Draw | None:
    """Give the draw of this year of who is left alone of everything; None: it is switched off."""
    return Draw.objects.filter(origin__startswith=Draw.OF_EVERYTHING, ended_at=None).order_by("-drawn_at").first()


def is_anybody_left_alone() -> bool:
    """Tell whether anybody is left alone of everything now."""
    return Assignment.objects.filter(IN_FORCE, held_out=True).exists()


def of_customer(customer_id: int, *, limit: int) -> list[Message]:
    """Give the latest messages to a customer, whatever became of them."""
    return list(Message.objects.filter(customer=customer_id).order_by("-planned_at", "-pk")[:limit])


def message(pk: int) -> Message | None:
    """Give a message with its customer and history."""
    return Message.objects.select_related("customer", "face").prefetch_related("events").filter(pk=pk).first()


def unclear() -> int:
    """Count the messages of which nobody can tell whether they arrived, up to a hundred."""
    return Message.objects.filter(state=State.UNKNOWN).order_by().values("pk")[:MANY].count()


def held_up(company: Company) -> list[tuple[str, str]]:
    """Give the channels on which something waits because something must be set up: name and code."""
    missing = [(one.name, one.missing(company)) for one in channels.every() if one.missing(company)]
    return [
        (name, code) for name, code in missing if Message.objects.filter(state=State.PLANNED, channel=name).exists()
    ]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits to be printed, of one channel and origin."""

    channel: str
    origin: str
    due: int
    later: int
    latest_at: datetime  # the first of them expires then
    is_held: bool


def waiting_for_print(*, now: datetime) -> list[Waiting]:
    """Give what waits to be printed, what expires first before the rest."""
    planned = Message.objects.filter(channel__in=channels.collecting(), state=State.PLANNED)
    due = Q(due_at__lte=now)
    rows = planned.values("channel", "origin").annotate(
        due=Count("pk", filter=due), later=Count("pk", filter=~due | Q(due_at=None)), latest_at=Min("latest_at")
    )
    held = set(Hold.objects.values_list("origin", flat=True))
    found = [Waiting(**row, is_held=row["origin"] in held) for row in rows]
    return sorted(found, key=lambda one: (one.latest_at, one.channel, one.origin))


def print_runs(*, staff: Staff | None = None) -> QuerySet[PrintRun]:
    """Give the print runs, of everybody or of one person."""
    found = PrintRun.objects.select_related("made_by", "only")
    return found if staff is None else found.filter(made_by=staff)


def print_run(pk: int) -> PrintRun | None:
    """Give a print run."""
    return PrintRun.objects.select_related("made_by", "only").filter(pk=pk).first()


def pieces(run: PrintRun) -> QuerySet[Piece]:
    """Give the pieces of a run with whom they are to."""
    return Piece.objects.select_related("message__customer").filter(run=run)


def run_of(message: Message) -> PrintRun | None:
    """Give the print run that a message is or was part of, the latest one."""
    return PrintRun.objects.filter(pieces__message=message).order_by("-pk").first()


def shut_addresses(messages: Iterable[Message]) -> dict[tuple[str, str], str]:
    """Tell which addresses of these messages get nothing any more, and why."""
    rows = Undeliverable.objects.filter(address__in={one.address for one in messages if one.address})
    return {(one.channel, one.address): one.code for one in rows}


def by_provider(*, provider_id: str, address: str) -> Message | None:
    """Find the message that a provider speaks of."""
    if not provider_id:
        return None
    return Message.objects.filter(provider_id=provider_id, address=address.strip().lower()).first()


def named(text: str) -> Message | None:
    """Find the message whose whole name (`email.message_id`) stands in a text; of several, the first."""
    for number, name in islice(email.names_in(text), MOST_NAMES):
        message = Message.objects.filter(pk=number, channel=email.CHANNEL.name).first()
        if message is not None and email.is_named(message, name):
            return message
    return None


def templates(*, is_archived: bool) -> list[Template]:
    """Give the templates with their words, by name."""
    found = Template.objects.filter(is_archived=is_archived).exclude(channel="call")  # each is a campaign's own
    return list(found.select_related("changed_by").prefetch_related("texts"))


def template(pk: int) -> Template | None:
    """Give a template with its words."""
    return Template.objects.prefetch_related("texts").filter(pk=pk).first()


def somebody(pk: int | None, *, template: Template, today: date) -> Recipient | None:
    """Give whom to try words on: at a customer, or at anybody with an e-mail address, whoever would be written to."""
    customers = Customer.objects.filter(pk=pk) if pk else Customer.objects.exclude(email="")
    one = customers.order_by("pk").first() or Customer.objects.order_by("pk").first()
    if one is None:
        return None
    whom = recipients.wanted(purpose=template.purpose, role=template.wanted_role)
    found = recipients.choose(customer_ids=[one.pk], channel=template.channel, whom=whom, today=today)
    return one.pk, found[one.pk][0].person_id


def basis(recipient: Recipient, *, channel: str, purpose: str, today: date) -> str:
    """Tell what it would rest on to write to somebody; empty where it rests on nothing."""
    reaches, buyers = channels.get(channel).reaches, sales.buyers(customer_ids=[recipient[0]])
    known = customers.permissions(
        customer_ids=[recipient[0]], channel=reaches, purpose=purpose, buyers=buyers, today=today
    )
    return known[recipient].basis.value if recipient in known else ""


def pictures() -> QuerySet[Picture]:
    """Give the pictures for mails, the latest first, without what they hold."""
    return Picture.objects.defer("data").order_by("-pk")


def find_customers(typed: str, *, limit: int) -> list[Customer]:
    """Find customers by the beginnings of words."""
    return list(search.matching(Customer.objects.all(), typed).order_by("name", "pk")[:limit])


@dataclass(frozen=True, kw_only=True)
class Gap:
    """For how many customers a field has no value."""

    field: str
    empty: int
    of: int


def gaps(fields: Collection[str], *, today: date) -> list[Gap]:
    """Count for each of these fields the customers who have nothing there; fields that all have are left out."""
    asked = {one: Count("pk", filter=_OF_CUSTOMERS[one]) for one in fields if one in _OF_CUSTOMERS}
    filled = Customer.objects.aggregate(everybody=Count("pk"), **asked)
    everybody = filled.pop("everybody")
    filled |= knowing.counts(fields, today=today)
    some = {one: count for one, count in sorted(filled.items()) if count < everybody}
    return [Gap(field=one, empty=everybody - count, of=everybody) for one, count in some.items()]


def empty(texts: Iterable[Text], *, today: date) -> list[Empty]:
    """Tell for how many customers the fields that some words use without a fallback have no value, in one look."""
    bare = {name for text in texts for name, has_fallback in content.fields(text).items() if not has_fallback}
    always = {one.name for one in persons.FIELDS} - _OF_CUSTOMERS.keys()
    known = {name: str(one.words) for name, one in knowing.fields().items() if name in bare - always}
    found = _gaps_of_late(known, today=today) if known else []
    return [Empty(field=one.field, words=known[one.field], empty=one.empty, of=one.of) for one in found]


def _gaps_of_late(fields: Collection[str], *, today: date) -> list[Gap]:
    """Count the gaps, once a minute: previews ask with every word that is typed."""
    asked = sha256(repr((today, sorted(fields))).encode()).hexdigest()
    return kept.or_made(f"outreach:gaps:{asked}", lambda: gaps(fields, today=today), seconds=GAPS_SECONDS)


def _somebody_has(**having: str) -> Q:
    """Of companies, those with a contact person who has it: it is she who is written to."""
    return Q(Exists(ContactPerson.objects.filter(customer=OuterRef("pk")).exclude(**having)))


_OF_CUSTOMERS = {
    "code": Q(pk=None),  # only who sends a message can give one
    "city": ~Q(city=""),
    "owner": Q(owner__isnull=False),
    "company": Q(kind=Customer.Kind.COMPANY),
    "first_name": Q(kind=Customer.Kind.PERSON) | _somebody_has(first_name=""),
    "last_name": Q(kind=Customer.Kind.PERSON, name__contains=" ") | _somebody_has(last_name=""),
    "title": _somebody_has(title=""),
    "salutation": _somebody_has(salutation=""),
}
