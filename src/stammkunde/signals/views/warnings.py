"""The early warning: about whom, why, what to do about it (R-W2)."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from stammkunde.signals import exports, forecasts, reasons
from stammkunde.signals import proof as proofs
from stammkunde.signals import queries as signals
from stammkunde.signals import warnings as queries
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.team.models import Staff
from stammkunde.ui import given, ways, writing
from stammkunde.ui.lists import Page
from stammkunde.ui.tables import Column

DUE_DAYS = {"red": 0, "amber": 7}  # until when a task about a warning is due
LATER_DAYS = (1, 7, 30)


class Warnings(StaffList):
    """The open warnings, as an address asks for them; there are none before there are figures."""

    title = gettext_lazy("Early warning")
    name = "warnings"
    file_name = gettext_lazy("early-warning")
    template = "signals/warnings.html"

    def __init__(self, request: StaffRequest, generation: Generation) -> None:
        super().__init__(request)
        self.generation = generation
        self.today = timezone.localdate()
        self.sight = forecasts.sight(request.user, generation)

    @cached_property
    def filters(self) -> queries.Filters:
        return queries.Filters(
            level=_one_of(self.query_dict.get("level", ""), CustomerSignal.Level.values),
            abc=_one_of(self.query_dict.get("abc", ""), ("A", "B", "C")),
            owner=self._owner(),
            state=_one_of(self.query_dict.get("state", ""), queries.STATES) or queries.TODO,
        )

    def _owner(self) -> str:
        wanted = self.query_dict.get("owner", "")
        if wanted == "mine":
            return str(self.request.user.pk)
        return wanted if wanted == "nobody" or given.row(wanted) else ""

    @cached_property
    def order(self) -> str:
        return _one_of(self.query_dict.get("sort", ""), queries.SORTS) or "at_risk"

    @property
    def is_filtered(self) -> bool:
        return any(self.query_dict.get(name) for name in ("level", "abc", "owner"))

    def read(self, *, after: str = "", before: str = "") -> Page:
        return queries.page(
            self.filters, generation=self.generation, on=self.today, sort=self.order, after=after, before=before
        )

    def total(self) -> int:
        return queries.summed(self.filters, generation=self.generation, on=self.today).customers

    def every(self) -> Iterator[list[queries.Row]]:
        return queries.every(self.filters, generation=self.generation, on=self.today, sort=self.order)

    def file_columns(self) -> list[Column]:
        return exports.warning_columns(self.request.user)

    def told(self, rows: list[queries.Row]) -> list[dict[str, Any]]:
        return [
            {
                "row": row,
                "state": row.state(on=self.today),
                "why": forecasts.why(row.signal.risk_reasons or row.warning.reasons, sight=self.sight),
                "trend": forecasts.trend(row.signal, self.generation),
                "meaning": reasons.WARNED_LEVELS.get(row.signal.risk_level, ""),
            }
            for row in rows
        ]

    def more(self) -> dict[str, Any]:
        total = queries.summed(self.filters, generation=self.generation, on=self.today)
        return {
            "total": total,
            "has_warnings": bool(total.customers) or queries.is_any_open(self.generation),
            "since": queries.since(self.generation),
            "ended_as_left": 0 if self.is_filtered else queries.ended_as_left(self.generation),
            "reached_share": _reached_share(self.generation),
            "by_level": _by_level(total),
            "levels": [choice for choice in CustomerSignal.Level.choices if choice[0] != CustomerSignal.Level.GREEN],
            "sorts": _sorts(),
            "states": [
                {"name": name, "label": label, "address": self.address(state=name)} for name, label in _states()
            ],
            "staff": list(Staff.objects.filter(is_active=True)),
            "sight": self.sight,
            "snoozes": [(self.today + timedelta(days=days), text) for days, text in _later()],
            "today": self.today,
            **proofs.trust(self.generation),
        }


def _reached_share(generation: Generation) -> float | None:
    """Give the share of customers that is warned about at most, where the team reaches all: then nobody is amber."""
    levels = forecasts.part(generation, "levels")
    all_reached = levels.get("red") and not levels["amber"] and levels["contacts"] >= levels["red"]
    return levels["warned_percent"] / 100 if all_reached else None


def _one_of(value: str, known: Any) -> str:
    return value if value in known else ""


@needs(policy.FIGURES_VIEW)
def warnings(request: StaffRequest) -> HttpResponseBase:
    generation = signals.current()
    if generation is None or not forecasts.has_buyers(generation):
        return render(request, "signals/warnings.html", {})
    return Warnings(request, generation).answer()


def _by_level(total: queries.Total) -> list[tuple[str, str, int]]:
    """Name the levels that occur, the highest first, each with how many warnings have it; together they are all."""
    choices = [*reversed(CustomerSignal.Level.choices), ("", _("no light any more"))]
    return [(value, str(label), total.levels[value]) for value, label in choices if value in total.levels]


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
    acts: dict[str, Callable[[StaffRequest, queries.Row], None]] = {
        "task": _make_task,
        "snooze": _snooze,
        "dismiss": _dismiss,
    }
    wanted = "snooze" if request.POST.get("later") else request.POST.get("act", "")
    pk = given.row(request.POST.get("customer", ""))
    if wanted not in acts or not pk:
        raise BadRequest(f"act is one of {', '.join(acts)}, customer is a number")
    row = queries.of_customer(pk, generation=signals.current())
    if row is None:
        messages.info(request, _("This warning is no longer open: the customer has bought, or the risk has passed."))
    else:
        acts[wanted](request, row)
    return redirect(ways.back(request, default="warnings"))


def _make_task(request: StaffRequest, row: queries.Row) -> None:
    """Write the reasons into the task, without amounts: whoever works on it may not see money."""
    now = timezone.now()
    due_on = timezone.localdate(now) + timedelta(days=DUE_DAYS.get(row.signal.risk_level, 7))
    told = row.signal.risk_reasons or row.warning.reasons
    note = "\n".join(reasons.texts(told, sight=policy.NO_MONEY))
    task = tasks.take_on(row.suggestion(_title(row)), now=now, staff=request.user, note=note, due_on=due_on)
    messages.success(
        request, _("Task noted, due %(day)s: %(title)s") % {"day": writing.day(due_on), "title": task.title}
    )


def _title(row: queries.Row) -> str:
    return _("Get in touch: %(name)s may be leaving") % {"name": row.customer.name}


def _snooze(request: StaffRequest, row: queries.Row) -> None:
    until_on = _day(request.POST.get("later", "") or request.POST.get("until_on", ""))
    now = timezone.now()
    if until_on is None or until_on <= timezone.localdate(now):
        messages.error(request, _("Say until when: choose a day after today."))
        return
    task = tasks.take_up(row.suggestion(_title(row)), now=now, staff=request.user)
    if task.state != Task.State.OPEN:
        tasks.reopen(task_id=task.pk, now=now, staff=request.user)
    tasks.snooze(task_id=task.pk, until_on=until_on, now=now, staff=request.user)
    said = _("Put off until %(day)s: %(title)s") % {"day": writing.day(until_on), "title": task.title}
    messages.success(request, said, extra_tags=f"undo:{reverse('task-reopen', args=[task.pk])}")


def _dismiss(request: StaffRequest, row: queries.Row) -> None:
    now = timezone.now()
    task = tasks.take_up(row.suggestion(_title(row)), now=now, staff=request.user)
    tasks.dismiss(task_id=task.pk, staff=request.user, finished_at=now)
    said = _("Taken off the list: %(title)s") % {"title": task.title}
    messages.success(request, said, extra_tags=f"undo:{reverse('task-reopen', args=[task.pk])}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
