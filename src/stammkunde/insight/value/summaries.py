"""
A door for those who hold no purchases but what became of them: how often, how lately, how long ago the first.

    >>> table = pa.table({"id": range(40), "x": [0, 1, 2, 5] * 10, "t_x": [0, 9, 20, 30] * 10, "T": [39] * 40})
    >>> known = known_of(table, customer="id", frequency="x", recency="t_x", age="T", unit_days=7)  # in weeks
    >>> worth = fit(known, as_of=today)
    >>> customers(known, worth, horizon_days=273).column_names
    ['customer', 'alive', 'expected_purchases', 'purchases_low', 'purchases_high']
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import narwhals as nw
import numpy as np
import pyarrow as pa

from stammkunde.insight.errors import ColumnMissing, InvalidInput, NotEnoughData, WrongType
from stammkunde.insight.frames import Table, arrow, open_table
from stammkunde.insight.value.buyers import YEAR_DAYS, column, states
from stammkunde.insight.value.history import Floats, history
from stammkunde.insight.value.level import Level
from stammkunde.insight.value.refusals import Model, try_amounts, try_purchases, try_rate
from stammkunde.insight.value.spending import Drawn
from stammkunde.insight.value.trial import MODELS
from stammkunde.insight.value.worth import Worth, valued

CENTS = 100
MEANS = {"mean_of_repeats", "mean_of_all"}


@dataclass(frozen=True, eq=False)
class Summaries:
    """Customers of whom so much is known, in days and cents."""

    names: pa.ChunkedArray
    past: pa.Table  # in the shape of `buyers.buyers`
    with_money: bool


def known_of(
    table: Table,
    *,
    customer: str,
    frequency: str,
    recency: str,
    age: str,
    unit_days: float = 1,
    **mean: str,
) -> Summaries:
    """
    Read a table with one row a customer.

    Args:
        table: a path of a Parquet file, a DuckDB relation, a Polars, PySpark or pandas frame, a PyArrow table.
        customer: the column that tells customers apart.
        frequency: the column with repeat purchases: those after the first, on days of their own.
        recency: the column with the time from the first purchase to the last; 0 without repeat purchases.
        age: the column with the time from the first purchase to the day on which this was known.
        unit_days: how many days the unit of both times has: 7 for weeks.
        **mean: the column with what a purchase brought on average, in units of the currency: `mean_of_repeats` (as
            lifetimes has it; whoever never came back has none) or `mean_of_all`.

    Returns:
        the customers.

    Raises:
        ColumnMissing: the table has no column of that name.
        WrongType: a column holds no numbers.
        InvalidInput: a value is missing, negative or fractional, 0 ≤ recency ≤ age does not hold (each with its row), a
            customer stands there twice, the unit is not above 0, or a further name means nothing here.
    """
    if len(mean) > 1 or not set(mean) <= MEANS:
        raise InvalidInput(f"Name at most one column with means, as {' or '.join(sorted(MEANS))}.")
    if not 0 < unit_days < np.inf:
        raise InvalidInput(f"The unit is {unit_days:g} days. Give a number above 0, as 7 for weeks.")
    found = _read(table, customer, {"frequency": frequency, "recency": recency, "age": age, **mean})
    names = found["customer"]
    if names.null_count or len(names.unique()) < len(names):
        raise InvalidInput(f"Column '{customer}' is empty in a row, or names a customer twice. Give one row each.")
    x, t_x, t = (column(found, name) for name in ("frequency", "recency", "age"))
    history(x, t_x, t)  # says which row is wrong, in the numbers of the table
    bought = x if "mean_of_repeats" in mean else x + 1
    past = {
        "customer_id": np.arange(len(x)),
        "frequency": x,
        "recency": t_x * unit_days,
        "age": t * unit_days,
        "purchase_days": bought,
        "revenue_cents": _spent(column(found, *mean), bought) if mean else np.zeros(len(x)),
    }
    return Summaries(names=names, past=pa.table(past), with_money=bool(mean))


def fit(known: Summaries, *, as_of: date, models: Sequence[Model] = MODELS) -> Worth:
    """
    Fit the models to what is known of customers.

    Nothing tells how things were earlier, so there is no back-test, and no season and no growth in the level: where the
    purchases themselves are at hand, `worth.fit` of them says more.

    Args:
        known: from `known_of`.
        as_of: the day on which it was known.
        models: of purchases to try, in this order; the first that can be fitted, otherwise the rate.

    Returns:
        the fitted models.

    Raises:
        NotEnoughData: there is nobody.
        InvalidInput: no model is named, or an unknown one.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284; Journal of Marketing Research 42(4), 415-430.
    """
    if not known.past.num_rows:
        raise NotEnoughData("The table has no rows, so nobody can be valued.")
    seen = history(*states(known.past))
    (purchases, no_purchases), (rate, no_rate) = try_purchases(seen, models), try_rate(seen)
    amounts, no_amounts = try_amounts(known.past, "revenue") if known.with_money else (None, None)
    bought, spent = column(known.past, "purchase_days"), column(known.past, "revenue_cents")
    means = spent[bought > 0] / bought[bought > 0]
    return Worth(
        as_of=as_of,
        basis="revenue",
        rule="rate" if purchases is None else "model",
        purchases=purchases,
        rate=rate,
        amounts=amounts,
        usual_cents=float(spent.sum() / max(bought.sum(), 1)),
        not_positive=int((spent[bought > 0] <= 0).sum()),
        refusals=tuple(one for one in (no_rate or no_purchases, no_amounts) if one is not None),
        back_test=None,
        level=Level(),
        year_level=Level(),
        drawn=Drawn(means / means.mean() if means.sum() else np.ones(1)),
    )


def customers(
    known: Summaries,
    worth: Worth,
    *,
    horizon_days: int = YEAR_DAYS,
    share: float = 0.8,
    discount: float = 0.1,
    clv_days: int = 1095,
) -> pa.Table:
    """
    Value every customer.

    Args:
        known: from `known_of`.
        worth: from `fit`.
        horizon_days: how far ahead expected purchases and money look, at least 1.
        share: how sure the bounds are, between 0 and 1.
        discount: yearly rate at which later money counts less, 0 or more.
        clv_days: how far ahead the discounted value looks.

    Returns:
        one row a customer, as the table names her: what `worth.customers` gives; purchases alone where no mean amount
        is known.

    Raises:
        InvalidInput: a length is below 1 day, the share not between 0 and 1, or the discount negative.
    """
    found = valued(known.past, worth, horizon_days=horizon_days, share=share, discount=discount, clv_days=clv_days)
    found = found.drop_columns(["customer_id"]).add_column(0, "customer", known.names)
    return found if known.with_money else found.drop_columns([name for name in found.column_names if "cents" in name])


def _read(table: Table, customer: str, wanted: dict[str, str]) -> pa.Table:
    source = open_table(table, duckdb.connect())
    kinds = dict(source.collect_schema())
    for meaning, name in {"customer": customer, **wanted}.items():
        if name not in kinds:
            raise ColumnMissing(f"There is no column '{name}' for the {meaning}. Found {', '.join(kinds)}.")
        if meaning != "customer" and not kinds[name].is_numeric():
            raise WrongType(f"Column '{name}' for the {meaning} holds {kinds[name]}. Give numbers.")
    columns = [nw.col(name).cast(nw.Float64).alias(meaning) for meaning, name in wanted.items()]
    return arrow(source.select(nw.col(customer).alias("customer"), *columns))


def _spent(mean: Floats, bought: Floats) -> Floats:
    """Give what purchases brought in all, in cents; a mean of nothing may be missing."""
    own = np.where(bought > 0, mean, 0.0)
    wrong = ~(np.isfinite(own) & (own >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidInput(f"Row {row}: the mean is {own[row]:g}, of {bought[row]:g} purchases. Give 0 or more.")
    return own * bought * CENTS
