"""Returns of which nobody knows the purchase, and naming it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.sales import queries, services
from stammkunde.sales.models import Line, Returned
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.ui import given
from stammkunde.ui.forms import Search
from stammkunde.ui.lists import Empty
from stammkunde.ui.tables import Column


class Returns(StaffList):
    title = gettext_lazy("Returns without a purchase")
    lead = gettext_lazy(
        "No purchase of these goods is known: it was made before your data begin, or under another customer number. "
        "They take no points from anybody. Where you know the purchase, name it."
    )
    template = "sales/returns.html"
    name = "returns"
    file_name = gettext_lazy("returns")
    columns = (
        Column(label=gettext_lazy("Given back"), unit="day", key="back.order.ordered_on"),
        Column(label=gettext_lazy("Document"), key="back.order.number"),
        Column(label=gettext_lazy("Customer"), key="back.order.customer.name"),
        Column(label=gettext_lazy("Product"), key="back.product.name"),
        Column(label=gettext_lazy("Pieces"), unit="number", key="whole_pieces"),
        Column(label=gettext_lazy("Amount"), unit="cents", key="cents"),
    )
    empty = Empty(
        icon_name="return",
        title=gettext_lazy("No return lacks its purchase"),
        text=gettext_lazy("Returns come with your orders. One whose purchase is not found stands here."),
    )

    def find(self, _chosen: dict[str, Any]) -> QuerySet[Returned]:
        return queries.without_purchase()


class PurchaseSearch(Search):
    q = forms.CharField(label=gettext_lazy("Order number or product"), max_length=100)


class Purchases(StaffList):
    """What may have been bought that came back."""

    template = "sales/return.html"
    search = PurchaseSearch
    columns = (
        Column(label=gettext_lazy("Order")),
        Column(label=gettext_lazy("Bought on")),
        Column(label=gettext_lazy("Product")),
        Column(label=gettext_lazy("Pieces"), unit="number"),
        Column(label=gettext_lazy("Amount"), unit="cents"),
        Column(label=""),
    )

    def __init__(self, request: StaffRequest, back: Line) -> None:
        super().__init__(request)
        self.back = back
        self.title = _("Name the purchase")
        self.empty = Empty(
            icon_name="search",
            title=_("No purchase to choose from"),
            text=_("Nothing is known that this customer bought.")
            if back.order.customer_id
            else _("It was given back without a customer number. Search for the order number of the purchase."),
        )

    def find(self, chosen: dict[str, Any]) -> QuerySet[Line]:
        return queries.candidates(self.back, search=chosen.get("q", ""))

    def more(self) -> dict[str, Any]:
        return {"found": queries.bought_with(self.back)}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.CUSTOMERS_EDIT)
def returns(request: StaffRequest) -> HttpResponseBase:
    return Returns(request).answer()


@require_http_methods(["GET", "HEAD"])
@needs(policy.CUSTOMERS_EDIT)
def purchases(request: StaffRequest, pk: int) -> HttpResponseBase:
    return Purchases(request, get_object_or_404(queries.given_back(), pk=pk)).answer()


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def name(request: StaffRequest, pk: int) -> HttpResponse:
    sold_id = given.row(request.POST.get("sold", ""))
    try:
        services.name_purchase(back_id=pk, sold_id=sold_id, now=timezone.now(), staff=request.user)
    except services.NothingToName:
        raise Http404 from None
    except services.OfSomebodyElse:
        messages.error(request, _("This purchase is another customer's. Choose one of the same customer."))
        return redirect("return", pk)
    undo_url = reverse("return-undo", args=[pk])
    messages.success(request, _("The purchase is named."), extra_tags=f"undo:{undo_url}")
    return redirect("returns")


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        gone = services.forget_named_purchase(back_id=pk, now=timezone.now(), staff=request.user)
    except services.NothingToName:
        raise Http404 from None
    if gone:
        messages.success(request, _("The purchase is not named any more."))
    else:
        messages.info(request, _("There is nothing to take back any more."))
    return redirect("returns")
