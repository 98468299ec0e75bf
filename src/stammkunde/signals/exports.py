"""The columns of the files of customers and of warnings, as somebody may see them."""

from typing import Protocol

from django.utils.translation import gettext as _

from stammkunde.customers.models import Customer
from stammkunde.signals import forecasts, levels, margins, queries, reasons
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.team.models import Staff
from stammkunde.team.policy import Sight
from stammkunde.ui.tables import Column


class Row(Protocol):
    """A row of a list of customers: somebody, and what is figured out about them."""

    customer: Customer
    signal: CustomerSignal | None


def customer_columns(staff: Staff) -> list[Column]:
    """Give the columns of the list of customers that someone may take along."""
    generation = queries.current()
    sight = forecasts.sight(staff, generation)
    found = [*_who(), *_when(), *_risk(sight=sight)]
    if sight.figures:
        found += _figures(generation)
    if sight.margin:
        found += _margins(generation)
    if sight.worth:
        found += _worth(generation)
    return found


def warning_columns(staff: Staff) -> list[Column]:
    """Give the columns of the list of warnings: all that is known of the customers, and what is done about it."""
    return [*customer_columns(staff), *_warning()]


def _who() -> list[Column]:
    return [
        Column(label=_("Customer number"), key="customer.number"),
        Column(label=_("Name"), key="customer.name"),
        Column(label=_("E-mail"), key="customer.email"),
        Column(label=_("Phone"), key="customer.phone"),
        Column(label=_("Street"), key="customer.street"),
        Column(label=_("Postcode"), key="customer.postcode"),
        Column(label=_("City"), key="customer.city"),
        Column(label=_("Country"), key="customer.country"),
        Column(label=_("Region"), key="customer.region"),
        Column(label=_("Industry"), key="customer.industry"),
        Column(label=_("Segment"), key="customer.segment"),
        Column(label=_("Kind"), read=lambda row: row.customer.get_kind_display()),
        Column(label=_("Responsible"), key="customer.owner.name"),
        Column(label=_("Customer since"), key="customer.since_on", unit="day"),
        Column(label=_("Multiplier"), read=lambda row: _("yes") if row.customer.is_multiplier else ""),
    ]


def _when() -> list[Column]:
    return [
        Column(label=_("Stage"), read=lambda row: row.signal.get_stage_display() if row.signal else ""),
        Column(label=_("First purchase"), key="signal.first_on", unit="day"),
        Column(label=_("Last purchase"), key="signal.last_on", unit="day"),
        Column(label=_("Usual days between purchases"), key="signal.gap_days", unit="days"),
        Column(label=_("Days overdue"), key="signal.overdue_days", unit="days"),
    ]


def _risk(*, sight: Sight) -> list[Column]:
    def why(row: Row) -> str:
        told = row.signal.risk_reasons if row.signal else None
        return "; ".join(reasons.texts(told, sight=sight))

    return [
        Column(label=_("Risk level"), read=lambda row: row.signal.get_risk_level_display() if row.signal else ""),
        Column(label=_("Risk"), key="signal.risk", unit="share"),
        Column(label=_("Reasons"), read=why),
    ]


def _figures(generation: Generation | None) -> list[Column]:
    by = {"margin": margins.heading(generation, _("Contribution margin")), "revenue": _("Revenue")}

    def basis(row: Row) -> str:
        return by.get(row.signal.abc_basis, "") if row.signal and row.signal.abc_class else ""

    return [
        Column(label=_("Class"), key="signal.abc_class"),
        Column(label=_("Class and rank go by"), read=basis),
        Column(label=_("Rank"), key="signal.value_rank", unit="number"),
        Column(label=_("Rank by revenue"), key="signal.revenue_rank", unit="number"),
        Column(label=_("Days with purchase"), key="signal.purchase_days", unit="number"),
        Column(label=_("Revenue"), key="signal.revenue_cents", unit="cents"),
        Column(label=_("Revenue of the last 12 months"), key="signal.revenue_year_cents", unit="cents"),
    ]


def _margins(generation: Generation | None) -> list[Column]:
    stated = margins.definition(generation)
    in_all, in_a_year = _("Contribution margin"), _("Contribution margin of the last 12 months")

    def what(row: Row) -> str:
        return stated if row.signal and row.signal.margin_cents is not None else ""

    return [
        Column(label=margins.heading(generation, in_all), key="signal.margin_cents", unit="cents"),
        Column(label=margins.heading(generation, in_a_year), key="signal.margin_year_cents", unit="cents"),
        Column(label=_("Share of the turnover at known cost"), key="signal.margin_year_coverage", unit="share"),
        Column(label=_("What the contribution margin contains"), read=what),
    ]


def _worth(generation: Generation | None) -> list[Column]:
    tested = " ".join(levels.sentences(generation))
    by_revenue = forecasts.basis(generation) == "revenue"
    money = _("Revenue") if by_revenue else margins.heading(generation, _("Contribution margin"))

    def trial(row: Row) -> str:
        return tested if row.signal and row.signal.expected_cents is not None else ""

    def counted(row: Row) -> str:
        return money if row.signal and row.signal.expected_cents is not None else ""

    return [
        Column(label=_("What is at stake and expected is counted in"), read=counted),
        Column(label=_("At stake"), key="signal.margin_at_risk_cents", unit="cents"),
        Column(label=_("Expected in 12 months"), key="signal.expected_cents", unit="cents"),
        Column(label=_("Expected in 12 months, at least"), key="signal.expected_low_cents", unit="cents"),
        Column(label=_("Expected in 12 months, at most"), key="signal.expected_high_cents", unit="cents"),
        Column(label=_("Customer value of three years"), key="signal.clv_cents", unit="cents"),
        Column(label=_("How expected values were tested"), read=trial),
    ]


def _warning() -> list[Column]:
    return [
        Column(label=_("Days silent"), key="signal.silent_days", unit="days"),
        Column(label=_("Risk last time"), key="signal.risk_before", unit="share"),
        Column(label=_("Warned on"), key="warning.warned_on", unit="day"),
        Column(label=_("Task"), key="task.title"),
        Column(label=_("State of the task"), read=lambda row: row.task.get_state_display() if row.task else ""),
    ]
