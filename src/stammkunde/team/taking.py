"""
What leaves by the hand of somebody who is known: files that pages give, and what programs read by the API.

Each stands in the audit trail: who, what, how many, by which filter. A view says so by `note`; what leaves without it
is written down by a middleware (`team.middleware.what_leaves_is_noted`), so that no address can forget it.
"""

from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from stammkunde.team.models import Staff
from stammkunde.team.services import record
from stammkunde.ui.lists.page import PLACES

EXPORT, READ = "export", "api.read"
FREE = "q"  # of a filter: words of one's own, in which the name of a customer may stand
WITHOUT = (FREE, *PLACES)  # and so it may in a place in a list that is sorted by names


def note(
    request: HttpRequest, *, thing: str, rows: int, now: datetime, action: str = "", query: str = "", **more: Any
) -> None:
    """
    Write down what somebody, or a program of hers, takes along: how many rows of which kind, by which filter.

    A program that found nothing has read nothing. Of words that were searched for it is kept that there were some.
    """
    staff = cast("Staff", request.user)
    is_program = bool(staff.token_name)
    if rows or not is_program:
        more |= {"by": "api", "token": staff.token_name} if is_program else {}
        more |= _filter(query)
        usual = READ if is_program else EXPORT
        record(staff=staff, action=action or usual, at=now, thing=thing, rows=rows, **more)
    holds_nothing(request)


def _filter(query: str) -> dict[str, Any]:
    asked = QueryDict(query, mutable=True)
    told: dict[str, Any] = {"searched": True} if asked.get(FREE) else {}
    for name in WITHOUT:
        asked.pop(name, None)
    return told | ({"query": asked.urlencode()} if asked else {})


def holds_words(query: str) -> bool:
    """Tell whether a filter holds words of somebody's own, as entries had before these were left out."""
    asked = QueryDict(query)
    return any(asked.get(name) for name in WITHOUT)


def holds_nothing(request: HttpRequest) -> None:
    """Say that what leaves was written down, or tells of nobody, such as an empty table to fill in."""
    request.is_noted = True  # type: ignore[attr-defined]


def note_if_forgotten(request: HttpRequest, response: HttpResponseBase, *, now: datetime) -> None:
    """Write down what leaves where the view has not."""
    if getattr(request, "is_noted", False) or response.status_code != 200:
        return
    gives = getattr(request, "gives", "")  # of the API: which personal data an operation gives (`api.NeedsRight`)
    if gives or response.get("Content-Disposition", "").startswith("attachment"):
        note(request, thing=gives or "file", rows=1, now=now, query=request.GET.urlencode(), label=request.path)
