"""IMAP, read only: signs in by TLS, changes nothing, and reads no more of a mail or an answer than is bounded."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

LONGEST = 256 * 1024  # of one mail; what is behind is not read
ANSWER = LONGEST + 64 * 1024
TIMEOUT_SECONDS = 15
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")


class CannotRead(Exception):
    """The mailbox could not be read: a code, and what the other side said."""

    def __init__(self, code: str, answer: object = "") -> None:
        super().__init__(code, str(answer))
        self.code, self.answer = code, _printable(str(answer))
        self.said = {"code": code, "answer": self.answer}


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a mailbox lies, and who reads it."""

    host: str
    port: int
    tls: str  # "always", "start" (STARTTLS) or "never"
    user: str
    password: str
    folder: str

    @property
    def place(self) -> str:
        """Give it without the password."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A mail as it lies there, or its beginning."""

    uid: int
    size: int
    text: bytes


class _Bounded(imaplib.IMAP4):
    def read(self, size: int) -> bytes:
        if size > ANSWER:
            raise self.abort(f"answer of {size} bytes")
        return super().read(size)


class _BoundedByTls(_Bounded, imaplib.IMAP4_SSL):
    pass


class Line:
    """A folder of a mailbox, opened for reading."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self.client = client

    def validity(self) -> int:
        """Tell what the numbers of mails hold for: while it stays the same, so do they."""
        found = self.client.response("UIDVALIDITY")[1][0]
        if not isinstance(found, bytes) or not found.isdigit():
            raise CannotRead("odd_answer", f"UIDVALIDITY {found!r}")
        return int(found)

    def after(self, uid: int, *, since: date | None) -> list[int]:
        """List the mails behind a number in their order; on the first reading no older ones than of a day."""
        asked = ["UID", f"{uid + 1}:*"]
        if since is not None:
            asked += ["SINCE", f"{since.day:02}-{MONTHS[since.month - 1]}-{since.year}"]
        found = self._asked("SEARCH", *asked)
        numbers = [int(one) for line in found if isinstance(line, bytes) for one in line.split() if one.isdigit()]
        return sorted(one for one in numbers if one > uid)  # "n:*" names the last mail, whatever its number

    def fetch(self, uid: int) -> Fetched | None:
        """Read a mail, or its beginning; None where it is gone. It stays unread for whoever else looks."""
        for part in self._asked("FETCH", str(uid), f"(RFC822.SIZE BODY.PEEK[]<0.{LONGEST}>)"):
            if isinstance(part, tuple):
                told = _SIZE.search(part[0])
                return Fetched(uid=uid, size=int(told[1]) if told else len(part[1]), text=part[1][:LONGEST])
        return None

    def _asked(self, command: str, *given: str) -> list[Any]:
        kind, found = self.client.uid(command, *given)
        if kind != "OK":
            raise CannotRead("odd_answer", f"{command}: {_words(found)}")
        return found


@contextmanager
def opened(address: Address) -> Iterator[Line]:
    """
    Sign in and open the folder for reading.

    :raises CannotRead: if that cannot be, or breaks off meanwhile
    """
    client = _connected(address)
    try:
        _sign_in(client, address)
        kind, found = client.select(f'"{address.folder}"', readonly=True)
        if kind != "OK":
            raise CannotRead("no_folder", _words(found))
        yield Line(client)
        client.logout()
    except (imaplib.IMAP4.error, OSError, ValueError) as problem:
        raise CannotRead("broke_off", problem) from problem
    finally:
        with suppress(OSError):
            client.shutdown()


def _connected(address: Address) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    try:
        if address.tls == "always":
            return _BoundedByTls(address.host, address.port, ssl_context=context, timeout=TIMEOUT_SECONDS)
        client = _Bounded(address.host, address.port, timeout=TIMEOUT_SECONDS)
    except ssl.SSLError as problem:
        raise CannotRead("no_tls", problem) from problem
    except (imaplib.IMAP4.error, OSError) as problem:
        raise CannotRead("no_connection", problem) from problem
    if address.tls == "start":
        _start_tls(client, context)
    return client


def _start_tls(client: imaplib.IMAP4, context: ssl.SSLContext) -> None:
    try:
        client.starttls(context)
    except (imaplib.IMAP4.error, OSError) as problem:
        with suppress(OSError):
            client.shutdown()
        raise CannotRead("no_tls", problem) from problem


def _sign_in(client: imaplib.IMAP4, address: Address) -> None:
    try:
        if "AUTH=PLAIN" in client.capabilities:
            said = f"\0{address.user}\0{address.password}".encode()
            client.authenticate("PLAIN", lambda _challenge: said)
        else:
            client.login(address.user, address.password)
    except imaplib.IMAP4.abort as problem:
        raise CannotRead("broke_off", problem) from problem
    except (imaplib.IMAP4.error, UnicodeError) as problem:
        raise CannotRead("not_signed_in", problem) from problem


def _words(found: list[Any]) -> str:
    return b" ".join(one for one in found if isinstance(one, bytes)).decode("utf-8", "replace")


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)[:300]
