"""E-mail by SMTP, or by any provider that django-anymail knows: text beside HTML, and one click to unsubscribe."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import sanitize_address
from django.core.validators import validate_email
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from stammkunde.customers import links
from stammkunde.customers import queries as customers
from stammkunde.customers.models import Channel, ContactPerson, Customer, Purpose
from stammkunde.outreach import dress, foot, mime, optin_mail
from stammkunde.outreach.brand import Face
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

AUTOMATIC = frozenset({Purpose.SERVICE, Purpose.THANKS})  # RFC 3834: written by a machine because of what somebody did
SMTP = "stammkunde.outreach.smtp.Backend"
_NAME = re.compile(r"\bm\.(\d{1,18})\.([0-9a-f]{20})@")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail for SMTP: envelope and bytes."""

    sender: str
    recipient: str
    text: bytes


class Email:
    name = "email"
    reaches = Channel.EMAIL
    disturbs = True
    collects = False
    repeatable = False

    def missing(self, company: Company) -> str:
        if not settings.EMAIL_IS_SET:
            return "no_mail_server"
        if not settings.PUBLIC_URL:
            return "no_public_url"
        return "" if company.sender_email else "no_sender"

    def parallel(self) -> int:
        lines: int = settings.EMAIL_CONNECTIONS
        return lines

    def address(self, customer: Customer, person: ContactPerson | None) -> str:
        address = customers.address(Channel.EMAIL, customer, person)
        try:
            validate_email(address)
        except ValidationError:
            return ""
        return address

    def per_minute(self) -> int | None:
        most: int | None = settings.EMAIL_DOMAIN_PER_MINUTE
        return most

    def group(self, message: Message) -> str:
        return message.address.rpartition("@")[2]

    def render(self, message: Message, company: Company) -> Rendered:
        said, ways = optin_mail.content(message, company=company), foot.ways(message, channel=self.reaches)
        subject = " ".join(str(said["subject"]).split())
        content, url = dressed(message, said, company, ways=ways), ways[0]
        sender = (company.sender_name or company.name, company.sender_email)
        if settings.EMAIL_BACKEND == SMTP:
            return Rendered(address=message.address, body=_mail(message, company, subject=subject, url=url, **content))
        mail = EmailMultiAlternatives(
            subject=subject,
            body=content["text"],
            from_email=formataddr(sender),
            to=[message.address],
            headers=headers(message, company, url=url),
        )
        mail.attach_alternative(content["html"], "text/html")
        mail.message()  # finds out now what cannot be written
        return Rendered(address=message.address, body=mail)

    @contextmanager
    def line(self) -> Iterator[Any]:
        with_smtp = get_connection()
        try:
            yield with_smtp
        finally:
            with_smtp.close()

    def hand_over(self, message: Message, rendered: Rendered, line: Any, leaves: Leaves) -> Receipt:
        if isinstance(rendered.body, Mail):
            mail = rendered.body
            line.hand_over(sender=mail.sender, recipient=mail.recipient, text=mail.text, leaves=leaves)
            return Receipt()
        leaves()
        return _by_provider(rendered.body, line)


def _mail(message: Message, company: Company, *, subject: str, url: str, text: str, html: str) -> Mail:
    assert message.rendered_at is not None
    sender, recipient = _ascii(company.sender_email), _ascii(message.address)
    named = {
        "Subject": subject,
        "From": _named(company.sender_name or company.name, sender),
        "To": recipient,
        **headers(message, company, url=url),
    }
    return Mail(
        sender=_comes_back_to(message, sender),
        recipient=recipient,
        text=mime.write(headers=named, at=message.rendered_at, text=text, html=html),
    )


def dressed(message: Message, said: Mapping[str, Any], company: Company, *, ways: tuple[str, str]) -> dict[str, str]:
    """Dress what a message says, as text and as HTML; `ways` lead to unsubscribing and to the preferences."""
    face = Face.of(company)
    below = foot.of(message, face, unsubscribe=ways[0], preferences=ways[1])
    look = face.look(purpose=message.purpose)
    return {
        "text": dress.text(said, look=look, foot=below),
        "html": dress.html(said, look=look, foot=below, language=message.language),
    }


@lru_cache(maxsize=16)
def _named(name: str, address: str) -> str:
    return formataddr((name, address))


def _ascii(address: str) -> str:
    """Write a domain with umlauts as mail servers want it; addresses with umlauts before the @ are not in use."""
    return address if address.isascii() else sanitize_address(address, "utf-8")


class NotSetUp(Exception):
    """No mail can leave; the message is the code of what is missing."""


