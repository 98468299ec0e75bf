"""Finding customers while one types: suggestions for everywhere, and who resembles a new one."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stammkunde.customers import resembling, search
from stammkunde.customers.models import Customer
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs

MOST_READ, MOST_SHOWN, LONGEST = 200, 8, 100


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def suggest(request: StaffRequest) -> HttpResponse:
    """Suggest whom somebody means; where nobody is called so, whose words are one typing error away."""
    typed = request.GET.get("q", "").strip()[:LONGEST]
    found = _first(search.matching(Customer.objects.all(), typed), typed) if typed else []
    is_similar = bool(typed) and not found
    if is_similar:
        found = _first(search.similar(Customer.objects.all(), typed), typed)
    return render(request, "customers/suggestions.html", {"q": typed, "found": found, "is_similar": is_similar})


def _first(matches: QuerySet[Customer], typed: str) -> list[Customer]:
    """Give some of those who match, those whose name begins so first; never more is read than fits on a page or two."""
    wanted = search.plain(typed)
    some = list(matches[:MOST_READ])
    return sorted(some, key=lambda one: (not search.plain(one.name).startswith(wanted), one.name, one.pk))[:MOST_SHOWN]


@require_safe
@needs(policy.CUSTOMERS_EDIT)
def resembles(request: StaffRequest) -> HttpResponse:
    """Hint at customers who are there already, while a new one is entered."""
    said = {name: request.GET.get(name, "")[:250] for name in ("name", "email", "phone", "street", "postcode")}
    return render(request, "customers/resembling.html", {"found": resembling.to(said)})
