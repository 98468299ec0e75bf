"""The editor of a play: six cards, each a sentence that one clicks on to change; every change is kept in its draft."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.plays import contents, saying
from stammkunde.plays.contents import Content, End
from stammkunde.plays.editing import acts
from stammkunde.plays.editing import forms as card_forms
from stammkunde.plays.editing import steps as step_forms
from stammkunde.plays.editing.forms import CardForm
from stammkunde.plays.editing.steps import StepForm
from stammkunde.plays.files import writing
from stammkunde.plays.measure_forms import new_press
from stammkunde.plays.measures import reading, wording
from stammkunde.plays.measures.taking import copied
from stammkunde.plays.models import Play
from stammkunde.plays.saying import Line
from stammkunde.plays.views import branch
from stammkunde.plays.views.keeping import found, keep, step_of, to_kept_step, to_steps, with_step
from stammkunde.team import policy, taking
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import tables

OVER = (Play.Status.STOPPED, Play.Status.DONE)
OPENED = {"message": ("otherwise",), "task": ("otherwise",), "branch": ("yes", "no")}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the six cards, or keep what was changed in one of them."""
    play = found(pk)
    data = reading.newest(play).content
    if request.method == "POST":
        return _card(request, play, data)
    return _page(request, play, data)


def _card(request: StaffRequest, play: Play, data: Mapping[str, Any]) -> HttpResponse:
    key = request.POST.get("card", "")
    kind = card_forms.FORMS.get(key)
    if kind is None:
        raise Http404
    form = kind(request.POST, content=contents.read(data))
    if form.is_valid() and (kept := _keep(request, play, form.put(data), form)) is not None:
        if request.htmx:
            answer = render(request, "plays/editor_said.html", {"card": _said(kept)[key]})
            answer["HX-Trigger"] = "play-changed"
            return answer
        return redirect(f"{reverse('measure-edit', args=[play.pk])}#card-{key}")
    if request.htmx:
        return render(request, "plays/editor_said.html", {"form": form})
    return _page(request, play, data, forms={key: form}, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def step(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for a new step or a changed one, and keep it."""
    play = found(pk)
    data = reading.newest(play).content
    given = request.POST if request.method == "POST" else request.GET
    key, kind, place = (given.get(name, "") for name in ("key", "kind", "place"))
    before = step_of(data, key) if key else {"kind": kind}
    if before.get("kind") == branch.BRANCH:
        return branch.answer(request, play, data, key=key, place=place)
    form_of = step_forms.FORMS.get(before.get("kind", ""))
    if form_of is None:
        raise Http404
    content = contents.read(data)
    form = form_of(request.POST if request.method == "POST" else None, step=before, content=content)
    if form.is_bound and form.is_valid():
        changed = with_step(data, form.fields_of(), kind=form.kind, key=key, place=place)
        kept = _keep(request, play, changed, form)
        if kept is not None:
            return to_kept_step(play, key, data, kept)
    said = {"play": play, "form": form, "key": key, "kind": form_of.kind, "place": place}
    title = step_forms.KINDS[form_of.kind]
    return render(request, "plays/step.html", said | {"title": title}, status=400 if form.is_bound else 200)


@require_POST
@needs(policy.MESSAGES_SEND)
def arrange(request: StaffRequest, pk: int) -> HttpResponse:
    """Move a step up or down, or take it out."""
    play = found(pk)
    data = reading.newest(play).content
    key, act = request.POST.get("key", ""), request.POST.get("act", "")
    step_of(data, key)
    if act == "remove":
        if _keep(request, play, acts.removed(data, key)) is not None:
            messages.success(request, _("The step is removed. “Undo” brings it back."))
    elif act in ("up", "down"):
        _keep(request, play, acts.moved(data, key, by=-1 if act == "up" else 1))
    return to_steps(play, "" if act == "remove" else key)


@require_POST
@needs(policy.MESSAGES_SEND)
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the last change of the draft back; once more brings it back."""
    play = found(pk)
    version = reading.newest(play)
    if version.from_at is not None or version.before is None:
        messages.error(request, _("There is no change to be taken back."))
    elif _keep(request, play, version.before) is not None:
        messages.success(request, _("The last change is taken back. Once more brings it back."))
    return redirect("measure-edit", pk)


@require_POST
@needs(policy.MESSAGES_SEND)
def copy(request: StaffRequest, pk: int) -> HttpResponse:
    play = found(pk)
    name = (_("Copy of %(name)s") % {"name": play.name})[:80]
    press = request.POST.get("press", "")[:40]
    made = copied(play, name=name, staff=request.user, now=timezone.now(), press=press)
    messages.success(request, _("The copy is there as a draft."))
    return redirect("measure-edit", made.pk)


@require_POST
@needs(policy.MESSAGES_SEND)
def file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Give a measure as a file that another installation can read."""
    play = found(pk)
    version = reading.newest(play)
    said = writing.write(name=play.name, content=version.content, version=version.number)
    response = JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 2})
    taking.note(request, thing="play", thing_id=play.pk, label=play.name, rows=1, now=timezone.now())
    return tables.to_take_along(response, f"{said['key']}.json")


def _keep(
    request: StaffRequest, play: Play, data: Mapping[str, Any], form: CardForm | StepForm | None = None
) -> Content | None:
    """Keep a changed content; what cannot be kept is said in the form, or in a message."""
    kept, wrong = keep(play, data, staff=request.user)
    for text in wrong:
        if form is None:
            messages.error(request, text)
        else:
            form.add_error(None, text)
    return kept


def _said(content: Content) -> dict[str, saying.Card]:
    return {one.key: one for one in saying.cards(content, wording.names([content]))}


def _page(
    request: StaffRequest,
    play: Play,
    data: Mapping[str, Any],
    *,
    forms: Mapping[str, CardForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    content = contents.read(data)
    names = wording.names([content])
    lines = saying.lines(content, names)
    shown = dict(forms or {})
    context = {
        "play": play,
        "is_over": play.status in OVER,
        "is_beside": reading.newest(play).from_at is None and play.status != Play.Status.DRAFT,
        "cards": [
            {
                "said": one,
                "form": shown.get(one.key)
                or (card_forms.FORMS[one.key](content=content) if one.key != "steps" else None),
                "is_open": one.key in shown or request.GET.get("open") == one.key,
            }
            for one in saying.cards(content, names)
        ],
        "lines": lines,
        "places": _places(content, lines),
        "last": _last(content),
        "press": new_press(),
        "kinds": list(step_forms.KINDS.items()),
        "at": request.GET.get("at", ""),
    }
    return render(request, "plays/editor.html", context, status=status)


def _last(content: Content) -> str:
    """Give the place at which a new step usually goes: after all others, before an end."""
    keys = [one.key for one in content.steps if not isinstance(one, End)]
    return keys[-1] if keys else acts.START


def _places(content: Content, lines: list[Line]) -> list[tuple[str, str]]:
    """Say where a step may be put: after each, or first on one of its ways."""
    leads = saying.leads(content)
    found = [(acts.START, _("at the start"))]
    for line in lines:
        found.append((line.key, _("after: %(step)s") % {"step": line.text}))
        found += [(f"{line.key}/{way}", f"{line.text} · {leads[line.key, way]}") for way in OPENED.get(line.kind, ())]
    return found
