"""Who may send more than a little: asked before anything of it is read."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from stammkunde.team import doors, policy, tokens
from stammkunde.team.access import SIGNED_IN
from stammkunde.team.models import Staff
from stammkunde.ui import bodies as limits

API = "/api/"


def view_of(path: str) -> Callable[..., Any] | None:
    """Find the view of an address; None: there is none."""
    try:
        return resolve(path).func
    except Resolver404:
        return None


def refuse_strangers(environ: dict[str, Any], view: Callable[..., Any]) -> None:
    """
    Refuse a body that is more than a little, unless it comes from somebody who may send it here.

    The token against forged requests stands in the form, so the view checks it; what a foreign site makes a browser
    send is refused here by what browsers say of it, and comes without a session (SameSite) anyhow.

    :raises Refused: if nobody who may has sent it
    """
    close_old_connections()
    try:
        if environ["PATH_INFO"].startswith(API):
            _refuse_unknown_token(environ)
        elif getattr(view, "login_required", True):
            _refuse_who_may_not(environ, view)
        elif not hasattr(view, "takes_bytes"):
            raise limits.not_signed_in()
    finally:
        close_old_connections()


def _refuse_unknown_token(environ: dict[str, Any]) -> None:
    scheme, _space, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    try:
        is_known = scheme.lower() == "bearer" and tokens.owner(token=token.strip(), now=timezone.now())
    except tokens.Expired:
        is_known = None
    if not is_known:
        raise limits.not_signed_in()


def _refuse_who_may_not(environ: dict[str, Any], view: Callable[..., Any]) -> None:
    request = WSGIRequest(environ)
    sessions = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    request.session = sessions(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    staff = get_user(request)
    if not isinstance(staff, Staff):
        raise limits.not_signed_in()
    right = getattr(view, "right", SIGNED_IN)
    if environ.get("HTTP_SEC_FETCH_SITE") == "cross-site" or (right != SIGNED_IN and not policy.may(staff, right)):
        request.resolver_match = resolve(request.path_info)
        doors.refused(staff, request=request, now=timezone.now())
        raise limits.not_allowed()


def language(environ: dict[str, Any]) -> str:
    """Give the language of whoever asks, by what the browser says."""
    return translation.get_language_from_request(WSGIRequest(environ))
