"""What figures say of one customer, in pieces of the customer's page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stammkunde.signals import cards, queries
from stammkunde.signals.models import CustomerSignal
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def risk(request: StaffRequest, pk: int) -> HttpResponse:
    """Reasons, changes and course of the risk, worked out when somebody looks."""
    generation = queries.current()
    signal = CustomerSignal.objects.filter(generation=generation, customer=pk).exclude(risk_level="").first()
    if generation is None or signal is None:
        raise Http404(f"risk of customer {pk}")
    details = cards.details(request.user, signal, generation)
    return render(request, "signals/cards/risk_details.html", {"details": details, "generation": generation})
