"""
ABC classes: who, or what, brings the contribution margin.

Sorted by contribution margin, those that together bring up to 80 % are A, up to 95 % B, the rest C. The first is
always A, however much it brings; nobody who brings nothing, or costs money, is more than C. Where the cost of too many
lines is unknown, revenue takes the place of the margin, and `basis` says so.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import narwhals as nw

from stammkunde.insight import money
from stammkunde.insight.frames import Facts, Frame, rows, total
from stammkunde.insight.money import Money
from stammkunde.insight.periods import day_number

Basis = Literal["margin", "revenue"]

A_PERCENT = 80
B_PERCENT = 95


@dataclass(frozen=True)
class ClassShare:
    """What one class brings."""

    abc_class: str
    members: int
    value_cents: int
    share: float | None  # of the value of all; None where all together bring nothing


def customers(
    facts: Facts, *, first_on: date | None = None, last_on: date | None = None, basis: Basis | None = None
) -> Frame:
    """
    Put customers into classes by what they brought.

    Args:
        facts: the facts.
        first_on: the first day to count; from the beginning where None.
        last_on: the last day to count; to the end where None.
        basis: margin or revenue; None: margin, where the cost of nearly all lines is known, else revenue.

    Returns:
        one row a customer with lines: customer_id, abc_class, basis (margin or revenue), value_cents, value_rank
        (1 brings most; ties by customer_id), cumulative_cents.
    """
    return classify(facts, key="customer_id", first_on=first_on, last_on=last_on, basis=basis)


def products(facts: Facts, *, first_on: date | None = None, last_on: date | None = None) -> Frame:
    """
    Put products into classes by what they brought.

    Args:
        facts: the facts.
        first_on: the first day to count; from the beginning where None.
        last_on: the last day to count; to the end where None.

    Returns:
        one row a product with lines: product_id, and the columns of `customers`.
    """
    return classify(facts, key="product_id", first_on=first_on, last_on=last_on)


def classify(
    facts: Facts,
    *,
    key: str,
    first_on: date | None = None,
    last_on: date | None = None,
    basis: Basis | None = None,
) -> Frame:
    """
    Put whatever a column of the lines names into classes.

    Args:
        facts: the facts.
        key: a column of the lines.
        first_on: the first day to count; from the beginning where None.
        last_on: the last day to count; to the end where None.
        basis: as `customers` asks.

    Returns:
        one row a key: the key, abc_class, basis, value_cents, value_rank, cumulative_cents.
    """
    named = lines_between(facts, first_on, last_on).filter(~nw.col(key).is_null())
    return of_sums(named.group_by(key).agg(*money.sums()), key=key, basis=basis)


def of_sums(sums: Frame, *, key: str, basis: Basis | None = None) -> Frame:
    """
    Put rows of money sums into classes.

    Args:
        sums: one row a key, with the columns of `money.sums`.
        key: the column that names a row.
        basis: as `customers` asks.

    Returns:
        one row a key: the key, abc_class, basis, value_cents, value_rank, cumulative_cents.
    """
    basis = basis or basis_of(sums)
    value = nw.col("margin_cents" if basis == "margin" else "revenue_cents")
    valued = sums.select(key, value.alias("value_cents"), (value * -1).alias("descending"))
    gains = nw.when(nw.col("value_cents") > 0).then(nw.col("value_cents")).otherwise(nw.lit(0)).cast(nw.Int64)
    whole = rows(valued.select(total(gains, name="whole")))[0]["whole"]
    order = ["descending", key]
    ranked = valued.with_columns(
        gains.alias("gains"),
        nw.col(key).cum_count().over(order_by=order).cast(nw.Int64).alias("value_rank"),
    ).with_columns(nw.col("gains").cum_sum().over(order_by=order).cast(nw.Int64).alias("cumulative_cents"))
    columns = (key, _class(whole).alias("abc_class"), nw.lit(basis).alias("basis"))
    return ranked.select(*columns, "value_cents", "value_rank", "cumulative_cents")


def basis_of(sums: Frame) -> Basis:
    """
    Decide between margin and revenue: margin where the cost of nearly all lines is known.

    Args:
        sums: rows with turned_cents and costed_cents.

    Returns:
        what to classify by.
    """
    row = rows(sums.select(total("turned_cents"), total("costed_cents")))[0]
    return "margin" if Money(**row).margin_known else "revenue"


def shares(classified: Frame) -> list[ClassShare]:
    """
    Sum up what each class brings.

    Args:
        classified: what `customers` or `products` gave.

    Returns:
        A, B and C, in this order; the classes without members too.
    """
    counted = classified.group_by("abc_class").agg(nw.len().cast(nw.Int64).alias("members"), total("value_cents"))
    found = {row["abc_class"]: row for row in rows(counted)}
    whole = sum(row["value_cents"] for row in found.values())
    return [_share(name, found.get(name, {}), whole) for name in ("A", "B", "C")]


def pareto(classified: Frame, *, points: int = 100) -> list[dict[str, Any]]:
    """
    Sample the curve "so much of the customers bring so much of the value".

    Args:
        classified: what `customers` or `products` gave.
        points: at most so many points.

    Returns:
        rows with members_share, value_share, rank and abc_class, from the most valuable on; none without value.
    """
    size = rows(classified.select(nw.len().alias("n"), nw.col("cumulative_cents").max().alias("whole")))[0]
    if not size["n"] or not size["whole"]:
        return []
    step = max(1, size["n"] // points)
    rank = nw.col("value_rank")
    picked = classified.filter((rank % step == 0) | (rank == 1) | (rank == size["n"]))
    return [
        {
            "members_share": row["value_rank"] / size["n"],
            "value_share": row["cumulative_cents"] / size["whole"],
            "rank": row["value_rank"],
            "abc_class": row["abc_class"],
        }
        for row in sorted(rows(picked), key=lambda row: int(row["value_rank"]))
    ]


def lines_between(facts: Facts, first_on: date | None, last_on: date | None) -> Frame:
    """
    Take the lines of a range of days.

    Args:
        facts: the facts.
        first_on: the first day; from the beginning where None.
        last_on: the last day, included; to the end where None.

    Returns:
        the lines.
    """
    lines = facts.lines
    if first_on is not None:
        lines = lines.filter(nw.col("ordered_on") >= day_number(first_on))
    return lines if last_on is None else lines.filter(nw.col("ordered_on") <= day_number(last_on))


def _class(whole: int) -> nw.Expr:
    share = nw.col("cumulative_cents") * 100
    is_a = (share <= A_PERCENT * whole) | (nw.col("value_rank") == 1)
    gains = nw.col("gains") > 0
    return nw.when(gains & is_a).then(nw.lit("A")).otherwise(_below_a(gains & (share <= B_PERCENT * whole)))


def _below_a(is_b: nw.Expr) -> nw.Expr:
    return nw.when(is_b).then(nw.lit("B")).otherwise(nw.lit("C"))


def _share(name: str, row: dict[str, Any], whole: int) -> ClassShare:
    value = int(row.get("value_cents", 0))
    return ClassShare(name, int(row.get("members", 0)), value, value / whole if whole > 0 else None)
