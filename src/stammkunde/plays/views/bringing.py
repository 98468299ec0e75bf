"""Bringing a measure as a file: at once where all that it names is here, else once somebody has said who is meant."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammkunde.plays import contents, files, services, trial
from stammkunde.plays.contents import InvalidContent
from stammkunde.plays.files import PlayFile
from stammkunde.plays.files.parts import OTHER
from stammkunde.plays.measure_forms import AnswersForm, MeasureFileForm, told
from stammkunde.plays.measures import bringing, reading, running, taking
from stammkunde.plays.models import Brought, Play
from stammkunde.plays.views.keeping import found
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def new(request: StaffRequest) -> HttpResponse:
    return _upload(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring another version as a file; it counts for those who enter once it is started."""
    return _upload(request, found(pk))


def _upload(request: StaffRequest, play: Play | None) -> HttpResponse:
    form = MeasureFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _bring(request, form.cleaned_data["file"], play, press=form.cleaned_data["press"])
        except InvalidContent as wrong:
            form.add_error(None, told(wrong))
    return render(request, "plays/measure_new.html", {"form": form, "play": play}, status=400 if form.is_bound else 200)


def _bring(request: StaffRequest, file: PlayFile, play: Play | None, *, press: str) -> HttpResponse:
    """Take a file over, or ask for what it names and is not here."""
    for one in file.left_out:
        messages.warning(request, _("Left out, as this version does not know it: %(place)s") % {"place": one.place})
    given: Any = {"language": _language(), "staff": request.user, "now": timezone.now()}
    try:
        made = taking.bring(file, press=press, play=play, **given)
    except services.NotPossible:
        return _too_late(request, play)
    if isinstance(made, Brought):
        return redirect("measure-brought", made.pk)
    return _there(request, made, is_version=play is not None)


def _language() -> str:
    return get_language() or OTHER


def _there(request: StaffRequest, made: Play, *, is_version: bool) -> HttpResponse:
    if is_version:
        text = _("The new version is there as a draft. Start it, and it counts for whoever enters.")
    else:
        text = _("The measure is there as a draft. Nothing happens before you start it.")
    messages.success(request, text)
    return redirect("measure", made.pk)


def _too_late(request: StaffRequest, play: Play | None) -> HttpResponse:
    messages.error(request, _("That is not possible any more: somebody was quicker, or it is over."))
    return redirect("measure", play.pk) if play else redirect("measures")


def leave_usual_share(play: Play, staff: Staff) -> None:
    """Leave as many alone as suit the customers here: few of them need a larger share to show anything."""
    data, now = reading.newest(play).content, timezone.now()
    content = contents.read(data)
    share = trial.usual_share(content, now=now)
    if share != content.holdout.share:
        running.change(play_id=play.pk, content=data | {"holdout": {"share": share}}, staff=staff, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def brought(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask who is meant by each name; every answer is kept until the measure is taken over, or the file put away."""
    kept = Brought.objects.select_related("play").filter(pk=pk).first()
    if kept is None and (made := taking.made_by(request.POST.get("press", ""))):
        return redirect("measure", made.pk)  # pressed twice
    if kept is None:
        raise Http404
    file = files.read(kept.data)
    asked = bringing.questions(file, _language())
    form = AnswersForm(request.POST if request.method == "POST" else None, asked=asked, answers=kept.answers)
    if request.method == "POST" and request.POST.get("act") == "discard":
        kept.delete()
        messages.success(request, _("The file is put away."))
        return redirect("measures")
    if form.is_bound:
        is_whole = form.is_valid()
        kept.answers = {**kept.answers, **form.answers()}
        Brought.objects.filter(pk=kept.pk).update(answers=kept.answers)
        if request.htmx and not request.htmx.boosted:
            return HttpResponse(status=204)
        if is_whole and (answer := _taken(request, kept, form)) is not None:
            return answer
    context = {"kept": kept, "form": form, "name": file.words_in(_language()).name}
    return render(request, "plays/measure_brought.html", context, status=400 if form.errors else 200)


def _taken(request: StaffRequest, kept: Brought, form: AnswersForm) -> HttpResponse | None:
    given: Any = {"language": _language(), "staff": request.user, "now": timezone.now()}
    try:
        made = taking.take_brought(kept.pk, press=kept.press, **given)
    except InvalidContent as wrong:
        form.add_error(None, told(wrong))
        return None
    except services.NotPossible:
        return _too_late(request, kept.play)
    if made is None:
        raise Http404
    return _there(request, made, is_version=kept.play is not None)


def waiting() -> list[tuple[int, str]]:
    """Give the files that wait for answers: number, and what their measures are called."""
    return [(one.pk, files.read(one.data).words_in(_language()).name) for one in Brought.objects.order_by("pk")]
