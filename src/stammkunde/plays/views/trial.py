"""The trial of a play: what it would do today."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from stammkunde.plays import contents, trial
from stammkunde.plays.contents import Content
from stammkunde.plays.editing.forms import ShareForm
from stammkunde.plays.measures import reading
from stammkunde.plays.trial import Trial
from stammkunde.plays.views.keeping import found
from stammkunde.segments import whys
from stammkunde.segments.nightly import NotKept
from stammkunde.segments.services import InvalidRule
from stammkunde.segments.whys import Why
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs


@require_safe
@needs(policy.MESSAGES_SEND)
def show(request: StaffRequest, pk: int) -> HttpResponse:
    play = found(pk)
    content = contents.read(reading.newest(play).content)
    if _is_part(request) and "share" in request.GET:
        return _effect(request, content)
    looked = trial.of(play, content, now=timezone.now())
    template = "plays/trial_part.html" if _is_part(request) else "plays/trial.html"
    return render(request, template, {"play": play, "trial": looked, "people": _why(content, looked)})


def _is_part(request: StaffRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted


def _effect(request: StaffRequest, content: Content) -> HttpResponse:
    """Say the smallest effect that could be seen with so many left alone as somebody is typing."""
    form = ShareForm(request.GET)
    share = form.cleaned_data["share"] / 100 if form.is_valid() else None
    cents = trial.smallest_cents(content, share=share, now=timezone.now()) if share else None
    return render(request, "plays/effect.html", {"share": share, "cents": cents})


def _why(content: Content, looked: Trial) -> list[Why]:
    """Explain to the ten why they are in it; where it is for all, or nobody can tell, they are named only."""
    named = [Why(customer=one, since=None, parts=()) for one in looked.people]
    try:
        if content.group is not None and looked.people:
            return whys.of(int(content.group), looked.people, now=timezone.now())
        return whys.by_rule(content.rule, looked.people, now=timezone.now()) if content.rule else named
    except (InvalidRule, NotKept):
        return named
