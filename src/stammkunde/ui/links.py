"""
Links that say by themselves whom they are for: signed, so that nobody can guess or change one, and good without
signing in. Outside of a page, an address begins with the setting `STAMMKUNDE_PUBLIC_URL`.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer

LONGEST = 300
SEPARATOR = "-"


class BadLink(Exception):
    """The link was not made by us, was changed, is too old, or has been revoked."""


class NoPublicAddress(Exception):
    """Links in mails need the address under which customers reach this installation: STAMMKUNDE_PUBLIC_URL."""


@dataclass(frozen=True, kw_only=True)
class Links:
    """
    The tokens of one purpose, which are none of any other.

    `lasts_days` is how long one is good; None: for good, since a mail may be opened years later.
    """

    purpose: str  # signed with it, so it must never change: "stammkunde.surveys.answer"
    parts: int
    lasts_days: int | None = None

    def token(self, *said: object, made_at: datetime | None = None) -> str:
        """
        Make a token that holds some short texts or numbers; where tokens get old, from when it is.

        :raises ValueError: if it could not be read again
        """
        texts = [str(one) for one in said]
        if len(texts) != self.parts or any(SEPARATOR in text for text in texts):
            raise ValueError(f"{self.purpose}: {self.parts} parts without '{SEPARATOR}', not {texts}")
        if self.lasts_days is not None:
            texts.append(str(int(_given(made_at).timestamp())))
        return self._signer.sign(SEPARATOR.join(texts))

    def read(self, token: str, *, now: datetime | None = None) -> list[str]:
        """
        Read what a token holds.

        :raises BadLink: if it is not one of these, or too old
        """
        try:
            found = self._signer.unsign(token[:LONGEST]).split(SEPARATOR)
        except BadSignature:
            raise BadLink from None
        if self.lasts_days is not None:
            age_seconds = _given(now).timestamp() - int(found.pop())
            if age_seconds > self.lasts_days * 86400:
                raise BadLink
        if len(found) != self.parts:
            raise BadLink
        return found

    @property
    def _signer(self) -> Signer:
        return Signer(salt=self.purpose, sep=".")


def absolute(path: str) -> str:
    """
    Put the public address before a path.

    :raises NoPublicAddress: if it is not set
    """
    if not settings.PUBLIC_URL:
        raise NoPublicAddress("set STAMMKUNDE_PUBLIC_URL, for example to https://kunden.example.org")
    return str(settings.PUBLIC_URL) + path


def _given(at: datetime | None) -> datetime:
    if at is None:
        raise ValueError("these links get old: say when")
    return at
