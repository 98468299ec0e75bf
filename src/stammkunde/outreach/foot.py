"""What stands below a mail: who wrote it, on what ground it comes, and how to hear no more."""

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext as _

from stammkunde.customers import links
from stammkunde.customers.models import ContactPerson, Customer, Purpose
from stammkunde.customers.policy import PROMOTIONAL, Basis
from stammkunde.outreach.brand import Face
from stammkunde.outreach.dress import Foot
from stammkunde.outreach.models import Message


def ways(message: Message, *, channel: str) -> tuple[str, str]:
    """Lead to where one click ends this kind of message, and to the preferences; service leads to neither."""
    if message.purpose == Purpose.SERVICE:
        return "", ""
    person = ContactPerson(pk=message.contact_person_id) if message.contact_person_id else None
    customer = Customer(pk=message.customer_id)
    return links.ways(customer=customer, contact_person=person, channel=channel, purpose=message.purpose)


def headers(url: str) -> Mapping[str, str]:
    """Give the headers with which mail programs unsubscribe by one click (RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url else {}


def of(message: Message, face: Face, *, unsubscribe: str, preferences: str) -> Foot:
    """Give the foot with these two ways, either of which may be empty."""
    is_promotional = message.purpose in PROMOTIONAL
    with translation.override(message.language):
        ways = ((_("Unsubscribe"), unsubscribe), (_("Choose what you get"), preferences))
        elsewhere = tuple(face.links()) if is_promotional else ()
        note = _objection() if is_promotional and message.basis == Basis.EXISTING_CUSTOMER else ""
    lines = (line.strip() for line in face.imprint.splitlines())
    return Foot(
        links=elsewhere,
        imprint=tuple(line for line in lines if line),
        note=note,
        ways=tuple((word, url) for word, url in ways if url),
    )


def _objection() -> str:
    """Say what § 7 Abs. 3 Nr. 4 UWG wants said in every mail that rests on a purchase."""
    return _(
        "This mail comes because of a purchase from us. The use of the e-mail address for advertising can be objected "
        "to at any time, without costs other than those of transmission at basic rates."
    )
