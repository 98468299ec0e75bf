"""Everything about one customer, on one page (R-K1)."""

from datetime import date
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from stammkunde.customers import queries as customers
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.figures.queries import budget
from stammkunde.home import course, rhythm
from stammkunde.home.queries import customer as queries
from stammkunde.sales import history
from stammkunde.signals import forecasts, proof, standing, warnings
from stammkunde.signals import queries as signals
from stammkunde.signals import reasons as risks
from stammkunde.signals import suggestions as work
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.signals.suggestions import wording as suggested
from stammkunde.tasks import queries as tasks
from stammkunde.tasks.policy import QUICK_MINUTES, Lengths
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.ui import cards, moments

WIDE, PHONE = 760, 330


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def customer(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(pk)
    generation = signals.current()
    signal = CustomerSignal.objects.filter(generation=generation, customer=found).first() if generation else None
    people = customers.people(pk)
    now = timezone.now()
    today, company = timezone.localdate(now), team.company()
    setting = budget.setting(company)
    asked = cards.Asked(
        customer=found,
        people=people,
        request=request,
        now=now,
        today=today,
        may=partial(policy.may, request.user),
        generation=generation,
        signal=signal,
    )
    return render(
        request,
        "home/customer.html",
        {
            "customer": found,
            "generation": generation,
            "signal": signal,
            "stage_why": standing.stage(signal),
            "class_why": standing.abc(signal),
            "people": people,
            "cards": cards.arranged(asked),
            "call": _call(found, people),
            "next": _next(found, generation, months=company.no_purchase_months, lengths=setting.lengths),
            "time": budget.of_customer(pk, generation, setting, today=today),
            "quick_minutes": QUICK_MINUTES,
            "orders": history.orders(pk, place=request.GET.get("orders", "")),
            "timeline": _timeline(request, pk),
            "service": history.service(pk),
            **_history(pk, signal, generation),
            **_figures(request.user, pk, signal, generation),
            **_outlook(request, signal, generation),
        },
    )


def _found(pk: int) -> Customer:
    found = customers.customer(pk)
    if found is None:
        raise Http404(f"customer {pk}")
    return found


def _call(customer: Customer, people: list[ContactPerson]) -> dict[str, str]:
    """Tell whom to ring up: the decision maker with a number, or else anybody, or else the main number."""
    reachable = sorted((one for one in people if one.phone), key=lambda one: one.role != one.Role.DECISION_MAKER)
    if reachable:
        return {"name": str(reachable[0]), "phone": reachable[0].phone}
    return {"name": "", "phone": customer.phone}


def _next(customer: Customer, generation: Generation | None, *, months: int, lengths: Lengths) -> dict[str, Any]:
    """Give the next step: an open task, or what the figures suggest."""
    today = timezone.localdate()
    task = tasks.next_of_customer(customer.pk, today=today)
    if task:
        return {"task": task, "key": task.key or f"{work.TASK}:{task.pk}:"}
    asked = work.Asked(
        today=today,
        generation=generation,
        owner=None,
        months=months,
        with_imports=False,
        lengths=lengths,
    )
    item = work.of_customer(customer, asked)
    return {"item": item, "key": item.key, "reason": suggested.item(item)} if item else {}


def _history(pk: int, signal: CustomerSignal | None, generation: Generation | None) -> dict[str, Any]:
    purchases = history.purchases(pk)
    as_of = generation.as_of_on if generation else (purchases[-1].on if purchases else date.min)
    due_on = signal.due_on if signal else None
    return {
        "purchases": purchases,
        "rhythm_wide": rhythm.draw(purchases, as_of_on=as_of, due_on=due_on, width=WIDE),
        "rhythm_phone": rhythm.draw(purchases, as_of_on=as_of, due_on=due_on, width=PHONE),
    }


def _figures(staff: Staff, pk: int, signal: CustomerSignal | None, generation: Generation | None) -> dict[str, Any]:
    """Give what is figured out about worth; nothing of it to those who may not see figures."""
    if not policy.may(staff, policy.FIGURES_VIEW):
        return {}
    return {
        "years": _bars(queries.years(pk), with_margin=policy.may(staff, policy.MARGIN_VIEW)),
        "ranked": queries.known_rank(signal, generation),
    }


def _bars(years: list[queries.Year], *, with_margin: bool) -> list[dict[str, Any]]:
    """Give each year with the lengths of its bars, of 100."""
    longest = max((year.revenue_cents for year in years), default=0)

    def length(cents: int | None) -> str:
        return f"{100 * max(cents or 0, 0) / longest:.1f}" if longest > 0 else "0"

    return [
        {
            "year": year,
            "revenue": length(year.revenue_cents),
            "margin": length(year.margin_cents) if with_margin and year.margin_cents is not None else "",
        }
        for year in years
    ]


def _timeline(request: StaffRequest, pk: int) -> dict[str, Any]:
    found = moments.timeline(pk, place=request.GET.get("timeline", ""))
    return {"events": found.worded(request), "next_place": found.next_place}


def _outlook(request: StaffRequest, signal: CustomerSignal | None, generation: Generation | None) -> dict[str, Any]:
    """Tell what is to be expected of a customer, and how likely it is that nothing comes."""
    value = forecasts.part(generation, "value")
    told = {
        "shows_worth": forecasts.shows_worth(request.user, generation),
        "value": value,
        "value_refusal": risks.value_refusal(value.get("refusal")),
    }
    if signal is None or not signal.risk_level:
        return told
    tried = proof.latest(generation)
    horizon_days = forecasts.horizon_days(generation)
    known = signal.risk is not None and horizon_days is not None
    return told | {
        "chance": risks.chance(signal.risk, horizon_days=horizon_days) if known else "",
        "trend": forecasts.trend(signal, generation),
        "meaning": risks.LEVELS[signal.risk_level],
        "why": _why(signal.risk_reasons, shows_money=told["shows_worth"]),
        "risk_note": "\n".join(risks.texts(signal.risk_reasons, shows_money=False)),
        "risk_refusal": risks.refusal(forecasts.part(generation, "risk").get("refusal")),
        "warning": warnings.open_of(signal.customer_id),
        "numbers": proof.sentence_numbers(tried) if tried else {},
        "details": _details(request.user, signal, generation) if request.GET.get("risk") == "all" else None,
    }


def _why(told: list[risks.Reason] | None, *, shows_money: bool) -> list[forecasts.Why] | None:
    return None if told is None else forecasts.why(told, shows_money=shows_money)


def _details(staff: Staff, signal: CustomerSignal, generation: Generation) -> dict[str, Any]:
    """Work out why, what has changed since last time, and how it came to be so."""
    shows_worth = forecasts.shows_worth(staff, generation)
    told = signals.explained(signal.customer_id)
    points = course.comparable(
        signals.risk_history(signal.customer_id), horizon_days=forecasts.horizon_days(generation)
    )
    before = next((point for point in points if point["on"] == generation.before_on), {})
    return {
        "shows_worth": shows_worth,
        "is_new": signal.risk_reasons is None,
        "why": _why(told, shows_money=shows_worth),
        "changed": risks.changed(
            risk=signal.risk,
            before=signal.risk_before,
            before_on=generation.before_on,
            reasons=told,
            reasons_before=before.get("reasons"),
            last_on=signal.last_on,
        ),
        "points": [point | {"level": CustomerSignal.Level(point["risk_level"]).label} for point in reversed(points)],
        "course_wide": course.draw(points, width=WIDE),
        "course_phone": course.draw(points, width=PHONE),
    }


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def orders(request: StaffRequest, pk: int) -> HttpResponse:
    """More orders, below those that are there."""
    found = _found(pk)
    page = history.orders(pk, place=request.GET.get("orders", ""))
    return render(request, "home/customer_orders.html", {"customer": found, "orders": page})


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def risk(request: StaffRequest, pk: int) -> HttpResponse:
    """Reasons, changes and course of the risk, worked out when somebody looks."""
    generation = signals.current()
    signal = CustomerSignal.objects.filter(generation=generation, customer=pk).exclude(risk_level="").first()
    if generation is None or signal is None:
        raise Http404(f"risk of customer {pk}")
    details = _details(request.user, signal, generation)
    return render(request, "home/customer_risk_details.html", {"details": details, "generation": generation})


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def timeline(request: StaffRequest, pk: int) -> HttpResponse:
    """Earlier entries of the timeline, below those that are there."""
    found = _found(pk)
    context = {"customer": found, "timeline": _timeline(request, pk)}
    return render(request, "home/customer_timeline.html", context)
