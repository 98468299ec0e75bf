"""
The company's face, as it stands in its settings, and as it stood when a mail left.

A mail that leaves names the face that it wears (`models.Face`, a row for each that there was), so that it is shown
later as it left, whatever the company looks like by then.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from stammkunde.customers.policy import PROMOTIONAL
from stammkunde.outreach import models
from stammkunde.outreach.dress import Link, Look
from stammkunde.outreach.models import Message, MessageSettings
from stammkunde.team.models import Company

SOCIAL = ("Facebook", "Instagram", "LinkedIn", "Pinterest", "TikTok", "XING", "YouTube")


@dataclass(frozen=True, kw_only=True)
class Face:
    """What all mails of a company show of it."""

    name: str
    colour: str
    font: str
    logo: str  # the name of a picture
    shop_url: str
    signature: str
    imprint: str
    social_urls: Mapping[str, str]

    @classmethod
    def of(cls, company: Company) -> "Face":
        """Give the face of today."""
        ours = MessageSettings.of(company)
        return cls(
            name=company.sender_name or company.name,
            colour=ours.mail_colour,
            font=ours.mail_font,
            logo=ours.logo_id or "",
            shop_url=ours.shop_url,
            signature=ours.mail_signature,
            imprint=company.imprint,
            social_urls=ours.social_urls,
        )

    @classmethod
    def worn(cls, message: Message, company: Company) -> "Face":
        """Give the face with which a message left; of what has not left, or left before faces were kept, today's."""
        kept = message.face
        return cls(**{one.name: kept.said[one.name] for one in fields(cls)}) if kept else cls.of(company)

    def look(self, *, purpose: str, is_preview: bool = False) -> Look:
        """Give what mails look like; only what may advertise leads to the shop."""
        return Look(
            name=self.name,
            colour=self.colour,
            font=self.font,
            logo=self.logo,
            home=self.shop_url if purpose in PROMOTIONAL else "",
            signature=self.signature,
            pictures=pictures(is_preview=is_preview),
        )

    def links(self) -> Iterator[Link]:
        """Give where else one finds the company, in the language that is spoken."""
        if self.shop_url:
            yield _("To the shop"), self.shop_url
        yield from ((name, self.social_urls[name]) for name in SOCIAL if self.social_urls.get(name))


def keep(company: Company, *, now: datetime) -> models.Face:
    """Keep the face of today for the mails that are about to leave; the same face is one row."""
    said: dict[str, Any] = asdict(Face.of(company))
    digest = sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    kept, _is_new = models.Face.objects.get_or_create(digest=digest, defaults={"said": said, "since_at": now})
    return kept


def pictures(*, is_preview: bool) -> str:
    """Give what stands before the name of a picture: the public address, or in a preview our own."""
    path = reverse("mail-picture", args=["x"]).removesuffix("x")
    return path if is_preview else f"{settings.PUBLIC_URL}{path}"
