"""What letters and postcards share: an address for the post, and a sheet that a print run sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.utils import translation

from stammkunde.customers import countries
from stammkunde.customers.models import Channel, ContactPerson, Customer, Purpose
from stammkunde.outreach import paper, persons
from stammkunde.outreach.channels import Leaves, Rendered, TemporaryFailure
from stammkunde.outreach.models import Message, MessageSettings
from stammkunde.outreach.paper import Reader, Sender
from stammkunde.team.models import Company

ROW = (
    "Nr", "Kundennummer", "Firma", "Name", "Straße", "PLZ", "Ort", "Land", "Format", "Motiv", "Gutscheincode",
    "QR-Ziel",
)  # fmt: skip
BOUND = frozenset({Purpose.SERVICE, Purpose.THANKS})  # no advertising: nothing to object to
LONGEST_ADDRESS = 400


class Paper:
    """A channel whose messages wait for a print run (`services.printing`)."""

    name: str
    reaches = Channel.POST
    disturbs = False
    collects = True
    repeatable = False

    def missing(self, company: Company) -> str:
        return "" if MessageSettings.of(company).sender_address.strip() else "no_sender_address"

    def parallel(self) -> int:
        return 1

    def address(self, customer: Customer, person: ContactPerson | None) -> str:
        """Name the household or company, too: in one house live many."""
        is_complete = customer.street.strip() and customer.city.strip() and (customer.name.strip() or person)
        lines = postal_lines(customer, person, home="")
        return ", ".join(lines)[:LONGEST_ADDRESS] if is_complete else ""

    def per_minute(self) -> int | None:
        return None

    def group(self, message: Message) -> str:
        return ""

    def render(self, message: Message, company: Company) -> Rendered:
        customer, person = message.customer, message.contact_person
        owner = customer.owner
        sheet = paper.piece(
            content=message.content,
            language=message.language,
            reader=Reader(
                lines=postal_lines(customer, person, home=home(company)),
                number=customer.number,
                contact=owner.name if owner else "",
                may_object=message.purpose not in BOUND,
            ),
            sender=sender(company),
        )
        return Rendered(address=message.address, body=sheet)

    @contextmanager
    def line(self) -> Iterator[None]:
        yield None

    def hand_over(self, message: Message, rendered: Rendered, line: Any, leaves: Leaves) -> NoReturn:
        raise TemporaryFailure(f"{message.key} waits for a print run: nobody but a person brings it to the post.")


def sender(company: Company) -> Sender:
    """Say who writes, as it stands on paper."""
    ours = MessageSettings.of(company)
    return Sender(
        name=company.sender_name or company.name,
        address=ours.sender_address,
        imprint=company.imprint,
        phone=ours.sender_phone,
        email=company.sender_email,
        link=ours.voucher_url,
    )


def home(company: Company) -> str:
    """Give the two letters of the company's own country: inland addresses name none."""
    return MessageSettings.of(company).holiday_region.partition("-")[0] or "DE"


def named(customer: Customer, person: ContactPerson | None) -> tuple[str, str]:
    """Give the lines for the company and the person; empty where there is none."""
    company = customer.name if customer.kind == Customer.Kind.COMPANY else ""
    return company, persons.on_envelope(person) if person else ("" if company else customer.name)


def postal_lines(customer: Customer, person: ContactPerson | None, *, home: str) -> tuple[str, ...]:
    """Give an address by DIN 5008, line by line; the country only where it is not `home`."""
    company, name = named(customer, person)
    return paper.postal_lines(
        company=company,
        person=name,
        street=customer.street,
        postcode=customer.postcode,
        city=customer.city,
        country=abroad(customer, home=home),
    )


def abroad(customer: Customer, *, home: str) -> str:
    """
    Name the customer's country in German, or English where `home` speaks no German; empty where it is `home`.

    Seen from nowhere (`home` is empty), it is named in German: kept addresses are compared with those of years ago.
    """
    is_home = not customer.country.strip() or countries.code(customer.country) == home
    language = countries.GERMAN if not home or countries.speaks_german(home) else countries.ENGLISH
    return "" if is_home else countries.name(customer.country, language=language)


def row(message: Message, sheet: dict[str, Any], company: Company) -> list[str]:
    """Give what a print shop's list of addresses says of a message, in the order of `ROW` and without the number."""
    customer = message.customer
    company_name, name = named(customer, message.contact_person)
    is_card = message.channel == "postcard"
    with translation.override("de"):
        looks = [str(paper.FORMATS[sheet["format"]]), str(paper.MOTIFS[sheet["motif"]])] if is_card else ["", ""]
    return [
        customer.number,
        company_name,
        name,
        customer.street,
        customer.postcode,
        customer.city,
        abroad(customer, home=home(company)),
        *looks,
        (sheet["voucher"] or {}).get("code", ""),
        next((one["qr"] for one in sheet["blocks"] if one["qr"]), ""),
    ]
