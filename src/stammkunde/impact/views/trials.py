"""What plays changed: all of them compared, one with everything behind its verdict, and who is left alone."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stammkunde.customers.models import Customer
from stammkunde.impact import beside, everything, plots, queries, wording
from stammkunde.impact.cards import told
from stammkunde.impact.models import Outcome, Trial, Verdict, called
from stammkunde.impact.queries import Standing
from stammkunde.outreach.models import Assignment
from stammkunde.plays.models import Play
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.ui import writing
from stammkunde.ui.lists import Empty
from stammkunde.ui.tables import Column


class Trials(StaffList):
    title = gettext_lazy("Impact")
    lead = gettext_lazy(
        "What each campaign and measure changed, per customer and after all of its cost, compared with customers whom "
        "chance left alone."
    )
    columns = (
        Column(label=gettext_lazy("Name"), key="name", sort="name"),
        Column(label=gettext_lazy("Verdict")),
        Column(label=gettext_lazy("Per customer"), unit="cents"),
        Column(label=gettext_lazy("Careful"), unit="cents", key="careful_cents", sort="careful_cents"),
        Column(label=gettext_lazy("Altogether, about"), unit="cents"),
        Column(label=gettext_lazy("Customers"), unit="number"),
    )
    sort = "-careful_cents"
    template = "impact/trials.html"
    fewest = everything.FEWEST
    name = "trials"
    file_name = gettext_lazy("impact")
    empty = Empty(
        icon_name="search",
        title=gettext_lazy("Nothing is compared yet"),
        text=gettext_lazy(
            "As soon as a campaign or measure leaves some customers alone, to compare, it stands here. How many is "
            "asked before it starts."
        ),
    )

    def find(self, _chosen: dict[str, Any]) -> QuerySet[Trial]:
        return queries.of_plays()

    @cached_property
    def everything(self) -> list[dict[str, Any]]:
        """Tell what all of them brought together, where some customers are left alone of everything."""
        return [told(self.request, one) for one in queries.of_everything()]

    @property
    def may_switch(self) -> bool:
        return policy.may(self.request.user, policy.SETTINGS_EDIT)

    def told(self, rows: list[Trial]) -> list[dict[str, Any]]:
        return [_row(one) for one in queries.standings(rows)]

    def file_columns(self) -> list[Column]:
        return [
            Column(label=_("Name"), read=lambda row: row["trial"].name),
            Column(label=_("Verdict"), read=lambda row: row["label"]),
            Column(label=_("Per customer"), unit="cents", read=lambda row: row["cents"]["effect"]),
            Column(label=_("At least"), unit="cents", read=lambda row: row["cents"]["low"]),
            Column(label=_("At most"), unit="cents", read=lambda row: row["cents"]["high"]),
            Column(label=_("Careful"), unit="cents", read=lambda row: row["trial"].careful_cents),
            Column(label=_("Contacted"), unit="number", read=lambda row: row["treated"]),
            Column(label=_("Left alone"), unit="number", read=lambda row: row["held_out"]),
        ]

    def every(self) -> Any:
        return (self.told(rows) for rows in super().every())


def _row(found: Standing) -> dict[str, Any]:
    verdict, progress = found.verdict, found.progress
    effect = _effect(found)
    return {
        "trial": found.trial,
        "label": verdict.get_code_display() if verdict else _("No result yet"),
        "badge": wording.BADGES[Verdict.Code(verdict.code)] if verdict else "dot running",
        "cents": {name: effect.get(name) for name in ("effect", "low", "high")},
        "total": wording.about(effect["treated"] * effect["effect"]) if effect else "",
        "treated": progress.treated if progress else None,
        "held_out": progress.held_out if progress else None,
        "next_on": date.fromisoformat(progress.next_on) if progress and progress.next_on else None,
    }


def _effect(found: Standing) -> dict[str, Any]:
    """Give what it brought per customer: over all rounds where several are over."""
    if found.combined is not None:
        return {name: getattr(found.combined, name) for name in ("effect", "low", "high", "treated")}
    return (found.verdict.numbers.get("margin") if found.verdict else None) or {}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MARGIN_VIEW)
def listed(request: StaffRequest) -> HttpResponseBase:
    return Trials(request).answer()


@require_safe
@needs(policy.MARGIN_VIEW)
def one(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(pk)
    verdict = found.verdict
    said: dict[str, Any] = {"standing": found, "trial": found.trial, "told": told(request, found)}
    if verdict is not None:
        numbers = verdict.numbers
        said |= {
            "numbers": numbers,
            "arms": _arms(numbers),
            "corrected": wording.corrected(numbers),
            "moved": _moved(numbers),
            "charts": plots.shown(request, verdict),
            "measure": wording.measure(numbers),
            "whom": beside.whom(found.trial, verdict),
            "reached": writing.percent(numbers["reached_share"]) if numbers.get("reached_share") else "",
        }
    verdicts = list(queries.verdicts(found.trial))
    said["combined"] = beside.combined(found.trial, found.combined)
    return render(request, "impact/trial.html", said | {"verdicts": verdicts, **_play(found)})


def _play(found: Standing) -> dict[str, str]:
    play = found.trial.play
    if play is None:
        return {"address": ""}
    return {"address": reverse("measure" if play.kind == Play.Kind.MEASURE else "play", args=[play.pk])}


def _arms(numbers: dict[str, Any]) -> list[dict[str, Any]]:
    """Give what both arms did per customer, a row each question."""
    arms = numbers["arms"]
    questions = (
        ("expected_cents", _("Expected beforehand"), writing.money),
        ("brought_cents", _("Brought within the window"), writing.money),
        ("returned_cents", _("of that taken back"), writing.money),
        ("cost_cents", _("Cost of it"), writing.money),
        ("net_cents", _("Left over"), writing.money),
        ("purchases", _("Purchases"), lambda value: writing.number(value, places=2)),
        ("bought", _("Bought at all"), writing.percent),
        ("contacts", _("Heard from us, all in all"), lambda value: writing.number(value, places=2)),
    )
    asked = [one for one in questions if one[0] != "expected_cents" or any(arm[one[0]] for arm in arms.values())]
    return [
        {"label": label, **{arm: write(arms[arm][name] / n) if (n := arms[arm]["n"]) else "–" for arm in arms}}
        for name, label, write in asked
    ]


def _moved(numbers: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the three customers without whom the result would move farthest."""
    effect = numbers.get("margin") or {}
    rows = effect.get("moved", ())
    known = Customer.objects.in_bulk([row["customer"] for row in rows])
    return [
        {"customer": known[row["customer"]], "without": writing.money(effect["effect"] - row["by"])}
        for row in rows
        if row["customer"] in known
    ]


