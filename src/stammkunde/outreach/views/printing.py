"""Print runs: what waits for one, making it, its file and addresses, and bringing it to the post."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from stammkunde.customers.models import Purpose
from stammkunde.outreach import channels, origins, paper, queries, services, wording
from stammkunde.outreach.channels.paper import ROW
from stammkunde.outreach.models import Message, Piece, PrintRun
from stammkunde.outreach.previews import Preview
from stammkunde.outreach.services import collecting, printing
from stammkunde.team import policy, taking
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.team.models import Staff
from stammkunde.ui import tables
from stammkunde.ui.lists import Stretch

FEW = 50  # so many are collected while one waits; more are the worker's


class PrintRuns(StaffList):
    title = gettext_lazy("Print runs")
    lead = gettext_lazy("Letters and postcards wait here until you print them together and bring them to the post.")
    template = "outreach/print_runs.html"

    @property
    def may_all(self) -> bool:
        return self.may(policy.MESSAGES_SEND)

    def find(self, _chosen: dict[str, Any]) -> QuerySet[PrintRun]:
        return queries.print_runs(staff=None if self.may_all else self.request.user)

    def told(self, rows: list[PrintRun]) -> list[dict[str, object]]:
        called = origins.names(run.origin for run in rows if run.origin)
        return [_told(run, called) for run in rows]

    def more(self) -> dict[str, Any]:
        waiting = queries.waiting_for_print(now=timezone.now()) if self.may_all else []
        missing = channels.get("letter").missing(team.company())
        called = origins.names(one.origin for one in waiting)
        return {
            "waiting": [(one, wording.channel(one.channel), called[one.origin]) for one in waiting],
            "may_all": self.may_all,
            "missing": wording.reason({"code": missing}) if missing else "",
            "most": printing.MOST,
        }


@require_safe
@needs(policy.ANSWERS_SEND)
def listed(request: StaffRequest) -> HttpResponseBase:
    return PrintRuns(request).answer()


@require_POST
@needs(policy.MESSAGES_SEND)
def make(request: StaffRequest) -> HttpResponse:
    channel, origin = request.POST.get("channel", ""), request.POST.get("origin", "")[:60]
    return _made(request, channel=channel, origin=origin)


@require_POST
@needs(policy.ANSWERS_SEND)
def print_one(request: StaffRequest, pk: int) -> HttpResponse:
    message = _message(pk)
    may = policy.may(request.user, policy.MESSAGES_SEND)
    if not may and message.purpose not in {Purpose.SERVICE, Purpose.THANKS}:
        raise PermissionDenied(policy.MESSAGES_SEND)
    return _made(request, channel=message.channel, only=message)


class Pieces(StaffList):
    template = "outreach/print_run.html"

    def __init__(self, request: StaffRequest, run: PrintRun) -> None:
        super().__init__(request)
        self.run = run

    def find(self, _chosen: dict[str, Any]) -> QuerySet[Piece]:
        return queries.pieces(self.run)

    def stretches(self) -> list[Stretch]:
        return [Stretch(rows=self.find(self.chosen), key="position")]

    def more(self) -> dict[str, Any]:
        run = self.run
        objections = printing.objections(run, now=timezone.now()) if run.state == PrintRun.State.READY else []
        return {
            **_told(run, origins.names({run.origin} - {""})),
            "objections": [(piece, wording.reason(decision.reason)) for piece, decision in objections],
            "may_be_taken_back": printing.may_be_taken_back(run, now=timezone.now()),
            "total_cents": None if run.cost_cents is None else run.cost_cents * run.pieces_count,
        }


@require_safe
@needs(policy.ANSWERS_SEND)
def one(request: StaffRequest, pk: int) -> HttpResponseBase:
    return Pieces(request, _run(request, pk)).answer()


@require_POST
@needs(policy.ANSWERS_SEND)
def download(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Give the pages as one PDF. It is a POST, since the audit trail keeps who took addresses along."""
    run = _whole(request, pk)
    path = printing.file(run, marks="marks" in request.POST and run.channel == "postcard")
    _note(request, run, "print_run.downloaded")
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{_file_name(run)}.pdf")


