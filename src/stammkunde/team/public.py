"""
What all pages have in common that are opened by a link, without signing in.

Nobody signs in: the signed token in the address says who it is and what may be done. So there is nothing for a forged
request to ride on, and no cookie to ask consent for. Scanners of mail open every link: GET changes nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stammkunde.team import access, attempts
from stammkunde.ui.links import BadLink

View = Callable[..., HttpResponse]


def by_link(page: str) -> Callable[[View], View]:
    """
    Let a view be opened without signing in: by the token in its address, which it reads itself.

    A link that leads nowhere (`BadLink`) says so, and too many of them from one address must wait. Nothing is kept with
    whoever opens it: no session, no cookie.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, token: str) -> HttpResponse:
            try:
                response = view(request, token)
            except BadLink:
                response = _bad_link(request, page)
            return _unnoticed(request, response)

        return _open(guarded)

    return decorate


def by_anybody(view: View) -> View:
    """Let a page be opened by anybody, without a link of one's own. Nothing is kept with whoever opens it."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return _unnoticed(request, view(request))

    return _open(guarded)


def _unnoticed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep nothing: no session, no cookie, no entry of a search engine."""
    response.cookies.clear()
    request.session.modified = False
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _open(view: View) -> View:
    return csrf_exempt(login_not_required(never_cache(require_http_methods(["GET", "HEAD", "POST"])(view))))


def _bad_link(request: HttpRequest, page: str) -> HttpResponse:
    address, now = access.address(request), timezone.now()
    with speaking(request):
        if attempts.LINKS.must_wait(address=address, now=now):
            return show(request, "team/bad_link.html", {"must_wait": True}, status=429)
        attempts.LINKS.count(label=page, address=address, now=now)
        return show(request, "team/bad_link.html", {}, status=404)


def show(request: HttpRequest, template: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    """Show a page in the language that is spoken, with a way to the other one."""
    spoken = translation.get_language()
    languages = [
        {"code": code, "url": f"{request.path}?{urlencode({'language': code})}", "is_current": code == spoken}
        for code, _name in settings.LANGUAGES
    ]
    response = render(request, template, {**context, "languages": languages}, status=status)
    response.headers["Content-Language"] = spoken
    return response


@contextmanager
def speaking(request: HttpRequest, preferred: str = "") -> Iterator[None]:
    """Speak what `?language=` asks for (and keep nothing of it), else what is preferred, else our own."""
    known = dict(settings.LANGUAGES)
    wanted = (request.GET.get("language", ""), preferred, settings.LANGUAGE_CODE)
    with translation.override(next(one for one in wanted if one in known)):
        yield


def masked(email: str) -> str:
    """Write an e-mail address so that its owner knows it and nobody else learns it."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}…{at}{domain}"
