"""The figures in words: what each is called, what it means, and its formula with the numbers in it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Unit(StrEnum):
    SHARE = "share"
    CENTS = "cents"
    DAYS = "days"
    CUSTOMERS = "customers"


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """How a figure is worded. `numerator` and `denominator` name what is divided; empty where nothing is."""

    kpi: str
    name: str | Promise
    unit: Unit
    better: Better
    meaning: str | Promise
    formula: str | Promise
    numerator: str | Promise = ""
    denominator: str | Promise = ""
    behind: str = ""  # the group of customers that a click shows
    needs_margin: bool = False


MEANINGS = (
    Meaning(
        kpi="retention_rate",
        name=_("Retention rate"),
        unit=Unit.SHARE,
        better=Better.HIGHER,
        meaning=_("How many of those who were customers when the period began are still customers when it ends."),
        formula=_("(customers at the end − won) / customers at the start"),
        numerator=_("Stayed"),
        denominator=_("Customers at the start"),
        behind="stayed",
    ),
    Meaning(
        kpi="churn_rate",
        name=_("Churn rate"),
        unit=Unit.SHARE,
        better=Better.LOWER,
        meaning=_("How many of those who were customers when the period began are none any more when it ends."),
        formula=_("customers lost / customers at the start"),
        numerator=_("Lost"),
        denominator=_("Customers at the start"),
        behind="lost",
    ),
    Meaning(
        kpi="customers_end",
        name=_("Customers"),
        unit=Unit.CUSTOMERS,
        better=Better.HIGHER,
        meaning=_("Whoever bought within the activity window before the end of the period."),
        formula=_("customers with a purchase within the activity window"),
        behind="end",
    ),
    Meaning(
        kpi="customers_won",
        name=_("Won"),
        unit=Unit.CUSTOMERS,
        better=Better.HIGHER,
        meaning=_("Customers at the end of the period who were none at its start: new ones, and those who came back."),
        formula=_("customers at the end who were none at the start"),
        behind="won",
    ),
    Meaning(
        kpi="customers_lost",
        name=_("Lost"),
        unit=Unit.CUSTOMERS,
        better=Better.LOWER,
        meaning=_("Customers at the start of the period who did not buy within the activity window before its end."),
        formula=_("customers at the start who are none at the end"),
        behind="lost",
    ),
    Meaning(
        kpi="repurchase_rate",
        name=_("Repurchase rate"),
        unit=Unit.SHARE,
        better=Better.HIGHER,
        meaning=_("How many of the period's buyers bought on two or more days."),
        formula=_("buyers with two or more buying days / all buyers"),
        numerator=_("Bought again"),
        denominator=_("Buyers"),
        behind="repeated",
    ),
    Meaning(
        kpi="revenue_per_customer_cents",
        name=_("Revenue per customer"),
        unit=Unit.CENTS,
        better=Better.HIGHER,
        meaning=_("What a buyer of the period spent on average, net of VAT and discounts, returns taken off."),
        formula=_("revenue / buyers"),
        numerator=_("Revenue"),
        denominator=_("Buyers"),
        behind="buyers",
    ),
    Meaning(
        kpi="margin_per_customer_cents",
        name=_("Contribution margin per customer"),
        unit=Unit.CENTS,
        better=Better.HIGHER,
        meaning=_(
            "What a buyer of the period left over on average after the cost of goods. Where the cost of some goods is "
            "unknown, it is the margin of the others, with the share of the turnover that they are."
        ),
        formula=_("contribution margin / buyers"),
        numerator=_("Contribution margin"),
        denominator=_("Buyers"),
        needs_margin=True,
        behind="buyers",
    ),
    Meaning(
        kpi="average_basket_cents",
        name=_("Average basket"),
        unit=Unit.CENTS,
        better=Better.HIGHER,
        meaning=_("What one order was worth on average, before returns."),
        formula=_("value of the orders / number of orders"),
        numerator=_("Value of the orders"),
        denominator=_("Orders"),
        behind="buyers",
    ),
    Meaning(
        kpi="customer_lifetime_days",
        name=_("Customer lifetime"),
        unit=Unit.DAYS,
        better=Better.HIGHER,
        meaning=_(
            "How many days customers stay from their first purchase on, of the first whole years that hold two "
            "activity windows. Those who are still there count as long as they have been there so far (Kaplan–Meier)."
        ),
        formula=_("mean time from the first purchase to the loss, looking equally far ahead in every period"),
    ),
)
FORECASTS = (  # said in their month, never counted again
    Meaning(
        kpi="predicted_value_cents",
        name=_("Expected value"),
        unit=Unit.CENTS,
        better=Better.HIGHER,
        meaning=_("What all customers together will probably bring within the next 365 days, as foreseen at the time."),
        formula=_("sum of the expected values of all customers"),
    ),
    Meaning(
        kpi="margin_at_risk_cents",
        name=_("Margin at risk"),
        unit=Unit.CENTS,
        better=Better.LOWER,
        meaning=_("What is at stake with the customers whose light is red or amber: risk times the worth of a year."),
        formula=_("sum of risk × worth of a year, red and amber"),
    ),
    Meaning(
        kpi="warned_customers",
        name=_("Customers at risk"),
        unit=Unit.CUSTOMERS,
        better=Better.LOWER,
        meaning=_("Customers whose light is red or amber: to be contacted this week, or worth watching."),
        formula=_("customers whose light is red or amber"),
        denominator=_("Customers"),
    ),
)
BY_KPI = {meaning.kpi: meaning for meaning in (*MEANINGS, *FORECASTS)}
NAMES_BY_REVENUE = {"margin_at_risk_cents": _("Revenue at risk")}  # where costs are unknown


def named(meaning: Meaning, *, basis: str) -> Meaning:
    """Give a figure the name of the money that it is counted in."""
    name = NAMES_BY_REVENUE.get(meaning.kpi) if basis == "revenue" else None
    return replace(meaning, name=name) if name else meaning


REASONS = {
    "no_customers_at_start": _("Nobody was a customer when the period began."),
    "no_customers": _("There were no customers in this period."),
    "value_unknown": _("Too few customers have bought again so far to tell what they will bring."),
    "risk_unknown": _("The facts are too few, or reach back too little, to tell how many leave."),
    "no_buyers": _("Nobody bought in this period."),
    "no_orders": _("There were no orders in this period."),
    "nobody_lost_yet": _("No customer has been lost so far, so there is no end to measure."),
    "followed_too_briefly": _("Nobody has been followed for long enough yet."),
    "cost_unknown": _("The cost of the goods is unknown, so the margin is unknown, too."),
    "history_short": _("Who was a customer at the start is not known: the facts begin less than a window before."),
    "facts_begin_later": _("The facts begin after this period did, so who bought in it is not known in full."),
    "period_not_begun": _("This period has not begun yet."),
}


def reason(code: str) -> str | Promise:
    """Word why a figure cannot be given."""
    return REASONS.get(code, _("There are not enough data for this figure."))


REMARKS = {  # what qualifies a count: by remark and figure
    ("history_short", "customers_start"): _(
        "There may have been more: the facts begin less than a window before, so earlier purchases are not known."
    ),
    ("history_short", "customers_won"): _(
        "There may have been fewer: the facts begin less than a window before, so earlier customers count as won."
    ),
    ("history_short", "customers_lost"): _(
        "There may have been more: the facts begin less than a window before, so earlier purchases are not known."
    ),
}


def remark(code: str, *, kpi: str) -> str:
    """Word what qualifies a count; empty where nothing does, or where the page says it of all its figures."""
    return str(REMARKS.get((code, kpi), ""))


CHARTS = {
    "age": _("months after the first purchase"),
    "class": _("Class"),
    "calibration": _("Do the probabilities hold?"),
    "cohort": _("First purchase"),
    "customers": _("Bought"),
    "customers_share": _("Share of the customers"),
    "denominator": _("Customers at the start"),
    "high": _("at most"),
    "left_share": _("Share that left"),
    "lift": _("Times as often as everybody"),
    "low": _("at least"),
    "margin": _("Contribution margin"),
    "numerator": _("Stayed"),
    "period": _("Period"),
    "probability": _("Probability said"),
    "rank": _("Rank"),
    "reached_share": _("Of those who left, found"),
    "retention": _("Retention rate"),
    "revenue": _("Revenue"),
    "share": _("Share"),
    "size": _("Customers"),
    "slice": _("Segment"),
    "value_share": _("Share of the contribution margin"),
    "value_share_revenue": _("Share of the revenue"),
    "warned_share": _("Customers, highest risk first"),
}


def chart_labels(**others: str | Promise) -> dict[str, str]:
    """Give the words of the charts in the language of the page; `others` take the place of the usual ones."""
    return {name: str(label) for name, label in (CHARTS | others).items()}
