"""Drafts, taking calls back, and the calendar."""

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from stammkunde.calls import calendar, links, services
from stammkunde.calls.models import Call, Outcome
from stammkunde.customers.models import Customer
from stammkunde.outreach import wording as outreach_wording
from stammkunde.outreach.models import Message
from stammkunde.tasks import queries as tasks
from stammkunde.tasks.models import Task
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.ui import writing

BEHIND_DAYS, MOST_ENTRIES = 30, 500


@require_POST
@needs(policy.TASKS_WORK)
def draft(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep what is being written, while it is written."""
    services.keep_draft(
        staff=request.user,
        customer=get_object_or_404(Customer, pk=pk),
        note=request.POST.get("note", ""),
        goals=request.POST.getlist("goals")[:20],
        now=timezone.now(),
    )
    return HttpResponse(status=204)


@require_POST
@needs(policy.TASKS_WORK)
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Call.objects.select_related("task", "staff"), pk=pk)
    key = found.task.key or f"task:{found.task.pk}:" if found.task and found.task.kind != services.OWN_KIND else ""
    try:
        call = services.take_back(call_id=pk, staff=request.user, now=timezone.now())
    except (services.NotYours, services.TooLate) as refusal:
        messages.error(request, _refused(found, refusal))
        return redirect("customer", found.customer_id)
    if call.staff_id != request.user.pk:
        messages.info(request, _("Taken back. What was written is a draft of who called."))
        return redirect("customer", found.customer_id)
    said = _("Taken back. What you had written is below again.")
    if call.outcome == Outcome.NO_MORE_CALLS:
        said += " " + _("The objection stays on record; it is changed under contact and consent.")
    if call.message is not None and call.message.state == Message.State.REFUSED:
        why = outreach_wording.reason(call.message.reason)
        said += " " + _("The call is not on the list again: %(why)s") % {"why": why}
    messages.info(request, said)
    page = reverse("call", args=[call.customer_id])
    asked = {"for": key, "guided_at": call.guided_at.isoformat() if call.guided_at else ""}
    shown = urlencode({name: value for name, value in asked.items() if value}, safe=":")
    return redirect(f"{page}?{shown}" if shown else page)


def _refused(call: Call, refusal: Exception) -> str:
    if isinstance(refusal, services.TooLate):
        return _("A call can be taken back within a day. This one stays; record what is new as another call.")
    if call.staff is None:
        return _("Only management can take this call back: who called is no longer known here.")
    return _("Only %(name)s or management can take this call back.") % {"name": call.staff}


@require_safe
@needs(policy.TASKS_WORK)
def calendar_page(request: StaffRequest) -> HttpResponse:
    """Tell how the calendar gets into a calendar program."""
    path = links.calendar_path(request.user)
    address = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
    planned = tasks.planned(request.user, since=timezone.localdate(), limit=10)
    return render(request, "calls/calendar.html", {"address": address, "path": path, "tasks": planned})


@login_not_required
@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give someone's tasks with a day to a calendar program."""
    staff = links.calendar_of(token)
    if staff is None or not policy.may(staff, policy.TASKS_WORK):
        raise Http404("calendar")
    planned = tasks.planned(staff, since=timezone.localdate() - timedelta(days=BEHIND_DAYS), limit=MOST_ENTRIES)
    base = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    text = calendar.write([_entry(task, base) for task in planned], title=_title(staff))
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="stammkunde.ics"'
    return response


def _title(staff: Staff) -> str:
    return " · ".join(part for part in (team.company().name or calendar.NAME, staff.name) if part)


def _entry(task: Task, base: str) -> calendar.Entry:
    day = _shown_on(task)
    url = (
        f"{base}{reverse('call', args=[task.customer_id])}?for={task.key or f'task:{task.pk}:'}"
        if task.customer
        else ""
    )
    phone = task.customer.rings_at if task.customer else ""
    return calendar.Entry(
        uid=f"task-{task.pk}@{base.partition('://')[2]}",
        title=task.title,
        on=day,
        at=timezone.make_aware(datetime.combine(day, task.due_time)) if task.due_time else None,
        changed_at=task.created_at,
        note="\n".join(part for part in (writing.phone(phone), task.note, url) if part),
        url=url,
        is_urgent=task.is_urgent,
    )


def _shown_on(task: Task) -> date:
    """Give the day of a task: until when it was put off, or else when it is due."""
    on = task.snoozed_until_on or task.due_on
    assert on is not None  # planned
    return on
