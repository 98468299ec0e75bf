"""Where the pages and the API are."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from stammkunde import health
from stammkunde.api import api
from stammkunde.intake import api as intake
from stammkunde.ui.bodies import takes, takes_files

api_urls = api.urls  # made anew each time one asks
for _pattern in api_urls[0]:
    assert _pattern.callback is not None
    login_not_required(_pattern.callback)  # a token is asked for instead, and a right by every operation
    if _pattern.name in intake.TAKES_FILES:
        takes_files(_pattern.callback)
    elif _pattern.name in intake.TAKES_BYTES:
        takes(intake.TAKES_BYTES[_pattern.name])(_pattern.callback)

handler500 = "stammkunde.ui.trouble.page"
urlpatterns = [
    path("health/", health.page, name="health"),
    path("api/v1/", api_urls),
    path("", include("stammkunde.home.urls")),
    path("", include("stammkunde.figures.urls")),
    path("", include("stammkunde.calls.urls")),
    path("", include("stammkunde.segments.urls")),
    path("", include("stammkunde.signals.urls")),
    path("", include("stammkunde.customers.urls")),
    path("", include("stammkunde.sales.urls")),
    path("", include("stammkunde.tasks.urls")),
    path("", include("stammkunde.contacts.urls")),
    path("", include("stammkunde.intake.urls")),
    path("", include("stammkunde.impact.urls")),
    path("", include("stammkunde.loyalty.urls")),
    path("", include("stammkunde.plays.urls")),
    path("", include("stammkunde.outreach.urls")),
    path("", include("stammkunde.team.urls")),
    path("", include("stammkunde.portal.urls")),
]
