"""
What a mail is: a report that another came back or arrived (RFC 3464, RFC 5965), an automatic answer (RFC 3834), or one
that a person wrote. Pure: nothing here knows to whom it matters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from enum import StrEnum
from functools import cached_property

NO_SUCH_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})  # RFC 3463
NOBODY_THERE = re.compile(
    r"user unknown|unknown (?:user|recipient|mailbox)|no such (?:user|recipient|mailbox)"
    r"|(?:user|mailbox|address) (?:not found|does not exist)"
    r"|empf.nger (?:unbekannt|existiert nicht)|adresse existiert nicht",
    re.IGNORECASE,
)
MAIL_SERVERS = re.compile(r"\b(?:mailer-daemon|postmaster|mail-?delivery(?:-subsystem)?)@", re.IGNORECASE)
ABSENT = re.compile(
    r"\s*(?:auto(?:matische|matic|-)?\s*(?:antwort|reply|response)|autoreply|out of (?:the )?office|abwesen(?:d|heit)"
    r"|(?:ich )?bin (?:(?:derzeit|zurzeit|momentan|bis\b.{1,30}) )?(?:abwesend|im urlaub|außer haus)"
    r"|(?:(?:ich )?bin )?(?:derzeit |zurzeit |momentan )?nicht (?:im (?:büro|haus|dienst)|am platz|erreichbar)"
    r"|urlaubs(?:abwesenheit|vertretung|notiz)|(?:eingangs|empfangs|lese)best(?:ä|ae)tigung)",
    re.IGNORECASE,
)
AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-AutoReply-From", "X-Mail-Autoreply")
AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "bulk", "junk", "list"})
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
REFUSED = re.compile(r"(?:^|[\s:>(])5[0-5]\d[ -](?:5\.\d|[#<(]|[A-Za-z]{3})")  # what a server answered for good
THE_MAIL_ITSELF = re.compile(
    r"-{2,}.*(?:copy|original|kopie|urspr)|(?:received|return-path|dkim-signature|message-id|from):", re.IGNORECASE
)
DEEPEST = 100  # parts that are looked at


class Kind(StrEnum):
    """What a mail is."""

    BOUNCED = "bounced"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    COMPLAINED = "complained"
    AUTOMATIC = "automatic"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a mail says of another, and what the other side answered."""

    kind: Kind
    for_good: bool = False
    answer: str = ""


@dataclass(frozen=True)
class Arrived:
    """A mail as it was read; what is behind the bound is missing."""

    text: bytes
    size: int

    @cached_property
    def mail(self) -> Message:
        """Give it in its parts."""
        return message_from_bytes(self.text, policy=compat32)

    def header(self, name: str) -> str:
        """Give a header decoded; empty where there is none."""
        return _header(self.mail, name)

    def parts(self) -> Iterator[Message]:
        """Give its parts in their order, the parts of a report on a mail, too."""
        for number, part in enumerate(self.mail.walk()):
            if number >= DEEPEST:
                return
            yield part

    def words(self) -> Iterator[str]:
        """Give what stands in it as text, decoded."""
        for part in self.parts():
            payload = part.get_payload(decode=True)
            if part.get_content_maintype() in {"text", "message"} and isinstance(payload, bytes):
                yield payload.decode("utf-8", "replace")

    @cached_property
    def told(self) -> Told:
        """Tell what it is."""
        return _reported(self) or _old_fashioned(self) or _automatic(self) or Told(kind=Kind.OTHER)


def _reported(mail: Arrived) -> Told | None:
    """Read a report for machines, whatever stands around it."""
    for part in mail.parts():
        kind = part.get_content_type()
        if kind == "message/feedback-report":
            return _feedback(part)
        if kind == "message/delivery-status":
            return _delivery(part)
    return None


def _feedback(part: Message) -> Told:
    said = next((_header(one, "Feedback-Type") for one in _blocks(part)), "").strip().lower()
    return Told(kind=Kind.OTHER if said == "not-spam" else Kind.COMPLAINED, answer=_one_line(said))


def _delivery(part: Message) -> Told | None:
    """Read a report on delivery: of several recipients, the one whose mail came back."""
    found = [_of_recipient(one) for one in _blocks(part) if one.get("Action")]
    return next((one for one in found if one.kind == Kind.BOUNCED), found[0] if found else None)


def _of_recipient(fields: Message) -> Told:
    action = _header(fields, "Action").split("(")[0].strip().lower()
    status, said = _header(fields, "Status"), _header(fields, "Diagnostic-Code")
    answer = _one_line(said.partition(";")[2] or said or status)
    if action == "failed":
        return Told(kind=Kind.BOUNCED, for_good=_is_for_good(status, said), answer=answer)
    arrived = action in {"delivered", "relayed", "expanded"}
    return Told(kind=Kind.DELIVERED if arrived else Kind.DELAYED, answer=answer)


def _is_for_good(status: str, said: str) -> bool:
    """Tell whether there is no such address: a full mailbox or a filter is none of its faults."""
    codes = {".".join(one) for one in STATUS.findall(f"{status} {said}")}
    told = codes - {"5.0.0", "5.5.0"}  # which say nothing
    return bool(told & NO_SUCH_ADDRESS) if told else bool(NOBODY_THERE.search(said))


def _old_fashioned(mail: Arrived) -> Told | None:
    """Read a mail server's words where it wrote no report for machines: only what names a final code came back."""
    if not (MAIL_SERVERS.search(mail.header("From")) or mail.header("X-Failed-Recipients")):
        return None
    for line in _own_lines(mail):
        if REFUSED.search(line) or NOBODY_THERE.search(line) or any(one[0] == "5" for one in STATUS.findall(line)):
            return Told(kind=Kind.BOUNCED, for_good=_is_for_good("", line), answer=_one_line(line))
    return Told(kind=Kind.DELAYED)


def _own_lines(mail: Arrived) -> Iterator[str]:
    """Give a server's lines, up to the mail that it quotes."""
    for words in mail.words():
        for line in words.splitlines():
            if THE_MAIL_ITSELF.match(line):
                return
            yield line


def _automatic(mail: Arrived) -> Told | None:
    """Look for what answers by itself: as RFC 3834 wants it, as mail programs do it, and as people name it."""
    is_one = (
        mail.header("Auto-Submitted").strip().lower().startswith("auto-")
        or mail.header("Return-Path").strip() == "<>"
        or any(mail.mail.get(name) is not None for name in AUTOMATIC_HEADERS)
        or mail.header("Precedence").strip().lower() in AUTOMATIC_PRECEDENCE
        or ABSENT.match(mail.header("Subject")) is not None
    )
    return Told(kind=Kind.AUTOMATIC, answer=_one_line(mail.header("Subject"))) if is_one else None


def _blocks(part: Message) -> list[Message]:
    """Give the fields of a report, which stand in blocks as headers do."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _header(fields: Message, name: str) -> str:
    """Give a header's words; empty where there is none, and as it stands there where it cannot be decoded."""
    found = next((text for known, text in fields.raw_items() if known.lower() == name.lower()), "")
    plain = found.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return str(make_header(decode_header(plain)))
    except (LookupError, ValueError):
        return plain


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:300]
