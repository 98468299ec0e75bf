"""Measures: what runs over time, how many stand at which step and why; bring one as a file, start, hold, stop it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde.outreach import looks
from stammkunde.outreach.services import CountsAsAdvertising
from stammkunde.plays import contents, files, saying, services
from stammkunde.plays.contents import Content, Enters, InvalidContent
from stammkunde.plays.files.parts import OTHER
from stammkunde.plays.measure_forms import StartForm, new_press, told
from stammkunde.plays.measures import archiving, foretelling, moving_over, reading, running, spending, taking, wording
from stammkunde.plays.measures.agreeing import NeedsAnother, NeedsSecondYes
from stammkunde.plays.models import Play
from stammkunde.plays.services.preparing import NothingToSay
from stammkunde.plays.views import agreed, bringing
from stammkunde.plays.views.keeping import found
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.ui import shown
from stammkunde.ui.forms import Search
from stammkunde.ui.lists import Empty
from stammkunde.ui.tables import Column

Status = Play.Status
BADGES = {
    Status.DRAFT: "dot waiting",
    Status.RUNNING: "dot running",
    Status.PAUSED: "dot waiting",
    Status.STOPPED: "dot prospect",
    Status.DONE: "dot done",
}
OPEN = (Status.RUNNING, Status.PAUSED)
ARCHIVED = "archived"


class MeasureSearch(Search):
    """What the list of measures may be asked for."""

    q = forms.CharField(label=gettext_lazy("Search"), max_length=80)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            ("", gettext_lazy("all that are not in the archive")),
            *((one.value, one.label) for one in BADGES),
            (ARCHIVED, gettext_lazy("in the archive")),
        ],
    )


class Measures(StaffList):
    title = gettext_lazy("Measures")
    lead = gettext_lazy("What is done for customers over time, step by step, as soon as something begins it.")
    columns = (
        Column(label=gettext_lazy("Name"), key="name", sort="name"),
        Column(label=gettext_lazy("State"), key="status", sort="status"),
        Column(label=gettext_lazy("On the way"), unit="number"),
        Column(label=gettext_lazy("Over"), unit="number"),
        Column(label=gettext_lazy("Goal reached"), unit="number"),
        Column(label=gettext_lazy("Since"), key="created_at", sort="created_at", unit="moment"),
    )
    search = MeasureSearch
    template = "plays/measures.html"
    empty = Empty(
        icon_name="share",
        title=gettext_lazy("No measures yet"),
        text=gettext_lazy(
            "Begin with a ready-made one: it says what begins it, whom it is for, and what happens step by step."
        ),
        url=reverse_lazy("play-ready"),
        label=gettext_lazy("Choose a ready-made measure"),
    )

    def find(self, chosen: dict[str, Any]) -> QuerySet[Play]:
        state = chosen.get("state", "")
        away = Q(archived_at__isnull=False) & ~Q(status__in=OPEN)  # what is open is shown, come what may
        rows = reading.measures().filter(away if state == ARCHIVED else ~away)
        rows = rows.filter(status=state) if state in Status.values else rows
        return rows.filter(name__icontains=chosen["q"]) if "q" in chosen else rows

    def more(self) -> dict[str, Any]:
        return {"waiting": bringing.waiting()}

    def told(self, rows: list[Play]) -> list[dict[str, Any]]:
        counts = reading.counts(rows)
        return [
            {
                "play": one,
                "counts": found,
                "alone": found.ends.get("goal", 0) - found.goals,
                "badge": BADGES[Status(one.status)],
            }
            for one in rows
            if (found := counts[one.pk])
        ]


@require_safe
@needs(policy.MESSAGES_SEND)
def listed(request: StaffRequest) -> HttpResponseBase:
    return Measures(request).answer()


@require_POST
@needs(policy.MESSAGES_SEND)
def take(request: StaffRequest, key: str) -> HttpResponse:
    """Take a ready-made one over, as a draft."""
    file = files.find(key)
    if file is None:
        raise Http404
    try:
        language, press = get_language() or OTHER, request.POST.get("press", "")[:40]
        play = taking.take_ready(file, language=language, staff=request.user, now=timezone.now(), press=press)
    except InvalidContent as wrong:
        for one in told(wrong):
            messages.error(request, one)
        return redirect("play-ready-one", key)
    bringing.leave_usual_share(play, request.user)
    messages.success(request, _("The measure is there as a draft. Nothing happens before you start it."))
    return redirect("measure", play.pk)


@require_safe
@needs(policy.MESSAGES_SEND)
def one(request: StaffRequest, pk: int) -> HttpResponse:
    play = found(pk)
    again = agreed.again(play, request.user)
    seconds = {
        "second": agreed.asked(play, request.user),
        "again": again,
        "may_agree_again": bool(again) and not any(one.is_own for one in again),
        "wanted": agreed.wanted(play, request.user),
    }
    parts = {"parts": shown.on_page("play", request, play)}
    return render(request, "plays/measure.html", _context(play) | seconds | parts)


def _context(play: Play) -> dict[str, Any]:
    newest = reading.newest(play)
    content = contents.read((reading.running(play) or newest).content)
    next_content = contents.read(newest.content)
    counts, called = reading.counts([play])[play.pk], wording.names([content])
    return {
        "play": play,
        "badge": BADGES[Status(play.status)],
        "counts": counts,
        "trouble": wording.trouble(play.trouble, play.trouble_detail) if play.status == Status.PAUSED else "",
        "budget": _budget(play, content) if play.status == Status.RUNNING else "",
        "cards": saying.cards(content, called),
        "steps": _steps(play, content, called),
        "ends": _ends(play, content),
        "is_open": play.status in OPEN,
        "press": new_press(),
        "can_start": newest.from_at is None and play.status in (Status.DRAFT, *OPEN),
        "will": list(foretelling.start(next_content, on=timezone.localdate())) if newest.from_at is None else [],
        "stops": " ".join(foretelling.stop(play)) if play.status in OPEN else "",
        "versions": foretelling.versions(play),
        "start": StartForm() if isinstance(next_content.trigger, Enters) and next_content.trigger.later else None,
        "move": _move(play) if play.status in OPEN else None,
    }


def _ends(play: Play, content: Content) -> dict[str, Any]:
    """Tell how many of each arm are on the way, and how the others ended."""
    found = reading.by_arm(play)
    drawn = [one for one in found if one.treated or one.held_out or not one.code]
    return {
        "rows": [{"text": wording.ended(one.code), "of": one} for one in drawn],
        "not_drawn": [{"text": wording.ended(one.code), "of": one} for one in found if one.not_drawn],
        "has_two": content.holdout.share > 0 or any(one.held_out for one in found),
    }


def _budget(play: Play, content: Content) -> str:
    found = spending.budget(play, content, on=timezone.localdate())
    return wording.budget(found.cents, found.used_cents) if found else ""


def _steps(play: Play, content: Content, called: saying.Names) -> list[dict[str, Any]]:
    found = reading.steps(play)
    return [
        {
            "line": line,
            "at": found[line.key],
            "skipped": [(wording.skipped(code), n) for code, n in found[line.key].skipped.items()],
        }
        for line in saying.lines(content, called)
    ]


def _move(play: Play) -> moving_over.MoveOver | None:
    """Tell what moving those of older versions would do; None: there are none."""
    found = moving_over.foresee_move(play_id=play.pk)
    return found if any((found.stays, found.skips, found.repeats, found.lost)) else None


@require_POST
@needs(policy.MESSAGES_SEND)
def start(request: StaffRequest, pk: int) -> HttpResponse:
    form = StartForm(request.POST)
    already_in = form.chosen() if "already_in" in request.POST and form.is_valid() else running.AlreadyIn()

    def act(**given: Any) -> Play:
        return running.start(already_in=already_in, **given)

    return do(request, pk, act, _("It runs: whoever it begins for enters from now on."))


@require_POST
@needs(policy.MESSAGES_SEND)
def hold(request: StaffRequest, pk: int) -> HttpResponse:
    return do(request, pk, running.pause, _("It is on hold: nobody enters, nothing is sent."))


@require_POST
@needs(policy.MESSAGES_SEND)
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    return do(request, pk, running.resume, _("It goes on."))


@require_POST
@needs(policy.MESSAGES_SEND)
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    return do(request, pk, running.stop, _("Stopped: what had not been sent will not be sent."))


@require_POST
@needs(policy.MESSAGES_SEND)
def archive(request: StaffRequest, pk: int) -> HttpResponse:
    """Put it into the archive, or take it out again."""
    if request.POST.get("act") == "out":
        return do(request, pk, archiving.take_out, _("It is out of the archive again."))
    return do(request, pk, archiving.put_away, _("It is in the archive. The list shows it there."))


@require_POST
@needs(policy.MESSAGES_SEND)
def move(request: StaffRequest, pk: int) -> HttpResponse:
    return do(
        request,
        pk,
        moving_over.move_over,
        _("Moved: whoever stands at a step that is still there goes on by the new version."),
    )


def do(request: StaffRequest, pk: int, act: Callable[..., object], done: str) -> HttpResponse:
    """Do something with a measure, and say what came of it."""
    found(pk)
    try:
        act(play_id=pk, staff=request.user, now=timezone.now())
    except services.NotPossible:
        messages.error(request, _("That is not possible any more: somebody was quicker, or it is over."))
    except InvalidContent as wrong:
        for one in told(wrong):
            messages.error(request, one)
    except NeedsAnother:
        text = _("Noted. More customers than one person decides on: somebody else has to do the same.")
        messages.warning(request, text)
    except NeedsSecondYes:
        messages.error(request, _("A second person has to agree first: the settings want it so."))
    except NothingToSay as empty:
        messages.error(request, _("The template “%(name)s” has no text yet.") % {"name": empty})
    except CountsAsAdvertising:
        messages.error(request, _("A template advertises, and its purpose says that it does not."))
    except looks.NotLookedAt:
        messages.error(request, _("First a colleague has to understand it in five seconds: the settings want it so."))
    else:
        messages.success(request, done)
    return redirect("measure", pk)
