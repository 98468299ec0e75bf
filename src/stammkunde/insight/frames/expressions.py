"""Expressions that every engine works out alike."""

from collections.abc import Collection

import narwhals as nw

from stammkunde.insight.frames.engines import Frame


def total(column: str | nw.Expr, *, name: str = "") -> nw.Expr:
    """
    Sum whole numbers to a 64-bit number; engines differ in the type they would choose.

    Args:
        column: a column or an expression of whole numbers.
        name: what to call the sum; the column's own name where empty.

    Returns:
        the expression; nothing at all sums up to 0.
    """
    expression = nw.col(column) if isinstance(column, str) else column
    summed = expression.cast(nw.Int64).sum().cast(nw.Int64)
    return summed.alias(name) if name else summed


def counted(condition: nw.Expr, *, name: str) -> nw.Expr:
    """
    Count the rows for which a condition holds.

    Args:
        condition: an expression that is true, false or unknown.
        name: what to call the count.

    Returns:
        the expression; unknown counts as false.
    """
    return nw.when(condition).then(nw.lit(1)).count().cast(nw.Int64).alias(name)


def whole_parts(number: nw.Expr, size: int) -> nw.Expr:
    """
    Count how often a whole number goes into another one, rounded down.

    Exact up to 2^52, as quotients are rounded by less than what divides them from the next whole number. `//` says the
    same, but for DuckDB it is written with its operand eleven times, five times as often again for each one inside.

    Args:
        number: a whole number, or an expression of some.
        size: what it is divided by, above 0.

    Returns:
        the expression, 64-bit; unknown stays unknown.
    """
    return (number / size).floor().cast(nw.Int64)


def with_months(frame: Frame, **day_of: str) -> Frame:
    """
    Add the months of days in whole numbers, which every engine does alike.

    One step a projection: an engine writes an expression out where it is used, and works it out as often.

    Args:
        frame: a lazy table.
        day_of: name of the new column → column with days since 1970-01-01.

    Returns:
        the table with months since January 1970.

    Source: Hinnant (2013), chrono-Compatible Low-Level Date Algorithms, civil_from_days.
    """
    kept = [*frame.collect_schema().names(), *day_of]
    months = [
        (nw.col(f"{day} year") * 12 + whole_parts(nw.col(f"{day} of year") * 5 + 2, 153) + 2 - 1970 * 12)
        .cast(nw.Int32)
        .alias(name)
        for name, day in day_of.items()
    ]
    return with_march_years(frame, dict.fromkeys(day_of.values())).with_columns(*months).select(*kept)


def with_march_years(frame: Frame, days: Collection[str]) -> Frame:
    """
    Add years that begin in March, and the day of the year: a leap day is the last of its year, and shifts no other.

    One step a projection, as engines write an expression out where it is used.

    Args:
        frame: a lazy table.
        days: columns with days since 1970-01-01.

    Returns:
        the table with two more columns a day: `… year` (1969 for February 1970) and `… of year` (0 for 1 March).

    Source: Hinnant (2013), chrono-Compatible Low-Level Date Algorithms, civil_from_days.
    """
    col = nw.col
    of_year = {day: f"{day} of year" for day in days}  # in turn: since 0000-03-01, day of the era, day of the year
    kept = [*frame.collect_schema().names(), *of_year.values(), *(f"{day} year" for day in days)]
    shifted = [(col(day) + 719468).cast(nw.Int32).alias(name) for day, name in of_year.items()]
    eras = [whole_parts(col(name), 146097).alias(f"{day} era") for day, name in of_year.items()]
    of_era = [(col(name) - col(f"{day} era") * 146097).alias(name) for day, name in of_year.items()]
    years = [whole_parts(_without_leap_days(col(n)), 365).alias(f"{day} year") for day, n in of_year.items()]
    rest = [(col(n) - _days_of_years(col(f"{day} year"))).alias(n) for day, n in of_year.items()]
    whole = [(col(f"{day} era") * 400 + col(f"{day} year")).alias(f"{day} year") for day in days]
    for step in (shifted, eras, of_era, years, rest, whole):
        frame = frame.with_columns(*step)
    return frame.select(*kept)


def _without_leap_days(day: nw.Expr) -> nw.Expr:
    return day - whole_parts(day, 1460) + whole_parts(day, 36524) - whole_parts(day, 146096)


def _days_of_years(years: nw.Expr) -> nw.Expr:
    return years * 365 + whole_parts(years, 4) - whole_parts(years, 100)


def text(column: str) -> nw.Expr:
    """
    Read a column as text that is never unknown.

    Args:
        column: any column.

    Returns:
        the expression; unknown reads as the empty text.
    """
    return nw.col(column).cast(nw.String).fill_null("")
