"""The work list: whom to call today, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde.calls import leading
from stammkunde.calls import queries as calls
from stammkunde.customers.models import Customer
from stammkunde.figures.queries import budget
from stammkunde.home.queries import today as queries
from stammkunde.signals import forecasts, suggestions
from stammkunde.signals import queries as signals
from stammkunde.signals.suggestions import acting
from stammkunde.signals.suggestions import wording as suggested
from stammkunde.tasks import forms as task_forms
from stammkunde.tasks import policy as task_policy
from stammkunde.tasks import queries as task_queries
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task, TimeSettings
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Company, Staff
from stammkunde.ui import ways, writing

MOST_SHOWN = 60
DONE_SHOWN = 50


@require_safe
@needs(policy.TASKS_WORK)
def today(request: StaffRequest) -> HttpResponse:
    company, done = team.company(), _done(request)
    workers = list(team.workers())
    who = _who(request, workers)
    asked = _asked(request, company, owner=_owner(request, who, workers))
    day = Day.of(request.user, done=done, usual=TimeSettings.of(company).minutes_per_contact)
    wanted = _shown(request)
    items = queries.items(asked, limit=(wanted or day.most_items) + 1)
    shown = items[:wanted] if wanted else queries.that_fit(items, minutes=day.left, least=day.lengths.least)
    return render(
        request,
        "home/today.html",
        {
            "count": len(shown),
            "sections": _sections(shown, asked, company, staff=request.user),
            "more": len(items) > len(shown) and len(shown) < MOST_SHOWN,
            "next_shown": min(len(shown) + day.most_items, MOST_SHOWN),
            "done": done,
            "total": len(done) + len(shown),
            "day": day,
            "planned_hours": sum(item.minutes for item in shown) / 60,
            "left_hours": day.left / 60,
            "who": who,
            "whose": asked.owner,
            "others": [one for one in workers if one != request.user],
            "today": asked.today,
            "has_buyers": forecasts.has_buyers(asked.generation),
            "stake_cents": sum(item.at_risk_cents or 0 for item in shown),
            "yearly_cents": sum(item.stake_cents or 0 for item in shown if item.section == "silence"),
            "sight": forecasts.sight(request.user, asked.generation),
            "snoozes": _snoozes(asked.today),
            "quick_minutes": task_policy.QUICK_MINUTES,
        },
    )


@dataclass(frozen=True, kw_only=True)
class Day:
    """What there is of someone's day, in minutes."""

    minutes: int
    done: int
    lengths: task_policy.Lengths

    @classmethod
    def of(cls, staff: Staff, *, done: list[Task], usual: int) -> "Day":
        return cls(
            minutes=task_policy.day_minutes(staff.hours_per_week),
            done=sum(task_policy.took(task.state, task.minutes, usual=usual) for task in done),
            lengths=task_policy.Lengths(usual=usual),
        )

    @property
    def left(self) -> int:
        return max(self.minutes - self.done, 0)

    @property
    def most_items(self) -> int:
        """Tell how many could fit if each took the least."""
        return max(self.left // self.lengths.least, task_policy.LEAST_PER_DAY)


def _sections(
    items: list[suggestions.Item], asked: suggestions.Asked, company: Company, *, staff: Staff
) -> list[dict[str, Any]]:
    """Put what belongs together under one heading."""
    hours = calls.hours((item.customer for item in items if item.customer), company=company)
    hints = leading.hints(items, hours, now=timezone.localtime())
    headings = {
        "tasks": _("Due tasks"),
        "risk": _("At risk, the most for each minute first"),
        "silence": _("Gone quiet, the most at stake first"),
        "wishes": _("Birthdays and anniversaries"),
        "imports": _("Imports that need a look"),
    }
    return [
        {
            "name": name,
            "heading": headings[name],
            "rows": [_row(item, asked, staff=staff) | {"hint": hints.get(item.key)} for item in of_section],
        }
        for name, of_section in groupby(items, key=lambda item: item.section)
    ]


def _row(item: suggestions.Item, asked: suggestions.Asked, *, staff: Staff) -> dict[str, object]:
    return {
        "item": item,
        "reason": suggested.item(item, sight=policy.sight(staff)),
        "slug": item.key.replace(":", "-"),
        "trend": forecasts.trend(item.signal, asked.generation),
    }


def _asked(request: StaffRequest, company: Company, *, owner: Staff | None) -> suggestions.Asked:
    generation = signals.current()
    setting = budget.setting(company)
    return suggestions.Asked(
        today=timezone.localdate(),
        generation=generation,
        owner=owner,
        months=company.no_purchase_months,
        with_imports=policy.may(request.user, policy.IMPORTS_RUN),
        lengths=setting.lengths,
        plan=budget.of(generation, setting).minutes,
    )


def _owner(request: StaffRequest, who: str, workers: list[Staff]) -> Staff | None:
    """Give the person whose list it is; None: everybody's."""
    return request.user if who == "mine" else next((one for one in workers if str(one.pk) == who), None)


def _who(request: StaffRequest, workers: list[Staff]) -> str:
    """Show one's own work first; who looks after nobody sees everybody's. A colleague is named by number."""
    chosen = request.GET.get("who", "")
    if chosen in {"mine", "all"} or any(str(one.pk) == chosen for one in workers):
        return chosen
    return "mine" if Customer.objects.filter(owner=request.user).exists() else "all"


def _shown(request: StaffRequest) -> int:
    """Tell how many were asked for; 0 is what still fits into the day."""
    wanted = request.GET.get("shown", "")
    return min(int(wanted), MOST_SHOWN) if wanted.isdecimal() else 0


def _done(request: StaffRequest) -> list[Task]:
    begin = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return task_queries.closed_between(begin=begin, end=begin + timedelta(days=1), staff=request.user, limit=DONE_SHOWN)


def _snoozes(today: date) -> list[tuple[date, str]]:
    return [(today + timedelta(days=1), _("Tomorrow")), (today + timedelta(days=7), _("In a week"))]


@require_safe
@needs(policy.TASKS_WORK)
def call_list(request: StaffRequest) -> HttpResponse:
    """The same list to print or to keep in the pocket: whom, which number, when, why, and room to write."""
    company = team.company()
    workers = list(team.workers())
    asked = _asked(request, company, owner=_owner(request, _who(request, workers), workers))
    day = Day.of(request.user, done=_done(request), usual=TimeSettings.of(company).minutes_per_contact)
    found = queries.items(asked, limit=(_shown(request) or day.most_items) + 1)
    shown = found if _shown(request) else queries.that_fit(found, minutes=day.left, least=day.lengths.least)
    sections = _sections([item for item in shown if item.customer], asked, company, staff=request.user)
    return render(
        request,
        "home/call_list.html",
        {"rows": [row for section in sections for row in section["rows"]], "today": asked.today},
    )


@require_POST
@needs(policy.TASKS_WORK)
def act(request: StaffRequest) -> HttpResponse:
    """Do, put off or dismiss what stands on the list, found again by its key."""
    task = _task(request)
    acts: dict[str, Callable[[StaffRequest, Task], str]] = {"done": _finish, "dismiss": _dismiss, "snooze": _snooze}
    wanted = "snooze" if request.POST.get("later") else request.POST.get("act", "")
    if wanted not in acts:
        raise BadRequest(f"act is one of {', '.join(acts)}")
    if task is None:
        messages.info(request, _("This is no longer on the list: it has been dealt with or has resolved itself."))
        return redirect(ways.back(request, default="today"))
    said = acts[wanted](request, task)
    if said:
        undo = reverse("task-reopen", args=[task.pk])
        messages.success(request, said, extra_tags=f"undo:{undo}")
    return redirect(ways.back(request, default="today"))


def _task(request: StaffRequest) -> Task | None:
    asked = _asked(request, team.company(), owner=None)
    return acting.task(request.POST.get("key", ""), asked, now=timezone.now(), staff=request.user)


def _finish(request: StaffRequest, task: Task) -> str:
    tasks.finish(
        task_id=task.pk,
        staff=request.user,
        finished_at=timezone.now(),
        outcome=request.POST.get("outcome", ""),
        minutes=task_forms.minutes(request.POST),
    )
    return _("Done: %(title)s") % {"title": task.title}


def _dismiss(request: StaffRequest, task: Task) -> str:
    outcome = request.POST.get("outcome", "")
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
    return _("Put off until %(day)s: %(title)s") % {"day": writing.day(until_on), "title": task.title}


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