def send_test(
    *,
    to: str,
    company: Company,
    language: str,
    now: datetime,
    said: Mapping[str, Any] | None = None,
    purpose: str = Purpose.SERVICE,
    basis: str = "",
) -> None:
    """
    Send a mail to a member of staff, at once: what a message would say, or a few words of our own.

    It has all that the real one has; its links lead to a page that says that it was a test, and change nothing.

    :raises NotSetUp: if something must be set up first
    :raises TemporaryFailure: or one of its neighbours, as `hand_over` does
    """
    missing = CHANNEL.missing(company)
    if missing:
        raise NotSetUp(missing)
    with translation.override(language):
        content = {
            "subject": _("Test mail from Stammkunde"),
            "text": _("This mail left as messages to customers do. If you can read it, sending works."),
        }
    message = Message(pk=0, key=f"test:{to}", origin="test", channel="email", purpose=Purpose(purpose), basis=basis)
    message.customer_id = links.NOBODY
    message.address, message.content, message.language = to, dict(said or content), language
    message.rendered_at = now
    with CHANNEL.line() as line:
        CHANNEL.hand_over(message, CHANNEL.render(message, company), line, lambda: None)


def headers(message: Message, company: Company, *, url: str) -> dict[str, str]:
    """Give what mail programs and providers want to know beside the text; `url` leads to where one unsubscribes."""
    found = {
        **foot.headers(url),
        "Message-ID": message_id(message, company),
        "Feedback-ID": ":".join(_word(one) for one in (message.origin, message.purpose, message.channel, company.name)),
    }
    writer = message.content.get("writer") or {}
    if writer.get("email"):
        found["Reply-To"] = _named(writer["name"], _ascii(writer["email"]))
    if message.purpose in AUTOMATIC:
        found["Auto-Submitted"] = "auto-generated"
    return found


def message_id(message: Message, company: Company) -> str:
    """Give the same name to the same message, however often it leaves: a second one is recognised."""
    domain = _ascii(company.sender_email).rpartition("@")[2]
    return f"<{_name(message)}@{domain}>"


def _name(message: Message) -> str:
    return f"m.{message.pk}.{salted_hmac('outreach.message', message.key, algorithm='sha256').hexdigest()[:20]}"


def is_named(message: Message, name: str) -> bool:
    """Tell whether a name is the whole of what `message_id` gave, which only who got the message knows."""
    return constant_time_compare(_name(message), name)


def names_in(text: str) -> Iterator[tuple[int, str]]:
    """Give what looks like the names of our messages in a text: the number, and the whole name to be compared."""
    return ((int(found[1]), found[0][:-1]) for found in _NAME.finditer(text))


def number_in(name: str) -> int | None:
    """Give the message's number from what `message_id` gave; None where it is not ours."""
    return next((number for number, _name in names_in(name)), None)


def _comes_back_to(message: Message, sender: str) -> str:
    """Give where a mail comes back to; an address that ends in "+" before the "@" gets the message's name (VERP)."""
    to: str = settings.EMAIL_BOUNCES_TO or sender
    return to.replace("+@", f"+{_name(message)}@")


def _by_provider(mail: EmailMultiAlternatives, line: Any) -> Receipt:
    from anymail import exceptions as anymail  # noqa: PLC0415 (only where a provider is used)

    try:
        mail.connection = line
        mail.send()
    except anymail.AnymailRecipientsRefused as problem:
        raise PermanentFailure(str(problem)) from problem
    except anymail.AnymailAPIError as problem:
        _judge(problem)
    except anymail.AnymailError as problem:  # it cannot be put into the provider's words, or the set-up is wrong
        raise PermanentFailure(str(problem)) from problem
    status = getattr(mail, "anymail_status", None)
    return Receipt(provider_id=str(getattr(status, "message_id", None) or ""))


def _judge(problem: Any) -> None:
    code = problem.status_code
    if code is None and _never_connected(problem):
        raise ChannelDown(str(problem)) from problem
    if code is None:
        raise Unclear(str(problem)) from problem
    if code in {408, 429} or code >= 500:
        raise TemporaryFailure(str(problem)) from problem
    if code in {401, 403}:
        raise ChannelDown(str(problem)) from problem
    raise PermanentFailure(str(problem)) from problem


def _never_connected(problem: Exception) -> bool:
    """Tell whether there was no connection at all, so that nothing can have left."""
    cause = problem.__cause__
    tried = cause.args[0] if cause is not None and cause.args else None
    return isinstance(getattr(tried, "reason", None), NewConnectionError | ConnectTimeoutError)


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-")[:40] or "-"


CHANNEL = Email()
