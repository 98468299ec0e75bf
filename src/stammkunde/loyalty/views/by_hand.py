"""Booking by hand, and the second person who agrees to it or says no."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.customers.models import Customer
from stammkunde.loyalty import by_hand, queries, services
from stammkunde.loyalty.forms import ByHandForm, PointsForm
from stammkunde.loyalty.models import Proposal
from stammkunde.loyalty.views.accounts import Rows
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.settings_page import SettingsPage
from stammkunde.ui import writing


@require_POST
@needs(policy.POINTS_BOOK)
def book(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Book what was typed, or let it wait for a second person; what is wrong is said beside it."""
    customer = get_object_or_404(Customer, pk=pk)
    account = queries.account_of(customer.source)
    if account is None:
        raise Http404(f"account of {pk}")
    form = ByHandForm(request.POST)
    if form.is_valid():
        problem = _booked(request, form, account_id=account.pk, customer=customer)
        if not problem:
            return redirect("customer-points", pk)
        form.add_error(*problem)
    response = Rows(request, customer, form).page_with_form()
    response.status_code = 400
    return response


def _booked(
    request: StaffRequest, form: ByHandForm, *, account_id: int, customer: Customer
) -> tuple[str | None, str] | None:
    """Book it and say so; give the field and the words where that is not possible."""
    said: dict[str, Any] = form.cleaned_data
    try:
        done = by_hand.book(
            account_id=account_id,
            points=form.signed,
            reason=said["reason"],
            key=f"hand:{account_id}:{said['key']}",
            now=timezone.now(),
            staff=request.user,
        )
    except services.NotEnoughPoints as refused:
        there = ngettext("Only %(n)s point is there.", "Only %(n)s points are there.", refused.available)
        return "points", there % {"n": writing.number(refused.available)}
    except services.KeyUsedForSomethingElse:
        return None, _("This form has been sent already, with something else in it. Open the page again and repeat.")
    told = {"name": customer.name, "n": writing.number(said["points"])}
    if isinstance(done, Proposal):
        messages.info(request, _("Now somebody else has to agree; until then nothing is booked."))
    elif form.signed > 0:
        messages.success(
            request, ngettext("%(name)s got %(n)s point.", "%(name)s got %(n)s points.", said["points"]) % told
        )
    else:
        messages.success(
            request,
            ngettext("%(n)s point was taken from %(name)s.", "%(n)s points were taken from %(name)s.", said["points"])
            % told,
        )
    return None


@require_POST
@needs(policy.POINTS_AGREE)
def agree(request: StaffRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Proposal, pk=pk)
    try:
        by_hand.agree(proposal_id=pk, staff=request.user, now=timezone.now())
    except by_hand.NotWaiting:
        messages.info(request, _("This has been decided already."))
    except by_hand.OwnProposal:
        messages.error(request, _("Somebody else has to agree to what you asked for."))
    except services.NotEnoughPoints as refused:
        there = ngettext(
            "Nothing is booked: only %(n)s point is there by now.",
            "Nothing is booked: only %(n)s points are there by now.",
            refused.available,
        )
        messages.error(request, there % {"n": writing.number(refused.available)})
    else:
        messages.success(request, _("You agreed; it is booked."))
    return _back(one)


@require_POST
@needs(policy.POINTS_AGREE, policy.POINTS_BOOK)
def refuse(request: StaffRequest, pk: int) -> HttpResponse:
    """Say no to what somebody else asked for, which takes the right to agree; or take back one's own."""
    one = get_object_or_404(Proposal, pk=pk)
    if one.asked_by_id != request.user.pk and not policy.may(request.user, policy.POINTS_AGREE):
        messages.error(request, _("Only who may agree may refuse."))
        return _back(one)
    try:
        done = by_hand.refuse(proposal_id=pk, staff=request.user, now=timezone.now())
    except by_hand.NotWaiting:
        messages.info(request, _("This has been decided already."))
    else:
        withdrawn = done.state == Proposal.State.WITHDRAWN
        messages.success(request, _("Taken back.") if withdrawn else _("Refused; nothing is booked."))
    return _back(one)


def _back(one: Proposal) -> HttpResponse:
    customer = queries.customer_of(one.account)
    return redirect("customer-points", customer.pk) if customer else redirect("points")


class PointsPage(SettingsPage):
    name = "settings-points"
    title = gettext_lazy("Points")
    lead = gettext_lazy("How many points one person may give or take alone.")
    forms = (PointsForm,)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.SETTINGS_EDIT)
def settings(request: StaffRequest) -> HttpResponse:
    return PointsPage(request).answer()
