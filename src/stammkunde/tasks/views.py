"""Writing tasks down, handing them over and reopening them."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stammkunde.customers.models import Customer
from stammkunde.tasks import services
from stammkunde.tasks.models import Task
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.ui import given, ways


@require_POST
@needs(policy.TASKS_WORK)
def add(request: StaffRequest) -> HttpResponse:
    title = request.POST.get("title", "").strip()
    due_on, problem = _day(request.POST.get("due_on", ""))
    if not title or len(title) > 200:
        problem = _("“What is to do” is empty or longer than 200 characters. Say it in one line.")
    if problem:
        messages.error(request, problem)
        return redirect(ways.came_from(request))
    note, is_complaint = request.POST.get("note", "")[:4000], bool(request.POST.get("complaint"))
    services.add(
        services.Content(title=title, note=note, is_complaint=is_complaint),
        customer=_customer(request),
        owner=_owner(request),
        due_on=due_on,
        now=timezone.now(),
        staff=request.user,
    )
    messages.success(request, _("Task noted."))
    return redirect(ways.came_from(request))


@require_POST
@needs(policy.TASKS_WORK)
def hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    task, owner = get_object_or_404(Task, pk=pk), _owner(request)
    if owner is None:
        messages.error(request, _("Nobody is chosen. Choose who is to do it."))
        return redirect(ways.came_from(request))
    try:
        services.hand_over(task_id=pk, owner=owner, now=timezone.now(), staff=request.user)
    except services.TaskClosed:
        messages.info(request, _("This has been dealt with already."))
    else:
        messages.success(request, _("%(name)s does it now: %(title)s") % {"name": owner, "title": task.title})
    return redirect(ways.came_from(request))


@require_POST
@needs(policy.TASKS_WORK)
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    get_object_or_404(Task, pk=pk)
    task = services.reopen(task_id=pk, now=timezone.now(), staff=request.user)
    messages.success(request, _("Back on the list: %(title)s") % {"title": task.title})
    return redirect(ways.came_from(request))


def _day(text: str) -> tuple[date | None, str]:
    try:
        return (date.fromisoformat(text) if text else None), ""
    except ValueError:
        return None, _("“%(text)s” is not a day. Choose one from the calendar.") % {"text": text}


def _customer(request: StaffRequest) -> Customer | None:
    pk = given.row(request.POST.get("customer", ""))
    return get_object_or_404(Customer, pk=pk) if pk else None


def _owner(request: StaffRequest) -> Staff | None:
    return team.workers().filter(pk=given.row(request.POST.get("owner", ""))).first()
