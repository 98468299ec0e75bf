"""The early warning: about whom, why, what to do about it (R-W2)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde.signals import exports, forecasts, reasons
from stammkunde.signals import proof as proofs
from stammkunde.signals import queries as signals
from stammkunde.signals import warnings as queries
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.ui import tables, writing
from stammkunde.ui.lists import NoPlace, Page

DUE_DAYS = {"red": 0, "amber": 7}  # until when a task about a warning is due
LATER_DAYS = (1, 7, 30)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for."""

    query: QueryDict
    staff: Staff
    today: date

    @property
    def filters(self) -> queries.Filters:
        return queries.Filters(
            level=_one_of(self.query.get("level", ""), CustomerSignal.Level.values),
            abc=_one_of(self.query.get("abc", ""), ("A", "B", "C")),
            owner=self._owner(),
            state=_one_of(self.query.get("state", ""), queries.STATES) or queries.TODO,
        )

    def _owner(self) -> str:
        wanted = self.query.get("owner", "")
        if wanted == "mine":
            return str(self.staff.pk)
        return wanted if wanted == "nobody" or wanted.isdecimal() else ""

    @property
    def sort(self) -> str:
        return _one_of(self.query.get("sort", ""), queries.SORTS) or "at_risk"

    def shows_worth(self, generation: Generation) -> bool:
        return forecasts.shows_worth(self.staff, generation)

    @property
    def is_filtered(self) -> bool:
        return any(self.query.get(name) for name in ("level", "abc", "owner"))

    def page(self, generation: Generation) -> Page:
        asked = {"generation": generation, "on": self.today, "sort": self.sort}
        places = {name: self.query.get(name, "") for name in ("after", "before")}
        try:
            return queries.page(self.filters, **asked, **places)
        except NoPlace:
            return queries.page(self.filters, **asked)

    def address(self, **changes: Any) -> str:
        """Lead to the same list with something changed."""
        kept = {name: value for name, value in self.query.items() if value} | {"after": "", "before": ""}
        kept |= {name: str(value or "") for name, value in changes.items()}
        return f"{reverse('warnings')}?{urlencode({name: value for name, value in kept.items() if value})}"

    def pager(self, page: Page) -> dict[str, str]:
        return {
            "first": self.address() if page.before else "",
            "previous": self.address(before=page.before) if page.before else "",
            "next": self.address(after=page.after) if page.after else "",
        }


def _asked(request: StaffRequest, query: QueryDict | None = None) -> Asked:
    chosen = request.GET if query is None else query
    return Asked(query=chosen, staff=request.user, today=timezone.localdate())


def _one_of(value: str, known: Any) -> str:
    return value if value in known else ""


@require_safe
@needs(policy.FIGURES_VIEW)
def warnings(request: StaffRequest) -> HttpResponse:
    generation = signals.current()
    if generation is None or not forecasts.has_buyers(generation):
        return render(request, "signals/warnings.html", {})
    asked = _asked(request)
    page, total = asked.page(generation), queries.summed(generation=generation)
    return render(
        request,
        "signals/warnings.html",
        {
            "asked": asked,
            "filters": asked.filters,
            "rows": [_row(row, asked=asked, generation=generation) for row in page.rows],
            "pager": asked.pager(page),
            "total": total,
            "by_level": _by_level(total),
            "levels": [choice for choice in CustomerSignal.Level.choices if choice[0] != CustomerSignal.Level.GREEN],
            "sorts": _sorts(),
            "states": [
                {"name": name, "label": label, "address": asked.address(state=name)} for name, label in _states()
            ],
            "staff": list(Staff.objects.filter(is_active=True)),
            "shows_worth": asked.shows_worth(generation),
            "snoozes": [(asked.today + timedelta(days=days), text) for days, text in _later()],
            "today": asked.today,
            **proofs.trust(generation),
        },
    )


def _row(row: queries.Row, *, asked: Asked, generation: Generation) -> dict[str, Any]:
    return {
        "row": row,
        "state": row.state(on=asked.today),
        "why": forecasts.why(row.signal.risk_reasons or row.warning.reasons, shows_money=asked.shows_worth(generation)),
        "trend": forecasts.trend(row.signal, generation),
        "meaning": reasons.LEVELS.get(row.signal.risk_level, ""),
    }


