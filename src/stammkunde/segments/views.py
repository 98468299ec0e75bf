"""The list of customers: find, filter, sort, save the view, hand over, take along."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from stammkunde.customers import services as customers
from stammkunde.segments import queries
from stammkunde.segments.asked import PAGE, Asked
from stammkunde.signals import exports
from stammkunde.team import policy, saved_views
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.ui import tables, writing

MOST_ASSIGNED = 5000


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def customers_list(request: StaffRequest) -> HttpResponse:
    asked = Asked(request)
    fragment = request.htmx and not request.htmx.boosted
    template = "segments/customers_rows.html" if fragment else "segments/customers.html"
    response = render(request, template, asked.context())
    if fragment:
        response.headers["HX-Push-Url"] = asked.address()
    return response


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def assign(request: StaffRequest) -> HttpResponse:
    ids = [int(pk) for pk in request.POST.getlist("customer") if pk.isdecimal()][:MOST_ASSIGNED]
    chosen = request.POST.get("owner", "")
    owner = Staff.objects.filter(pk=chosen, is_active=True).first() if chosen.isdecimal() else None
    if not ids:
        messages.error(request, _("No customer is selected. Tick the boxes in front of the names first."))
    elif owner is None and chosen != "nobody":
        messages.error(request, _("Nobody is chosen. Choose who is to be responsible."))
    else:
        changed = customers.assign(customer_ids=ids, owner=owner, staff=request.user)
        messages.success(request, _assigned(changed, owner))
    return _back_to_list(request)


def _assigned(changed: int, owner: Staff | None) -> str:
    if owner is None:
        text = ngettext("%(n)s customer has no responsible now.", "%(n)s customers have no responsible now.", changed)
        return text % {"n": writing.number(changed)}
    text = ngettext(
        "%(name)s is responsible for %(n)s more customer.", "%(name)s is responsible for %(n)s more customers.", changed
    )
    return text % {"n": writing.number(changed), "name": owner}


@require_POST
@needs(policy.CUSTOMERS_VIEW)
def save_view(request: StaffRequest) -> HttpResponse:
    name = request.POST.get("name", "").strip()[:80]
    if not name:
        messages.error(request, _("“Name” is empty. Give the view a name to find it by."))
        return _back_to_list(request)
    saved_views.save(
        page=PAGE,
        name=name,
        query=request.POST.get("query", "")[:2000],
        shared=bool(request.POST.get("shared")),
        staff=request.user,
    )
    messages.success(request, _("View “%(name)s” saved.") % {"name": name})
    return _back_to_list(request)


@require_POST
@needs(policy.CUSTOMERS_VIEW)
def remove_view(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        saved_views.remove(view_id=pk, staff=request.user)
    except saved_views.NotYours as problem:
        messages.error(request, _("“%(name)s” belongs to somebody else; only they can remove it.") % {"name": problem})
    return redirect("customers")


def _back_to_list(request: StaffRequest) -> HttpResponse:
    query = QueryDict(request.POST.get("query", ""))
    return redirect(f"{reverse('customers')}?{urlencode(list(query.items()))}" if query else reverse("customers"))


@require_POST
@needs(policy.EXPORT)
def export(request: StaffRequest) -> HttpResponseBase:
    """Take the list along, as it is filtered and sorted; it is a POST because it leaves a trace."""
    asked = Asked(request, QueryDict(request.POST.get("query", "")))
    return exports.customers(
        queries.every(asked.filters, generation=asked.generation, sort=asked.sort, size=1000),
        form=tables.chosen_format(request.POST),
        staff=request.user,
        query=asked.view_query(),
    )