class Customers(StaffList):
    """Who is behind a verdict, and what each of them did within her window."""

    template = "impact/customers.html"
    name = "trial-customers"
    file_name = gettext_lazy("impact-customers")
    columns = (
        Column(label=gettext_lazy("Customer")),
        Column(label=gettext_lazy("Group")),
        Column(label=gettext_lazy("Since"), unit="day"),
        Column(label=gettext_lazy("Expected beforehand"), unit="cents"),
        Column(label=gettext_lazy("Brought"), unit="cents", key="brought_cents", sort="brought_cents"),
        Column(label=gettext_lazy("Cost of it"), unit="cents"),
        Column(label=gettext_lazy("Purchases"), unit="number", key="purchases", sort="purchases"),
    )
    empty = Empty(
        icon_name="customers",
        title=gettext_lazy("Nobody yet"),
        text=gettext_lazy("Whoever has her days behind her stands here, with the first verdict."),
    )

    def __init__(self, request: StaffRequest, found: Standing) -> None:
        super().__init__(request)
        self.found = found
        self.title = found.trial.called

    def find(self, _chosen: dict[str, Any]) -> QuerySet[Outcome]:
        return queries.outcomes(self.found.trial)

    def file_columns(self) -> list[Column]:
        return [
            Column(label=_("Customer number"), key="assignment.customer.number"),
            Column(label=_("Name"), key="assignment.customer.name"),
            Column(label=_("Group"), read=lambda row: arm(row.assignment)),
            Column(label=_("Since"), unit="day", read=lambda row: timezone.localdate(row.assignment.entered_at)),
            Column(label=_("Until"), unit="day", read=lambda row: until(row.assignment)),
            Column(label=_("Expected beforehand"), unit="cents", key="assignment.expected_cents"),
            Column(label=_("Brought"), unit="cents", key="brought_cents"),
            Column(label=_("Cost of it"), unit="cents", key="cost_cents"),
            Column(label=_("Purchases"), unit="number", key="purchases"),
        ]

    def told(self, rows: list[Outcome]) -> list[dict[str, Any]]:
        return [{"outcome": row, "customer": row.assignment.customer, "arm": arm(row.assignment)} for row in rows]


def arm(row: Assignment) -> str:
    return _("Left alone") if row.held_out else _("Contacted")


def until(row: Assignment) -> Any:
    """Give the last day of somebody's window."""
    return timezone.localdate(row.entered_at) + timedelta(days=row.draw.window_days) if row.entered_at else None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MARGIN_VIEW)
def customers(request: StaffRequest, pk: int) -> HttpResponseBase:
    return Customers(request, _found(pk)).answer()


class LeftAlone(StaffList):
    """Who is left alone on purpose, of what, and until when."""

    title = gettext_lazy("Left alone, to compare")
    lead = gettext_lazy("Chance chose them: only by comparison does it show what contacting changes. Kept for ever.")
    template = "impact/left_alone.html"
    name = "left-alone"
    file_name = gettext_lazy("left-alone")
    columns = (
        Column(label=gettext_lazy("Customer")),
        Column(label=gettext_lazy("Of what")),
        Column(label=gettext_lazy("Since"), unit="day"),
        Column(label=gettext_lazy("Compared until"), unit="day"),
    )
    empty = Empty(
        icon_name="customers",
        title=gettext_lazy("Nobody is left alone"),
        text=gettext_lazy("Campaigns and measures that compare leave some customers alone; they stand here."),
    )

    @cached_property
    def chosen(self) -> dict[str, Any]:
        wanted = self.request.GET.get("customer", "")
        return {"customer": int(wanted)} if wanted.isdecimal() and len(wanted) < 12 else {}

    def find(self, chosen: dict[str, Any]) -> QuerySet[Assignment]:
        rows = Assignment.objects.filter(held_out=True).select_related("draw", "customer")
        return rows.filter(customer=chosen["customer"]) if chosen else rows

    def file_columns(self) -> list[Column]:
        return [
            Column(label=_("Customer number"), key="customer.number"),
            Column(label=_("Name"), key="customer.name"),
            Column(label=_("Of what"), read=of_what),
            Column(
                label=_("Since"), unit="day", read=lambda row: row.entered_at and timezone.localdate(row.entered_at)
            ),
            Column(label=_("Compared until"), unit="day", read=until),
        ]

    def told(self, rows: list[Assignment]) -> list[dict[str, Any]]:
        return [{"assignment": row, "of": of_what(row), "until": until(row)} for row in rows]


def of_what(row: Assignment) -> str:
    return called(row.draw.origin, row.draw.name)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MARGIN_VIEW)
def left_alone(request: StaffRequest) -> HttpResponseBase:
    return LeftAlone(request).answer()


def _found(pk: int) -> Standing:
    found = queries.trial(pk)
    if found is None:
        raise Http404
    return found
