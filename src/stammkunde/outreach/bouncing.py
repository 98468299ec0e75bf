"""Mails that came back into a mailbox of ours: by IMAP what providers report by webhook."""

from datetime import datetime

from django.conf import settings

from stammkunde.mailbox import imap, reports
from stammkunde.mailbox import services as mailbox
from stammkunde.mailbox.reports import Kind
from stammkunde.mailbox.services import Box
from stammkunde.outreach import queries, services

NAME = "bounces"
SETTING = "STAMMKUNDE_EMAIL_BOUNCES_URL"
REPORTS = frozenset({Kind.BOUNCED, Kind.DELIVERED, Kind.COMPLAINED})
UNMATCHED = "unmatched"


def box() -> Box | None:
    """Give the mailbox where mails come back; None where none is set."""
    return Box(name=NAME, address=imap.Address(**settings.EMAIL_BOUNCES), take=take) if settings.EMAIL_BOUNCES else None


def take(mail: reports.Arrived, now: datetime) -> str:
    """
    Do to the message that a mail speaks of what a provider's report does, and tell what the mail was.

    Anybody may write to a mailbox: only what holds a message's whole name, which its recipient alone has, is believed.
    """
    told = mail.told
    if told.kind not in REPORTS:
        return told.kind
    message = queries.named(mail.text.decode("ascii", "replace")) or queries.named("\n".join(mail.words()))
    if message is None:
        return UNMATCHED
    services.note(message.pk, told.kind, answer=told.answer, for_good=told.for_good, now=now)
    return told.kind


def sweep(*, now: datetime) -> bool:
    """Read the mailbox if one is set and it is time to; tell whether there is more."""
    ours = box()
    return ours is not None and mailbox.read(ours, now=now)
