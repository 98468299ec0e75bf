"""
Webhooks, signed as in Standard Webhooks: for SMS, WhatsApp, CRM and whatever else has an address.

The other side must know a message again by `webhook-id`: what may or may not have arrived is sent once more.
"""

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from stammkunde.customers import queries as customers
from stammkunde.customers.models import Channel, ContactPerson, Customer
from stammkunde.outreach import signing
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
NEVER_CONNECTED = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
LATER = frozenset({408, 409, 425, 429})


class _NoRedirect(HTTPRedirectHandler):
    """Whoever moves must say so to us, not to our mail."""

    def redirect_request(self, *_args: Any) -> None:
        return None


class Webhook:
    name = "webhook"
    reaches = Channel.MESSAGE
    disturbs = True
    collects = False
    repeatable = True

    def missing(self, company: Company) -> str:
        return "" if settings.WEBHOOK_URL and settings.WEBHOOK_SECRET else "no_webhook"

    def parallel(self) -> int:
        return 4

    def address(self, customer: Customer, person: ContactPerson | None) -> str:
        return customers.address(Channel.MESSAGE, customer, person)

    def per_minute(self) -> int | None:
        return None

    def group(self, message: Message) -> str:
        return ""

    def render(self, message: Message, company: Company) -> Rendered:
        assert message.rendered_at is not None
        told = {
            "type": "message.send",
            "timestamp": message.rendered_at.isoformat(),
            "data": {
                "key": message.key,
                "origin": message.origin,
                "purpose": message.purpose,
                "customer": message.customer_id,
                "to": message.address,
                "name": message.person_name,
                "language": message.language,
                "subject": str(message.content.get("subject") or ""),
                "text": str(message.content["text"]),
            },
        }
        return Rendered(address=message.address, body=json.dumps(told, ensure_ascii=False).encode())

    @contextmanager
    def line(self) -> Iterator[Any]:
        yield build_opener(_NoRedirect())

    def hand_over(self, message: Message, rendered: Rendered, line: Any, leaves: Leaves) -> Receipt:
        leaves()
        request = Request(settings.WEBHOOK_URL, data=rendered.body, headers=_headers(message, rendered.body))  # noqa: S310 (the operator's own address, http or https)
        try:
            with line.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return Receipt(provider_id=answer.headers.get("webhook-receipt", ""))
        except HTTPError as problem:
            with problem:
                _refused(problem)
        except URLError as problem:
            if isinstance(problem.reason, NEVER_CONNECTED):
                raise ChannelDown(str(problem.reason)) from problem
            raise Unclear(str(problem.reason)) from problem
        except (OSError, http.client.HTTPException) as problem:
            raise Unclear(str(problem) or type(problem).__name__) from problem


def _headers(message: Message, body: bytes) -> dict[str, str]:
    now, name = message.rendered_at, f"msg_{message.pk}"
    assert now is not None
    signed = signing.signature(secret=settings.WEBHOOK_SECRET, message_id=name, at=now, body=body)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Stammkunde",
        "Idempotency-Key": message.key,
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signed,
    }


def _refused(problem: HTTPError) -> NoReturn:
    said = f"HTTP {problem.code}: {problem.read(300).decode('utf-8', 'replace')}"
    if problem.code in LATER or problem.code >= 500:
        raise TemporaryFailure(said) from problem
    raise PermanentFailure(said) from problem


CHANNEL = Webhook()
