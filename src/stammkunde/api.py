"""
The API: for programs that bring files in and take figures and customers out.

A program shows a person's token (`team.tokens`) and has that person's rights. The description (OpenAPI) is at
`/api/v1/docs`. Every answer is read by the same queries and services as the pages.
"""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.operation import Operation

from stammkunde import __version__
from stammkunde.figures.api import router as figures
from stammkunde.impact.api import router as impact
from stammkunde.intake.api import router as imports
from stammkunde.plays.api import router as measures
from stammkunde.segments.api import groups as segments
from stammkunde.segments.api import router as customers
from stammkunde.segments.api import words as words_of_rules
from stammkunde.signals.api import router as settings
from stammkunde.team.api import too_many
from stammkunde.team.tokens import TooMany


class Api(NinjaAPI):
    """The API; what an operation is called for programs does not tell which app answers it."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return f"stammkunde_api_{operation.view_func.__name__}"


api = Api(title="Stammkunde", version=__version__, description=__doc__, urls_namespace="api")
for _router in (figures, customers, words_of_rules, segments, measures, impact, imports, settings):
    api.add_router("", _router)


@api.exception_handler(TooMany)
def _too_many(request: HttpRequest, refusal: TooMany) -> HttpResponse:
    response = api.create_response(request, {"detail": too_many(request, refusal.seconds)}, status=429)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response
