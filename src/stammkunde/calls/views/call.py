"""One call: the guide on the left, everything about the customer on the right."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde.calls import asking, leading, services, wording
from stammkunde.calls import queries as calls
from stammkunde.calls.forms import CallForm, guided_at_of
from stammkunde.calls.models import Guide, Outcome
from stammkunde.customers import permissions
from stammkunde.customers import queries as customers
from stammkunde.customers.models import ContactPerson, Customer, Note
from stammkunde.outreach import services as outreach
from stammkunde.outreach import wording as outreach_wording
from stammkunde.outreach.channels.call import provider_id
from stammkunde.outreach.policy import Verdict
from stammkunde.sales import history
from stammkunde.sales import queries as sales
from stammkunde.signals import forecasts, standing, suggestions
from stammkunde.signals import queries as signals
from stammkunde.signals.models import CustomerSignal, FigureSettings, Generation
from stammkunde.tasks import queries as tasks
from stammkunde.tasks import worklist
from stammkunde.tasks.models import Task, TimeSettings
from stammkunde.tasks.policy import QUICK_MINUTES, Lengths
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Company, Staff
from stammkunde.ui import given, ways

ORDERS, NOTES, CALLS, TASKS = 4, 4, 5, 10


@require_safe
@needs(policy.TASKS_WORK)
def page(request: StaffRequest, pk: int) -> HttpResponse:
    customer, people = _found(pk), customers.people(pk)
    now, generation, company = timezone.localtime(), signals.current(), team.company()
    signal = CustomerSignal.objects.filter(generation=generation, customer=pk).first() if generation else None
    person = _person(request.GET.get("person", ""), customer, people)
    key = request.GET.get("for", "")
    task, item = _subject(key, customer, generation)
    kind = asking.subject_of(task).occasion if task else ""
    if kind in ("", Guide.Kind.FREE):
        kind = leading.kind(item.kind if item else "", signal)
    guided_at = guided_at_of(request.GET.get("guided_at", ""), now=now)
    guide = _guide(request, customer, people, person, kind=kind, guided_at=guided_at)
    draft = calls.draft(request.user, pk)
    about = {"customer": customer, "people": people, "person": person, "task": task, "item": item}
    told = {
        "key": item.key if item else key,
        "why_called": _why_called(task, item, staff=request.user),
        "draft": draft,
        "guided_at": (guided_at or now).isoformat(),
        "ticked_before": [one for one in (draft.goals if draft else ()) if one not in guide["guide"].goals],
        **_hours(customer, person, company=company, now=now),
        **guide,
        **_slot(task, item, customer, person, occasion=guide["kind"], now=now),
        **_dossier(request.user, customer, people, signal, generation),
    }
    return render(request, "calls/call.html", about | _form(customer, person, company=company, now=now) | told)


def _form(customer: Customer, person: ContactPerson | None, *, company: Company, now: datetime) -> dict[str, Any]:
    """Give what is dialled, and what the form for what came of it begins with."""
    return {
        "form_key": str(uuid4()),
        "phone": (person.rings_at if person else "") or customer.rings_at,
        "moments": _moments(now),
        "quick_minutes": QUICK_MINUTES,
        "usual": TimeSettings.of(company).minutes_per_contact,
        "today": now.date(),
    }


@require_POST
@needs(policy.TASKS_WORK)
def record(request: StaffRequest, pk: int) -> HttpResponse:
    """Record what came of the call; what follows is on somebody's list at once."""
    customer, form, now = _found(pk), CallForm(request.POST), timezone.now()
    if not form.says_enough:
        raise BadRequest(form.errors.as_text())
    person = ContactPerson.objects.filter(customer=pk, pk=form.cleaned_data.get("person") or 0).first()
    key = form.cleaned_data["key"]
    task = _task(request.POST.get("for", ""), customer, now=now, staff=request.user)
    if task is None or task.state != Task.State.OPEN:
        task = worklist.known_task(services.key_by_hand(pk, key)) or task  # as it was dialled on this page
    call = services.record(
        key=key,
        customer=customer,
        person=person,
        said=form.said(request.POST.getlist("goals"), now=now),
        task=task,
        staff=request.user,
        now=now,
    )
    messages.success(request, _told(call.get_outcome_display(), call.next_task), extra_tags=_undo(call.pk))
    if call.outcome == Outcome.CALL_BACK and call.next_task and call.next_task.due_time is None:
        messages.info(request, _("No time to come was agreed: it stands on the list of the next working day."))
    return redirect(ways.back(request, default=reverse("customer", args=[pk])))


