"""What a customer bought, in pieces of the customer's page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stammkunde.customers import queries as customers
from stammkunde.sales import history
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def orders(request: StaffRequest, pk: int) -> HttpResponse:
    """More orders, below those that are there."""
    customer = customers.customer(pk)
    if customer is None:
        raise Http404(f"customer {pk}")
    page = history.orders(pk, place=request.GET.get("orders", ""))
    return render(request, "sales/cards/order_rows.html", {"customer": customer, "orders": page})
