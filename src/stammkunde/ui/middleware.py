"""
What browsers are told with every answer that a view gives; files of the program (WhiteNoise) say their own.

A strict Content-Security-Policy (nothing inline, nothing from elsewhere), no use of the device, and nothing kept: pages
name people, so neither the browser's disk nor a proxy has them once somebody has signed out. A view that wants its
answer kept says so: charts, whose address names what they show.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
