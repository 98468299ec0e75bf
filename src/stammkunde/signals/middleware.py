"""All questions of a request are answered from the same facts, opened once, whatever a data refresh does meanwhile."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from stammkunde.signals.answers import at_once

View = Callable[[HttpRequest], HttpResponse]


def facts_opened_once(get_response: View) -> View:
    def middleware(request: HttpRequest) -> HttpResponse:
        with at_once():
            return get_response(request)

    return middleware
