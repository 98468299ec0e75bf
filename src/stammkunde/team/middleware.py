"""Sessions end in time, and pages speak the language that the signed-in person chose; else the installation's."""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import logout
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from stammkunde.team import doors, drafts, sessions, taking
from stammkunde.team.models import Staff
from stammkunde.ui.middleware import BY_ITSELF

COOKIE = "language"
OF_DRAFTS = ("draft-save", "draft-discard")
OPEN_TO_ALL = ("password", "sign-out", "sign-in", "language", "appearance", "health")


def _end_if_over(request: HttpRequest, staff: Staff) -> None:
    is_there = BY_ITSELF not in request.headers
    if not sessions.goes_on(request.session, staff=staff, now=timezone.now(), is_there=is_there):
        logout(request)


def sessions_end(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sign out whose time is up. What an open page asks by itself is no sign that somebody is there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        staff = request.user
        if isinstance(staff, Staff):
            _end_if_over(request, staff)
        return get_response(request)

    return middleware


def refusals_are_noted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Write down what was refused to somebody who is known, by a page or by the API."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.FORBIDDEN and isinstance(request.user, Staff):
            doors.refused(request.user, request=request, now=timezone.now())
        return response

    return middleware


def what_leaves_is_noted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Write down what somebody takes along where a view has not (`taking`)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(request.user, Staff):
            taking.note_if_forgotten(request, response, now=timezone.now())
        return response

    return middleware


def given_passwords_are_changed(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Lead whoever has a password that somebody else has read to the page that changes it, from wherever."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if getattr(request.user, "password_is_given", False) and request.path not in map(reverse, OPEN_TO_ALL):
            return redirect("password")
        return get_response(request)

    return middleware


def _is_of_a_form(request: HttpRequest) -> bool:
    """Tell whether a form with drafts was sent; a body that no view has read is left unread."""
    is_read = hasattr(request, "_post")
    return is_read and drafts.FORM in request.POST and getattr(request.resolver_match, "url_name", "") not in OF_DRAFTS


def drafts_follow_forms(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Keep the words of a form that was refused, and forget the draft of one that was taken."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if _is_of_a_form(request) and isinstance(request.user, Staff):
            with suppress(DatabaseError):  # it has said already that nothing can be written
                drafts.follow(request, response, staff=request.user, now=timezone.now())
        return response

    return middleware


def language_of_staff(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    known = dict(settings.LANGUAGES)

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") or request.COOKIES.get(COOKIE, "")
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response

    return middleware
