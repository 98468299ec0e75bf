"""The work list: whom to call today, and why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde.activity import policy as activity_policy
from stammkunde.activity import queries as activity_queries
from stammkunde.activity import services as activity
from stammkunde.activity.models import Task
from stammkunde.customers.models import Customer
from stammkunde.home import reasons
from stammkunde.home.queries import today as queries
from stammkunde.signals import queries as signals
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import needs
from stammkunde.team.models import Company
from stammkunde.ui import writing

MOST_SHOWN = 60
DONE_SHOWN = 50


@require_safe
@needs(policy.TASKS_WORK)
def today(request: HttpRequest) -> HttpResponse:
    company = team.company()
    fits = activity_policy.day_capacity(request.user.hours_per_week, minutes_per_contact=company.minutes_per_contact)
    asked = _asked(request, company)
    done = _done(request)
    wanted = _shown(request, usual=max(fits - len(done), 0))
    items = queries.items(asked, limit=wanted + 1)
    shown = items[:wanted]
    return render(
        request,
        "home/today.html",
        {
            "count": len(shown),
            "sections": _sections(shown),
            "more": len(items) > len(shown) and wanted < MOST_SHOWN,
            "next_shown": min(wanted + fits, MOST_SHOWN),
            "done": done,
            "total": len(done) + len(shown),
            "fits": fits,
            "hours": request.user.hours_per_week / activity_policy.WORKING_DAYS,
            "who": "mine" if asked.owner else "all",
            "today": asked.today,
            "generation": asked.generation,
            "stake_cents": sum(item.stake_cents or 0 for item in shown if item.is_silent),
            "snoozes": _snoozes(asked.today),
        },
    )


def _sections(items: list[queries.Item]) -> list[dict[str, object]]:
    """Put what belongs together under one heading."""
    headings = {
        "tasks": _("Due tasks"),
        "silence": _("Gone quiet, the most valuable first"),
        "wishes": _("Birthdays and anniversaries"),
        "imports": _("Imports that need a look"),
    }
    return [
        {"name": name, "heading": headings[name], "rows": [_row(item) for item in of_section]}
        for name, of_section in groupby(items, key=lambda item: item.section)
    ]


def _row(item: queries.Item) -> dict[str, object]:
    return {"item": item, "reason": reasons.item(item), "slug": item.key.replace(":", "-")}


def _asked(request: HttpRequest, company: Company) -> queries.Asked:
    return queries.Asked(
        today=timezone.localdate(),
        generation=signals.current(),
        owner=request.user if _who(request) == "mine" else None,
        months=company.no_purchase_months,
        with_imports=policy.may(request.user, policy.IMPORTS_RUN),
    )


def _who(request: HttpRequest) -> str:
    """Show one's own work first; who looks after nobody sees everybody's."""
    chosen = request.GET.get("who", "")
    if chosen in {"mine", "all"}:
        return chosen
    return "mine" if Customer.objects.filter(owner=request.user).exists() else "all"


def _shown(request: HttpRequest, *, usual: int) -> int:
    """Show what still fits into the day, or as many as were asked for."""
    wanted = request.GET.get("shown", "")
    return min(int(wanted), MOST_SHOWN) if wanted.isdecimal() else usual


def _done(request: HttpRequest) -> list[Task]:
    begin = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return activity_queries.closed_between(
        begin=begin, end=begin + timedelta(days=1), staff=request.user, limit=DONE_SHOWN
    )


def _snoozes(today: date) -> list[tuple[date, str]]:
    return [(today + timedelta(days=1), _("Tomorrow")), (today + timedelta(days=7), _("In a week"))]


@require_POST
@needs(policy.TASKS_WORK)
def act(request: HttpRequest) -> HttpResponse:
    """Do, put off or dismiss what stands on the list, found again by its key."""
    task = _task(request)
    acts: dict[str, Callable[[HttpRequest, Task], str]] = {"done": _finish, "dismiss": _dismiss, "snooze": _snooze}
    wanted = "snooze" if request.POST.get("later") else request.POST.get("act", "")
    if wanted not in acts:
        raise BadRequest(f"act is one of {', '.join(acts)}")
    if task is None:
        messages.info(request, _("This is no longer on the list: it has been dealt with or has resolved itself."))
        return _back(request)
    said = acts[wanted](request, task)
    if said:
        undo = reverse("task-reopen", args=[task.pk])
        messages.success(request, said, extra_tags=f"undo:{undo}")
    return _back(request)


def _task(request: HttpRequest) -> Task | None:
    key = request.POST.get("key", "")
    known = Task.objects.filter(key=key).first() if key else None
    if known is not None:
        return known
    kind, _colon, rest = key.partition(":")
    if kind == queries.TASK:
        pk = rest.partition(":")[0]
        return Task.objects.filter(pk=pk, key=None).first() if pk.isdecimal() else None
    found = queries.item(key, replace(_asked(request, team.company()), owner=None))
    return activity.take_up(found.suggestion(reasons.title(found)), staff=request.user) if found else None


def _finish(request: HttpRequest, task: Task) -> str:
    outcome = request.POST.get("outcome", "")
    activity.finish(task_id=task.pk, staff=request.user, finished_at=timezone.now(), outcome=outcome)
    return _("Done: %(title)s") % {"title": task.title}


def _dismiss(request: HttpRequest, task: Task) -> str:
    outcome = request.POST.get("outcome", "")
    activity.dismiss(task_id=task.pk, staff=request.user, finished_at=timezone.now(), outcome=outcome)
    return _("Taken off the list: %(title)s") % {"title": task.title}


def _snooze(request: HttpRequest, task: Task) -> str:
    until_on = _day(request.POST.get("later", "") or request.POST.get("until_on", ""))
    today = timezone.localdate()
    if until_on is None:
        messages.error(request, _("Say until when: choose a day after today."))
        return ""
    try:
        activity.snooze(task_id=task.pk, until_on=until_on, today=today, staff=request.user)
    except activity.NotYetDue:
        messages.error(request, _("“Until” is today or earlier. Choose a day after today."))
        return ""
    except activity.TaskClosed:
        messages.info(request, _("This has been dealt with already."))
        return ""
    return _("Put off until %(day)s: %(title)s") % {"day": writing.day(until_on), "title": task.title}


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _back(request: HttpRequest) -> HttpResponse:
    """Go back to where the act came from: the list as it was, or the customer."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if safe and target else reverse("today"))
