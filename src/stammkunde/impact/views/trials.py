"""What plays changed: all of them compared, one with everything behind its verdict, and who is left alone."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stammkunde.customers.models import Customer
from stammkunde.impact import beside, everything, plots, queries, versus, wording, words
from stammkunde.impact.cards import told
from stammkunde.impact.forms import FixedCostForm
from stammkunde.impact.models import Trial, Verdict
from stammkunde.impact.queries import Standing
from stammkunde.outreach import wording as outreach
from stammkunde.plays import services
from stammkunde.plays.models import Play
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.ui import writing
from stammkunde.ui.lists import Empty
from stammkunde.ui.tables import Column

MOST_WORDS = 20  # comparisons of words that the list names


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

    @cached_property
    def words(self) -> list[dict[str, Any]]:
        """Tell which words of measures are compared, the latest begun first."""
        return [told(self.request, one) for one in queries.standings(queries.of_words()[:MOST_WORDS])]

    @property
    def years(self) -> str:
        return beside.years(queries.years_together())

    @property
    def fewest(self) -> int:
        return everything.FEWEST

    @property
    def is_on(self) -> bool:
        """Tell whether a year has been switched on, though nothing is compared yet."""
        return everything.at_hand() is not None

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


@require_POST
@needs(policy.MESSAGES_SEND)
@needs(policy.MARGIN_VIEW)
def cost(request: StaffRequest, pk: int) -> HttpResponse:
    """Take what a play costs as a whole; it counts from the next verdict on."""
    found = standing(pk)
    form = FixedCostForm(request.POST)
    if found.trial.play is None or not found.goes_on:
        messages.error(request, _("No further verdict is to come: it would count nowhere."))
    elif form.is_valid():
        about = {"cents": form.cents, "what_for": form.cleaned_data["what_for"]}
        services.set_fixed_cost(play_id=found.trial.play.pk, **about, staff=request.user, now=timezone.now())
        messages.success(request, _("Saved. It counts from the next verdict on."))
    else:
        return _page(request, found, form=form)
    return redirect("trial", pk)


@require_safe
@needs(policy.MARGIN_VIEW)
def one(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, standing(pk))


def _page(request: StaffRequest, found: Standing, *, form: FixedCostForm | None = None) -> HttpResponse:
    verdict = found.verdict
    said: dict[str, Any] = {"standing": found, "trial": found.trial, "told": told(request, found)}
    if verdict is not None:
        numbers = verdict.numbers
        said |= {
            "numbers": numbers,
            "arms": _arms(numbers),
            "groups": wording.arms(found.trial),
            "corrected": wording.corrected(numbers),
            "moved": _moved(numbers),
            "charts": plots.shown(request, verdict),
            "measure": wording.measure(numbers),
            "whom": {} if found.trial.is_of_words else beside.whom(found.trial, verdict),
            "words": [_words(row) for row in words.shown(numbers.get("words", []))],
            "opens_messages": policy.may(request.user, policy.MESSAGES_SEND),
            "reached": writing.percent(numbers["reached_share"], places=0) if numbers.get("reached_share") else "",
        }
    verdicts = [{"verdict": one, "label": _label(found.trial, one)} for one in queries.verdicts(found.trial)]
    said["combined"] = {} if found.trial.is_of_words else beside.combined(found.trial, found.combined)
    said |= {"verdicts": verdicts, "cost_form": form or _cost_form(request, found), **_play(found)}
    return render(request, "impact/trial.html", said, status=400 if form else 200)


def _label(trial: Trial, verdict: Verdict) -> str:
    return versus.label(trial, verdict) if trial.is_of_words else verdict.get_code_display()


def _cost_form(request: StaffRequest, found: Standing) -> FixedCostForm | None:
    """Ask what the play costs as a whole, as long as it can count."""
    play = None if found.trial.is_of_words else found.trial.play
    if play is None or not found.goes_on or not policy.may(request.user, policy.MESSAGES_SEND):
        return None
    return FixedCostForm.of(play)


def _play(found: Standing) -> dict[str, str]:
    play = found.trial.play
    if play is None:
        return {"address": ""}
    return {"address": reverse("measure" if play.kind == Play.Kind.MEASURE else "play", args=[play.pk])}


def _words(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"channel": outreach.channel(row["channel"])}


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


def standing(pk: int) -> Standing:
    found = queries.trial(pk)
    if found is None:
        raise Http404
    return found
