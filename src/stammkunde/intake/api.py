"""Files and rows in, for programs."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Query, Router, Schema, Status, UploadedFile
from ninja.errors import HttpError

from stammkunde.intake import layouts, queries, report, services
from stammkunde.intake.layouts import UnknownLayout
from stammkunde.intake.models import Import, Mapping
from stammkunde.team import policy, taking
from stammkunde.team.access import StaffRequest
from stammkunde.team.api import NeedsRight
from stammkunde.team.models import Staff

router = Router(tags=["imports"])
AMOUNTS = {"net", "gross", "discount", "returned", "shipping", "cents"}
TAKES_FILES = {"bring"}
TAKES_BYTES = {"bring_rows": 32 << 20}  # as many rows as one call takes


class ImportOut(Schema):
    id: int
    file_name: str
    layout: str
    status: str
    done: int
    total: int
    counts: dict[str, Any]
    problem_count: int
    problems: list[dict[str, Any]]
    error: str | None
    totals: dict[str, Any]  # control totals, see the guide; amounts only for who may see figures
    questions: list[dict[str, Any]]  # what must be answered by an option before anything is imported
    written: int | None  # rows that the database has from it by now; null while it is published or taken back


class RowsIn(Schema):
    origin: str  # whose keys these are, such as "till-1"
    rows: list[dict[str, Any]]
    name: str = "API"


@router.post("/imports", auth=NeedsRight(policy.IMPORTS_RUN, gives=""), response={201: ImportOut})
def bring(
    request: StaffRequest,
    file: File[UploadedFile],
    mapping: str = "",
    origin: str = "",
    dry_run: bool = False,
    option: Query[list[str]] = [],  # noqa: B006
) -> Any:
    """
    Take a file in and start it: with a saved mapping, or as it is recognised. Sending it again changes nothing.

    `option` answers a question that an import has left open, as `kind:Angebot=none`; it may be given several times.
    """
    known = _mapping(mapping)
    options = {**(known.options if known else {}), **({"origin": origin} if origin else {}), **_pairs(option)}
    now = timezone.now()
    try:
        incoming = services.receive(
            now=now,
            file_name=file.name or "file",
            file=file,
            staff=request.user,
            layout=known.layout if known else None,
            columns=known.columns if known else None,
            options=options or None,
        )
    except (services.TooLarge, services.NoRoom) as problem:
        raise HttpError(413, str(problem)) from None
    if incoming.status == Import.Status.UPLOADED:
        incoming = services.start(import_id=incoming.pk, now=now, dry_run=dry_run, staff=request.user)
    return Status(201, _import(incoming, request.user))


@router.post("/rows/{layout}", auth=NeedsRight(policy.IMPORTS_RUN, gives=""), response={201: ImportOut})
def bring_rows(request: StaffRequest, layout: str, body: RowsIn) -> Any:
    """Take rows in by the same checks as a file (`customers`, `orders`, …); the same rows again change nothing."""
    now, staff = timezone.now(), request.user
    try:
        incoming = services.bring(
            layout=layout, rows=body.rows, name=body.name, origin=body.origin, now=now, staff=staff
        )
    except UnknownLayout:
        names = ", ".join(one.name for one in layouts.known())
        raise HttpError(404, f"There are no rows of the kind '{layout}'. There are: {names}.") from None
    except services.NoRows:
        raise HttpError(422, "Give at least one row.") from None
    except (services.TooManyRows, services.UnknownFields, services.TooLarge, services.NoRoom) as problem:
        raise HttpError(422, str(problem)) from None
    return Status(201, _import(incoming, request.user))


@router.get("/imports/{import_id}", auth=NeedsRight(policy.IMPORTS_RUN, gives="import"), response=ImportOut)
def import_state(request: StaffRequest, import_id: int) -> Any:
    """Say how far an import is, and what came of it."""
    return _noted(request, get_object_or_404(Import, pk=import_id))


@router.post("/imports/{import_id}/undo", auth=NeedsRight(policy.IMPORTS_RUN, gives="import"), response=ImportOut)
def undo(request: StaffRequest, import_id: int) -> Any:
    """Take an import back."""
    get_object_or_404(Import, pk=import_id)
    try:
        return _noted(request, services.undo(import_id=import_id, now=timezone.now(), staff=request.user))
    except (services.NotNow, services.CannotUndo) as problem:
        raise HttpError(409, str(problem)) from None


def _mapping(name: str) -> Mapping | None:
    if not name:
        return None
    known = Mapping.objects.filter(name=name).first()
    if known is None:
        names = ", ".join(Mapping.objects.values_list("name", flat=True)) or "none is saved"
        raise HttpError(422, f"No mapping is called '{name}'. There are: {names}.")
    return known


def _pairs(options: list[str]) -> dict[str, str]:
    strange = [one for one in options if "=" not in one]
    if strange:
        raise HttpError(422, f"'{strange[0]}' is not of the form name=value, for example whole=yes.")
    return dict(one.split("=", 1) for one in options)


def _noted(request: StaffRequest, incoming: Import) -> dict[str, Any]:
    """Tell of an import; its problems show what stands in rows, so that they are noted as read."""
    rows = len(incoming.problems)
    told: dict[str, Any] = {"thing": "import", "thing_id": incoming.pk, "label": incoming.file_name}
    taking.note(request, rows=rows, now=timezone.now(), **told)
    return _import(incoming, request.user)


def _import(incoming: Import, staff: Staff) -> dict[str, Any]:
    names: Iterable[str] = ("id", "file_name", "layout", "status", "done", "total", "counts", "problem_count")
    told = report.error(incoming)
    error = " ".join(told) if told else None
    return {name: getattr(incoming, name) for name in names} | {
        "problems": incoming.problems,
        "error": error,
        "written": queries.written(incoming),
        "totals": incoming.totals if policy.may(staff, policy.FIGURES_VIEW) else _without_amounts(incoming.totals),
        "questions": _questions(incoming, staff),
    }


def _questions(incoming: Import, staff: Staff) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [asdict(one) for one in report.open_questions(incoming)]
    return found if policy.may(staff, policy.FIGURES_VIEW) else _without_amounts(found)


def _without_amounts(told: Any) -> Any:
    """Leave cents out, however deep they stand."""
    if isinstance(told, dict):
        return {name: _without_amounts(value) for name, value in told.items() if name not in AMOUNTS}
    return [_without_amounts(one) for one in told] if isinstance(told, list) else told
