"""Customers with what is known of them, for programs."""

from datetime import date
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.segments import queries
from stammkunde.signals import forecasts, margins
from stammkunde.signals import queries as signals
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.team import policy, taking
from stammkunde.team.access import StaffRequest
from stammkunde.team.api import NeedsRight
from stammkunde.ui.lists import NoPlace

MOST_CUSTOMERS = 500
SEEN_BY_ALL = ("stage", "last_on", "due_on", "overdue_days", "risk_level", "risk")
FIGURES = ("abc_class", "abc_basis", "value_rank", "revenue_rank", "revenue_year_cents")
WORTH = (
    "risk_reasons", "margin_at_risk_cents", "expected_purchases", "expected_cents", "expected_low_cents",
    "expected_high_cents", "clv_cents", "clv_low_cents", "clv_high_cents",
)  # fmt: skip

router = Router(tags=["customers"])
# What a program reads it takes along: as much as the file that a page gives, and by the same rights
MAY_TAKE = NeedsRight(policy.CUSTOMERS_VIEW, policy.EXPORT, gives="customers")


class ContactPersonOut(Schema):
    id: int
    salutation: str
    title: str
    first_name: str
    last_name: str
    role: str
    email: str
    phone: str
    mobile: str
    birthday_on: date | None


class CustomerOut(Schema):
    id: int
    number: str
    kind: str
    name: str
    email: str
    phone: str
    mobile: str
    street: str
    postcode: str
    city: str
    country: str
    region: str
    industry: str
    segment: str
    attributes: dict[str, str]
    since_on: date | None
    is_multiplier: bool
    owner: str | None
    stage: str | None
    last_on: date | None
    due_on: date | None
    overdue_days: int | None
    risk_level: str | None = None  # green, amber, red; empty: no customer
    risk: float | None = None  # probability of buying nothing within the horizon
    risk_reasons: list[dict[str, Any]] | None = None  # codes and numbers, see docs/methods/risk.md
    abc_class: str | None = None  # figures: for whoever may see them
    abc_basis: str | None = Field(
        None, description="What class and rank go by: `margin` (of the stage `margin_stage`), or `revenue`."
    )
    value_rank: int | None = None  # 1 is the best by that
    revenue_rank: int | None = None  # 1 brought most revenue so far
    revenue_year_cents: int | None = None
    margin_year_cents: int | None = Field(
        None, description="Contribution margin of the stage `margin_stage`, of what was bought at known cost."
    )
    margin_year_coverage: float | None = Field(None, description="Share of the turnover at known cost.")
    margin_at_risk_cents: int | None = Field(  # worth: for whoever may see margins, or revenue where costs are unknown
        None, description="Margin of the stage `margin_stage`, or revenue, as `worth_basis` says; so are the next ones."
    )
    expected_purchases: float | None = None  # of the next 12 months
    expected_cents: int | None = None
    expected_low_cents: int | None = None
    expected_high_cents: int | None = None
    clv_cents: int | None = None  # of the next three years, discounted
    clv_low_cents: int | None = None
    clv_high_cents: int | None = None


class ValuesTestedOut(Schema):
    """What would have been expected on a past day, and what came: of all customers together, in purchases."""

    as_of: date
    first_on: date  # of the days that were looked at
    last_on: date
    expected: float | None  # None: too little was known before
    came: float
    is_same_season: bool  # false: another part of the year than is expected of now
    level: float  # by which what is expected of now was multiplied


class MarginOut(Schema):
    """How margins and values are counted in this answer; empty for whoever may not see them."""

    margin_stage: Literal["I", "II", "III"] | None = Field(
        None, description="I: after discounts and goods; II: after shipping, payment and returns, too; III: after time."
    )
    margin_definition: str | None = Field(
        None, description="What a margin contains and what is missing for it, in the language that was asked for."
    )
    worth_basis: Literal["margin", "revenue"] | None = Field(
        None, description="What is at stake and expected is counted in: revenue where too few costs are known."
    )


class CustomerWithPeopleOut(CustomerOut, MarginOut):
    contact_persons: list[ContactPersonOut]
    values_tested: ValuesTestedOut | None = None


class CustomersOut(MarginOut):
    customers: list[CustomerOut]
    values_tested: ValuesTestedOut | None = None  # for whoever may see expected values
    next: str | None  # give it as `after` for the next page


