"""What a customer allows and wishes, with its history, on a page of its own; and all consents to take along."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from stammkunde.customers import exports, links, permissions, queries
from stammkunde.customers.models import Channel, ContactPerson, ContactPreference, Customer, Purpose
from stammkunde.sales import queries as sales
from stammkunde.team import policy as rights
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import given
from stammkunde.ui.links import absolute

HISTORY = 100  # records shown; the export has all of them


@require_safe
@needs(rights.CUSTOMERS_VIEW)
def page(request: StaffRequest, pk: int) -> HttpResponse:
    customer = _found(pk)
    people = list(customer.contact_persons.all())
    has_bought = bool(sales.buyers(customer_ids=[pk]))
    today = timezone.localdate()
    matrix = queries.matrix(customer=customer, people=people, has_bought=has_bought, today=today)
    preferences = queries.preferences(customer_id=pk)
    history = list(queries.consents(customer_id=pk)[: HISTORY + 1])
    context = {
        "customer": customer,
        "recipients": [
            permissions.recipient(one, preference=preferences.get(one.recipient[1]), today=today) for one in matrix
        ],
        "links": _links(request, customer, people, preferences),
        "channels": Channel.choices,
        "purposes": Purpose.choices,
        "history": [permissions.entry(one) for one in history[:HISTORY]],
        "has_more": len(history) > HISTORY,
    }
    return render(request, "home/contact.html", context)


def _found(pk: int) -> Customer:
    customer = Customer.objects.filter(pk=pk).first()
    if customer is None:
        raise Http404(f"customer {pk}")
    return customer


def _links(
    request: StaffRequest,
    customer: Customer,
    people: list[ContactPerson],
    preferences: dict[int | None, ContactPreference],
) -> dict[int | None, str]:
    """Give the links to the preference pages, for those who may pass them on."""
    if not rights.may(request.user, rights.CUSTOMERS_EDIT):
        return {}
    found = {}
    for person in (None, *people):
        preference = preferences.get(person.pk if person else None)
        path = links.preferences_path(
            customer=customer, contact_person=person, version=preference.link_version if preference else 0
        )
        found[person.pk if person else None] = (
            absolute(path) if settings.PUBLIC_URL else request.build_absolute_uri(path)
        )
    return found


@require_POST
@needs(rights.EXPORT)
def export(request: StaffRequest) -> HttpResponseBase:
    form = exports.chosen_format(request.POST)
    return exports.consents(request, queries.every_consent(), form=form, now=timezone.now())


@require_POST
@needs(rights.EXPORT)
def export_one(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Give the proofs of a customer; `person` asks for those of one person there, 0 of the customer herself."""
    customer, form, wanted = _found(pk), exports.chosen_format(request.POST), request.POST.get("person", "")
    person = customer.contact_persons.filter(pk=given.row(wanted)).first()
    if person is None and wanted not in ("", "0"):
        raise Http404(f"person {wanted} of customer {pk}")
    source = (person.source if person else "") if wanted else None
    records = queries.every_consent(customer_id=pk, person_source=source)
    about = {"person": str(person)} if person else {}
    return exports.consents(request, records, form=form, now=timezone.now(), customer=customer, **about)
