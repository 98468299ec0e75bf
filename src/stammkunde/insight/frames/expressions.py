"""Expressions that every engine works out alike."""

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


def with_months(frame: Frame, **day_of: str) -> Frame:
    """
    Add the months of days in whole numbers, which every engine does alike.

    One step a projection: an engine that guards a division writes its operands twice, and nested ones double each time.

    Args:
        frame: a lazy table.
        day_of: name of the new column → column with days since 1970-01-01.

    Returns:
        the table with months since January 1970.

    Source: Hinnant (2013), chrono-Compatible Low-Level Date Algorithms, civil_from_days.
    """
    era = {name: f"{name} era" for name in day_of}
    year = {name: f"{name} year" for name in day_of}
    kept = [*frame.collect_schema().names(), *day_of]
    col = nw.col
    shifted = [(col(day) + 719468).cast(nw.Int32).alias(name) for name, day in day_of.items()]  # since 0000-03-01
    eras = [(col(name) // 146097).alias(era[name]) for name in day_of]
    of_era = [(col(name) - col(era[name]) * 146097).alias(name) for name in day_of]
    years = [((col(n) - col(n) // 1460 + col(n) // 36524 - col(n) // 146096) // 365).alias(year[n]) for n in day_of]
    of_year = [(col(n) - (col(year[n]) * 365 + col(year[n]) // 4 - col(year[n]) // 100)).alias(n) for n in day_of]
    months = [
        ((col(era[n]) * 400 + col(year[n])) * 12 + (col(n) * 5 + 2) // 153 + 2 - 1970 * 12).cast(nw.Int32).alias(n)
        for n in day_of
    ]
    for step in (shifted, eras, of_era, years, of_year, months):
        frame = frame.with_columns(*step)
    return frame.select(*kept)


def text(column: str) -> nw.Expr:
    """
    Read a column as text that is never unknown.

    Args:
        column: any column.

    Returns:
        the expression; unknown reads as the empty text.
    """
    return nw.col(column).cast(nw.String).fill_null("")
