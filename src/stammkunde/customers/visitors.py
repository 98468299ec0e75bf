"""Who opens a link that was sent to a customer, what proves it, and which language to speak with them."""

import ipaddress
from contextlib import AbstractContextManager

from django.http import HttpRequest, HttpResponse

from stammkunde.customers import queries
from stammkunde.customers.models import ConsentSettings, ContactPerson, Customer
from stammkunde.team import access, public
from stammkunde.team import queries as team
from stammkunde.ui.links import BadLink

LONGEST_AGENT = 300


def recipient(customer_id: int, contact_person_id: int | None) -> tuple[Customer, ContactPerson | None]:
    """
    Find who opened a link.

    :raises BadLink: if they are no longer there
    """
    customer = Customer.objects.select_related("owner").filter(pk=customer_id).first()
    if customer is None:
        raise BadLink
    if contact_person_id is None:
        return customer, None
    person = ContactPerson.objects.filter(pk=contact_person_id, customer=customer).first()
    if person is None:
        raise BadLink
    return customer, person


def tried(request: HttpRequest) -> HttpResponse:
    """Say that the link stood in a test mail; nothing changes."""
    with public.speaking(request):
        return public.show(request, "portal/tried.html", {})


def speaking(request: HttpRequest, customer: Customer, person: ContactPerson | None) -> AbstractContextManager[None]:
    """Speak what `?language=` asks for, else their language, else our own."""
    return public.speaking(request, queries.language(customer=customer, person=person))


def proof(request: HttpRequest) -> dict[str, str]:
    """Give what proves who answered: internet address (as the company decides) and browser."""
    kept = {"user_agent": request.headers.get("User-Agent", "")[:LONGEST_AGENT]}
    address = shortened(access.address(request), ConsentSettings.of(team.company()).ip_evidence)
    return {name: text for name, text in (kept | {"ip": address}).items() if text}


def shortened(address: str, how: str) -> str:
    """Shorten an internet address so that it names a neighbourhood and nobody in it, as the company decides."""
    if how == ConsentSettings.IpEvidence.NONE:
        return ""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if how == ConsentSettings.IpEvidence.FULL:
        return str(found)
    network = ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False)
    return str(network.network_address)
