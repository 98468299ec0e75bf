"""
Links for customers: signed, so that nobody can guess or change one, and good without signing in.

- To the preference page: for one person, until the links are revoked (`ContactPreference.link_version`).
- To unsubscribe: from one purpose on one channel, for good, since a mail may be opened years later. Once links were
  revoked it still ends just that, as the law wants it, and leads nowhere else.
- To confirm (double opt-in): made from a question's nonce; the database keeps a digest. Revoked with the others.

The pages are those of the `portal`.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from stammkunde.customers.models import Channel, ContactPerson, ContactPreference, Customer, OptIn, Purpose
from stammkunde.ui.links import BadLink, Links, absolute

NOBODY = 0  # the customer in links of a test mail: they say that it was a test, and change nothing
_preferences = Links(purpose="stammkunde.customers.preferences", parts=3)
_unsubscribe = Links(purpose="stammkunde.customers.unsubscribe.2", parts=5)
_unsubscribe_once = Links(purpose="stammkunde.customers.unsubscribe", parts=4)  # mails of before know no version


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """What a link unsubscribes from."""

    customer_id: int
    contact_person_id: int | None
    channel: str
    purpose: str
    is_revoked: bool = False  # it ends what it names, and does and shows nothing else


def preferences_path(*, customer: Customer, contact_person: ContactPerson | None, version: int) -> str:
    """Lead to somebody's preference page; `version` is that of their `ContactPreference`, 0 without one."""
    token = _preferences.token(customer.pk, _id(contact_person), version)
    return reverse("portal-preferences", args=[token])


def preferences_url(*, customer: Customer, contact_person: ContactPerson | None = None) -> str:
    """
    Lead to somebody's preference page, from a mail or letter.

    :raises NoPublicAddress: if the setting is empty
    """
    version = link_version(customer.pk, contact_person.pk if contact_person else None)
    return absolute(preferences_path(customer=customer, contact_person=contact_person, version=version))


def unsubscribe_url(*, customer: Customer, contact_person: ContactPerson | None, channel: str, purpose: str) -> str:
    """
    Lead to where one click ends something, from a mail's header or foot.

    :raises NoPublicAddress: if the setting is empty
    """
    version = link_version(customer.pk, _id(contact_person) or None)
    return _unsubscribe_at(version, customer, contact_person, channel=channel, purpose=purpose)


def ways(*, customer: Customer, contact_person: ContactPerson | None, channel: str, purpose: str) -> tuple[str, str]:
    """
    Lead to unsubscribing and to the preferences, as every mail does: what both need is read once.

    :raises NoPublicAddress: if the setting is empty
    """
    version = link_version(customer.pk, _id(contact_person) or None)
    wishes = preferences_path(customer=customer, contact_person=contact_person, version=version)
    unsubscribe = _unsubscribe_at(version, customer, contact_person, channel=channel, purpose=purpose)
    return unsubscribe, absolute(wishes)


def _unsubscribe_at(
    version: int, customer: Customer, contact_person: ContactPerson | None, *, channel: str, purpose: str
) -> str:
    token = _unsubscribe.token(customer.pk, _id(contact_person), channel, purpose, version)
    return absolute(reverse("portal-unsubscribe", args=[token]))


def optin_url(*, optin: OptIn) -> str:
    """
    Lead to where a question is answered, from the mail that asks it.

    :raises NoPublicAddress: if the setting is empty
    """
    return absolute(reverse("portal-optin", args=[optin_token(optin.nonce)]))


def read_preferences(token: str) -> tuple[int, int | None]:
    """
    Read whose preferences a link leads to: customer and contact person.

    :raises BadLink: if it leads nowhere
    """
    customer_id, person_id, version = _preferences.read(token)
    found = int(customer_id), int(person_id) or None
    if int(version) != link_version(*found):
        raise BadLink
    return found


def read_unsubscribe(token: str) -> Subscription:
    """
    Read what a link unsubscribes from.

    :raises BadLink: if it is not one of ours
    """
    customer_id, person_id, channel, purpose, version = _read_unsubscribe(token)
    if channel not in Channel.values or purpose not in Purpose.values:
        raise BadLink
    whose = int(customer_id), int(person_id) or None
    return Subscription(
        customer_id=whose[0],
        contact_person_id=whose[1],
        channel=channel,
        purpose=purpose,
        is_revoked=int(version) != link_version(*whose),
    )


def _read_unsubscribe(token: str) -> list[str]:
    try:
        return _unsubscribe.read(token)
    except BadLink:
        return [*_unsubscribe_once.read(token), "0"]


def optin_token(nonce: str) -> str:
    """Make the token of a question: the same one each time, and none for whoever knows the database alone."""
    key = hashlib.sha256(b"stammkunde.customers.optin" + settings.SECRET_KEY.encode()).digest()
    made = hmac.new(key, nonce.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def digest(token: str) -> str:
    """Give what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_version(customer_id: int, contact_person_id: int | None) -> int:
    whose = ContactPreference.objects.filter(customer=customer_id, contact_person=contact_person_id)
    return whose.values_list("link_version", flat=True).first() or 0


def _id(contact_person: ContactPerson | None) -> int:
    return contact_person.pk if contact_person else 0
