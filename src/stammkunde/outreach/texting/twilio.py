"""
Twilio: SMS by its Messages resource, with receipts and replies as it signs them. See docs/operate/texting.md.

It knows no message again by a key: what may have left is not sent once more, and a receipt says later that it had.
"""

import base64
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha1
from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from urllib.request import Request

from django.conf import settings
from django.urls import reverse

from stammkunde.outreach import signing
from stammkunde.outreach.models import Message
from stammkunde.outreach.texting import NotUnderstood, Receipt, Reply

MESSAGES = "https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json"
FAILED = frozenset({"failed", "undelivered"})
ARRIVED = frozenset({"delivered", "read"})
NO_MOBILE = frozenset({"30005", "30006"})  # nobody has the number, or it is a landline's


class Account(NamedTuple):
    """Whose messages they are, and who sends them: a number, a name, or a messaging service."""

    sid: str
    token: str
    sender: str


def account() -> Account:
    """Read the address of the settings: twilio://?account_sid=AC…&auth_token=…&from=…"""
    given = {name: values[-1].strip() for name, values in parse_qs(urlsplit(settings.WEBHOOK_URL).query).items()}
    sender = given.get("from", "")
    # A plus that nobody wrote as %2B has become a space.
    return Account(
        sid=given.get("account_sid", ""),
        token=given.get("auth_token", ""),
        sender=f"+{sender}" if sender.isdecimal() and len(sender) > 6 else sender,  # shorter ones are short codes
    )


class Twilio:
    repeatable = False
    wants_nothing_back = True  # it would take an answer for words that it should send

    def is_set(self) -> bool:
        return all(account())

    def body(self, message: Message) -> bytes:
        by = account()
        told = {
            "To": message.address,
            "MessagingServiceSid" if by.sender.startswith("MG") and len(by.sender) == 34 else "From": by.sender,
            "Body": str(message.content["text"]),
        }
        if settings.PUBLIC_URL:
            told["StatusCallback"] = _reports(urlencode({"key": message.key}))
        return urlencode(told).encode()

    def request(self, message: Message, body: bytes) -> Request:  # noqa: ARG002 (others name it in their headers)
        by = account()
        word = base64.b64encode(f"{by.sid}:{by.token}".encode()).decode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "Stammkunde",
            "Authorization": f"Basic {word}",
        }
        return Request(MESSAGES.format(account=by.sid), data=body, headers=headers)  # noqa: S310 (always https)

    def receipt(self, headers: Mapping[str, str], answer: bytes) -> str:  # noqa: ARG002 (others tell it by a header)
        try:
            told = json.loads(answer)
        except ValueError:
            return ""
        return str(told.get("sid") or "")[:100] if isinstance(told, dict) else ""

    def reported(
        self,
        headers: Mapping[str, str],
        query: str,
        body: bytes,
        *,
        now: datetime,  # noqa: ARG002 (its signature has no time; the same report twice changes nothing)
    ) -> Iterable[Receipt | Reply]:
        try:
            told = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body))
        except ValueError as problem:
            raise NotUnderstood from problem
        right = signature(token=account().token, url=_reports(query), told=told)
        if not hmac.compare_digest(right.encode(), headers.get("X-Twilio-Signature", "").encode()):
            raise signing.BadSignature("not ours")
        return _read(dict(told), dict(parse_qsl(query)).get("key", ""))


def signature(*, token: str, url: str, told: Iterable[tuple[str, str]]) -> str:
    """Sign a report as Twilio does: the address as it was asked for, and behind it each name with its value."""
    content = url + "".join(name + value for name, value in sorted(set(told)))
    return base64.b64encode(hmac.digest(token.encode(), content.encode(), sha1)).decode()


def _reports(query: str) -> str:
    begin: str = settings.PUBLIC_URL
    return begin + reverse("text-events") + (f"?{query}" if query else "")


def _read(told: Mapping[str, str], key: str) -> list[Receipt | Reply]:
    status, code = told.get("MessageStatus", ""), told.get("ErrorCode", "")
    if not status:
        if not told.get("From") or "Body" not in told:
            raise NotUnderstood
        return [Reply(number=told["From"][:60], text=told["Body"][:1000])]
    if status in ARRIVED:
        return [Receipt(key=key[:120], kind="delivered")]
    if status in FAILED:
        answer = " ".join(filter(None, (status, code, told.get("ErrorMessage", ""))))
        return [Receipt(key=key[:120], kind="bounced", answer=answer[:300], for_good=code in NO_MOBILE)]
    return []  # on its way


PROVIDER = Twilio()
