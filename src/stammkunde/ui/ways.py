"""
The way back: to where somebody came from, on this site only.

A form or an address carries it as `next`. In a form, `{% come_back %}` says: back to this page; `{% keep_way %}` hands
on the way that this page was given itself.
"""

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

FIELD = "next"


def wanted(request: HttpRequest) -> str:
    """Give the address of this site that a form, or else the page's address, wants to go back to; empty for none."""
    address = request.POST.get(FIELD) or request.GET.get(FIELD) or ""
    return address if address.startswith("/") and is_own(request, address) else ""


def back(request: HttpRequest, *, default: str) -> str:
    """Give the address to go back to; where none is wanted, the usual one (an address, or the name of a page)."""
    return wanted(request) or resolve_url(default)


def came_from(request: HttpRequest, *, default: str = "/") -> str:
    """Give the address to go back to where a form need not say it: that of the page on which somebody clicked."""
    seen = request.headers.get("Referer", "")
    return wanted(request) or (seen if is_own(request, seen) else resolve_url(default))


def is_own(request: HttpRequest, address: str) -> bool:
    """Say whether an address leads to this site, and not to a less secure copy of it."""
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
