"""
What is text leaves compressed, streamed files too; what is compressed already, or a picture, leaves as it is.

Compressed pages may tell a secret by their length, where somebody makes a browser ask for them many times with guesses
in the address (BREACH). It has nothing to hold on to here: other sites' requests come without the session
(`SameSite=Lax`, but for links that a person follows, one at a time), the CSRF token is masked anew in each answer, and
Django pads each answer by a random length.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = frozenset({"application/json", "application/javascript", "application/xml", "image/svg+xml"})


class Compression(GZipMiddleware):
    """Django's compression, for texts only."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind.startswith("text/") or kind in TEXTS:
            return super().process_response(request, response)
        return response
