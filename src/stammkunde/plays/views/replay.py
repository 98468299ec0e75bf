"""A measure on the past year: asked for here, worked out by a worker, shown when it is there."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammkunde.plays import contents, groups
from stammkunde.plays.contents import Content, Dated, Enters
from stammkunde.plays.measures import costs, reading
from stammkunde.plays.models import Play, Replay
from stammkunde.plays.replay import asking, counting, weeks
from stammkunde.plays.replay.working import NO_RULE
from stammkunde.plays.services.trouble import SET_ASIDE
from stammkunde.plays.views.keeping import found
from stammkunde.segments import past
from stammkunde.segments.models import SegmentVersion
from stammkunde.segments.services import InvalidRule
from stammkunde.store import facts
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui.sparks import spark


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the past year, how far it is, or let it be asked for."""
    play = found(pk)
    content = contents.read(reading.newest(play).content)
    if request.method == "POST":
        return _ask(request, play, content)
    replay = Replay.objects.filter(play=play).first()
    said: dict[str, Any] = {"play": play, "replay": replay, "weeks": weeks.WEEKS, "trouble": _trouble(replay)}
    if replay is not None:
        said["is_current"] = asking.is_current(replay, content)
    if replay is not None and replay.finished_at:
        said |= _told(replay, contents.read(replay.content))
    return render(request, "plays/replay.html", said)


def _ask(request: StaffRequest, play: Play, content: Content) -> HttpResponse:
    try:
        asking.ask(play, content, now=timezone.now())
    except groups.UnknownRule:
        messages.error(request, _("A group that it asks is gone."))
    return redirect("measure-replay", play.pk)


def _trouble(replay: Replay | None) -> str:
    if replay is None or not replay.trouble:
        return ""
    texts = {
        NO_RULE: _("The group asks for something that is not there any more. Change the group, then try again."),
        SET_ASIDE: _("It ended its worker several times and was set aside. Try again, or ask whoever runs the server."),
    }
    return texts.get(replay.trouble, _("Something went wrong. What it was stands in the log of the worker."))


def _told(replay: Replay, content: Content) -> dict[str, Any]:
    result = replay.result
    factor, rows = result["factor"], [_week(one, result["factor"]) for one in result["weeks"]]
    known = [one for one in rows if one["known"]]
    n = sum(one["first"] + one["again"] for one in result["weeks"])
    each = costs.expected(content, on=timezone.localdate())
    return {
        "rows": rows,
        "unknown": len(rows) - len(known),
        "n": n * factor,
        "error": counting.error(n, factor),
        "again": sum(one["again"] for one in rows),
        "usual": sorted(one["n"] for one in known)[len(known) // 2] if known else None,
        "most": max(known, key=lambda one: one["n"], default=None) if n else None,
        "least": min(known, key=lambda one: one["n"], default=None) if n else None,
        "cost_cents": round(n * factor * each * (1 - content.holdout.share)),
        "spark": spark([one["n"] if one["known"] else None for one in rows]),
        "base": _base(result["base"]),
        "content": content,
        "marks": _marks(replay, content),
        "is_group": isinstance(content.trigger, Enters),
    }


def _week(one: Mapping[str, Any], factor: int) -> dict[str, Any]:
    n = one["first"] + one["again"]
    return {
        "on": date.fromisoformat(one["on"]),
        "known": one["known"],
        "n": n * factor,
        "again": one["again"] * factor,
        "error": counting.error(n, factor),
    }


def _base(one: Mapping[str, int]) -> dict[str, Any]:
    n = one["n"]
    return {"n": n, "share": one["reached"] / n if n else None, "each_cents": one["margin_cents"] / n if n else None}


def _marks(replay: Replay, content: Content) -> list[str]:
    """Say what has no history: fields of the group, conditions of what begins it, the column with its day."""
    try:
        found = past.marks(replay.rule)
    except (InvalidRule, SegmentVersion.DoesNotExist):
        found = []
    trigger = content.trigger
    if isinstance(trigger, Dated):
        named = [one.label for one in facts.table(trigger.table).asked if trigger.column in (one.name, one.read[2:])]
        found += [past.as_of_today(str(label)) for label in named]
    return list(dict.fromkeys(found))
