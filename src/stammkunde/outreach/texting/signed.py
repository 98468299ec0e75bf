"""
Any address that takes JSON, signed as in Standard Webhooks: a gateway's adapter, a CRM, a few lines of one's own.

It reports in the same way, signed with the same secret. See docs/operate/texting.md.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.request import Request

from django.conf import settings

from stammkunde.outreach import signing
from stammkunde.outreach.models import Message
from stammkunde.outreach.texting import NotUnderstood, Receipt, Reply

KINDS = frozenset({"delivered", "bounced"})


class Signed:
    repeatable = True
    wants_nothing_back = False

    def is_set(self) -> bool:
        return bool(settings.WEBHOOK_SECRET)

    def body(self, message: Message) -> bytes:
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
        return json.dumps(told, ensure_ascii=False).encode()

    def request(self, message: Message, body: bytes) -> Request:
        now, name = message.rendered_at, f"msg_{message.pk}"
        assert now is not None
        signed = signing.signature(secret=settings.WEBHOOK_SECRET, message_id=name, at=now, body=body)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Stammkunde",
            "Idempotency-Key": message.key,
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signed,
        }
        return Request(settings.WEBHOOK_URL, data=body, headers=headers)  # noqa: S310 (the operator's own address)

    def receipt(self, headers: Mapping[str, str], answer: bytes) -> str:  # noqa: ARG002 (others read the answer)
        return headers.get("webhook-receipt", "")

    def reported(
        self,
        headers: Mapping[str, str],
        query: str,  # noqa: ARG002 (others name the message there)
        body: bytes,
        *,
        now: datetime,
    ) -> Iterable[Receipt | Reply]:
        signing.verify(
            secret=settings.WEBHOOK_SECRET,
            message_id=headers.get("webhook-id", ""),
            timestamp=headers.get("webhook-timestamp", ""),
            signatures=headers.get("webhook-signature", ""),
            body=body,
            now=now,
        )
        try:
            told = json.loads(body)
            return [_read(told)]
        except (ValueError, KeyError, TypeError) as problem:
            raise NotUnderstood from problem


def _read(told: Mapping[str, object]) -> Receipt | Reply:
    kind = str(told["type"])
    if kind == "reply":
        return Reply(number=str(told["from"])[:60], text=str(told["text"])[:1000])
    if kind not in KINDS:
        raise ValueError(kind)
    for_good = told.get("for_good") is True
    return Receipt(key=str(told["key"])[:120], kind=kind, answer=str(told.get("answer", "")), for_good=for_good)


PROVIDER = Signed()
