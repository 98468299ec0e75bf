"""
The words of the mail that asks whether we may write (double opt-in).

They are written when the mail leaves, and never kept: the link in them confirms for whoever has it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from stammkunde.customers import links, queries
from stammkunde.customers.models import OptIn
from stammkunde.outreach.models import Message
from stammkunde.team.models import Company

QUESTION = "optin"  # in a message's content: the number of the question


def kept(optin: OptIn, *, company: Company, language: str) -> dict[str, Any]:
    """Give what the message keeps of the question: which one, and a subject to list it by."""
    with translation.override(language):
        return {QUESTION: optin.pk, "subject": _subject(company)}


def content(message: Message, *, company: Company) -> Mapping[str, Any]:
    """Give a message's words; of one that asks, they are written now."""
    said: Mapping[str, Any] = message.content
    if QUESTION not in said:
        return said
    optin = OptIn.objects.get(pk=message.question)
    until = queries.optin_until(optin, leaves_at=message.rendered_at or message.planned_at)
    return _written(optin, until=until, company=company, language=message.language)


def _written(optin: OptIn, *, until: datetime, company: Company, language: str) -> dict[str, Any]:
    """Write the question: what is to be confirmed and where, and nothing that could be taken for advertising."""
    context = {
        "company": company.known_as,
        "sentences": list(dict.fromkeys(one.wording for one in optin.asked.all() if one.wording)),
        "url": links.optin_url(optin=optin),
        "until": until,
    }
    with translation.override(language):
        return {
            "subject": _subject(company),
            "text": render_to_string("outreach/mail/optin.txt", context),
            "writer": {},  # nobody's signature: nothing beside the question
            "blocks": [
                {"kind": "text", "html": render_to_string("outreach/mail/optin_asks.html", context)},
                {"kind": "button", "label": _("Yes, I confirm"), "url": context["url"]},
                {"kind": "text", "html": render_to_string("outreach/mail/optin_until.html", context)},
            ],
        }


def _subject(company: Company) -> str:
    return _("Please confirm: may %(company)s write to you?") % {"company": company.known_as}