@require_POST
@needs(policy.TASKS_WORK)
def take_up(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the call take its slot: whoever dials does it, and says no more."""
    customer, now = _found(pk), timezone.now()
    person = ContactPerson.objects.filter(customer=pk, pk=given.row(request.POST.get("person", ""))).first()
    key = request.POST.get("for", "")
    task = _task(key, customer, now=now, staff=request.user)
    if task is None or task.state != Task.State.OPEN:
        key = services.key_by_hand(pk, request.POST.get("key", ""))
        task = services.begun_by_hand(key=key, customer=customer, staff=request.user, now=now)
    reason = services.take_up(
        customer=customer, person=person, task=task, occasion=request.POST.get("guide", ""), staff=request.user, now=now
    )
    if reason is not None:
        messages.error(request, _("Not now: %(why)s") % {"why": outreach_wording.reason(reason)})
    if "quiet" in request.POST:  # the number is being dialled: nothing on the page is to move
        return HttpResponse(status=204)
    asked = {"for": key} | {name: request.POST.get(name, "") for name in ("person", "guide", "guided_at")}
    shown = urlencode({name: value for name, value in asked.items() if value})
    return redirect(f"{reverse('call', args=[pk])}?{shown}")


@require_POST
@needs(policy.TASKS_WORK)
def let_go(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the slot back: the call is not made after all."""
    task = worklist.known_task(request.POST.get("for", ""))
    if (
        task is not None
        and task.customer_id == pk
        and services.let_go(task=task, staff=request.user, now=timezone.now())
    ):
        messages.info(request, _("Not called: others may contact the customer again."))
    return redirect(ways.back(request, default=reverse("customer", args=[pk])))


def _undo(call_id: int) -> str:
    return f"undo:{reverse('call-undo', args=[call_id])}"


def _told(outcome: str, following: Task | None) -> str:
    if following is None:
        return _("Noted: %(outcome)s") % {"outcome": outcome}
    return _("Noted: %(outcome)s. Next: %(title)s") % {"outcome": outcome, "title": following.title}


def _found(pk: int) -> Customer:
    found = customers.customer(pk)
    if found is None:
        raise Http404(f"customer {pk}")
    return found


def _person(chosen: str, customer: Customer, people: Sequence[ContactPerson]) -> ContactPerson | None:
    """Give who was chosen, or else who is called first there; "0" is the customer."""
    if chosen == "0":
        return None
    named = next((one for one in people if str(one.pk) == chosen), None)
    if named is not None or not people:
        return named
    best = customers.people_to_call([customer.pk], today=timezone.localdate())[customer.pk]
    return next((one for one in people if one.pk == best.pk), None)


def _asked(generation: Generation | None) -> worklist.Asked:
    company = team.company()
    return worklist.Asked(
        today=timezone.localdate(),
        generation=generation,
        owner=None,
        months=FigureSettings.of(company).no_purchase_months,
        lengths=Lengths(usual=TimeSettings.of(company).minutes_per_contact),
    )


def _subject(key: str, customer: Customer, generation: Generation | None) -> tuple[Task | None, worklist.Item | None]:
    """Give the task or suggestion that the call is about, or what the figures suggest; nothing of another customer."""
    task = worklist.known_task(key)
    if task is not None:
        return (task, None) if task.customer_id == customer.pk else (None, None)
    item = worklist.again(key, _asked(generation)) if key else suggestions.of_customer(customer, _asked(generation))
    return None, item if item and item.customer == customer else None


def _task(key: str, customer: Customer, *, now: datetime, staff: Staff) -> Task | None:
    task = worklist.task(key, _asked(signals.current()), now=now, staff=staff) if key else None
    return task if task and task.customer_id == customer.pk else None


def _slot(
    task: Task | None,
    item: worklist.Item | None,
    customer: Customer,
    person: ContactPerson | None,
    *,
    occasion: str,
    now: datetime,
) -> dict[str, Any]:
    """Say who has taken the call up, or else what the governor says to it now."""
    known = asking.taken_up([customer.pk]).get(customer.pk)
    if known is not None:
        mine = task is not None and known.provider_id == provider_id(task.pk)
        return {"taken": asking.by_whom(known), "is_of_this": mine, "against": ""}
    subject = asking.subject_of(task, occasion=occasion)
    listed = list(outreach.open_calls([task.pk])) if task else []
    if listed:
        reasons = outreach.still_refused(listed, now=now)
        against = outreach_wording.reason(next(iter(reasons.values()), None))
        return {"taken": None, "is_listed": True, "against": against}
    importance = max((item.at_risk_cents or item.stake_cents or 0) if item else 0, 0)
    recipient = (customer.pk, person.pk if person else None)
    plan = asking.plan(recipient, subject, key="call:asked", importance_cents=importance, now=now)
    decision = outreach.foresee(plan, now=now)
    against = "" if decision.verdict == Verdict.ALLOWED else outreach_wording.reason(decision.reason)
    return {"taken": None, "against": against}


def _why_called(task: Task | None, item: worklist.Item | None, *, staff: Staff) -> dict[str, str]:
    if task is not None:
        return {"title": task.title, "text": task.note}
    if item is not None:
        return {"title": "", "text": worklist.words(item, sight=policy.sight(staff))}
    return {"title": "", "text": ""}


def _hours(customer: Customer, person: ContactPerson | None, *, company: Company, now: datetime) -> dict[str, Any]:
    """Say whether it is a good time to call, and what follows from each outcome, by the hours that suit somebody."""
    known = calls.hours([customer], company=company)
    hours = calls.hours_of(known, customer.pk, person.pk if person else None)
    usual = calls.usually_reached(known, now=now).get(customer.pk)
    tries = calls.tries(customer.pk, now=now)
    return {
        "time": leading.best_time(hours, now=now) | {"usual": wording.reached(usual) if usual else ""},
        "outcomes": leading.outcomes(hours=hours, tries=tries, now=now, today=now.date()),
    }


def _guide(
    request: StaffRequest,
    customer: Customer,
    people: Sequence[ContactPerson],
    person: ContactPerson | None,
    *,
    kind: str,
    guided_at: datetime | None,
) -> dict[str, Any]:
    """Give the guide as it stood when the page was opened, filled for the person, and how the call may be led."""
    chosen = request.GET.get("guide", "")
    kind = chosen if chosen in Guide.Kind.values else kind
    recipient, today = (customer.pk, person.pk if person else None), timezone.localdate()
    has_bought = bool(sales.buyers(customer_ids=[customer.pk]))
    matrix = customers.matrix(customer=customer, people=people, has_bought=has_bought, today=today)
    standings = next(one for one in matrix if one.recipient == recipient)
    leave = leading.leave(standings, kind)
    (language, form), values = outreach.values(recipient, today=today)
    values["owner"] = request.user.name
    shown = Guide.Kind.FREE if leave.service_only else kind
    script = calls.guide(shown, language, form, at=guided_at)
    return {
        "leave": leave,
        "kind": kind,
        "kinds": Guide.Kind.choices,
        "is_changed": guided_at is not None and script != calls.guide(shown, language, form),
        "guide": leading.filled(script, values, service_only=leave.service_only),
    }


def _dossier(
    staff: Staff,
    customer: Customer,
    people: "Sequence[customers.Known]",
    signal: CustomerSignal | None,
    generation: Generation | None,
) -> dict[str, Any]:
    """Give what one must know on the phone; money only to those who may see it."""
    sight = forecasts.sight(staff, generation)
    told = customers.preferences(customer_id=customer.pk)
    notes = Note.objects.filter(customer=customer, kind=Note.Kind.NOTE).select_related("author", "contact_person")
    return {
        "signal": signal,
        "generation": generation,
        "sight": sight,
        "stage_why": standing.stage(signal),
        "year_why": standing.year(signal),
        "trend": forecasts.trend(signal, generation),
        "why": forecasts.why(signal.risk_reasons if signal else None, sight=sight),
        "orders": history.orders(customer.pk, size=ORDERS).orders,
        "service": history.service(customer.pk),
        "favourites": history.favourite_products(customer.pk)[:3],
        "tasks": [one for one in tasks.of_customer(customer.pk, limit=TASKS) if one.state == Task.State.OPEN],
        "notes": list(notes[:NOTES]),
        "matters": [*customers.matters_to_customer(customer.pk), *(note for one in people for note in one.matters)],
        "calls": calls.of_customer(customer.pk, limit=CALLS),
        "wishes": [wish for one in told.values() for wish in permissions.wishes(one, today=timezone.localdate())],
    }


def _moments(now: datetime) -> list[dict[str, str]]:
    """Offer moments for a call back: in about two hours, and tomorrow morning and afternoon."""
    tomorrow = now + timedelta(days=1)
    offered = [
        (now + timedelta(hours=2)).replace(minute=0),
        tomorrow.replace(hour=10, minute=0),
        tomorrow.replace(hour=15, minute=0),
    ]
    return [
        {"label": wording.when(at.date(), at.time(), today=now.date()), "value": f"{at:%Y-%m-%dT%H:%M}"}
        for at in offered
    ]
