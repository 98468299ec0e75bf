"""Two ways in a measure: the condition as a sentence of fields, beside it what it says."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from stammkunde.plays import contents
from stammkunde.plays.editing import branching
from stammkunde.plays.editing.branching import Writing
from stammkunde.plays.editing.steps import KINDS
from stammkunde.plays.models import Play
from stammkunde.plays.views import keeping
from stammkunde.segments import trying
from stammkunde.team.access import StaffRequest

BRANCH = "branch"


def answer(request: StaffRequest, play: Play, data: Mapping[str, Any], *, key: str, place: str) -> HttpResponse:
    """Show the condition, do what was pressed with it, or keep it."""
    content = contents.read(data)
    if request.method != "POST":
        rule = keeping.step_of(data, key)["rule"] if key else None
        return _page(request, play, branching.begin(content, rule), key=key, place=place)
    writing = branching.read(request.POST, content)
    if request.POST.get("act") == "save" and not writing.problem:
        fields = {"rule": writing.plain}
        changed = keeping.with_step(data, fields, kind=BRANCH, key=key, place=place)
        kept, wrong = keeping.keep(play, changed, staff=request.user)
        if kept is not None:
            return keeping.to_kept_step(play, key, data, kept)
        for text in wrong:
            messages.error(request, text)
    return _page(request, play, writing, key=key, place=place)


def _page(request: StaffRequest, play: Play, writing: Writing, *, key: str, place: str) -> HttpResponse:
    part = request.htmx.target or ""
    group = writing.laid()
    context = {
        "play": play,
        "title": KINDS[BRANCH],
        "writing": writing,
        "focus": writing.focus,
        "group": group,
        "leaves": list(trying.leaves(group)) if part == "tried" else [],
        "whats": branching.whats(),
        "usual": [(name, label) for name, (label, _rule) in branching.USUAL.items()],
        "key": key,
        "kind": BRANCH,
        "place": place,
    }
    parts = {"tried": "plays/branch_said.html", "builder": "plays/branch_form.html"}
    is_refused = request.POST.get("act") == "save"
    return render(request, parts.get(part, "plays/branch.html"), context, status=400 if is_refused else 200)
