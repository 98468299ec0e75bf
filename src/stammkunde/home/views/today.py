"""The work list: whom to call today, and why."""

from collections.abc import Callable, Container
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde.calls import policy as call_policy
from stammkunde.calls import queries as calls
from stammkunde.calls import services as call_services
from stammkunde.calls import wording as call_wording
from stammkunde.home.views.listed import MOST_SHOWN, Listed, asked_by
from stammkunde.signals import forecasts
from stammkunde.tasks import forms as task_forms
from stammkunde.tasks import policy as task_policy
from stammkunde.tasks import services as tasks
from stammkunde.tasks import worklist
from stammkunde.tasks.models import Task
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.ui import given, ways, writing


@require_safe
@needs(policy.TASKS_WORK)
def today(request: StaffRequest) -> HttpResponse:
    listed = Listed.of(request)
    context, sections = _whose(listed, request) | _money(listed, request), listed.sections(staff=request.user)
    closed = calls.closed_days(listed.company)
    return render(
        request,
        "home/today.html",
        context
        | {
            "count": len(listed.shown),
            "sections": [one for one in sections if not one["beside"]],
            "aside": [one for one in sections if one["beside"]],
            "more": listed.more,
            "not_called": listed.not_called,
            "is_full": listed.is_full,
            "next_shown": min(len(listed.shown) + listed.day.most_items, MOST_SHOWN),
            "done": _done(listed, request.user),
            "total": len(listed.done) + len(listed.shown),
            "day": listed.day,
            "planned_hours": sum(item.minutes for item in listed.shown) / 60,
            "left_hours": listed.day.left / 60,
            "today": listed.asked.today,
            "has_buyers": forecasts.has_buyers(listed.asked.generation),
            "works": call_policy.is_working_day(listed.asked.today, closed=closed),
            "is_holiday": listed.asked.today in closed,
            "next_working_day": call_policy.working_day(listed.asked.today, 1, closed=closed),
            "snoozes": _snoozes(listed.asked.today, closed),
            "thens": _thens(listed.asked.today, closed),
            "quick_minutes": task_policy.QUICK_MINUTES,
        },
    )


def _done(listed: Listed, staff: Staff) -> list[tuple[Task, str, bool]]:
    """Give what was dealt with, each with where it is taken back: a call as a call, with what follows from it."""
    recorded = calls.taken_back_with([task.pk for task in listed.done], staff, now=timezone.now())
    return [
        (task, reverse("call-undo", args=[recorded[task.pk]]), False)  # it leads to the page of the call
        if task.pk in recorded
        else (task, reverse("task-reopen", args=[task.pk]), True)
        for task in listed.done
    ]


def _whose(listed: Listed, request: StaffRequest) -> dict[str, Any]:
    others = [one for one in listed.workers if one != request.user]
    return {"who": listed.who, "whose": listed.asked.owner, "others": others, "workers": listed.workers}


def _money(listed: Listed, request: StaffRequest) -> dict[str, Any]:
    """Add up what is in danger, and what a year of those is worth of whom no danger is known."""
    unknown = [item for item in listed.shown if item.is_ranked and item.at_risk_cents is None]
    return {
        "sight": forecasts.sight(request.user, listed.asked.generation),
        "stake_cents": sum(item.at_risk_cents or 0 for item in listed.shown),
        "yearly_cents": sum(item.stake_cents or 0 for item in unknown),
    }


def _snoozes(today: date, closed: Container[date]) -> list[tuple[date, str]]:
    """Offer the next working day, and one in a week."""
    following = call_policy.working_day(today, 1, closed=closed)
    label = call_wording.when(following, None, today=today)
    return [(following, label[:1].upper() + label[1:]), (_in_days(today, 7, closed), _("In a week"))]


def _thens(today: date, closed: Container[date]) -> list[tuple[date, str]]:
    """Offer when to look again at what is done now: working days only."""
    return [(_in_days(today, 7, closed), _("in a week")), (_in_days(today, 28, closed), _("in four weeks"))]


def _in_days(today: date, days: int, closed: Container[date]) -> date:
    return call_policy.working_day(today + timedelta(days=days - 1), 1, closed=closed)


