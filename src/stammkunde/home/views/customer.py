"""Everything about one customer, on one page (R-K1)."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from stammkunde.customers import queries as customers
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.home.cards import timeline as timeline_of
from stammkunde.sales import history
from stammkunde.signals import forecasts, standing, suggestions
from stammkunde.signals import queries as signals
from stammkunde.signals.models import CustomerSignal, FigureSettings
from stammkunde.tasks import queries as tasks
from stammkunde.tasks import worklist
from stammkunde.tasks.models import TimeSettings
from stammkunde.tasks.policy import QUICK_MINUTES, Lengths
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import cards


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def customer(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(pk)
    generation = signals.current()
    signal = CustomerSignal.objects.filter(generation=generation, customer=found).first() if generation else None
    people = customers.people(pk)
    now = timezone.now()
    asked = cards.Asked(
        customer=found,
        people=people,
        request=request,
        now=now,
        today=timezone.localdate(now),
        may=partial(policy.may, request.user),
        generation=generation,
        signal=signal,
    )
    company = asked.once(team.company)
    return render(
        request,
        "home/customer.html",
        {
            "customer": found,
            "generation": generation,
            "signal": signal,
            "people": people,
            "cards": cards.arranged(asked),
            "call": _call(found, people),
            "next": _next(asked),
            "reads_notes": customers.may_read_notes(request.user, found),
            "first_on": next((one.on for one in asked.once(history.purchases, pk)), None),
            "usual_minutes": TimeSettings.of(company).minutes_per_contact,
            "quick_minutes": QUICK_MINUTES,
            "workers": list(team.workers()) if asked.may(policy.TASKS_WORK) else [],
        },
    )


def _found(pk: int) -> Customer:
    found = customers.customer(pk)
    if found is None:
        raise Http404(f"customer {pk}")
    return found


def _call(customer: Customer, people: Sequence[ContactPerson]) -> dict[str, str]:
    """Tell whom to ring up: the decision maker with a number, or else anybody, or else the main number."""
    reachable = sorted((one for one in people if one.rings_at), key=lambda one: one.role != one.Role.DECISION_MAKER)
    if reachable:
        return {"name": str(reachable[0]), "phone": reachable[0].rings_at}
    return {"name": "", "phone": customer.rings_at}


def _next(asked: cards.Asked) -> dict[str, Any]:
    """Give the next step: an open task, or what the figures suggest."""
    task = tasks.next_of_customer(asked.customer.pk, today=asked.today)
    if task:
        return {"task": task, "key": task.key or f"{tasks.OWN}:{task.pk}:"}
    company = asked.once(team.company)
    listed = worklist.Asked(
        today=asked.today,
        generation=asked.generation,
        owner=None,
        months=FigureSettings.of(company).no_purchase_months,
        lengths=Lengths(usual=TimeSettings.of(company).minutes_per_contact),
    )
    item = suggestions.of_customer(asked.customer, listed)
    if item is None:
        return {}
    sight = forecasts.sight(asked.request.user, asked.generation)
    worth = {"sight": sight, "year_why": standing.year(item.signal)}
    return {"item": item, "key": item.key, "reason": worklist.words(item), **worth}


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def timeline(request: StaffRequest, pk: int) -> HttpResponse:
    """Earlier entries of the timeline, below those that are there."""
    found = _found(pk)
    context = {"customer": found} | timeline_of(request, found)
    return render(request, "home/customer_timeline.html", context)
