"""The list of customers: find, filter, sort, save the view, hand over, take along."""

from itertools import chain

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stammkunde.customers import exports
from stammkunde.customers import queries as consents
from stammkunde.customers import services as customers
from stammkunde.segments import queries
from stammkunde.segments.asked import Asked
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.ui import given, ways, writing

MOST_ASSIGNED = 5000


@needs(policy.CUSTOMERS_VIEW)
def customers_list(request: StaffRequest) -> HttpResponseBase:
    return Asked(request).answer()


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def assign(request: StaffRequest) -> HttpResponse:
    ids = [pk for text in request.POST.getlist("customer") if (pk := given.row(text))][:MOST_ASSIGNED]
    chosen = request.POST.get("owner", "")
    owner = Staff.objects.filter(pk=given.row(chosen), is_active=True).first()
    if not ids:
        messages.error(request, _("No customer is selected. Tick the boxes in front of the names first."))
    elif owner is None and chosen != "nobody":
        messages.error(request, _("Nobody is chosen. Choose who is to be responsible."))
    else:
        changed = customers.assign(customer_ids=ids, owner=owner, staff=request.user, now=timezone.now())
        messages.success(request, _assigned(changed, owner))
    return redirect(ways.back(request, default="customers"))


@require_POST
@needs(policy.EXPORT)
def proofs(request: StaffRequest) -> HttpResponseBase:
    """Give the consents of all who match the filters, with their proof."""
    asked = Asked(request, QueryDict(request.POST.get("query", "")))
    form, some = exports.chosen_format(request.POST), queries.ids(asked.filters, generation=asked.generation)
    records = consents.every_consent().filter(customer__in=queries.among(chain.from_iterable(some)))
    return exports.consents(request, records, form=form, now=timezone.now(), query=asked.query)


def _assigned(changed: int, owner: Staff | None) -> str:
    if owner is None:
        text = ngettext("%(n)s customer has no responsible now.", "%(n)s customers have no responsible now.", changed)
        return text % {"n": writing.number(changed)}
    text = ngettext(
        "%(name)s is responsible for %(n)s more customer.", "%(name)s is responsible for %(n)s more customers.", changed
    )
    return text % {"n": writing.number(changed), "name": owner}