@require_POST
@needs(policy.ANSWERS_SEND)
def addresses(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Give the list of addresses as a print shop wants it."""
    run = _whole(request, pk)
    _note(request, run, "print_run.addresses_exported")
    return tables.answer(
        form="csv",
        name=_file_name(run),
        columns=[tables.Column(label=label) for label in ROW],
        rows=([position, *row] for position, row in run.pieces.order_by("position").values_list("position", "row")),
        dialect=tables.Dialect.of("de"),  # German post offices and print shops read it, whoever hands it over
    )


@require_POST
@needs(policy.ANSWERS_SEND)
def hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, printing.hand_over, _("Handed over: the messages count as sent."))


@require_POST
@needs(policy.ANSWERS_SEND)
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, printing.take_back, _("Taken back: the messages wait for the post again."))


@require_POST
@needs(policy.ANSWERS_SEND)
def try_again(request: StaffRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, collecting.try_again, _("It is tried again."))


@require_POST
@needs(policy.ANSWERS_SEND)
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, printing.cancel, _("Cancelled: what was in it waits for the next run."))


@require_POST
@needs(policy.ANSWERS_SEND)
def take_out(request: StaffRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, printing.take_out, _("Taken out. Please download the file again."))


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def page_of_message(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    return _picture(request, _message(pk), number)


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def sheet(_request: StaffRequest, pk: int) -> HttpResponse:
    """Show one message's pages as PDF in the browser."""
    try:
        made = _preview(_message(pk)).pdf()
    except paper.CannotSet as problem:
        raise Http404(str(problem)) from problem
    return HttpResponse(made, content_type="application/pdf", headers={"Cache-Control": "private, no-store"})


def _picture(request: StaffRequest, message: Message, number: int) -> HttpResponse:
    try:
        pages = _preview(message).pictures(window=request.GET.get("window") == "1")
    except paper.CannotSet as problem:
        raise Http404(str(problem)) from problem
    if not 1 <= number <= len(pages):
        raise Http404(f"page {number} of {len(pages)}")
    response = HttpResponse(pages[number - 1], content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    response["X-Pages"] = str(len(pages))
    return response


def _preview(message: Message) -> Preview:
    try:
        return Preview.of(message, team.company(), today=timezone.localdate())
    except KeyError as problem:
        raise Http404(f"no {problem} in message {message.pk}") from problem


def _made(request: StaffRequest, *, channel: str, origin: str = "", only: Message | None = None) -> HttpResponse:
    now = timezone.now()
    try:
        run = printing.make_run(channel=channel, origin=origin, only=only, staff=request.user, now=now)
    except services.NotOnPaper as problem:
        messages.error(request, wording.reason({"code": str(problem)}))
        return redirect("print-runs")
    if only is not None or _due(channel, origin) <= FEW:
        run = collecting.collect(run_id=run.pk, now=now)
    if run.state == PrintRun.State.CANCELLED:
        messages.error(request, _("Nothing is due at the moment: look at the reason beside each message."))
        return redirect("message", only.pk) if only else redirect("print-runs")
    return redirect("print-run", run.pk)


def _due(channel: str, origin: str) -> int:
    found = queries.waiting_for_print(now=timezone.now())
    return sum(one.due for one in found if one.channel == channel and origin in {"", one.origin})


def _decide(request: StaffRequest, pk: int, decide: Callable[..., object], done: str) -> HttpResponse:
    run = _run(request, pk)
    try:
        decide(run_id=run.pk, staff=request.user, now=timezone.now())
    except services.RunIsOver:
        messages.error(request, _("That is not possible any more: somebody was quicker."))
    else:
        messages.success(request, done)
    return redirect("print-run", run.pk)


def _run(request: StaffRequest, pk: int) -> PrintRun:
    """Give a run; who may not write to many sees the own ones only."""
    run = queries.print_run(pk)
    if run is None:
        raise Http404(f"print run {pk}")
    if not _may(request.user, run):
        raise PermissionDenied(policy.MESSAGES_SEND)
    return run


def _may(staff: Staff, run: PrintRun) -> bool:
    return policy.may(staff, policy.MESSAGES_SEND) or run.made_by_id == staff.pk


def _whole(request: StaffRequest, pk: int) -> PrintRun:
    run = _run(request, pk)
    if run.state not in {PrintRun.State.READY, PrintRun.State.HANDED_OVER}:
        raise Http404(f"print run {pk} has no file")
    return run


def _message(pk: int) -> Message:
    message = Message.objects.select_related("customer__owner", "contact_person").filter(pk=pk).first()
    if message is None or message.channel not in channels.collecting():
        raise Http404(f"message {pk}")
    return message


def _told(run: PrintRun, called: Mapping[str, str]) -> dict[str, object]:
    return {
        "run": run,
        "channel": wording.channel(run.channel),
        "icon_name": wording.ICONS[run.channel],
        "badge": wording.run_badge(run),
        "origin": called.get(run.origin, ""),
        "pieces_text": ngettext("%(n)s piece", "%(n)s pieces", run.pieces_count) % {"n": run.pieces_count},
    }


def _note(request: StaffRequest, run: PrintRun, action: str) -> None:
    told: dict[str, Any] = {"thing": "print_run", "thing_id": run.pk, "label": str(run)}
    taking.note(request, action=action, now=timezone.now(), rows=run.pieces_count, **told)


def _file_name(run: PrintRun) -> str:
    name = {"letter": "Briefe", "postcard": "Postkarten"}[run.channel]
    return f"{name}-{run.dated_on.isoformat()}-{run.pk}"
