"""What figures say of one customer, in pieces of the customer's page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stammkunde.customers import queries as customers
from stammkunde.signals import cards, margins, queries
from stammkunde.signals import orders as ordered
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


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def orders(request: StaffRequest, pk: int) -> HttpResponse:
    """More orders, below those that are there."""
    customer, generation = customers.customer(pk), queries.current()
    if customer is None:
        raise Http404(f"customer {pk}")
    page = ordered.page(pk, generation=generation, place=request.GET.get("orders", ""))
    shown = {"customer": customer, "orders": page, "definition": margins.definition(generation)}
    return render(request, "signals/cards/order_rows.html", shown)