def _by_level(total: queries.Total) -> list[tuple[str, str, int]]:
    """Name the levels that occur, the highest first, each with how many warnings have it."""
    choices = reversed(CustomerSignal.Level.choices)
    return [(value, label, total.levels[value]) for value, label in choices if value in total.levels]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("at_risk", _("Most at stake first")),
        ("risk", _("Highest risk first")),
        ("since", _("Longest warned first")),
        ("silent", _("Longest silent first")),
    ]


def _states() -> list[tuple[str, str]]:
    return [(queries.TODO, _("To do")), (queries.ASIDE, _("Dealt with")), (queries.EVERY, _("All"))]


def _later() -> list[tuple[int, str]]:
    return list(zip(LATER_DAYS, (_("Tomorrow"), _("In a week"), _("In a month")), strict=True))


@require_POST
@needs(policy.TASKS_WORK)
def act(request: StaffRequest) -> HttpResponse:
    """Make a task of a warning, put it off, or say that it is not relevant."""
    acts: dict[str, Callable[[StaffRequest, queries.Row], str]] = {
        "task": _make_task,
        "snooze": _snooze,
        "dismiss": _dismiss,
    }
    wanted = "snooze" if request.POST.get("later") else request.POST.get("act", "")
    pk = request.POST.get("customer", "")
    if wanted not in acts or not pk.isdecimal():
        raise BadRequest(f"act is one of {', '.join(acts)}, customer is a number")
    row = queries.of_customer(int(pk), generation=signals.current())
    if row is None:
        messages.info(request, _("This warning is no longer open: the customer has bought, or the risk has passed."))
    else:
        acts[wanted](request, row)
    return _back(request, pk)


def _back(request: StaffRequest, pk: str) -> HttpResponse:
    if request.POST.get("back") == "customer":
        return redirect("customer", pk)
    return redirect(_asked(request, QueryDict(request.POST.get("query", ""))).address())


def _make_task(request: StaffRequest, row: queries.Row) -> None:
    """Write the reasons into the task, without amounts: whoever works on it may not see money."""
    due_on = timezone.localdate() + timedelta(days=DUE_DAYS.get(row.signal.risk_level, 7))
    told = row.signal.risk_reasons or row.warning.reasons
    note = "\n".join(reasons.texts(told, shows_money=False))
    task = tasks.take_on(row.suggestion(_title(row)), staff=request.user, note=note, due_on=due_on)
    messages.success(
        request, _("Task noted, due %(day)s: %(title)s") % {"day": writing.day(due_on), "title": task.title}
    )


def _title(row: queries.Row) -> str:
    return _("Get in touch: %(name)s may be leaving") % {"name": row.customer.name}


def _snooze(request: StaffRequest, row: queries.Row) -> None:
    until_on = _day(request.POST.get("later", "") or request.POST.get("until_on", ""))
    today = timezone.localdate()
    if until_on is None or until_on <= today:
        messages.error(request, _("Say until when: choose a day after today."))
        return
    task = tasks.take_up(row.suggestion(_title(row)), staff=request.user)
    if task.state != Task.State.OPEN:
        tasks.reopen(task_id=task.pk, staff=request.user)
    tasks.snooze(task_id=task.pk, until_on=until_on, today=today, staff=request.user)
    said = _("Put off until %(day)s: %(title)s") % {"day": writing.day(until_on), "title": task.title}
    messages.success(request, said, extra_tags=f"undo:{reverse('task-reopen', args=[task.pk])}")


def _dismiss(request: StaffRequest, row: queries.Row) -> None:
    task = tasks.take_up(row.suggestion(_title(row)), staff=request.user)
    tasks.dismiss(task_id=task.pk, staff=request.user, finished_at=timezone.now())
    said = _("Taken off the list: %(title)s") % {"title": task.title}
    messages.success(request, said, extra_tags=f"undo:{reverse('task-reopen', args=[task.pk])}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
@needs(policy.EXPORT)
@needs(policy.FIGURES_VIEW)
def export(request: StaffRequest) -> HttpResponseBase:
    """Take the list along, as it is filtered and sorted; it is a POST because it leaves a trace."""
    asked = _asked(request, QueryDict(request.POST.get("query", "")))
    form, generation = tables.chosen_format(request.POST), signals.current()
    if generation is None:
        raise BadRequest("there are no figures yet")
    pieces = queries.every(asked.filters, generation=generation, on=asked.today, sort=asked.sort)
    return exports.warnings(pieces, form=form, staff=request.user, query=asked.query.urlencode())
