"""Campaigns and thank-yous: what runs, who would be refused and why, and what became of it."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stammkunde.calls import queries as calls
from stammkunde.calls.models import Outcome
from stammkunde.customers import wording as permissions
from stammkunde.outreach import advice, looks
from stammkunde.outreach import wording as outreach
from stammkunde.outreach.models import Message, MessageSettings, Template
from stammkunde.outreach.services import CountsAsAdvertising
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays import queries, services, wording
from stammkunde.plays.forms import ScheduleForm, ThanksForm, has_templates
from stammkunde.plays.models import Enrolment, Play
from stammkunde.plays.policy import MISSING
from stammkunde.plays.queries import ByWay, Progress
from stammkunde.plays.views import shares
from stammkunde.tasks.models import TimeSettings
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.ui import shown
from stammkunde.ui.lists import Empty, Stretch
from stammkunde.ui.tables import Column

Status = Play.Status
MOVING = frozenset({Status.PREPARING, Status.RUNNING})
BADGES = {
    Status.PREPARING: "dot running",
    Status.READY: "dot waiting",
    Status.RUNNING: "dot running",
    Status.PAUSED: "dot waiting",
    Status.STOPPED: "dot prospect",
    Status.DONE: "dot done",
}


class Plays(StaffList):
    title = gettext_lazy("Campaigns")
    lead = gettext_lazy("Who hears what from you: campaigns to chosen customers, and thanks after a purchase.")
    columns = (
        Column(label=gettext_lazy("Name")),
        Column(label=gettext_lazy("State")),
        Column(label=gettext_lazy("Customers"), unit="number"),
        Column(label=gettext_lazy("Sent"), unit="number"),
        Column(label=gettext_lazy("Refused"), unit="number"),
        Column(label=gettext_lazy("Since")),
    )
    template = "plays/plays.html"

    empty = Empty(
        icon_name="heart",
        title=gettext_lazy("No campaigns yet"),
        text=gettext_lazy(
            "Filter the list of customers until it shows whom you mean, and choose “Campaign” there. Before anything "
            "is sent you see who would be refused and why."
        ),
        url=reverse_lazy("customers"),
        label=gettext_lazy("To the customers"),
    )

    def find(self, _chosen: dict[str, Any]) -> QuerySet[Play]:
        return queries.plays()

    def told(self, rows: list[Play]) -> list[dict[str, Any]]:
        progress = queries.progress(rows)
        return [{"play": one, "progress": progress[one.pk], "badge": BADGES[Status(one.status)]} for one in rows]


@require_safe
@needs(policy.MESSAGES_SEND)
def listed(request: StaffRequest) -> HttpResponseBase:
    return Plays(request).answer()


@require_safe
@needs(policy.MESSAGES_SEND)
def one(request: StaffRequest, pk: int) -> HttpResponse:
    play = _found(pk)
    template = "plays/course.html" if request.htmx and not request.htmx.boosted else "plays/play.html"
    context = _context(play) | ({"shared": shares.shown(play)} if play.kind == Play.Kind.CAMPAIGN else {})
    return render(request, template, context | {"parts": shown.on_page("play", request, play)})


class People(StaffList):
    """Who is in a play, with what became of each; or those who are refused for one reason."""

    columns = (Column(label=gettext_lazy("Customer")), Column(label=gettext_lazy("State")))
    template = "plays/people.html"
    empty = no_match = Empty(
        icon_name="customers", title=gettext_lazy("Nobody here"), text=gettext_lazy("No customer fits.")
    )

    def __init__(self, request: StaffRequest, play: Play) -> None:
        super().__init__(request)
        self.play = play
        self.title = _code_text(self.chosen["code"]) if self.chosen else _("Customers")

    @cached_property
    def chosen(self) -> dict[str, Any]:
        code = self.request.GET.get("code")
        return {"code": code} if code in wording.codes() else {}

    def find(self, chosen: dict[str, Any]) -> QuerySet[Enrolment]:
        return queries.enrolments(play_id=self.play.pk, **chosen)

    def stretches(self) -> list[Stretch]:
        return [Stretch(rows=self.find(self.chosen))]

    def told(self, rows: list[Enrolment]) -> list[dict[str, Any]]:
        return [
            {"enrolment": one, "text": wording.enrolment(one), "badge": _badge(one), "whom": wording.recipient(one)}
            for one in rows
        ]


@require_safe
@needs(policy.MESSAGES_SEND)
def people(request: StaffRequest, pk: int) -> HttpResponseBase:
    return People(request, _found(pk)).answer()


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def new_thanks(request: StaffRequest) -> HttpResponse:
    today = timezone.localdate()
    form = ThanksForm(request.POST or None, initial={"name": _("Thanks after a purchase"), "after_on": today})
    if request.method == "POST" and form.is_valid():
        if request.POST.get("seen") == _seen(form):
            return _thank(request, form)
        shown = {"form": form, "has_templates": True, **_foreseen(form, today)}
        return render(request, "plays/thanks.html", shown)
    return render(request, "plays/thanks.html", {"form": form, "has_templates": has_templates(form)})


def _seen(form: ThanksForm) -> str:
    """Name what somebody has been shown, so that nothing else is started."""
    said = form.what()
    return f"{said['template'].pk} {said['delay_days']} {said['after_on']} {said['holdout_share']}"


def _foreseen(form: ThanksForm, today: date) -> dict[str, Any]:
    """Tell what starting will do: how many are thanked at once, by which way and for how much."""
    said = form.cleaned_data
    due = services.due(delay_days=said["delay_days"], after_on=said["after_on"], today=today)
    return {
        "seen": _seen(form),
        "due": due,
        "channel": outreach.channel(said["template"].channel),
        "cost_cents": _cost_cents(said["template"].channel, due),
    }


def _thank(request: StaffRequest, form: ThanksForm) -> HttpResponse:
    now = timezone.now()
    try:
        play = services.create_thanks(**form.what(), starts_at=now + services.GRACE, staff=request.user, now=now)
    except CountsAsAdvertising as refused:
        form.add_error("template", advice.refusal(refused.claims))
        return render(request, "plays/thanks.html", {"form": form, "has_templates": True}, status=400)
    undo = reverse("play-take-back", args=[play.pk])
    messages.success(request, _("From now on, whoever buys is thanked."), extra_tags=f"undo:{undo}")
    return redirect("play", play.pk)


def _cost_cents(channel: str, many: int) -> int | None:
    """Give what so many pieces cost; None where that is unknown, or nothing is printed."""
    ours = MessageSettings.of(team.company())
    each = {"letter": ours.letter_cost_cents, "postcard": ours.postcard_cost_cents}.get(channel)
    return None if each is None else each * many


@require_POST
@needs(policy.MESSAGES_SEND)
def start(request: StaffRequest, pk: int) -> HttpResponse:
    start_it = partial(services.start, starts_at=_begins(_found(pk)))
    return _act(request, pk, start_it, _("It runs."), undo="play-take-back")


@require_POST
@needs(policy.MESSAGES_SEND)
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.take_back, _("Taken back: nothing was sent."))


@require_POST
@needs(policy.MESSAGES_SEND)
def schedule(request: StaffRequest, pk: int) -> HttpResponse:
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        _found(pk)
        messages.error(request, _("Not changed: give a day with time or nothing, and 1 to 365 days."))
        return redirect("play", pk)
    change_it = partial(services.reschedule, **form.cleaned_data)
    return _act(request, pk, change_it, _("Changed. Who can be written to is asked anew."))


@require_POST
@needs(policy.MESSAGES_SEND)
def pause(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.pause, _("It is on hold: nothing more leaves."))


@require_POST
@needs(policy.MESSAGES_SEND)
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.resume, _("It goes on."))


@require_POST
@needs(policy.MESSAGES_SEND)
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.stop, _("Stopped: what had not been sent will not be sent."))


@require_POST
@needs(policy.MESSAGES_SEND)
def try_again(request: StaffRequest, pk: int) -> HttpResponse:
    _found(pk)
    if services.try_again(play_id=pk, staff=request.user, now=timezone.now()):
        messages.success(request, _("It is tried again."))
    else:
        messages.error(request, _("That is not possible any more: somebody was quicker, or it is over."))
    return redirect("play", pk)


def _act(request: StaffRequest, pk: int, act: Callable[..., Play], done: str, *, undo: str = "") -> HttpResponse:
    """Do something with a play, and say what came of it; `undo` is where it is taken back."""
    _found(pk)
    try:
        act(play_id=pk, staff=request.user, now=timezone.now())
    except services.NotPossible:
        messages.error(request, _("That is not possible any more: somebody was quicker, or it is over."))
    except CountsAsAdvertising as refused:
        messages.error(request, advice.refusal(refused.claims))
    except looks.NotLookedAt:
        messages.error(request, _("First a colleague has to understand it in five seconds: the settings want it so."))
    else:
        messages.success(request, done, extra_tags=f"undo:{reverse(undo, args=[pk])}" if undo else "")
    return redirect("play", pk)


def _found(pk: int) -> Play:
    play = queries.play(pk)
    if play is None:
        raise Http404
    return play


def _context(play: Play) -> dict[str, Any]:
    progress, templates = queries.progress([play])[play.pk], services.ways_of(play)
    by_phone = play.says.channel == CALL
    return {
        "play": play,
        "progress": progress,
        "badge": BADGES[Status(play.status)],
        "trouble": wording.TROUBLES.get(play.trouble, "") if play.status in MOVING else "",
        "is_set_aside": play.trouble == services.SET_ASIDE and play.status in MOVING,
        "is_moving": play.status in MOVING and play.trouble != services.SET_ASIDE,
        "refusals": _refusals(progress),
        "states": _states(progress),
        "channel": ", ".join(outreach.channel(one.channel) for one in templates),
        "by_phone": by_phone,
        "ways": _ways(play, templates) if len(templates) > 1 else [],
        **(_calls(play, progress) if templates[-1].channel == CALL else {}),
        **({} if by_phone else _looked(play, templates)),
        **_about_start(play, progress, templates),
        "consent": _consent(play),
    }


def _consent(play: Play) -> dict[str, Any] | None:
    """Say for what consent is asked, and how many have confirmed; None: it asks for none."""
    found = queries.answers(play)
    if found is None:
        return None
    return {
        "plan": found.plan,
        "purposes": ", ".join(permissions.purpose_name(purpose) for purpose in found.plan.purposes),
        "asked": found.asked,
        "confirmed": found.confirmed,
        "share": found.confirmed / found.asked if found.asked else 0.0,
    }


def _calls(play: Play, progress: Progress) -> dict[str, Any]:
    """Say who calls whom until when, and what came of it."""
    found = calls.results(play.origin)
    outcomes = [(label, found.outcomes[code]) for code, label in Outcome.choices if code in found.outcomes]
    return {
        "guide": play.call_plan.get_guide_display(),
        "shares": services.shares(play, now=timezone.now()),
        "minutes": progress.reachable * TimeSettings.of(team.company()).minutes_per_contact,
        "results": found,
        "outcomes": outcomes,
        "is_over": play.status in (Status.DONE, Status.STOPPED),
    }


def _begins(play: Play) -> datetime:
    """Give when a play that is started now begins: a little later, so that it can be taken back."""
    now = timezone.now()
    return max(play.starts_at or now, now + services.GRACE)


def _ways(play: Play, templates: list[Template]) -> list[dict[str, Any]]:
    """Tell how many each way reaches, and for how much."""
    found = queries.by_way(play, templates)
    return [
        {
            "way": one,
            "channel": outreach.channel(one.template.channel),
            "words": _words_of(play, one.template),
            "cost_cents": _way_cost(one),
        }
        for one in found
    ]


def _words_of(play: Play, template: Template) -> str:
    """Name whose words are said: a template's, and on the phone a guide's."""
    return str(play.call_plan.get_guide_display()) if template.channel == CALL else template.name


def _way_cost(one: ByWay) -> int | None:
    return one.cost_cents if one.sent else _cost_cents(one.template.channel, one.reachable)


def _foreseen_cost(play: Play, progress: Progress, templates: list[Template]) -> int | None:
    if len(templates) == 1:
        return _cost_cents(play.says.channel, progress.reachable)
    known = [one for one in map(_way_cost, queries.by_way(play, templates)) if one is not None]
    return sum(known) if known else None


def _about_start(play: Play, progress: Progress, templates: list[Template]) -> dict[str, Any]:
    """Tell what starting will do, and whether it can be taken back."""
    if play.status == Status.READY:
        return {
            "schedule": ScheduleForm(initial={"starts_at": play.starts_at, "valid_days": play.valid_days}),
            "begins": _begins(play),
            "cost_cents": _foreseen_cost(play, progress, templates),
            "lacking": progress.codes.get(MISSING, 0),
        }
    return {"may_be_taken_back": services.may_be_taken_back(play)}


def _looked(play: Play, templates: list[Template]) -> dict[str, Any]:
    """Tell whether a colleague has understood what is about to be sent; of several ways, the first that lacks it."""
    wanted = [one for one in templates if one.channel != CALL and looks.is_wanted(one)]
    if play.status != Status.READY or not wanted:
        return {}
    seen = [(one, looks.understood(one)) for one in wanted]
    template, looked = next((pair for pair in seen if pair[1] is None), seen[0])
    is_demanded = MessageSettings.of(team.company()).look_first
    return {
        "is_look_wanted": True, "is_look_demanded": is_demanded, "looked": looked, "look_template": template.pk
    }  # fmt: skip


def _refusals(progress: Progress) -> list[dict[str, Any]]:
    """List why people will not be written to, the most frequent reason first."""
    found = [(code, count) for code, count in progress.codes.items() if code and code != "held_out"]
    ordered = sorted(found, key=lambda pair: (-pair[1], pair[0]))
    return [{"code": code, "count": count, "text": _code_text(code)} for code, count in ordered]


def _states(progress: Progress) -> list[dict[str, Any]]:
    """List what became of the messages, in the order of their lives."""
    return [
        {"state": state, "text": state.label, "count": progress.states[state], "badge": outreach.BADGES[state]}
        for state in Message.State
        if progress.states.get(state)
    ]


def _code_text(code: str) -> str:
    return wording.of_code(code) if code else _("Can be written to")


def _badge(one: Enrolment) -> str:
    if one.message is not None:
        return outreach.BADGES[Message.State(one.message.state)]
    return "dot prospect" if one.code else "dot waiting"
