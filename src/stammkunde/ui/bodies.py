"""
How much may be sent to an address. Whoever answers (`stammkunde.front`) asks here before it reads anything.

A little is taken from everybody, as much as a long form from whoever is signed in, and more only where a view says so:
files where it `takes_files`, other bodies where it `takes` so many bytes.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stammkunde.ui import writing

SMALL_BYTES = 64 << 10
AROUND_FILES_BYTES = 1 << 20  # the form that they come in
View = TypeVar("View", bound=Callable[..., Any])


class Refused(Exception):
    """A body that is not taken: a status of HTTP, and why; as text, in the language that is active."""

    def __init__(self, status: int, why: str | Promise) -> None:
        super().__init__(status, why)
        self.status = status
        self.why = why

    def __str__(self) -> str:
        return str(self.why)


def takes_files(view: View) -> View:
    """Say that a view takes files, as large as the installation allows, and writes them to their place as they come."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def takes(most_bytes: int) -> Callable[[View], View]:
    """Say that a view takes bodies of so many bytes, from whoever may open it."""

    def decorate(view: View) -> View:
        view.takes_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return decorate


def is_for_files(view: Callable[..., Any] | None) -> bool:
    return bool(getattr(view, "takes_files", False))


def most(view: Callable[..., Any] | None) -> int:
    """Give how many bytes a view takes from whoever may open it; None: there is none."""
    if view is None:
        return SMALL_BYTES
    if is_for_files(view):
        return int(settings.UPLOAD_LIMIT_BYTES) + AROUND_FILES_BYTES
    return int(getattr(view, "takes_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE))


def too_large(limit: int) -> Refused:
    size = f"{writing.number(limit >> 20)} MB" if limit >= 10 << 20 else f"{writing.number(limit >> 10)} kB"
    return Refused(413, _("That is more than the %(size)s that this address takes at once.") % {"size": size})


def without_length() -> Refused:
    return Refused(411, _("Say beforehand how long the file is (Content-Length)."))


def too_slow() -> Refused:
    return Refused(408, _("It took too long to arrive. Send it again."))


def not_signed_in() -> Refused:
    return Refused(401, _("Sign in first: this much is taken only from people who are known here."))


def not_allowed() -> Refused:
    return Refused(403, _("You may not send this here: your role lacks the right, or another site asked for it."))


def busy() -> Refused:
    return Refused(503, _("Too much is arriving at the moment. Send it again in a minute."))
