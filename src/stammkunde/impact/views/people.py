"""Who is behind what plays changed: customers of both groups, and who is left alone, of what, until when."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stammkunde.impact import queries, reading, wording
from stammkunde.impact.models import Outcome, called
from stammkunde.impact.queries import Standing
from stammkunde.impact.views.trials import standing
from stammkunde.outreach.models import OF_WORDS, Assignment
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.ui import given
from stammkunde.ui.lists import Empty
from stammkunde.ui.tables import Column


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
        text=gettext_lazy("Customers whose days are over stand here, with the first verdict."),
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
            Column(label=_("Group"), read=self.arm),
            Column(label=_("Since"), unit="day", read=lambda row: timezone.localdate(row.assignment.entered_at)),
            Column(label=_("Until"), unit="day", read=lambda row: until(row.assignment)),
            Column(label=_("Expected beforehand"), unit="cents", key="assignment.expected_cents"),
            Column(label=_("Brought"), unit="cents", key="brought_cents"),
            Column(label=_("Cost of it"), unit="cents", key="cost_cents"),
            Column(label=_("Purchases"), unit="number", key="purchases"),
        ]

    def told(self, rows: list[Outcome]) -> list[dict[str, Any]]:
        return [{"outcome": row, "customer": row.assignment.customer, "arm": self.arm(row)} for row in rows]

    def arm(self, row: Outcome) -> str:
        return wording.arms(self.found.trial)["held_out" if row.assignment.held_out else "treated"]


def until(row: Assignment) -> Any:
    """Give the last day of somebody's window."""
    return timezone.localdate(row.entered_at) + timedelta(days=row.draw.window_days) if row.entered_at else None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MARGIN_VIEW)
def customers(request: StaffRequest, pk: int) -> HttpResponseBase:
    return Customers(request, standing(pk)).answer()


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
        asked = {name: given.whole(self.request.GET.get(name, ""), least=1) for name in ("customer", "trial")}
        return {name: pk for name, pk in asked.items() if pk is not None}

    def find(self, chosen: dict[str, Any]) -> QuerySet[Assignment]:
        rows = Assignment.objects.filter(held_out=True).exclude(OF_WORDS).select_related("draw", "customer")
        if "customer" in chosen:
            rows = rows.filter(customer=chosen["customer"])
        if "trial" in chosen:
            trial = queries.trials().filter(pk=chosen["trial"]).first()
            rows = rows.filter(draw__in=reading.draws(trial)) if trial else rows.none()
        return rows

    @property
    def leads_back(self) -> bool:
        return policy.may(self.request.user, policy.MARGIN_VIEW)

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
@needs(policy.MESSAGES_SEND, policy.MARGIN_VIEW)
def left_alone(request: StaffRequest) -> HttpResponseBase:
    return LeftAlone(request).answer()
