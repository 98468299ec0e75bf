"""The effect of some points more of retention on a company's contribution margin: a year, and as long as they stay."""

import math
from dataclasses import dataclass
from typing import Literal

from stammkunde.insight.errors import InvalidInput, NotEnoughData

DISCOUNT = 0.1  # a year: money that comes a year later counts so much less, as with customer value
LEAST_CUSTOMERS = 30
Z90 = 1.6448536269514722
ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True)
class Base:
    """A whole year of a company: from whom retention is counted, and what a customer who stays brings."""

    customers: int  # at the start of the year
    kept: int  # of these, customers at its end, too
    each_cents: float  # what one who was kept brought in the year, on average
    error_cents: float = 0.0  # standard error of that
    like: float | None = None  # what those lost had brought the year before, as a share of what those kept had
    like_error: float = 0.0
    basis: Literal["margin", "revenue"] = "margin"

    @property
    def rate(self) -> float:
        """Give the retention rate, 0 to 1."""
        return self.kept / self.customers

    @property
    def marginal_cents(self) -> float:
        """Say what one more who stays would bring in a year: as much as one who was kept, where no more is known."""
        return self.each_cents * (1.0 if self.like is None else self.like)


@dataclass(frozen=True)
class Amount:
    """Money with its 90 % interval."""

    cents: float
    low_cents: float
    high_cents: float


@dataclass(frozen=True)
class Worth:
    """
    What some points more of retention bring, in contribution margin (or revenue: `Base.basis`), before what it costs.

    `year`: what the customers kept in addition bring in the year. `lifetime`: what they bring as long as they stay,
    discounted. `lasting`: what all customers of today bring in addition if the rate stays higher for good, discounted.
    `rises`: by which share a customer's discounted value rises then; what the literature means by 25 to 95 %. Both are
    None where nobody would ever leave and money keeps its value.
    """

    points: float
    customers: float  # kept in addition
    year: Amount
    lifetime: Amount
    lasting: Amount | None
    rises: float | None
    discount: float
    is_ceiling: bool  # nothing is known of those who leave, and they usually bring less than others: rather too much


def point(base: Base, *, points: float = 1.0, discount: float = DISCOUNT) -> Worth:
    """
    Say what some points more of retention are worth.

    With N customers at the start, retention r, c what one more who stays brings in a year, discount d a year and p
    points: year = N p c; lifetime = N p c (1 + d) / (1 + d - r), as who was kept stays with the same r each year and
    the first year counts in full; lasting = N c (1 + d) (1 / (1 + d - r - p) - 1 / (1 + d - r)).

    Args:
        base: the company's year.
        points: percentage points more, above 0.
        discount: yearly rate at which later money counts less, 0 or more.

    Returns:
        money with 90 % intervals (delta method: of what a customer brings, of what those lost brought, of the rate).

    Raises:
        NotEnoughData: fewer than 30 customers at the start, or nobody left, so that there is nobody more to keep.
        InvalidInput: points are not above 0 or more than leave; the discount is negative; counts contradict.

    Source: Gupta & Lehmann (2003), Customers as Assets, Journal of Interactive Marketing 17(1), 9-24 (value of a
        customer at constant margin, retention and discount).
    """
    _check(base, points=points, discount=discount)
    more, rate, after = points / 100, base.rate, base.rate + points / 100
    customers, cents = base.customers * more, base.marginal_cents
    life, longer = _life(rate, discount), _life(after, discount)
    slope, steeper = life**2 / (1 + discount), longer**2 / (1 + discount)  # of life, by the rate
    spread = cents * base.customers * math.sqrt(rate * (1 - rate) / base.customers)
    is_endless = math.isinf(longer)
    return Worth(
        points=points,
        customers=customers,
        year=_amount(base, customers),
        lifetime=_amount(base, customers * life, more * slope * spread),
        lasting=None if is_endless else _amount(base, base.customers * (longer - life), (steeper - slope) * spread),
        rises=None if is_endless else longer / life - 1,
        discount=discount,
        is_ceiling=base.like is None,
    )


def _check(base: Base, *, points: float, discount: float) -> None:
    if not 0 <= base.kept <= base.customers:
        raise InvalidInput(f"Of {base.customers} customers {base.kept} cannot have been kept.")
    if base.customers < LEAST_CUSTOMERS:
        raise NotEnoughData(
            f"There were {base.customers} customers at the start of the year; a rate means something from "
            f"{LEAST_CUSTOMERS} on."
        )
    left = base.customers - base.kept
    if not left:
        raise NotEnoughData("Nobody left within the year, so there is nobody more to keep.")
    if not 0 < points <= 100 * left / base.customers + 1e-9:
        raise InvalidInput(
            f"{points:g} points more cannot be: {100 * left / base.customers:.1f} of 100 customers left. Give more "
            "than 0 and no more than that."
        )
    if not 0 <= discount < math.inf:
        raise InvalidInput(f"The discount is {discount:g} a year. Give 0 or more, such as 0.1.")


def _life(rate: float, discount: float) -> float:
    """Say how many years' money a customer brings, discounted; endless where she never leaves and money keeps."""
    shrinks = 1 + discount - rate
    return (1 + discount) / shrinks if shrinks > ROUNDING else math.inf


def _amount(base: Base, years: float, *errors: float) -> Amount:
    """Multiply what one more brings in a year; each further error is in cents."""
    cents, like = years * base.marginal_cents, 1.0 if base.like is None else base.like
    of_each, of_like = years * like * base.error_cents, years * base.each_cents * base.like_error
    reach = Z90 * math.hypot(of_each, of_like, *errors)
    return Amount(cents, cents - reach, cents + reach)
