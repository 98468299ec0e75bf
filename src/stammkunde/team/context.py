"""What every page knows about the company."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from stammkunde.team import queries


def company(_request: HttpRequest) -> dict[str, object]:
    return {"company": SimpleLazyObject(queries.company)}