@require_safe
@needs(policy.TASKS_WORK)
def call_list(request: StaffRequest) -> HttpResponse:
    """The same list to print or to keep in the pocket: whom, which number, when, why, and room to write."""
    listed = Listed.of(request)
    rows = [
        row
        for section in listed.sections(staff=request.user)
        for row in section["rows"]
        if _is_to_be_called(row["item"])
    ]
    return render(request, "home/call_list.html", {"rows": rows, "today": listed.asked.today})


def _is_to_be_called(item: worklist.Item) -> bool:
    return item.customer is not None and item.refusal is None


@require_POST
@needs(policy.TASKS_WORK)
def act(request: StaffRequest) -> HttpResponse:
    """Do, put off or dismiss what stands on the list, found again by its key."""
    task = _task(request)
    acts: dict[str, Callable[[StaffRequest, Task], str]] = {
        "done": _finish,
        "dismiss": _dismiss,
        "snooze": _snooze,
        "give": _give,
    }
    wanted = "snooze" if request.POST.get("later") else request.POST.get("act", "")
    if wanted not in acts:
        raise BadRequest(f"act is one of {', '.join(acts)}")
    if task is None:
        messages.info(request, _("This is no longer on the list: it has been dealt with or has resolved itself."))
        return redirect(ways.back(request, default="today"))
    said = acts[wanted](request, task)
    if said and wanted == "give":
        messages.success(request, said)
    elif said:
        undo = reverse("task-reopen", args=[task.pk])
        messages.success(request, said, extra_tags=f"undo:{undo}")
    return redirect(ways.back(request, default="today"))


def _task(request: StaffRequest) -> Task | None:
    asked = asked_by(request, team.company(), owner=None)
    return worklist.task(request.POST.get("key", ""), asked, now=timezone.now(), staff=request.user)


def _finish(request: StaffRequest, task: Task) -> str:
    now, outcome, minutes = timezone.now(), request.POST.get("outcome", ""), task_forms.minutes(request.POST)
    if not call_services.record_done(task=task, note=outcome, minutes=minutes, staff=request.user, now=now):
        tasks.finish(task_id=task.pk, staff=request.user, finished_at=now, outcome=outcome, minutes=minutes)
    then_on = _day(request.POST.get("then", ""))
    if then_on is None or then_on <= timezone.localdate():
        return _("Done: %(title)s") % {"title": task.title}
    tasks.follow(task, on=then_on, now=timezone.now(), staff=request.user)
    return _("Done: %(title)s. Next on %(day)s.") % {"title": task.title, "day": writing.day(then_on)}


def _give(request: StaffRequest, task: Task) -> str:
    owner = team.workers().filter(pk=given.row(request.POST.get("owner", ""))).first()
    if owner is None:
        messages.error(request, _("Nobody is chosen. Choose who is to do it."))
        return ""
    try:
        tasks.hand_over(task_id=task.pk, owner=owner, now=timezone.now(), staff=request.user)
    except tasks.TaskClosed:
        messages.info(request, _("This has been dealt with already."))
        return ""
    return _("%(name)s does it now: %(title)s") % {"name": owner, "title": task.title}


def _dismiss(request: StaffRequest, task: Task) -> str:
    outcome = request.POST.get("outcome", "")
    call_services.let_go(task=task, staff=request.user, now=timezone.now(), for_good=True)
    tasks.dismiss(task_id=task.pk, staff=request.user, finished_at=timezone.now(), outcome=outcome)
    return _("Taken off the list: %(title)s") % {"title": task.title}


def _snooze(request: StaffRequest, task: Task) -> str:
    until_on = _day(request.POST.get("later", "") or request.POST.get("until_on", ""))
    if until_on is None:
        messages.error(request, _("Say until when: choose a day after today."))
        return ""
    try:
        tasks.snooze(task_id=task.pk, until_on=until_on, now=timezone.now(), staff=request.user)
    except tasks.NotYetDue:
        messages.error(request, _("“Until” is today or earlier. Choose a day after today."))
        return ""
    except tasks.TaskClosed:
        messages.info(request, _("This has been dealt with already."))
        return ""
    call_services.let_go(task=task, staff=request.user, now=timezone.now())
    return _("Put off until %(day)s: %(title)s") % {"day": writing.day(until_on), "title": task.title}


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
