"""What a customer wishes: about what and how we may be in touch, how often, when, and with whom."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode

from stammkunde.customers import links, queries, visitors
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.portal import services
from stammkunde.portal.forms import Wishes
from stammkunde.portal.grid import Grid
from stammkunde.sales import queries as sales
from stammkunde.team import public


@public.by_link("preferences")
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    whose = links.read_preferences(token)
    if whose[0] == links.NOBODY:
        return visitors.tried(request)
    customer, person = visitors.recipient(*whose)
    preference = queries.preference(customer_id=customer.pk, contact_person_id=person.pk if person else None)
    with visitors.speaking(request, customer, person):
        grid = _grid(customer, person)
        data = request.POST if request.method == "POST" else None
        form = Wishes(data, preference=preference, customer=customer, today=timezone.localdate())
        if form.is_bound and form.is_valid():
            return _save(request, customer, person, grid, form)
        context = {
            "form": form,
            "grid": grid,
            "name": str(person or customer),
            "is_saved": "saved" in request.GET,
            "asked_at": public.masked(queries.address("email", customer, person)) if "asked" in request.GET else "",
        }
        return public.show(request, "portal/preferences.html", context, status=422 if form.errors else 200)


def _grid(customer: Customer, person: ContactPerson | None) -> Grid:
    has_bought = bool(sales.buyers(customer_ids=[customer.pk]))
    return Grid.of(queries.choices(customer=customer, person=person, has_bought=has_bought))


def _save(
    request: HttpRequest, customer: Customer, person: ContactPerson | None, grid: Grid, form: Wishes
) -> HttpResponse:
    asked = services.save(
        customer=customer,
        person=person,
        change=grid.change(shown=request.POST.getlist("shown"), wanted=request.POST.getlist("may")),
        fields=form.fields_to_keep,
        proof=visitors.proof(request),
        now=timezone.now(),
    )
    said = {"saved": "1"} | ({"asked": "1"} if asked else {})
    return redirect(f"{request.path}?{urlencode(said)}")
