"""Signatures of webhooks as in Standard Webhooks (standardwebhooks.com), given and checked. Pure."""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from hashlib import sha256

TOLERANCE = timedelta(minutes=5)
PREFIX = "whsec_"


class BadSignature(Exception):
    """The signature does not belong to this text and secret, or is too old."""


def key(secret: str) -> bytes:
    """
    Give the bytes of a secret as in `whsec_…`.

    :raises ValueError: if it is no such secret
    """
    try:
        found = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        found = b""
    if not secret.startswith(PREFIX) or not 24 <= len(found) <= 64:
        raise ValueError("a secret is 'whsec_' and 24 to 64 bytes in base64")
    return found


def signature(*, secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """Sign a text."""
    content = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key(secret), content, sha256)).decode()


def verify(*, secret: str, message_id: str, timestamp: str, signatures: str, body: bytes, now: datetime) -> None:
    """
    Check what came with a text: one of the signatures must be ours, and it must be of now.

    :raises BadSignature: if not
    """
    if not timestamp.isdecimal() or abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise BadSignature("too old")
    at = datetime.fromtimestamp(int(timestamp), now.tzinfo)
    right = signature(secret=secret, message_id=message_id, at=at, body=body)
    if not any(hmac.compare_digest(right.encode(), one.encode()) for one in signatures.split()):
        raise BadSignature("not ours")
