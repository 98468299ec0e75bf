"""Past evenings: who was a customer then, by the signs of that evening, and who did not buy again in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight import buying, recency, rhythm
from stammkunde.insight.errors import CannotAnswer
from stammkunde.insight.frames import Facts, arrow, hold, rows
from stammkunde.insight.periods import day_number
from stammkunde.insight.risk.features import OF_PURCHASES, features
from stammkunde.insight.risk.happened import REGISTERED, Sign
from stammkunde.insight.risk.metrics import Bools
from stammkunde.insight.value.bgnbd import BetaGeometric, fit_bg_nbd, fit_mbg_nbd
from stammkunde.insight.value.history import Floats, history
from stammkunde.insight.value.level import YEAR_BACK_DAYS

MOST_CUSTOMERS = 40_000  # to learn from; more change little and take long
MOST_EVENINGS = 8
FEW_EVENINGS = 5  # below that, evenings half a horizon apart are learnt from, too
FEWEST_OF_EACH = 30
LEAST_PAST_DAYS = 60  # before the evening a year ago


@dataclass(frozen=True)
class Question:
    """What is asked of every evening."""

    activity_days: int
    horizon_days: int
    attributes: tuple[str, ...] = ()
    signs: tuple[Sign, ...] = REGISTERED

    @property
    def told(self) -> tuple[str, ...]:
        """Name the columns that may be learnt from, besides the attributes."""
        return (*OF_PURCHASES, *(sign.name for sign in self.signs), "expected_purchases")


@dataclass(frozen=True, eq=False)
class Evening:
    """The customers of one evening, row by row, and what became of them."""

    on: date
    table: pa.Table  # signs, attributes, expected_purchases as fitted that evening, abc_class and yearly_cents
    left: Bools  # who did not buy within the horizon
    known_on: date  # when it was known who left
    told: tuple[str, ...]  # columns that may be learnt from, besides the attributes
    value: BetaGeometric | None = None  # the model of purchases, as fitted that evening

    @property
    def enough(self) -> bool:
        """Tell whether both sorts are there in numbers that say something."""
        return int(min(self.left.sum(), (~self.left).sum())) >= FEWEST_OF_EACH


def look_back(facts: Facts, question: Question, *, as_of: date) -> list[Evening]:
    """
    Go back in steps of the horizon (half of it, where the past is short), and describe each evening as known then.

    At least as much past remains as is looked ahead.

    Args:
        facts: the facts.
        question: what is asked.
        as_of: the last day that counts.

    Returns:
        at most eight evenings whose outcome was known on `as_of`, latest first; of very many customers a sample.
    """
    known = sampled(facts.until(as_of))
    span = known.days()
    if span is None:
        return []
    past = _days_ago(day_number(as_of) - span[0], question.horizon_days)
    found = [_evening(known, question, on=as_of - timedelta(days=days)) for days in past]
    return [evening for evening in found if evening.table.num_rows]


def year_back(facts: Facts, question: Question, *, as_of: date) -> Evening | None:
    """
    Describe the evening a year ago, for the level of all risks; its outcome is known today.

    Args:
        facts: the facts; of very many customers, give a sample.
        question: what is asked.
        as_of: the last day that counts.

    Returns:
        the evening 364 days ago (52 whole weeks), or as long as the horizon where that is a few days longer; None where
        less than 60 days were known then, or the horizon is too long.
    """
    known = facts.until(as_of)
    span = known.days()
    days = max(YEAR_BACK_DAYS, question.horizon_days)
    if span is None or days >= YEAR_BACK_DAYS + 7 or day_number(as_of) - span[0] - days < LEAST_PAST_DAYS:
        return None
    found = _evening(known, question, on=as_of - timedelta(days=days))
    return found if found.table.num_rows else None


def whole_horizons(facts: Facts, question: Question, *, as_of: date) -> int:
    """
    Count the whole horizons that were learnt from.

    Args:
        facts: the facts.
        question: what is asked.
        as_of: the last day that counts.

    Returns:
        how many evenings a whole horizon apart, at most eight.
    """
    span, horizon = facts.until(as_of).days(), question.horizon_days
    past = 0 if span is None else day_number(as_of) - span[0]
    return min(len(range(horizon, past - horizon + 1, horizon)), MOST_EVENINGS)


def described(facts: Facts, question: Question, *, as_of: date, value: BetaGeometric | None) -> pa.Table:
    """
    Describe the customers of an evening by all that the candidates look at.

    Args:
        facts: the facts.
        question: what is asked.
        as_of: the evening.
        value: the model of purchases, or None.

    Returns:
        the signs, the attributes and expected_purchases within the horizon (empty without a model).
    """
    table = features(
        facts,
        as_of=as_of,
        activity_days=question.activity_days,
        horizon_days=question.horizon_days,
        signs=question.signs,
    )
    if question.attributes:
        table = _with_attributes(facts, table, question.attributes)
    expected = np.full(table.num_rows, np.nan)
    if value is not None and table.num_rows:
        expected = value.expected_purchases(question.horizon_days, *states_of(table, day_number(as_of)))
    return table.append_column("expected_purchases", pa.array(expected, pa.float64(), from_pandas=True))


def value_model(facts: Facts, *, as_of: date) -> BetaGeometric | None:
    """
    Fit the model of purchases to all buyers of an evening.

    Args:
        facts: the facts; of very many customers, give a sample.
        as_of: the evening.

    Returns:
        BG/NBD or, where that does not fit, MBG/NBD; None where neither does.
    """
    buyers = arrow(
        rhythm.own(facts.until(as_of)).select("customer_id", "first", "last", "purchase_days").sort("customer_id")
    )
    if not buyers.num_rows:
        return None
    past = history(*states_of(buyers, day_number(as_of)))
    for fitting in (fit_bg_nbd, fit_mbg_nbd):
        try:
            return fitting(past)
        except CannotAnswer:
            continue
    return None


def sampled(facts: Facts) -> Facts:
    """
    Take a sample of the customers where there are very many, the same at every call.

    Args:
        facts: the facts.

    Returns:
        facts about some 40,000 customers, or these facts where there are fewer.
    """
    customers = int(rows(facts.lines.select(nw.col("customer_id").n_unique().alias("n")))[0]["n"])
    if customers <= MOST_CUSTOMERS:
        return facts
    mixed = facts.lines.filter(~nw.col("customer_id").is_null()).with_columns(
        (nw.col("customer_id") % 1_000_003).alias("mixed")
    )
    for factor in (7_919, 104_729):  # one step a projection
        mixed = mixed.with_columns(((nw.col("mixed") * factor + 1) % 1_000_003).alias("mixed"))
    share = MOST_CUSTOMERS / customers
    kept = mixed.filter(nw.col("mixed") < int(share * 1_000_003)).drop("mixed")
    return facts.with_lines(hold(kept))


def _days_ago(span: int, horizon: int) -> list[int]:
    whole = list(range(horizon, span - horizon + 1, horizon))
    if len(whole) >= FEW_EVENINGS or horizon < 2:
        return whole[:MOST_EVENINGS]
    between = [days + horizon // 2 for days in whole if days + horizon // 2 <= span - horizon]
    return sorted(whole + between)


def _evening(facts: Facts, question: Question, *, on: date) -> Evening:
    value = value_model(facts, as_of=on)
    table = described(facts, question, as_of=on, value=value)
    left = _left(facts, table, on=on, horizon_days=question.horizon_days)
    for name, column in _worth(facts, table, on=on).items():
        table = table.append_column(name, column)
    return Evening(on, table, left, on + timedelta(days=question.horizon_days), question.told, value)


def _left(facts: Facts, table: pa.Table, *, on: date, horizon_days: int) -> Bools:
    day, today = nw.col("day"), day_number(on)
    within = buying.days(facts).filter((day > today) & (day <= today + horizon_days))
    again = arrow(within.select("customer_id").unique())["customer_id"]
    left: Bools = ~np.asarray(pc.is_in(table["customer_id"], value_set=again), dtype=bool)
    return left


def _worth(facts: Facts, table: pa.Table, *, on: date) -> dict[str, pa.ChunkedArray]:
    """Say in which class everybody was that evening, and what a year of theirs was worth."""
    classed = arrow(recency.classed(facts, as_of=on).select("customer_id", "abc_class"))
    yearly = arrow(recency.yearly(facts, as_of=on))
    found = {"abc_class": classed, "yearly_cents": yearly}
    rows = {name: pc.index_in(table["customer_id"], value_set=own["customer_id"]) for name, own in found.items()}
    return {name: own[name].take(rows[name]) for name, own in found.items()}


def states_of(table: pa.Table, today: int) -> tuple[Floats, Floats, Floats]:
    """
    Give what a model of purchases needs to know.

    Args:
        table: with first, last and purchase_days.
        today: the day.

    Returns:
        frequency, recency and age in days, each of shape (n,).
    """
    first, last, bought = (table[name].to_numpy().astype(np.float64) for name in ("first", "last", "purchase_days"))
    return bought - 1, last - first, today - first


def _with_attributes(facts: Facts, table: pa.Table, attributes: Sequence[str]) -> pa.Table:
    assert facts.customers is not None
    found = arrow(facts.customers.select("customer_id", *attributes))
    row = pc.index_in(table["customer_id"], value_set=found["customer_id"])
    for name in attributes:
        values = found[name].take(row)
        numeric = pa.types.is_integer(values.type) or pa.types.is_floating(values.type)
        table = table.append_column(name, pc.cast(values, pa.float64() if numeric else pa.string()))
    return table
