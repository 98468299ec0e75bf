"""The rules by which purchases earn points: all versions, and writing another one."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from stammkunde.loyalty import listing, services
from stammkunde.loyalty.forms import RuleForm
from stammkunde.loyalty.models import Rule
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.ui import given, writing
from stammkunde.ui.lists import Empty, ListPage
from stammkunde.ui.tables import Column


def earns(rule: Rule) -> str:
    """Say what a version earns."""
    told = {"n": writing.number(rule.points_num), "euros": writing.money(rule.points_den)}
    if not rule.points_num:
        return _("nothing")
    return ngettext("%(n)s point for each %(euros)s", "%(n)s points for each %(euros)s", rule.points_num) % told


class Rules(StaffList):
    """All versions of the rules, the one written last first, and the form for another one."""

    title = gettext_lazy("Rules for points")
    lead = gettext_lazy("What purchases earn. Of a rule, the version counts that began last, by the day of the order.")
    name = "points-rules"
    template = "loyalty/rules.html"
    columns = (
        Column(label=gettext_lazy("Rule"), key="name"),
        Column(label=gettext_lazy("Earns"), read=earns),
        Column(label=gettext_lazy("For orders from"), key="holds_from_on", unit="day"),
        Column(
            label=gettext_lazy("Confirmed after days"),
            read=lambda row: row.delivery_days + row.return_days,
            unit="number",
        ),
        Column(label=gettext_lazy("Years"), key="years", unit="number"),
        Column(label=gettext_lazy("Written by"), read=lambda row: str(row.written_by or _("command line"))),
    )
    empty = Empty(
        icon_name="gift",
        title=gettext_lazy("No rule yet"),
        text=gettext_lazy("Without a rule, nobody earns points. Write the first one below."),
    )

    def __init__(self, request: StaffRequest, form: RuleForm) -> None:
        super().__init__(request)
        self.form_of_rule = form

    def find(self, _chosen: dict[str, Any]) -> QuerySet[Rule]:
        return listing.rules()

    def more(self) -> dict[str, Any]:
        return {"form": self.form_of_rule}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.SETTINGS_EDIT)
def rules(request: StaffRequest) -> HttpResponseBase:
    """List the rules, and write what was sent; a press that is repeated writes the same version once more."""
    if request.method != "POST":
        return Rules(request, RuleForm(initial=_begins_with(request))).answer()
    form = RuleForm(request.POST)
    if form.is_valid():
        version = form.version()
        if not listing.is_written(version):
            services.write_rule(version=version, now=timezone.now(), staff=request.user)
        messages.success(request, _("The rule is written. What purchases earn by it is booked within minutes."))
        return redirect("points-rules")
    response = ListPage.answer(Rules(request, form))
    response.status_code = 400
    return response


def _begins_with(request: StaffRequest) -> dict[str, Any]:
    """Begin with the version that somebody wants to change, or with what is usual."""
    usual = Rule(points_num=1, points_den=100)
    one = listing.rules().filter(pk=given.row(request.GET.get("of", ""))).first() or usual
    return {
        "code": one.code,
        "name": one.name,
        "points": one.points_num,
        "euros": Decimal(one.points_den) / 100,
        "holds_from_on": timezone.localdate(),
        "delivery_days": one.delivery_days,
        "return_days": one.return_days,
        "years": one.years,
    }
