"""How a view says which right it needs, and where a visitor comes from."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from stammkunde.team import policy

SIGNED_IN = "signed-in"  # no right of the policy: whoever is signed in


def needs(right: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Refuse with 403 whoever lacks the right. Signing in itself is asked of everybody by a middleware."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not policy.may(request.user, right):
                raise PermissionDenied(right)
            return view(request, *args, **kwargs)

        guarded.right = right
        return guarded

    return decorate


def anyone_signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say that a view is meant for everybody who is signed in: a test refuses views that say nothing."""
    view.right = SIGNED_IN
    return view


def address(request: HttpRequest) -> str:
    """Give the internet address of a visitor; behind a proxy (STAMMKUNDE_HTTPS), what the proxy says of it."""
    seen = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER is None:
        return seen
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or seen
