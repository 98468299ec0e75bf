"""Writing a group of customers: its rule as a sentence of fields, with who it would be beside it."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammkunde.insight import rules
from stammkunde.insight.errors import InvalidRule
from stammkunde.mirror.replacing import Replaced
from stammkunde.segments import converting, draft, examples, latest, occurring, services, trying, vocabulary
from stammkunde.segments.asked import Asked
from stammkunde.segments.models import NAME_LENGTH, Segment
from stammkunde.segments.wording import Said, labels, problems
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import given
from stammkunde.ui import writing as ui

Rule = dict[str, Any]
EMPTY = "empty"


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A rule that is being written, of a group that there is or of a new one."""

    rule: Rule
    segment: Segment | None = None
    name: str = ""
    origin: str = Segment.Origin.BUILDER
    began: int = 0  # the number of the latest version, when somebody began to write
    problem: str = ""  # with the name, or with the whole rule
    focus: str = ""  # the id of the field to go on with
    asker: str = field(default_factory=lambda: secrets.token_hex(8))  # of a page, whose newer count replaces one before

    @property
    def address(self) -> str:
        return reverse("segment-edit", args=[self.segment.pk]) if self.segment else reverse("segment-new")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.SEGMENTS_EDIT)
def new(request: StaffRequest) -> HttpResponse:
    """Begin with an example, and write on."""
    if request.method == "POST":
        return _work(request, None)
    if "list" in request.GET:
        return _of_list(request)
    key = request.GET.get("example", "")
    example = examples.find(key)
    if example is None and key != EMPTY:
        return render(request, "segments/begin.html", {"occasions": examples.grouped()})
    if example is None:
        return _page(request, Writing(rule=draft.EMPTY))
    origin = Segment.Origin.EXAMPLE
    return _page(request, Writing(rule=draft.opened(example.rule), name=str(example.name)[:NAME_LENGTH], origin=origin))


def begin(request: StaffRequest, rule: Rule, *, origin: str) -> HttpResponse:
    """Show a rule to be written on and named, for a view that has made one."""
    return _page(request, Writing(rule=draft.opened(rule), origin=origin))


