"""
Text messages by HTTP: SMS, WhatsApp and whatever else has an address, by one of the providers in `outreach.texting`.

What may or may not have arrived is sent once more only where the provider knows it again.
"""

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, build_opener

from stammkunde.customers import queries as customers
from stammkunde.customers.models import Channel, ContactPerson, Customer
from stammkunde.outreach import texting
from stammkunde.outreach.channels import (
    ChannelDown,
    Leaves,
    PermanentFailure,
    Receipt,
    Rendered,
    TemporaryFailure,
    Unclear,
)
from stammkunde.outreach.models import Message
from stammkunde.team.models import Company

TIMEOUT_SECONDS = 20
LONGEST_ANSWER = 64_000
NEVER_CONNECTED = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
LATER = frozenset({408, 409, 425, 429})
MAY_HAVE_BEEN_TAKEN = frozenset({408, 500, 502, 504})  # it matters where the provider knows no message again


class _NoRedirect(HTTPRedirectHandler):
    """Whoever moves must say so to us, not to our mail."""

    def redirect_request(self, *_args: Any) -> None:
        return None


class Webhook:
    name = "webhook"
    reaches = Channel.MESSAGE
    disturbs = True
    collects = False

    @property
    def repeatable(self) -> bool:
        provider = texting.get()
        return provider is not None and provider.repeatable

    def missing(self, company: Company) -> str:
        return "" if texting.get() else "no_webhook"

    def parallel(self) -> int:
        return 4

    def address(self, customer: Customer, person: ContactPerson | None) -> str:
        return customers.address(Channel.MESSAGE, customer, person)

    def per_minute(self) -> int | None:
        return None

    def group(self, message: Message) -> str:
        return ""

    def render(self, message: Message, company: Company) -> Rendered:
        return Rendered(address=message.address, body=_provider().body(message))

    @contextmanager
    def line(self) -> Iterator[Any]:
        yield build_opener(_NoRedirect())

    def hand_over(self, message: Message, rendered: Rendered, line: Any, leaves: Leaves) -> Receipt:
        leaves()
        provider = _provider()
        try:
            with line.open(provider.request(message, rendered.body), timeout=TIMEOUT_SECONDS) as answer:
                return Receipt(provider_id=provider.receipt(answer.headers, answer.read(LONGEST_ANSWER)))
        except HTTPError as problem:
            with problem:
                _refused(problem, repeatable=provider.repeatable)
        except URLError as problem:
            if isinstance(problem.reason, NEVER_CONNECTED):
                raise ChannelDown(str(problem.reason)) from problem
            raise Unclear(str(problem.reason)) from problem
        except (OSError, http.client.HTTPException) as problem:
            raise Unclear(str(problem) or type(problem).__name__) from problem


def _provider() -> texting.Provider:
    provider = texting.get()
    if provider is None:  # somebody has taken the setting away since `missing` was asked
        raise ChannelDown("STAMMKUNDE_WEBHOOK_URL")
    return provider


def _refused(problem: HTTPError, *, repeatable: bool) -> NoReturn:
    said = f"HTTP {problem.code}: {problem.read(300).decode('utf-8', 'replace')}"
    if problem.code in MAY_HAVE_BEEN_TAKEN and not repeatable:
        raise Unclear(said) from problem
    if problem.code in LATER or problem.code >= 500:
        raise TemporaryFailure(said) from problem
    raise PermanentFailure(said) from problem


CHANNEL = Webhook()