class Which(Schema):
    q: str = ""
    stage: str = ""
    level: str = ""
    multipliers: bool = False
    sort: Literal[
        "value", "turnover", "at_risk", "risk", "expected", "revenue", "last", "silent", "overdue", "name"
    ] = "name"
    after: str = ""
    limit: int = 100


@router.get("/customers", auth=MAY_TAKE, response=CustomersOut)
def customers(request: StaffRequest, which: Query[Which]) -> Any:
    """List customers, page by page."""
    generation = signals.current()
    if which.sort not in queries.sorts(forecasts.sight(request.user, generation)):
        raise HttpError(403, f"Sorting by '{which.sort}' needs the right '{policy.FIGURES_VIEW}'.")
    try:
        page = queries.page(
            queries.Filters(
                q=which.q[:100],
                stage=which.stage,
                level=which.level,
                multiplier="yes" if which.multipliers else "",
            ),
            generation=generation,
            sort=which.sort,
            after=which.after,
            size=max(1, min(which.limit, MOST_CUSTOMERS)),
        )
    except NoPlace:
        raise HttpError(422, "'after' is not a place that a page gave. Leave it out to start anew.") from None
    told = {"thing": "customers", "action": "customers.exported", "query": request.GET.urlencode()}
    taking.note(request, rows=len(page.rows), now=timezone.now(), **told)
    return {
        "customers": [_customer(request, row.customer, row.signal, generation) for row in page.rows],
        "values_tested": _values_tested(request, generation),
        **_counted(request, generation),
        "next": page.after or None,
    }


@router.get(
    "/customers/{customer_id}",
    auth=MAY_TAKE,
    response=CustomerWithPeopleOut,
)
def customer(request: StaffRequest, customer_id: int) -> Any:
    """Give one customer with the contact persons."""
    found = get_object_or_404(Customer.objects.select_related("owner"), pk=customer_id)
    people = ContactPerson.objects.filter(customer=found)
    generation = signals.current()
    told: dict[str, Any] = {"thing": "customer", "thing_id": found.pk, "label": found.name}
    taking.note(request, rows=1, persons=len(people), now=timezone.now(), **told)
    return _customer(request, found, signals.signal_of(found.pk), generation) | {
        "contact_persons": list(people),
        "values_tested": _values_tested(request, generation),
        **_counted(request, generation),
    }


def _customer(
    request: StaffRequest, found: Customer, signal: CustomerSignal | None, generation: Generation | None
) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(found, name, None) for name in CustomerOut.model_fields}
    row["attributes"] = {name: str(value) for name, value in found.attributes.items()}
    row["owner"] = found.owner.name if found.owner else None
    if signal is None:
        return row
    row |= {name: getattr(signal, name) for name in SEEN_BY_ALL}
    sight = forecasts.sight(request.user, generation)
    if sight.figures:
        row |= {name: getattr(signal, name) for name in FIGURES}
    if sight.margin:
        row |= {name: getattr(signal, name) for name in ("margin_year_cents", "margin_year_coverage")}
    if sight.worth:
        row |= {name: getattr(signal, name) for name in WORTH}
    return row


def _values_tested(request: StaffRequest, generation: Generation | None) -> dict[str, Any] | None:
    """Tell what the expected values were worth a year ago, to whoever sees them."""
    value = forecasts.part(generation, "value")
    tested = value.get("back_test") or {}
    if "laid" not in tested or not forecasts.sight(request.user, generation).worth:
        return None
    return {
        **{name: tested[name] for name in ("as_of", "first_on", "last_on")},
        "expected": tested[value["rule"]],
        "came": tested["observed"],
        "is_same_season": tested["laid"] == "year",
        "level": value["level"]["factor"],
    }


def _counted(request: StaffRequest, generation: Generation | None) -> dict[str, Any]:
    """Say at which stage margins count, and what that is, to whoever sees them."""
    sight = forecasts.sight(request.user, generation)
    told: dict[str, Any] = {"worth_basis": forecasts.basis(generation) if sight.worth and generation else None}
    if sight.margin:
        told |= {"margin_stage": margins.stage_name(generation) or None}
        told |= {"margin_definition": margins.definition(generation) or None}
    return told
