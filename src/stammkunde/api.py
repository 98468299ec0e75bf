"""
The API: for programs that bring files in and take figures and customers out.

A program shows a person's token (`team.tokens`) and has that person's rights. The description (OpenAPI) is at
`/api/v1/docs`. Every answer is read by the same queries and services as the pages.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, NinjaAPI, Query, Schema, Status, UploadedFile
from ninja.errors import HttpError
from ninja.security import HttpBearer

from stammkunde import __version__
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.insight.errors import CannotAnswer
from stammkunde.intake import layouts, report
from stammkunde.intake import services as intake
from stammkunde.intake.layouts import UnknownLayout
from stammkunde.intake.models import Import, Mapping
from stammkunde.segments import queries as segments
from stammkunde.signals import answers, forecasts
from stammkunde.signals import queries as signals
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.team import policy, tokens
from stammkunde.team import services as team
from stammkunde.ui.lists import NoPlace

MOST_CUSTOMERS = 500
SEEN_BY_ALL = ("stage", "last_on", "due_on", "overdue_days", "risk_level", "risk")
WORTH = (
    "risk_reasons", "margin_at_risk_cents", "expected_purchases", "expected_cents", "expected_low_cents",
    "expected_high_cents", "clv_cents", "clv_low_cents", "clv_high_cents",
)  # fmt: skip


class NeedsRight(HttpBearer):
    """Lets in whose token belongs to a person with a right."""

    def __init__(self, right: str) -> None:
        super().__init__()
        self.right = right

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        staff = tokens.owner(token=token, now=timezone.now())
        if staff is None:
            return None
        if not policy.may(staff, self.right):
            raise HttpError(403, f"The role '{staff.role}' may not do this: it lacks the right '{self.right}'.")
        request.user = staff
        return staff


api = NinjaAPI(title="Stammkunde", version=__version__, description=__doc__, urls_namespace="api")


class SliceOut(Schema):
    by: str
    value: str


class FigureOut(Schema):
    kpi: str
    period: str
    slice: SliceOut | None
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int
    reason: str
    remark: str


class ContactPersonOut(Schema):
    id: int
    salutation: str
    title: str
    first_name: str
    last_name: str
    role: str
    email: str
    phone: str
    birthday_on: date | None


class CustomerOut(Schema):
    id: int
    number: str
    kind: str
    name: str
    email: str
    phone: str
    street: str
    postcode: str
    city: str
    country: str
    region: str
    industry: str
    segment: str
    attributes: dict[str, str]
    since_on: date | None
    owner: str | None
    stage: str | None
    last_on: date | None
    due_on: date | None
    overdue_days: int | None
    risk_level: str | None = None  # green, amber, red; empty: no customer
    risk: float | None = None  # probability of buying nothing within the horizon
    risk_reasons: list[dict[str, Any]] | None = None  # codes and numbers, see docs/methods/risk.md
    abc_class: str | None = None  # figures: for whoever may see them
    revenue_year_cents: int | None = None
    margin_year_cents: int | None = None
    margin_at_risk_cents: int | None = None  # worth: for whoever may see margins, or revenue where costs are unknown
    expected_purchases: float | None = None  # of the next 12 months
    expected_cents: int | None = None
    expected_low_cents: int | None = None
    expected_high_cents: int | None = None
    clv_cents: int | None = None  # of the next three years, discounted
    clv_low_cents: int | None = None
    clv_high_cents: int | None = None


class CustomerWithPeopleOut(CustomerOut):
    contact_persons: list[ContactPersonOut]


class CustomersOut(Schema):
    customers: list[CustomerOut]
    next: str | None  # give it as `after` for the next page


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


class RowsIn(Schema):
    origin: str  # whose keys these are, such as "till-1"
    rows: list[dict[str, Any]]
    name: str = "API"


class Which(Schema):
    q: str = ""
    stage: str = ""
    level: str = ""
    sort: Literal["value", "at_risk", "risk", "expected", "revenue", "last", "silent", "overdue", "name"] = "name"
    after: str = ""
    limit: int = 100


@api.get("/figures", auth=NeedsRight(policy.FIGURES_VIEW), response=list[FigureOut], tags=["figures"])
def figures(
    request: HttpRequest,
    period: list[str] = Query(...),  # noqa: B008
    by: str | None = None,
    activity_days: int | None = Query(None, ge=1, le=3650),
) -> Any:
    """Count the figures of periods (`2011`, `2011-Q3`, `2011-09`), as `stammkunde kpis` does."""
    try:
        found = answers.figures(periods=period, by=by, activity_days=activity_days)
    except CannotAnswer as problem:
        raise HttpError(422, str(problem)) from None
    except (answers.NoFacts, answers.NoMirror):
        raise HttpError(409, "There are no figures yet. Import a file, and wait for the data refresh.") from None
    may_margin = policy.may(request.user, policy.MARGIN_VIEW)
    return [_figure(one) for one in found if may_margin or not one.kpi.startswith("margin")]


@api.get("/customers", auth=NeedsRight(policy.CUSTOMERS_VIEW), response=CustomersOut, tags=["customers"])
def customers(request: HttpRequest, which: Query[Which]) -> Any:
    """List customers, page by page."""
    sees_figures = policy.may(request.user, policy.FIGURES_VIEW)
    if which.sort not in segments.OPEN_SORTS and not sees_figures:
        raise HttpError(403, f"Sorting by '{which.sort}' needs the right '{policy.FIGURES_VIEW}'.")
    generation = signals.current()
    try:
        page = segments.page(
            segments.Filters(q=which.q[:100], stage=which.stage, level=which.level),
            generation=generation,
            sort=which.sort,
            after=which.after,
            size=max(1, min(which.limit, MOST_CUSTOMERS)),
        )
    except NoPlace:
        raise HttpError(422, "'after' is not a place that a page gave. Leave it out to start anew.") from None
    _note_export(request, rows=len(page.rows))
    return {
        "customers": [_customer(request, row.customer, row.signal, generation) for row in page.rows],
        "next": page.after or None,
    }


@api.get(
    "/customers/{customer_id}",
    auth=NeedsRight(policy.CUSTOMERS_VIEW),
    response=CustomerWithPeopleOut,
    tags=["customers"],
)
def customer(request: HttpRequest, customer_id: int) -> Any:
    """Give one customer with the contact persons."""
    found = get_object_or_404(Customer.objects.select_related("owner"), pk=customer_id)
    people = ContactPerson.objects.filter(customer=found)
    return _customer(request, found, signals.signal_of(found.pk), signals.current()) | {"contact_persons": list(people)}


@api.post("/imports", auth=NeedsRight(policy.IMPORTS_RUN), response={201: ImportOut}, tags=["imports"])
def bring(
    request: HttpRequest,
    file: File[UploadedFile],
    mapping: str = "",
    origin: str = "",
    dry_run: bool = False,
) -> Any:
    """Take a file in and start it: with a saved mapping, or as it is recognised. Sending it again changes nothing."""
    known = _mapping(mapping)
    options = {**(known.options if known else {}), **({"origin": origin} if origin else {})}
    now = timezone.now()
    try:
        incoming = intake.receive(
            now=now,
            file_name=file.name or "file",
            file=file,
            staff=request.user,
            layout=known.layout if known else None,
            columns=known.columns if known else None,
            options=options or None,
        )
    except (intake.TooLarge, intake.NoRoom) as problem:
        raise HttpError(413, str(problem)) from None
    if incoming.status == Import.Status.UPLOADED:
        incoming = intake.start(import_id=incoming.pk, now=now, dry_run=dry_run, staff=request.user)
    return Status(201, _import(incoming))


@api.post("/rows/{layout}", auth=NeedsRight(policy.IMPORTS_RUN), response={201: ImportOut}, tags=["imports"])
def bring_rows(request: HttpRequest, layout: str, body: RowsIn) -> Any:
    """Take rows in by the same checks as a file (`customers`, `orders`, …); the same rows again change nothing."""
    given = {"layout": layout, "rows": body.rows, "name": body.name, "origin": body.origin}
    try:
        return Status(201, _import(intake.bring(**given, now=timezone.now(), staff=request.user)))
    except UnknownLayout:
        names = ", ".join(one.name for one in layouts.known())
        raise HttpError(404, f"There are no rows of the kind '{layout}'. There are: {names}.") from None
    except intake.NoRows:
        raise HttpError(422, "Give at least one row.") from None
    except (intake.TooManyRows, intake.UnknownFields, intake.TooLarge, intake.NoRoom) as problem:
        raise HttpError(422, str(problem)) from None


@api.get("/imports/{import_id}", auth=NeedsRight(policy.IMPORTS_RUN), response=ImportOut, tags=["imports"])
def import_state(request: HttpRequest, import_id: int) -> Any:  # noqa: ARG001
    """Say how far an import is, and what came of it."""
    return _import(get_object_or_404(Import, pk=import_id))


@api.post("/imports/{import_id}/undo", auth=NeedsRight(policy.IMPORTS_RUN), response=ImportOut, tags=["imports"])
def undo(request: HttpRequest, import_id: int) -> Any:
    """Take an import back."""
    get_object_or_404(Import, pk=import_id)
    try:
        return _import(intake.undo(import_id=import_id, now=timezone.now(), staff=request.user))
    except (intake.NotNow, intake.CannotUndo) as problem:
        raise HttpError(409, str(problem)) from None


def _figure(found: Any) -> dict[str, Any]:
    names = ("kpi", "period", "value", "numerator", "denominator", "n", "reason", "remark")
    sliced = {"by": found.slice_by, "value": found.slice or ""} if found.slice_by else None
    return {name: getattr(found, name) for name in names} | {"slice": sliced}


def _customer(
    request: HttpRequest, found: Customer, signal: CustomerSignal | None, generation: Generation | None
) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(found, name, None) for name in CustomerOut.model_fields}
    row["attributes"] = {name: str(value) for name, value in found.attributes.items()}
    row["owner"] = found.owner.name if found.owner else None
    if signal is None:
        return row
    row |= {
        name: getattr(signal, name) for name in ("stage", "last_on", "due_on", "overdue_days", "risk_level", "risk")
    }
    if policy.may(request.user, policy.FIGURES_VIEW):
        row |= {name: getattr(signal, name) for name in ("abc_class", "revenue_year_cents")}
    if policy.may(request.user, policy.MARGIN_VIEW):
        row["margin_year_cents"] = signal.margin_year_cents
    if forecasts.shows_worth(request.user, generation):
        row |= {name: getattr(signal, name) for name in WORTH}
    return row


def _note_export(request: HttpRequest, *, rows: int) -> None:
    """A list that a program takes along is an export, and stands in the audit trail."""
    if not policy.may(request.user, policy.EXPORT):
        raise HttpError(403, f"Taking customers along needs the right '{policy.EXPORT}'.")
    team.record(staff=request.user, action="customers.exported", rows=rows, by="api")


def _mapping(name: str) -> Mapping | None:
    if not name:
        return None
    known = Mapping.objects.filter(name=name).first()
    if known is None:
        names = ", ".join(Mapping.objects.values_list("name", flat=True)) or "none is saved"
        raise HttpError(422, f"No mapping is called '{name}'. There are: {names}.")
    return known


def _import(incoming: Import) -> dict[str, Any]:
    names: Iterable[str] = ("id", "file_name", "layout", "status", "done", "total", "counts", "problem_count")
    told = report.error(incoming)
    error = " ".join(told) if told else None
    return {name: getattr(incoming, name) for name in names} | {"problems": incoming.problems, "error": error}
