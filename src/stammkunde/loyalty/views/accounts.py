"""Who collects points, and what stands on one account."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.customers.models import Customer
from stammkunde.loyalty import by_hand, listing, queries, services, wording
from stammkunde.loyalty.forms import AccountSearch, ByHandForm
from stammkunde.loyalty.models import Account, Move
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.ui.lists import Empty, ListPage
from stammkunde.ui.tables import Column

DAY = pgettext_lazy("points", "Day")
AVAILABLE = pgettext_lazy("points", "Available")
PENDING = pgettext_lazy("points", "Pending")
OWED = pgettext_lazy("points", "Owed")


class Accounts(StaffList):
    """Who collects points, with what is in the pots."""

    title = gettext_lazy("Points")
    lead = gettext_lazy("Who collects points, and what stands on each account.")
    name = "points"
    file_name = gettext_lazy("points")
    search = AccountSearch
    template = "loyalty/accounts.html"
    columns = (
        Column(label=gettext_lazy("Customer"), key="name", sort="name"),
        Column(label=AVAILABLE, key="available", unit="number", sort="available"),
        Column(label=PENDING, key="pending", unit="number", sort="pending"),
        Column(label=OWED, key="debt", unit="number", sort="debt"),
        Column(label=gettext_lazy("Collects since"), key="joined_on", unit="day", sort="joined_on"),
    )
    taken = (
        Column(label=gettext_lazy("Customer number"), key="number"),
        Column(label=gettext_lazy("Name"), key="name"),
        Column(label=AVAILABLE, key="available", unit="number"),
        Column(label=PENDING, key="pending", unit="number"),
        Column(label=gettext_lazy("Reserved"), key="held", unit="number"),
        Column(label=OWED, key="debt", unit="number"),
        Column(label=gettext_lazy("Collects since"), key="joined_on", unit="day"),
    )
    empty = Empty(
        icon_name="gift",
        title=gettext_lazy("Nobody collects points yet"),
        text=gettext_lazy(
            "Let a customer take part on the customer's page. Which purchases earn how many points is said by a rule."
        ),
    )

    def find(self, chosen: dict[str, Any]) -> QuerySet[Account]:
        return listing.accounts(q=chosen.get("q", ""), state=chosen.get("state", ""), today=timezone.localdate())

    def more(self) -> dict[str, Any]:
        return {"sums": None if self.is_filtered else listing.sums(), "waiting": listing.waiting().count()}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.CUSTOMERS_VIEW)
def listed(request: StaffRequest) -> HttpResponseBase:
    return Accounts(request).answer()


class Rows(StaffList):
    """All that was booked on the account of one customer."""

    name = "customer-points"
    file_name = gettext_lazy("points")
    template = "loyalty/account.html"
    size = 200  # what an act took from many lots is one row
    columns = (
        Column(label=DAY, unit="day"),
        Column(label=gettext_lazy("What")),
        Column(label=gettext_lazy("What changes")),
        Column(label=gettext_lazy("Available afterwards"), unit="number"),
    )
    empty = Empty(
        icon_name="gift",
        title=gettext_lazy("Nothing is booked yet"),
        text=gettext_lazy("Purchases from the first day on, what is redeemed and what expires will stand here."),
    )

    def __init__(self, request: StaffRequest, customer: Customer, form: ByHandForm | None = None) -> None:
        super().__init__(request)
        self.customer = customer
        self.title = _("Points of %(name)s") % {"name": customer.name}
        self.form_by_hand = form
        self.account = queries.account_of(customer.source)
        self.words: dict[int, str] = {}

    def find(self, _chosen: dict[str, Any]) -> QuerySet[Move]:
        return queries.history(self.account.pk) if self.account else Move.objects.none()

    def told(self, rows: list[Move]) -> list[wording.Told]:
        return wording.rows(rows)

    def file_columns(self) -> list[Column]:
        return [
            Column(label=DAY, unit="day", key="happened_on"),
            Column(label=_("Booked"), unit="moment", key="booking.booked_at"),
            Column(label=_("What"), read=lambda row: self.words[row.pk]),
            Column(label=_("Available: change"), unit="number", key="d_available"),
            Column(label=_("Pending: change"), unit="number", key="d_pending"),
            Column(label=_("Reserved: change"), unit="number", key="d_held"),
            Column(label=_("Owed: change"), unit="number", key="d_debt"),
            Column(label=_("Available afterwards"), unit="number", key="available"),
        ]

    def every(self) -> Iterator[list[Move]]:
        """Give all rows in pieces, and put each piece into words at once."""
        for rows in super().every():
            self.words = wording.words(rows)
            yield rows

    @property
    def path(self) -> str:
        return reverse("customer-points", args=[self.customer.pk])

    def page_with_form(self) -> HttpResponseBase:
        """Show the page with the form as it was sent."""
        return ListPage.answer(self)

    def more(self) -> dict[str, Any]:
        if self.account is None:
            return {"customer": self.customer, "is_there_a_rule": listing.is_there_a_rule()}
        staff, now = self.request.user, timezone.now()
        proposals = listing.waiting(account=self.account)
        return {
            "customer": self.customer,
            "account": self.account,
            "balance": queries.balance(self.account.pk),
            "expires": queries.next_to_expire(self.account.pk),
            "proposals": [
                {
                    "proposal": one,
                    "taken": -one.points,
                    "may_decide": by_hand.may_decide(one, staff=staff),
                    "is_own": one.asked_by_id == staff.pk,
                }
                for one in proposals
            ],
            "form": self.form_by_hand or ByHandForm(),
            "alone": by_hand.left_for(self.account.pk, staff=staff, now=now),
        }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.CUSTOMERS_VIEW)
def of_customer(request: StaffRequest, pk: int) -> HttpResponseBase:
    return Rows(request, get_object_or_404(Customer, pk=pk)).answer()


@require_POST
@needs(policy.POINTS_BOOK)
def join(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    services.join(customer=customer, now=timezone.now(), staff=request.user)
    messages.success(request, _("%(name)s collects points from today on.") % {"name": customer.name})
    return redirect("customer-points", pk)
