"""The company's face, as it stands in its settings."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from stammkunde.customers.policy import PROMOTIONAL
from stammkunde.outreach.dress import Link, Look
from stammkunde.outreach.models import MessageSettings
from stammkunde.team.models import Company

SOCIAL = ("Facebook", "Instagram", "LinkedIn", "Pinterest", "TikTok", "XING", "YouTube")


def look(company: Company, *, purpose: str, is_preview: bool = False) -> Look:
    """Give what mails of this company look like; only what may advertise leads to the shop."""
    ours = MessageSettings.of(company)
    return Look(
        name=company.sender_name or company.name,
        colour=ours.mail_colour,
        font=ours.mail_font,
        logo=ours.logo_id or "",
        home=ours.shop_url if purpose in PROMOTIONAL else "",
        signature=ours.mail_signature,
        pictures=pictures(is_preview=is_preview),
    )


def links(company: Company) -> Iterator[Link]:
    """Give where else one finds the company, in the language that is spoken."""
    ours = MessageSettings.of(company)
    if ours.shop_url:
        yield _("To the shop"), ours.shop_url
    yield from ((name, ours.social_urls[name]) for name in SOCIAL if ours.social_urls.get(name))


def pictures(*, is_preview: bool) -> str:
    """Give what stands before the name of a picture: the public address, or in a preview our own."""
    path = reverse("mail-picture", args=["x"]).removesuffix("x")
    return path if is_preview else f"{settings.PUBLIC_URL}{path}"
