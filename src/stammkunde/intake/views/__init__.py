import tempfile
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from stammkunde.intake import (
    apart,
    check,
    forms,
    layouts,
    owners,
    queries,
    recognise,
    remembered,
    report,
    services,
    sums,
    together,
    wording,
)
from stammkunde.intake.formats import FileNotUsable
from stammkunde.intake.models import Import, Mapping
from stammkunde.intake.recognise.parts import Part
from stammkunde.intake.staging import folder
from stammkunde.intake.uploads import Upload, arrived, streamed
from stammkunde.team import policy, taking
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.ui import tables, writing

Status = Import.Status
CORRECTABLE = (Status.UPLOADED, Status.CHECKED, Status.FAILED, Status.UNDONE)


class Imports(StaffList):
    title = gettext_lazy("Imports")
    lead = gettext_lazy(
        "Files from your shop or ERP become customers, products and orders. You see what will happen before anything "
        "happens, and can undo it."
    )
    size = 30
    template = "intake/imports.html"

    def find(self, _chosen: dict[str, Any]) -> QuerySet[Import]:
        return Import.objects.exclude(status=Status.DISCARDED).select_related("staff").defer("problems", "columns")

    def told(self, rows: list[Import]) -> list[tuple[Import, str]]:
        return [(incoming, report.summary(incoming)) for incoming in rows]

    def more(self) -> dict[str, Any]:
        return {
            "running": any(incoming.status in queries.RUNNING for incoming in self.page.rows),
            "several_wait": sum(incoming.status == Status.UPLOADED for incoming in self.page.rows) > 1,
            "own": [(one.name, one.label(forms.language())) for one in layouts.own()],
            "others": layouts.others(forms.language()),
            "limit": writing.number(settings.UPLOAD_LIMIT_BYTES // 1024**2),
        }


@needs(policy.IMPORTS_RUN)
@require_safe
def imports(request: StaffRequest) -> HttpResponseBase:
    return Imports(request).answer()


@needs(policy.IMPORTS_RUN)
@require_safe
def template(request: StaffRequest, name: str) -> FileResponse:
    """Hand out an empty table of ours, with its headings and an example."""
    taking.holds_nothing(request)
    if name not in {one.name for one in layouts.own()}:
        raise Http404(name)
    text = "\N{BYTE ORDER MARK}" + layouts.template_csv(name, language=forms.language())
    file_name = tables.file_name(get_valid_filename(layouts.get(name).label(forms.language())), form="csv")
    return FileResponse(
        BytesIO(text.encode()), as_attachment=True, filename=file_name, content_type="text/csv; charset=utf-8"
    )


# Receiving


@streamed
@needs(policy.IMPORTS_RUN)
@require_POST
def upload(request: StaffRequest) -> HttpResponse:
    files = list(arrived(request, "files"))
    key = services.new_key() if len(files) > 1 else ""
    taken = [incoming for file in files if (incoming := _take(request, file, together=key))]
    if not request.FILES:
        messages.error(request, _("Choose at least one file."))
    to = reverse("imports")
    if len(taken) == 1:
        to = reverse("import", args=[taken[0].pk])
    elif taken:
        to = reverse("imports-together", args=[key])
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)


