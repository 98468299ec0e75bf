"""What stands below every mail: who wrote it, and how to hear no more."""

from collections.abc import Mapping

from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from stammkunde.customers import links
from stammkunde.customers.models import ContactPerson, Customer, Purpose
from stammkunde.outreach.models import Message
from stammkunde.team.models import Company

NEXT_LINE = mark_safe("<br>")  # escaped if it were only text


def unsubscribe_url(message: Message, *, channel: str) -> str:
    """Lead to where one click ends this kind of message; empty for what belongs to an order or request."""
    if message.purpose == Purpose.SERVICE:
        return ""
    person = ContactPerson(pk=message.contact_person_id) if message.contact_person_id else None
    customer = Customer(pk=message.customer_id)
    return links.unsubscribe_url(customer=customer, contact_person=person, channel=channel, purpose=message.purpose)


def headers(url: str) -> Mapping[str, str]:
    """Give the headers with which mail programs unsubscribe by one click (RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url else {}


def below_text(text: str, *, url: str, company: Company, language: str) -> str:
    """Put the foot below a text."""
    with translation.override(language):
        lines = [company.imprint.strip(), _("Unsubscribe: %(url)s") % {"url": url} if url else ""]
    foot = "\n\n".join(line for line in lines if line)
    return f"{text.rstrip()}\n\n-- \n{foot}\n" if foot else text


def below_html(html: str, *, url: str, company: Company, language: str) -> str:
    """Put the foot below an HTML text, inside its body where it says so."""
    if not html:
        return ""
    with translation.override(language):
        word = _("Unsubscribe")
    imprint = format_html_join(NEXT_LINE, "{}", ((line,) for line in company.imprint.strip().splitlines()))
    link = format_html('<a href="{}">{}</a>', url, word) if url else ""
    parts = [part for part in (imprint, link) if part]
    if not parts:
        return html
    foot = format_html(
        '<div style="margin-top:2em;font-size:.85em;color:#555">{}</div>', format_html_join(NEXT_LINE, "{}", zip(parts))
    )
    before, body, after = html.rpartition("</body>")
    return f"{before}{foot}{body}{after}" if body else f"{html}{foot}"
