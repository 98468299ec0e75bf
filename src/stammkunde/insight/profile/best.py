"""Who the best customers are: most profitable over a span that is the same for all, kept, and known long enough."""

from dataclasses import dataclass
from datetime import date, timedelta

import narwhals as nw

from stammkunde.insight import classes, rhythm
from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.frames import Facts, Frame, arrow
from stammkunde.insight.periods import day_number

YEAR_DAYS = 365
LEAST_PURCHASES = 2


@dataclass(frozen=True)
class Best:
    """What makes a best customer on an evening."""

    as_of: date
    value_days: int  # over which margin (revenue, where costs are unknown) makes class A
    kept_days: int  # within which she bought again
    least_purchases: int = LEAST_PURCHASES  # days with purchase so far

    @property
    def known_until(self) -> date:
        """Give the last day of a first purchase, so that everybody has had all of the span."""
        return self.as_of - timedelta(days=self.value_days)


def best(facts: Facts, *, as_of: date, activity_days: int, horizon_days: int) -> Best:
    """
    Decide what makes a best customer: a whole year counts where the facts span two, else the activity window.

    Args:
        facts: the facts.
        as_of: the evening.
        activity_days: length of the activity window.
        horizon_days: within which a customer who is kept buys again.

    Returns:
        the definition.

    Raises:
        InvalidInput: a length is below one day.
    """
    if min(activity_days, horizon_days) < 1:
        raise InvalidInput("Give an activity window and a horizon of at least one day.")
    span = facts.until(as_of).days()
    past = day_number(as_of) - span[0] + 1 if span else 0
    return Best(as_of, max(activity_days, YEAR_DAYS) if past >= 2 * YEAR_DAYS else activity_days, horizon_days)


def judged(facts: Facts, best: Best) -> Frame:
    """
    Tell of everybody known long enough whether she is one of the best.

    Args:
        facts: the facts; later lines are left out.
        best: the definition.

    Returns:
        customer_id, first (day of the first purchase), is_best.
    """
    known, today = facts.until(best.as_of), day_number(best.as_of)
    classed = classes.customers(known, first_on=best.known_until + timedelta(days=1), last_on=best.as_of)
    kept = (nw.col("last") > today - best.kept_days) & (nw.col("purchase_days") >= best.least_purchases)
    is_best = (nw.col("abc_class").fill_null("") == "A") & kept
    return (
        rhythm.own(known)
        .filter(nw.col("first") <= day_number(best.known_until))
        .join(classed.select("customer_id", "abc_class"), on="customer_id", how="left")
        .select("customer_id", "first", is_best.alias("is_best"))
    )


def best_ids(facts: Facts, best: Best) -> list[int]:
    """
    List the best customers.

    Args:
        facts: the facts; later lines are left out.
        best: the definition.

    Returns:
        ids of customers, sorted.
    """
    found = judged(facts, best).filter(nw.col("is_best")).select("customer_id").sort("customer_id")
    ids: list[int] = arrow(found)["customer_id"].to_pylist()
    return ids
