"""Who has not bought for so many months, and what they brought in the twelve months before (R-W6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import narwhals as nw

from stammkunde.insight import periods, recency, rhythm
from stammkunde.insight.frames import Facts, Frame, rows, total
from stammkunde.signals.answers.asking import Base, answer
from stammkunde.signals.suggestions import months_before

LONGEST_MONTHS = 60
YEAR_MONTHS = 12
Counted = dict[tuple[int, str], int]


@dataclass(frozen=True, kw_only=True)
class Silence:
    """Those without purchase for so many months: since when, and by class how many and what they brought until then."""

    months: int
    since_on: date  # on this day or before, they bought for the last time
    classes: tuple[tuple[str, int, int], ...]  # class, customers, revenue of the twelve months until then in cents

    @property
    def customers(self) -> int:
        return sum(customers for _, customers, _ in self.classes)

    @property
    def cents(self) -> int:
        return sum(cents for _, _, cents in self.classes)


def silence() -> list[Silence]:
    """Sum up for every number of months from one to sixty; customers without class have brought nothing."""

    def sum_up(base: Base) -> list[Silence]:
        known, until = base.facts.until(base.as_of), range(1, LONGEST_MONTHS + YEAR_MONTHS + 1)
        ends = [months_before(base.as_of, months) for months in until]
        customers, brought = _counted(known, base.as_of, ends)
        return [_of(months, ends[months - 1], customers, brought) for months in range(1, LONGEST_MONTHS + 1)]

    return answer("silence", sum_up)


def _counted(known: Facts, as_of: date, ends: Sequence[date]) -> tuple[Counted, dict[tuple[int, int, str], int]]:
    """Count customers by months of silence and class, and their revenue by the months ago that it came, too."""
    whose = _silent(known, as_of, ends)
    counted = rows(whose.group_by("silent", "abc").agg(nw.len().cast(nw.Int64).alias("n")))
    lines = known.lines.with_columns(_months_ago("ordered_on", ends).alias("ago"))
    sums = lines.group_by("customer_id", "ago").agg(total("revenue_cents"))
    brought = sums.join(whose, on="customer_id").group_by("silent", "ago", "abc").agg(total("revenue_cents"))
    return (
        {(row["silent"], row["abc"]): row["n"] for row in counted},
        {(row["silent"], row["ago"], row["abc"]): row["revenue_cents"] for row in rows(brought)},
    )


def _silent(known: Facts, as_of: date, ends: Sequence[date]) -> Frame:
    classed = recency.classed(known, as_of=as_of).select("customer_id", "abc_class")
    own = rhythm.own(known).select("customer_id", _months_ago("last", ends).alias("silent"))
    joined = own.join(classed, on="customer_id", how="left")
    return joined.select("customer_id", "silent", nw.col("abc_class").fill_null("").alias("abc"))


def _months_ago(column: str, ends: Sequence[date]) -> nw.Expr:
    """Say how many whole months a day lies back."""
    passed = ((nw.col(column) <= periods.day_number(end)).cast(nw.Int64) for end in ends)
    return nw.sum_horizontal(*passed)


def _of(months: int, since_on: date, customers: Counted, brought: dict[tuple[int, int, str], int]) -> Silence:
    year = range(months, months + YEAR_MONTHS)
    classes = sorted({abc for silent, abc in customers if silent >= months})
    return Silence(
        months=months,
        since_on=since_on,
        classes=tuple(
            (
                abc,
                sum(n for (silent, own), n in customers.items() if own == abc and silent >= months),
                sum(c for (silent, ago, own), c in brought.items() if own == abc and silent >= months and ago in year),
            )
            for abc in classes
        ),
    )
