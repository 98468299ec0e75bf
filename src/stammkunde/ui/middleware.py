"""
What browsers are told with every answer that a view gives; files of the program (WhiteNoise) say their own.

A strict Content-Security-Policy (nothing inline, nothing from elsewhere), no use of the device, and nothing kept: pages
name people, so neither the browser's disk nor a proxy has them once somebody has signed out. A view that wants its
answer kept says so: charts, whose address names what they show. Addresses hold what a database can.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext as _

from stammkunde.ui import given

BY_ITSELF = "X-By-Itself"  # said by parts of pages that ask every few seconds (`{% by_itself %}`)
View = Callable[[HttpRequest], HttpResponse]
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

WITH_FRAMES = f"{POLICY}; frame-src 'self'"
IN_A_FRAME = "; ".join(  # a mail as it is written: styles in its tags, nothing from elsewhere, nothing that acts
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src 'self' data:",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "sandbox",
    )
)

UNUSED = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
          "microphone", "midi", "payment", "usb")  # fmt: skip
PERMISSIONS = ", ".join(f"{feature}=()" for feature in UNUSED)
TOLD = {"Content-Security-Policy": POLICY, "Permissions-Policy": PERMISSIONS, "Cache-Control": "no-store"}


def told_to_browsers(get_response: View) -> View:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in TOLD.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


class AddressesThatFit:
    """A row that no database could number is not found, and a sign that no text can hold asks for nothing at all."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest(_("This address holds a sign (NUL) that no text can hold."))
        return self.get_response(request)

    def process_view(self, _request: HttpRequest, _view: object, _args: object, given_in: dict[str, Any]) -> None:
        if any(isinstance(one, int) and one > given.LARGEST for one in given_in.values()):
            raise Http404
