"""How a view says which right it needs, who asks it, and where a visitor comes from."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from stammkunde.team import policy
from stammkunde.team.models import Staff

SIGNED_IN = "signed-in"  # no right of the policy: whoever is signed in

Given = ParamSpec("Given")  # what stands in the address
Answer_co = TypeVar("Answer_co", bound=HttpResponseBase, covariant=True)


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in: what every view is given that says which right it needs."""

    user: Staff
    htmx: HtmxDetails


class Guarded(Protocol[Given, Answer_co]):
    """A view that has said which right it needs."""

    right: str
    others: tuple[str, ...]  # each of which is enough, too

    def __call__(self, request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> Answer_co: ...


def needs(
    right: str, *others: str
) -> Callable[[Callable[Concatenate[StaffRequest, Given], Answer_co]], Guarded[Given, Answer_co]]:
    """
    Refuse with 403 whoever lacks the right; where several are named, whoever has none of them.

    Signing in itself is asked of everybody by a middleware.
    """

    def decorate(view: Callable[Concatenate[StaffRequest, Given], Answer_co]) -> Guarded[Given, Answer_co]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> Answer_co:
            asked = cast("StaffRequest", request)
            if not any(policy.may(asked.user, one) for one in (right, *others)):
                raise PermissionDenied(right)
            return view(asked, *args, **kwargs)

        said = cast("Guarded[Given, Answer_co]", guarded)
        said.right, said.others = right, others
        return said

    return decorate


def anyone_signed_in(view: Callable[Concatenate[StaffRequest, Given], Answer_co]) -> Guarded[Given, Answer_co]:
    """Say that a view is meant for everybody who is signed in: a test refuses views that say nothing."""
    said = cast("Guarded[Given, Answer_co]", view)
    said.right, said.others = SIGNED_IN, ()
    return said


def address(request: HttpRequest) -> str:
    """Give the internet address of a visitor; behind a proxy (STAMMKUNDE_HTTPS), what the proxy says of it."""
    seen: str = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER is None:
        return seen
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or seen
