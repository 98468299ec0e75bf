"""
What a page says when a disk or the database refuses, and what becomes of words that somebody has just typed.

How much was written before is not known. The answer says in a sentence why, and holds everything that was sent, so that
it can be sent once more; passwords and files are not kept. It asks the database for nothing.
"""

import errno
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template import loader
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

API = "/api/"
FULL, READ_ONLY = {errno.ENOSPC, errno.EDQUOT}, {errno.EROFS, errno.EACCES, errno.EPERM}
WHY: dict[str, str | Promise] = {
    "full": gettext_lazy("The disk is full. Whoever looks after the server has to make room."),
    "read_only": gettext_lazy("Nothing can be written at the moment. Whoever looks after the server has to help."),
    "locked": gettext_lazy("The database is busy. Try again in a moment."),
    "away": gettext_lazy("The database does not answer. Try again in a moment."),
}
SAID_BY_THE_DATABASE = (  # SQLite's words, and PostgreSQL's states
    ("locked", ("locked", "lock timeout"), ("55P03", "40P01")),
    ("full", ("is full", "no space left"), ("53100",)),
    ("read_only", ("readonly", "read-only", "unable to open database"), ("25006",)),
)
SECRET = ("password", "secret")  # in names of fields


@dataclass(frozen=True)
class Sent:
    """A field of a form as it was sent; words of one's own are shown."""

    name: str
    value: str

    @property
    def is_typed(self) -> bool:
        return " " in self.value.strip() or "\n" in self.value.strip()


def why(problem: BaseException | None) -> str:
    """Name why nothing could be written; empty where it is another fault."""
    if isinstance(problem, Error):
        return _by_database(problem)
    if isinstance(problem, OSError):
        return "full" if problem.errno in FULL else "read_only" if problem.errno in READ_ONLY else ""
    return ""


def _by_database(problem: Error) -> str:
    said, state = str(problem).lower(), getattr(problem.__cause__, "sqlstate", None)
    for name, words, states in SAID_BY_THE_DATABASE:
        if state in states or any(word in said for word in words):
            return name
    return "away" if type(problem).__name__ in {"OperationalError", "InterfaceError"} else ""


def page(request: HttpRequest) -> HttpResponse:
    """Answer where something broke (Django's `handler500`), in the language of whoever asked."""
    reason = why(sys.exc_info()[1])
    status = HTTPStatus.SERVICE_UNAVAILABLE if reason else HTTPStatus.INTERNAL_SERVER_ERROR
    with translation.override(getattr(request, "LANGUAGE_CODE", translation.get_language())):
        said = str(WHY[reason]) if reason else _("Something went wrong on our side")
        if request.path.startswith(API):
            return JsonResponse({"detail": said}, status=status)
        if "HX-Request" in request.headers:
            return HttpResponse(said, status=status, content_type="text/plain; charset=utf-8")
        sent = list(_sent(request))
        given = {"why": said if reason else "", "sent": sent, "has_files": bool(sent and request.FILES)}
        given |= {"csrf_token": get_token(request), "action": request.get_full_path()}
        return HttpResponse(loader.render_to_string("500.html", given), status=status)


def _sent(request: HttpRequest) -> Iterator[Sent]:
    try:
        fields = list(request.POST.lists())
    except Exception:  # noqa: BLE001 - the body was not read to its end
        return
    for name, values in fields:
        if name != "csrfmiddlewaretoken" and not is_secret(request, name):
            yield from (Sent(name, value) for value in values)


def is_secret(request: HttpRequest, name: str) -> bool:
    """
    Tell whether a field is never kept nor shown again: by its name, or by what its view says (Django's decorator).

    The name must be enough, as a request may fail before its view is asked.
    """
    declared = getattr(request, "sensitive_post_parameters", ())
    return declared == "__ALL__" or name in declared or any(word in name for word in SECRET)
