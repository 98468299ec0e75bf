"""
Who takes text messages: a small file each, chosen by how the address in `STAMMKUNDE_WEBHOOK_URL` begins.

A provider says how a message is asked for, what its answer means, and what it reports later: receipts and replies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol
from urllib.parse import urlsplit
from urllib.request import Request

from django.conf import settings

from stammkunde.outreach.models import Message

PROVIDERS = {"http": "signed", "https": "signed", "twilio": "twilio"}  # scheme → file


class NotUnderstood(Exception):
    """What was reported makes no sense."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of a message: "delivered" or "bounced"."""

    key: str
    kind: str
    answer: str = ""
    for_good: bool = False


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What somebody wrote back."""

    number: str
    text: str


class Provider(Protocol):
    """
    Somebody who takes text messages by HTTP.

    `repeatable` says that it knows a message again, so that handing it over twice is harmless, and `wants_nothing_back`
    that whatever answers its reports must be empty.
    """

    repeatable: bool
    wants_nothing_back: bool

    def is_set(self) -> bool:
        """Tell whether all is there that it needs."""

    def body(self, message: Message) -> bytes:
        """Write what is handed over."""

    def request(self, message: Message, body: bytes) -> Request:
        """Write how it is asked for."""

    def receipt(self, headers: Mapping[str, str], answer: bytes) -> str:
        """Read under which name the other side knows it; empty: none."""

    def reported(
        self, headers: Mapping[str, str], query: str, body: bytes, *, now: datetime
    ) -> Iterable[Receipt | Reply]:
        """
        Read what is reported to the address, with what stood behind its question mark.

        :raises signing.BadSignature: if it is not from the provider
        :raises NotUnderstood: if it makes no sense
        """


def get() -> Provider | None:
    """Give the provider that is set; None where none is."""
    name = PROVIDERS.get(urlsplit(settings.WEBHOOK_URL).scheme)
    if name is None:
        return None
    provider: Provider = import_module(f"{__name__}.{name}").PROVIDER
    return provider if provider.is_set() else None
