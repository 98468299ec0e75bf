"""The time budget: hours planned and spent, and the split over the classes, tried before it is kept (R-K9)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.customers.models import Customer
from stammkunde.figures import hours
from stammkunde.figures.queries import budget
from stammkunde.figures.queries import hours as queries
from stammkunde.signals import forecasts, margins
from stammkunde.signals import queries as signals
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.tasks import policy as tasks
from stammkunde.team import policy, services, taking
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.ui import given, tables
from stammkunde.ui.tables import Column

PARTS = ("a", "b", "c")
WORTH = ("yearly_cents", "margin_at_risk_cents")


class Wish(forms.Form):
    """Hours of one's own, and the split over the classes: numbers, and sliders that say the same."""

    hours_per_week = forms.IntegerField(min_value=0, max_value=80, label=gettext_lazy("My hours a week for customers"))
    a = forms.IntegerField(min_value=0, max_value=100, required=False, label=gettext_lazy("A customers"))
    b = forms.IntegerField(min_value=0, max_value=100, required=False, label=gettext_lazy("B customers"))
    c = forms.IntegerField(min_value=0, max_value=100, required=False, label=gettext_lazy("C customers"))

    def split(self, *, shown: tuple[int, ...]) -> tuple[int, ...]:
        """
        Give the split that is wished, brought to whole percents that add up to 100.

        Without JavaScript a slider and its number may differ: the one that was moved counts.
        """
        wished = [self._part(name, was) for name, was in zip(PARTS, shown, strict=True)]
        return tasks.in_percent(wished) if any(wished) else shown

    def _part(self, name: str, was: int) -> int:
        number: int | None = self.cleaned_data.get(name)
        slider = self.data.get(f"{name}_slider", "")
        if number is not None and number != was:
            return number
        share = given.whole(slider, most=999)
        return was if share is None else min(share, 100)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the page is made from: the budget as it is, and as it would be."""

    request: StaffRequest
    generation: Generation | None
    setting: budget.Setting
    plan: budget.Budget

    @classmethod
    def of(cls, request: StaffRequest) -> "Page":
        generation, setting = signals.current(), budget.setting(team.company())
        return cls(request=request, generation=generation, setting=setting, plan=budget.of(generation, setting))

    @property
    def staff(self) -> Staff:
        return self.request.user

    @property
    def may_split(self) -> bool:
        """Say whether somebody decides for everybody; who does not, sees the own hours only."""
        return policy.may(self.staff, policy.SETTINGS_EDIT)

    @property
    def asked(self) -> queries.Asked:
        weeks = self.request.GET.get("weeks", "")
        mine = self.request.GET.get("who") == "mine" or not self.may_split
        return queries.Asked(
            staff=self.staff if mine else None,
            weeks=int(weeks) if weeks in map(str, queries.SPANS) else queries.USUAL_SPAN,
            now=timezone.now(),
        )

    def wished(self, wish: Wish) -> budget.Setting:
        """Give the setting that somebody wishes for."""
        others = self.setting.hours_per_week - self.staff.hours_per_week
        wanted = replace(self.setting, hours_per_week=others + wish.cleaned_data["hours_per_week"])
        split = wish.split(shown=self.plan.split) if self.may_split else self.plan.split
        return wanted if split == self.plan.split else replace(wanted, split=split)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.TASKS_WORK)
def time(request: StaffRequest) -> HttpResponse:
    page = Page.of(request)
    if request.method != "POST":
        return _shown(page)
    acts = {"preview": _preview, "save": _save, "proposal": _proposal}
    act = acts.get(request.POST.get("act", "preview"))
    if act is None:
        raise BadRequest(f"act is one of {', '.join(acts)}")
    return act(page)


def _preview(page: Page) -> HttpResponse:
    """Show what a wish would come to; nothing is kept."""
    wish = Wish(page.request.POST)
    if not wish.is_valid():
        return _shown(page, wish=wish)
    return _shown(page, wish=wish, wished=budget.of(page.generation, page.wished(wish)))


def _save(page: Page) -> HttpResponse:
    wish = Wish(page.request.POST)
    if not wish.is_valid():
        return _shown(page, wish=wish)
    services.change_profile(staff=page.staff, now=timezone.now(), hours_per_week=wish.cleaned_data["hours_per_week"])
    split = page.wished(wish).split
    if split != page.setting.split:
        _keep(page, split)
    messages.success(page.request, _("Saved. The list of today follows at once."))
    return redirect("time")


def _proposal(page: Page) -> HttpResponse:
    """Go back to the split that the figures propose."""
    if not page.may_split:
        raise PermissionDenied(policy.SETTINGS_EDIT)
    _keep(page, None)
    messages.success(page.request, _("The split follows your figures again."))
    return redirect("time")


def _keep(page: Page, split: tuple[int, ...] | None) -> None:
    parts = split or (None, None, None)
    names = ("time_a_percent", "time_b_percent", "time_c_percent")
    services.change_company(by=page.staff, now=timezone.now(), **dict(zip(names, parts, strict=True)))


def _shown(page: Page, *, wish: Wish | None = None, wished: budget.Budget | None = None) -> HttpResponse:
    report = queries.report(page.asked, plan=page.plan, generation=page.generation)
    sight = forecasts.sight(page.staff, page.generation)
    basis = forecasts.basis(page.generation)
    context = {
        "report": report,
        "usage": hours.usage(report),
        "findings": hours.findings(report, basis=basis, sight=sight),
        "lines": [_bars(line, report) for line in report.classes],
        "people": [_person(line) for line in report.people],
        "weeks": _weeks(report),
        "eaters": [{"eater": one, "hours": one.minutes / 60} for one in report.eaters],
        "elsewhere_hours": report.elsewhere / 60,
        "sight": sight,
        "basis": basis,
        "plan": page.plan,
        "classes": _classes(page.plan, wished=wished or page.plan),
        "left_hours": (wished or page.plan).left_minutes / 60,
        "is_tried": wished is not None,
        "wish": wish or Wish(initial={"hours_per_week": page.staff.hours_per_week}),
        "parts": list(zip(PARTS, "ABC", (wished or page.plan).split, strict=True)),
        "may_split": page.may_split,
        "is_mine": page.asked.staff is not None,
        "spans": queries.SPANS,
        "unplanned": page.plan.classes[-1].known.with_stake - len(page.plan.classes[-1].given),
    }
    return render(page.request, "figures/time.html", context, status=400 if wish and wish.errors else 200)


def _bars(line: queries.Line, report: queries.Report) -> dict[str, Any]:
    """Put a class's share of the money beside its share of the hours."""
    return {
        "line": line,
        "worth": _part(line.yearly_cents or 0, report.yearly_cents),
        "budget": _part(line.budget, report.budget),
        "spent": _part(line.spent, report.spent),
    }


