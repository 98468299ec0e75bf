"""Pictures in mails: kept once each by what they hold, and for as long as a mail or template may refer to them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from stammkunde.outreach import images
from stammkunde.outreach.models import Message, MessageSettings, Picture, TemplateText
from stammkunde.team import services as team
from stammkunde.team.models import Staff

TOKEN = 32  # digits of 4 bits, which nobody finds who has not our key


class PictureGone(Exception):
    """Somebody has deleted a picture that the words refer to."""


class PictureInUse(Exception):
    """Something refers to it: `templates` names them, `is_logo` and `is_sent` say what else."""

    def __init__(self, *, templates: Collection[str], is_logo: bool, is_sent: bool) -> None:
        super().__init__(*templates)
        self.templates, self.is_logo, self.is_sent = list(templates), is_logo, is_sent


@transaction.atomic
def add_picture(*, raw: bytes, title: str, by: Staff, now: datetime) -> Picture:
    """
    Keep a picture; bringing the same one again gives the same row.

    :raises BadPicture: if it cannot be used
    """
    made = images.made(raw)
    digest = sha256(made.data).hexdigest()
    token = salted_hmac("stammkunde.outreach.pictures", digest, algorithm="sha256").hexdigest()[:TOKEN]
    picture, is_new = Picture.objects.get_or_create(
        digest=digest,
        defaults={
            "name": f"{token}-{made.width}x{made.height}.{made.ending}",
            "title": title[:120],
            "data": made.data,
            "added_at": now,
            "added_by": by,
        },
    )
    if is_new:
        team.record(staff=by, action="picture.added", at=now, thing="picture", thing_id=picture.pk, label=picture.title)
    return picture


@transaction.atomic
def delete_picture(*, name: str, by: Staff, now: datetime) -> None:
    """
    Delete a picture to which nothing refers; repeating is harmless.

    :raises PictureInUse: if something does
    """
    picture = Picture.objects.select_for_update().filter(name=name).first()
    if picture is None:
        return
    templates = sorted({text.template.name for text in _texts() if name in _names(text.blocks)})
    is_logo = MessageSettings.objects.filter(logo=picture).exists()
    if templates or is_logo or picture.sent_at:
        raise PictureInUse(templates=templates, is_logo=is_logo, is_sent=picture.sent_at is not None)
    team.record(staff=by, action="picture.deleted", at=now, thing="picture", thing_id=picture.pk, label=picture.title)
    picture.delete()


def hold_pictures(blocks: Iterable[Mapping[str, Any]]) -> None:
    """
    Let nobody delete the pictures of some blocks before this transaction has written down who refers to them.

    :raises PictureGone: if one of them is no longer there
    """
    names = _names(blocks)
    if (
        names
        and set(Picture.objects.select_for_update().filter(name__in=names).values_list("name", flat=True)) != names
    ):
        raise PictureGone(*sorted(names))


def note_pictures(messages: Iterable[Message], *, now: datetime) -> None:
    """Write down that messages refer to their pictures: from now on these stay; inside the caller's transaction."""
    names = {name for message in messages for name in _names(message.content.get("blocks") or ())}
    if names:
        Picture.objects.filter(name__in=names, sent_at=None).update(sent_at=now)


def keep_logo(*, now: datetime) -> None:
    """Write down that mails show the logo that was chosen: it stays when another one takes its place."""
    shown = MessageSettings.objects.exclude(logo=None).values("logo")
    Picture.objects.filter(name__in=shown, sent_at=None).update(sent_at=now)


def _names(blocks: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(block["picture"]) for block in blocks if block.get("picture")}


def _texts() -> Iterable[TemplateText]:
    return TemplateText.objects.select_related("template")