def _of_list(request: StaffRequest) -> HttpResponse:
    """Begin with what the list of customers is filtered by."""
    asked = Asked(request, QueryDict(request.GET["list"]))
    try:
        rule = converting.of_filters(asked.filters, generation=asked.generation)
    except converting.TooMany:
        text = _("More than %(most)s customers cannot be named one by one. Say by a rule what they share.")
        messages.error(request, text % {"most": ui.number(converting.MOST)})
        return redirect(f"{reverse('customers')}?{asked.query}")
    return begin(request, rule, origin=Segment.Origin.FINDING if asked.behind else Segment.Origin.LIST)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.SEGMENTS_EDIT)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the rule of a group, beginning with the latest version or with a former one."""
    segment = Segment.objects.filter(pk=pk).exclude(name="").first()  # a play's own is changed with the play
    if segment is None:
        raise Http404(f"group of customers {pk}")
    if segment.archived_at:
        messages.error(request, _("The group is in the archive. Take it out before you change its rule."))
        return redirect("segment", pk)
    if request.method == "POST":
        return _work(request, segment)
    last = latest.version_of(pk)
    former = segment.versions.filter(number=given.row(request.GET.get("version", ""))).first()
    rule = (former or last).rule
    return _page(request, Writing(rule=draft.opened(rule), segment=segment, name=segment.name, began=last.number))


def _work(request: StaffRequest, segment: Segment | None) -> HttpResponse:
    """Do what was pressed, or show what was typed."""
    said = request.POST.get("act", "")
    if said == "save" and request.htmx and not request.htmx.boosted:
        said = "show"  # counting names the button that was pressed right after typing; saving comes by itself
    rule = draft.act(draft.read(request.POST, vocabulary.known()), said)
    writing = Writing(
        rule=rule,
        segment=segment,
        name=request.POST.get("name", "").strip()[:NAME_LENGTH],
        origin=_origin(request.POST.get("origin", "")),
        began=given.row(request.POST.get("began", "")),
        focus=draft.focus(rule, said),
        asker=request.POST.get("asker", "")[:32],
    )
    return _save(request, writing) if said == "save" else _page(request, writing)


def _origin(said: str) -> str:
    """Read where a new group comes from; what a page cannot say was written here."""
    known = {Segment.Origin.EXAMPLE, Segment.Origin.LIST, Segment.Origin.FILE, Segment.Origin.FINDING}
    return said if said in known else Segment.Origin.BUILDER


def _save(request: StaffRequest, writing: Writing) -> HttpResponse:
    now, staff = timezone.now(), request.user
    problem = ""
    try:
        if writing.segment is None and not writing.name:
            problem = _("Give the group a name.")
        elif writing.segment is None:
            made = services.create(name=writing.name, rule=writing.rule, now=now, staff=staff, origin=writing.origin)
            messages.success(request, _("The group is saved. Who is in it is being worked out."))
            return redirect("segment", made.pk)
        else:
            pk, rule = writing.segment.pk, writing.rule
            if _is_unchanged(writing):
                messages.success(request, _("The rule is as it was: there is no new version."))
                return redirect("segment", pk)
            services.edit(segment_id=pk, rule=rule, now=now, staff=staff, began=writing.began)
            messages.success(request, _("Saved as a new version. Who is in it is being worked out."))
            return redirect("segment", writing.segment.pk)
    except InvalidRule as refused:
        problem = problems.text(refused)
    except services.NameTaken:
        problem = _("Another group has this name.")
    except services.TooMany:
        problem = problems.too_many(services.MOST_GROUPS)
    except services.Changed:
        problem = _("Somebody has changed this group meanwhile. Look at its versions; saving again replaces that.")
        writing = replace(writing, began=latest.version_of(writing.segment.pk).number if writing.segment else 0)
    return _page(request, replace(writing, problem=problem))


def _is_unchanged(writing: Writing) -> bool:
    """Say whether a group's latest rule is written, as the page shows it: what the page put in groups is the same."""
    if writing.segment is None:
        return False
    last, known = latest.version_of(writing.segment.pk), vocabulary.known()
    return bool(latest.readable([last], known)) and rules.digest(rules.read(writing.rule, known)) in {
        last.digest,
        rules.digest(rules.read(draft.opened(last.rule), known)),
    }


def _page(request: StaffRequest, writing: Writing) -> HttpResponse:
    try:
        return _shown(request, writing)
    except Replaced:  # the browser has left this answer for a newer one
        return HttpResponse(status=204)


def _shown(request: StaffRequest, writing: Writing) -> HttpResponse:
    part, now, asker = request.htmx.target or "", timezone.now(), f"{request.user.pk}:{writing.asker}"
    if part == "some":  # asked for once the number is there, so that nobody waits for names
        some = trying.some(writing.rule, now=now, asker=asker)
        return render(request, "segments/tried_some.html", {"some": some})
    known, said = vocabulary.known(), Said.current()
    segments = [(str(pk), name) for pk, name in _groups(but=writing.segment)]
    offered = draft.Offered(known=known, said=said, occurring=occurring.values, segments=segments)
    tried = trying.of(writing.rule, said=said, known=known, now=now, asker=asker)
    group = trying.with_unknown(draft.lay_out(writing.rule, offered), tried)
    context = {
        "writing": writing,
        "focus": writing.focus,
        "group": group,
        "leaves": list(trying.leaves(group)) if part == "tried" else [],
        "some": trying.some(writing.rule, now=now, asker=asker) if tried.counted and part != "tried" else None,
        "whats": labels.whats(said, with_groups=bool(segments)),
        "tried": tried,
        "name_length": NAME_LENGTH,
    }
    parts = {"tried": "segments/tried.html", "builder": "segments/builder_form.html"}
    page = parts.get(part, "segments/builder.html")
    return render(request, page, context, status=400 if writing.problem else 200)


def _groups(*, but: Segment | None) -> list[tuple[int, str]]:
    found = Segment.objects.filter(archived_at=None, play_id=None).exclude(pk=but.pk if but else 0)
    return list(found.values_list("pk", "name"))