def _person(line: queries.Line) -> dict[str, Any]:
    return {
        "line": line,
        "used": min(_part(line.spent, line.budget) or 0, 1),
        "parts": [
            {"label": label, "hours": minutes / 60}
            for label, minutes in zip((_("for A"), _("for B"), _("for C")), line.by_class, strict=True)
        ],
    }


def _weeks(report: queries.Report) -> list[dict[str, Any]]:
    most = max([minutes for _on, minutes in report.weeks] + [report.budget // report.asked.weeks, 1])
    return [{"on": on, "hours": minutes / 60, "part": minutes / most} for on, minutes in report.weeks]


def _part(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _classes(plan: budget.Budget, *, wished: budget.Budget) -> list[dict[str, Any]]:
    """Say what each class would get, beside what it gets."""
    return [
        {
            "now": now,
            "new": new,
            "hours": tasks.week_hours(new.minutes),
            "is_other": (now.minutes, now.percent) != (new.minutes, new.percent),
        }
        for now, new in zip(plan.classes, wished.classes, strict=True)
    ]


@require_POST
@needs(policy.EXPORT)
def export(request: StaffRequest) -> HttpResponseBase:
    """Take along minutes planned and spent by customer; it is a POST because it leaves a trace."""
    form = tables.chosen_format(request.POST)
    page = Page.of(request)
    sight = forecasts.sight(request.user, page.generation)
    rows = list(_rows(page, sight=sight))
    taking.note(request, thing="time", label=form, rows=len(rows), weeks=page.asked.weeks, now=timezone.now())
    name = (_("time-budget"), timezone.localdate())
    return tables.answer(form=form, name=name, columns=_columns(sight=sight), rows=rows)


def _columns(*, sight: policy.Sight) -> list[Column]:
    worth = [
        Column(label=_("Value of a year"), unit="cents"),
        Column(label=_("At stake"), unit="cents"),
        Column(label=_("What both are counted in")),
    ]
    return [
        Column(label=_("Customer number")),
        Column(label=_("Name")),
        Column(label=_("Class")),
        Column(label=_("Minutes planned a month"), unit="number"),
        Column(label=_("Minutes spent"), unit="number"),
        Column(label=_("of which assumed"), unit="number"),
        *(worth if sight.worth else []),
    ]


def _rows(page: Page, *, sight: policy.Sight) -> Iterator[tuple[Any, ...]]:
    """Give those who are given time, and those who took some, by name."""
    spent = queries.minutes_by_customer(page.asked, usual=page.setting.usual_minutes)
    pks = page.plan.minutes.keys() | spent.keys()
    found = CustomerSignal.objects.filter(generation=page.generation, customer__in=pks)
    signal = {one.customer_id: one for one in found.only("customer_id", "abc_class", *WORTH)}
    stated = margins.worth(page.generation)
    for customer in Customer.objects.filter(pk__in=pks).order_by("name", "pk"):
        known = signal.get(customer.pk)
        minutes, assumed = spent.get(customer.pk, (0, 0))
        worth = [*(getattr(known, name, None) for name in WORTH), stated] if sight.worth else []
        planned = page.plan.minutes.get(customer.pk, 0)
        letter = known.abc_class if known else ""
        yield customer.number, customer.name, letter, planned, minutes, assumed, *worth