def _take(request: StaffRequest, file: Upload, *, together: str) -> Import | None:
    """Make an import of an uploaded file; refusals are told, and the other files go on."""
    name = file.name or _("File")
    try:
        if file.refusal:
            raise file.refusal
        incoming = services.receive(
            now=timezone.now(), file_name=name, path=file.path, staff=request.user, together=together
        )
    except services.TooLarge as refusal:
        limit = writing.number(refusal.limit_bytes // 1024**2)
        text = _("“%(name)s” is larger than the %(limit)s MB that this installation takes. Split the file.")
        messages.error(request, text % {"name": name, "limit": limit})
        return None
    except services.NoRoom as refusal:
        free = writing.number(refusal.free_bytes // 1024**2)
        text = _("There is no room for “%(name)s”: only %(free)s MB are free on the server.")
        messages.error(request, text % {"name": name, "free": free})
        return None
    file.is_taken = True
    return incoming


# One import


@needs(policy.IMPORTS_RUN)
@require_safe
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    incoming = get_object_or_404(Import, pk=pk)
    return _page(
        request, incoming, _preview(incoming, _as_stored(incoming)) if incoming.status in CORRECTABLE else None
    )


@needs(policy.IMPORTS_RUN)
@require_POST
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what a correction, or a saved mapping, makes of the file. Nothing is kept."""
    incoming = get_object_or_404(Import, pk=pk, status__in=CORRECTABLE)
    given = _corrected(request, incoming)
    chosen = request.POST.get("mapping", "")
    if "apply" in request.POST and chosen.isdecimal():
        mapping = get_object_or_404(Mapping, pk=int(chosen))
        given = forms.Correction(layout=mapping.layout, columns=mapping.columns, options=mapping.options)
    return _page(request, incoming, _preview(incoming, given, data=request.POST, is_applied="apply" in request.POST))


@needs(policy.IMPORTS_RUN)
@require_POST
def split(request: StaffRequest, pk: int) -> HttpResponse:
    """Make an import of each sheet, or file of an archive, that was chosen."""
    get_object_or_404(Import, pk=pk)
    names = set(request.POST.getlist("part"))
    try:
        made = services.split(import_id=pk, names=names, now=timezone.now(), staff=request.user)
    except services.NotNow:
        messages.warning(request, _("This import is under way or done already."))
        return redirect("import", pk)
    except FileNotUsable as problem:
        messages.error(request, " ".join(wording.problem_text(problem.code, problem.detail)))
        return redirect("import", pk)
    if not made:
        messages.error(request, _("Choose at least one table."))
        return redirect("import", pk)
    text = ngettext("%(n)s table is an import of its own now.", "%(n)s tables are imports of their own now.", len(made))
    messages.success(request, text % {"n": len(made)})
    return redirect("import", made[0].pk) if len(made) == 1 else redirect("imports-together", made[0].together)


@needs(policy.IMPORTS_RUN)
@require_POST
def save_mapping(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep the mapping under a name, and go on with the preview."""
    incoming = get_object_or_404(Import, pk=pk, status__in=CORRECTABLE)
    given = _corrected(request, incoming)
    shown = _preview(incoming, given, data=request.POST)
    name = request.POST.get("name", "").strip()[:80]
    if not name or shown.found is None:
        messages.error(request, _("Give the mapping a name."))
    elif shown.is_valid:
        found = shown.found
        services.save_mapping(
            name=name,
            layout=found.layout,
            columns=found.columns,
            options=found.options,
            heading=remembered.digest(found.header),
            now=timezone.now(),
            staff=request.user,
        )
        messages.success(request, _("Saved as “%(name)s”. You can use it for the next file.") % {"name": name})
    return _page(request, incoming, shown)


@needs(policy.IMPORTS_RUN)
@require_POST
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """Queue the import, or its dry run; with the preview's form as corrected, without it as checked before."""
    incoming = get_object_or_404(Import, pk=pk)
    given: dict[str, Any] = {}
    if "layout" in request.POST and incoming.status in CORRECTABLE:
        shown = _preview(incoming, _corrected(request, incoming), data=request.POST)
        if not shown.is_ready:
            return _page(request, incoming, shown, status=400)
        assert shown.found is not None  # ready
        found = shown.found
        given = {"layout": found.layout, "columns": found.columns, "options": found.options}
        given["heading"] = remembered.digest(found.header)
    try:
        services.start(
            import_id=pk, now=timezone.now(), dry_run=request.POST.get("do") == "dry", staff=request.user, **given
        )
    except services.NotNow:
        messages.warning(request, _("This import is under way or done already."))
    return redirect("import", pk)


@needs(policy.IMPORTS_RUN)
@require_safe
def progress(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the progress as a fragment; once there is nothing to wait for, the page is loaded anew."""
    incoming = get_object_or_404(Import, pk=pk)
    if incoming.status not in queries.RUNNING:
        return HttpResponseClientRefresh()
    shown = {"incoming": incoming, "step": _step(incoming), "counted": report.counted(incoming)}
    return render(request, "intake/progress.html", shown)


@needs(policy.IMPORTS_RUN)
@require_POST
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    get_object_or_404(Import, pk=pk)
    try:
        services.undo(import_id=pk, now=timezone.now(), staff=request.user)
    except services.NotNow:
        messages.warning(request, _("This import cannot be undone now."))
    except services.CannotUndo as refusal:
        messages.error(request, report.refusal(refusal))
    return redirect("import", pk)


@needs(policy.IMPORTS_RUN)
@require_POST
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    incoming = get_object_or_404(Import, pk=pk)
    try:
        services.discard(import_id=pk, now=timezone.now(), staff=request.user)
    except services.NotNow:
        messages.warning(request, _("This import is under way or in the database; it cannot be discarded."))
        return redirect("import", pk)
    messages.success(request, _("“%(name)s” was discarded. Your data is unchanged.") % {"name": incoming.file_name})
    return redirect("imports")


@needs(policy.IMPORTS_RUN)
@require_POST
def refused(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Hand out the refused rows, each with its line, column, value, reason and cure."""
    incoming = get_object_or_404(Import, pk=pk)
    folder = queries.checked_dir(incoming)
    if folder is None:
        messages.warning(request, _("The refused rows are no longer there."))
        return redirect("import", pk)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "refused.csv"
        check.write_refused(folder, target, language=forms.language())
        with target.open("rb") as written:
            while block := written.read(1024 * 1024):
                out.write(block)
    out.seek(0)
    taking.note(
        request,
        action="import.refused_export",
        now=timezone.now(),
        thing="import",
        thing_id=pk,
        label=incoming.file_name,
        rows=incoming.problem_count,
    )
    name = tables.file_name(Path(incoming.file_name).stem, _("refused"), form="csv")
    return FileResponse(out, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


# What the page shows


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What we make of a file, or why we can make nothing of it."""

    found: recognise.Recognition | None
    options: forms.Options | None = None
    is_valid: bool = True
    refusal: tuple[str, str] | None = None

    @property
    def is_ready(self) -> bool:
        return self.found is not None and self.found.usable and self.is_valid


def _as_stored(incoming: Import) -> forms.Correction:
    return forms.Correction(layout=incoming.layout or None, columns=incoming.columns or None, options=incoming.options)


def _corrected(request: StaffRequest, incoming: Import) -> forms.Correction:
    return forms.correction(request.POST, incoming=incoming) if "layout" in request.POST else _as_stored(incoming)


def _preview(
    incoming: Import, given: forms.Correction, *, data: dict[str, str] | None = None, is_applied: bool = False
) -> Preview:
    if not incoming.path or not Path(incoming.path).is_file():
        return Preview(found=None, refusal=(_("The file is no longer there."), _("Upload it once more.")))
    try:
        found = apart.recognise(
            Path(incoming.path),
            today=timezone.localdate(),
            layout=given.layout,
            columns=given.columns,
            options=given.options,
            also=report.asked(incoming),
            kept=folder.kept(incoming, today=timezone.localdate()),
            memory_mb=settings.ENGINE_MEMORY_MB,
        )
    except FileNotUsable as problem:
        return Preview(found=None, refusal=wording.problem_text(problem.code, problem.detail))
    found = owners.with_questions(found)
    if incoming.totals:  # of the whole file, as shown above
        found = replace(found, totals={})
    layout = layouts.get(found.layout) if found.layout else None
    questions = [one.option for one in found.asked]
    options = partial(forms.Options, layout=layout, dialect=found.dialect, questions=questions, initial=found.options)
    shown = Preview(found=found, options=options())
    if data is None or is_applied or "origin" not in data:
        return shown
    typed = options(data)
    return shown if typed.is_valid() else replace(shown, options=typed, is_valid=False)


def _page(request: StaffRequest, incoming: Import, shown: Preview | None, *, status: int = 200) -> HttpResponse:
    told = report.of(incoming)
    context = {
        "incoming": incoming,
        "running": incoming.status in queries.RUNNING,
        "report": told,
        "standing": report.standing(told),
        "sheet": sums.of(incoming),
        "with_others": bool(incoming.together) and together.of(incoming.together).exclude(pk=incoming.pk).exists(),
        "is_asked": bool(report.open_questions(incoming)),
        "step": _step(incoming),
        "counted": told.counted,
        "kept_until": queries.kept_until(incoming),
    }
    if shown is not None:
        parts = _parts(incoming, shown)
        context |= _preview_context(shown, passed_over=("sheets_left",) if parts else ()) | {"parts": parts}
    return render(request, "intake/import.html", context, status=status)


def _parts(incoming: Import, shown: Preview) -> list[tuple[Part, str]]:
    """List the tables of an uploaded file that holds several, each with what it may be, in words."""
    dialect = shown.found.dialect if shown.found else None
    is_one = dialect is None or max(len(dialect.sheets), len(dialect.parts)) < 2
    if is_one or incoming.status != Status.UPLOADED or services.ALONE in incoming.options:
        return []
    try:
        found = apart.parts(Path(incoming.path), memory_mb=settings.ENGINE_MEMORY_MB)
    except FileNotUsable:
        return []
    labels = [layouts.get(one.layout).label(forms.language()) if one.layout else "" for one in found]
    return list(zip(found, labels, strict=True)) if len(found) > 1 else []


def _preview_context(shown: Preview, *, passed_over: tuple[str, ...] = ()) -> dict[str, Any]:
    """Give what the preview shows; remarks that are `passed_over` stand elsewhere on the page."""
    found = shown.found
    if found is None:
        return {"preview": shown}
    rows = forms.field_rows(found)
    remarks = [one.as_dict() for one in found.problems if one.code not in passed_over]
    return {
        "preview": shown,
        "found": found,
        "layouts": forms.layout_choices(found),
        "rows": rows,
        "asked": forms.asked(found),
        "sheet_shown": sums.sheet(found.totals),
        "is_open": bool(found.questions),
        "open_questions": len(found.questions),
        "missing": [row.label for row in rows if row.missing],
        "problems": report.problems(remarks[:8]),
        "mappings": queries.mappings(),
        "from_there": queries.from_there(str(found.options.get("origin", ""))),
        "used": len(found.header) - len(found.unused),
        "unused": forms.unused(found),
    }


def _step(incoming: Import) -> str:
    return wording.step_label(incoming.step) if incoming.step else incoming.get_status_display()
