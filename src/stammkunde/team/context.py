"""What every page knows about the company and about the person who looks at it."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from stammkunde.team import pages, policy, queries
from stammkunde.team.models import Staff

THEME_COOKIE = "theme"


def company(request: HttpRequest) -> dict[str, object]:
    return {
        "company": SimpleLazyObject(queries.company),
        "may": SimpleLazyObject(lambda: rights(request)),
        "theme": theme(request),
        "start_url": SimpleLazyObject(lambda: _start(request)),
    }


def rights(request: HttpRequest) -> dict[str, bool]:
    """Say for each right whether this person has it: `{% if may.figures_view %}` in templates."""
    user = getattr(request, "user", None)
    return {right.replace(".", "_"): isinstance(user, Staff) and policy.may(user, right) for right in policy.ALL}


def theme(request: HttpRequest) -> str:
    """Give the appearance that this person, or before sign-in this browser, chose."""
    user = getattr(request, "user", None)
    chosen = getattr(user, "theme", "") or request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in Staff.Theme.values else Staff.Theme.SYSTEM


def _start(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return pages.start(user) if user and user.is_authenticated else "/"
