"""What is decided without a database: up to which day figures count, when anew, and whom to worry about."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from stammkunde.store import changes

BEHIND_DAYS = 31  # a company that imports its orders monthly and in time is not "behind"
HAND_EDIT_QUIET = timedelta(seconds=20)  # how long nobody may have edited before customers are read anew
IMPORT_QUIET = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)  # somebody edits all day: refresh nevertheless
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=1)
LEARNT_FOR = timedelta(days=7)
YEAR_DAYS = 365  # for which it is said what a customer is expected to do

SAID = ("predicted_value_cents", "margin_at_risk_cents", "warned_customers")  # figures of what was expected at the time
SAID_OF_PEOPLE = ("warned_customers",)  # of these, what no money is counted in


def month_of(on: date) -> str:
    """Name the month of a day as figures do."""
    return f"{on:%Y-%m}"


def today(*, now: datetime, zone: str) -> date:
    """Give the company's day."""
    return now.astimezone(ZoneInfo(zone)).date()


def as_of(*, today: date, last_order_on: date | None) -> date:
    """
    Choose the day up to which figures count: today, or the day of the last order where the orders lie back.

    Somebody who imports the history of an old shop would otherwise see nothing but lost customers.
    """
    if last_order_on is None or last_order_on > today - timedelta(days=BEHIND_DAYS):
        return today
    return last_order_on


def is_settled(*, now: datetime, stale_since: datetime, changed_at: datetime, by_hand: bool, took: timedelta) -> bool:
    """
    Say whether a stale mirror may be refreshed now.

    An import is over when it is over. People who edit customers come back a moment later: wait until they pause,
    longer where a refresh takes longer, but not for ever.
    """
    quiet = max(HAND_EDIT_QUIET, 2 * took) if by_hand else IMPORT_QUIET
    return now >= changed_at + quiet or now >= stale_since + LONGEST_WAIT


def retry_at(*, failed_at: datetime, failures: int) -> datetime:
    """Wait twice as long after each failure in a row, at most an hour."""
    doublings: int = min(max(failures - 1, 0), 10)
    return failed_at + min(FIRST_RETRY * (1 << doublings), LAST_RETRY)


class Learn(StrEnum):
    """When a refresh learns of the past anew, instead of scoring with the model that is known."""

    DUE = "due"  # weekly, or where what the model rests on has changed
    NOW = "now"
    MISSING = "missing"  # only where no model fits the terms


def learns(
    learn: Learn,
    *,
    former_on: date,
    as_of: date,
    same_terms: bool,
    is_whole: bool,
    changed: Collection[str],
    erased: bool,
) -> str:
    """
    Say why to learn anew; empty where the former model will do.

    `changed` are parts of the facts: what comes in day by day belongs to the month in which was learnt, or a later one.
    A change of an earlier month is another past. So is what is gone: a model must not know what was erased.
    """
    if learn == Learn.NOW or not same_terms:
        return "asked" if learn == Learn.NOW else "terms"
    if learn == Learn.MISSING:
        return ""
    if not former_on <= as_of < former_on + LEARNT_FOR or not is_whole:
        return "week" if is_whole else "too_little"
    if erased:
        return "erased"
    months = [month for _, month in map(changes.split, changed)]
    return "earlier_months" if any(month and month < month_of(former_on) for month in months) else ""


def outcome(
    *, warned_on: date, horizon_days: int, bought_on: date | None, is_at_risk: bool, is_founded: bool, as_of: date
) -> tuple[str, date] | None:
    """
    Tell what became of a warning, and since when; None while it is open.

    `bought_on` is the first purchase that was not known when warned. Who is only pushed out of red and amber by others
    stays at risk, and so does who is silent for so long that she is no customer any more: until the horizon is over.
    It is `is_founded` while the purchase that the silence is counted from is on record: an undone import takes the
    warning along.
    """
    if not is_founded:
        return "undone", max(as_of, warned_on)
    if as_of < warned_on:
        return None  # facts were taken back
    ends_on = warned_on + timedelta(days=horizon_days)
    if bought_on is not None and bought_on <= ends_on:
        return "bought", max(bought_on, warned_on)
    if as_of >= ends_on:
        return "left", ends_on
    return None if is_at_risk else ("calmed", as_of)
