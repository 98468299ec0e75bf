"""Questions as expressions: true where a value is as asked, never true where it is unknown."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import reduce
from operator import and_, ge, gt, le, lt

import narwhals as nw

from stammkunde.insight.errors import InvalidRule
from stammkunde.insight.frames import Frame, with_march_years
from stammkunde.insight.periods import day, day_number
from stammkunde.insight.rules import spans
from stammkunde.insight.rules.tree import Calendar, Check, Me, Scalar, Since, Span, Yearly

COMPARED = {">=": ge, "<=": le, ">": gt, "<": lt}


def is_known(column: str, kind: str) -> nw.Expr:
    """
    Ask whether a value is known; the empty text is not.

    Args:
        column: with the value.
        kind: of the value.

    Returns:
        the expression; true or false.
    """
    value = nw.col(column)
    return ~value.is_null() & (value != "").fill_null(value=False) if kind == "text" else ~value.is_null()


def holds(check: Check, column: str, kind: str, *, anchor: int, me: str | None, latest: int | None = None) -> nw.Expr:
    """
    Ask a value.

    Args:
        check: what is asked; top and bottom apart, which are asked of bounds.
        column: with the value; where a yearly span is asked, `with_years` has prepared it.
        kind: of the value.
        anchor: the day from which spans are counted (since 1970-01-01).
        me: whoever looks.
        latest: the day on which "in the last … days" ends; None: open.

    Returns:
        the expression; false or unknown where the value is unknown.

    Raises:
        InvalidRule: whoever looks is asked for, and nobody does.
    """
    known = is_known(column, kind)
    if check.operator in {"is known", "is unknown"}:
        return known if check.operator == "is known" else ~known
    if check.span is not None:
        return known & within(check.span, column, anchor=anchor, latest=latest)
    values = [plain(one, kind, me) for one in check.values]
    if check.operator == "is none of":
        return known & ~nw.col(column).is_in(values)
    return _compared(check.operator, nw.col(column), values)


def _compared(operator: str, value: nw.Expr, values: list[str | int | float]) -> nw.Expr:
    if operator in {"begins with", "contains"}:
        return _some_text(operator, value, values)
    if operator == "is":
        return value == values[0] if len(values) == 1 else value.is_in(values)
    if operator == "between":
        return (value >= values[0]) & (value <= values[1])
    compared: nw.Expr = COMPARED[operator](value, values[0])
    return compared


def _some_text(operator: str, value: nw.Expr, values: list[str | int | float]) -> nw.Expr:
    text = value.str.to_lowercase()
    parts = [str(one).lower() for one in values]
    if operator == "contains":
        return nw.any_horizontal(*[text.str.contains(part, literal=True) for part in parts], ignore_nulls=True)
    return nw.any_horizontal(*[text.str.starts_with(part) for part in parts], ignore_nulls=True)


def plain(value: Scalar | Me, kind: str, me: str | None) -> str | int | float:
    """
    Give a value as engines hold it.

    Args:
        value: what is compared with.
        kind: of what is asked.
        me: whoever looks.

    Returns:
        a text, a number or a flag; a day as days since 1970-01-01.

    Raises:
        InvalidRule: whoever looks is asked for, and nobody does.
    """
    if isinstance(value, Me):
        if me is None:
            text = "The rule asks for whoever looks, and nobody does. Name somebody."
            raise InvalidRule(text, place="", code="me")
        return me
    if isinstance(value, date):
        return day_number(value)
    return float(value) if kind in {"real", "share"} and not isinstance(value, str) else value


def within(span: Span, column: str, *, anchor: int, since: str = "", latest: int | None = None) -> nw.Expr:
    """
    Ask whether a day lies within a span.

    Args:
        span: the span.
        column: with the day; where the span is yearly, `with_years` has prepared it.
        anchor: the day from which it is counted (since 1970-01-01).
        since: the column with the day after which it begins, where it begins after something.
        latest: the day on which "in the last … days" ends; None: open, for what has happened is not ahead.

    Returns:
        the expression; false or unknown where a day is unknown, true where all that is known is meant.
    """
    if isinstance(span, Since):
        return nw.col(column) > nw.col(since)
    if isinstance(span, Yearly):
        return _returns(span, column, anchor)
    first, last = spans.days(span, anchor, latest=latest)
    ends = [] if first is None else [nw.col(column) >= first]
    ends += [] if last is None else [nw.col(column) <= last]
    return reduce(and_, ends) if ends else ~nw.col("customer_id").is_null()


def with_years(frame: Frame, columns: Collection[str]) -> Frame:
    """
    Prepare days for the question whether they return.

    Args:
        frame: a lazy table.
        columns: with days since 1970-01-01.

    Returns:
        the table with what yearly spans ask.
    """
    return with_march_years(frame, columns) if columns else frame


def window(span: Yearly, anchor: int) -> tuple[date, date] | None:
    """
    Give the window in which days return; on 29 February none does.

    Args:
        span: a yearly one.
        anchor: the day from which it is counted (since 1970-01-01).

    Returns:
        the first and the last day; None: no day is left.
    """
    if span.window == "month":
        low, high = spans.days(Calendar("month", 0), anchor)
        first, last = day(low or 0), day(high or 0)
    else:
        first, last = (day(anchor + days) for days in span.window)
    first += timedelta(days=(first.month, first.day) == (2, 29))
    last -= timedelta(days=(last.month, last.day) == (2, 29))
    return (first, last) if first <= last else None


def _returns(span: Yearly, column: str, anchor: int) -> nw.Expr:
    """Ask in years of 365 days from March on: 29 February is the day 364, as is 28 February."""
    found = window(span, anchor)
    of_year = nw.col(f"{column} of year")
    if found is None:
        return of_year < 0
    (first_year, first), (last_year, last) = map(_in_march_years, found)
    turned = nw.min_horizontal(of_year, nw.lit(364))
    years = nw.when(turned >= first).then(nw.lit(first_year)).otherwise(nw.lit(last_year)) - nw.col(f"{column} year")
    wraps = last_year > first_year
    inside = (turned >= first) | (turned <= last) if wraps else (turned >= first) & (turned <= last)
    return inside & (years.is_in(list(span.years)) if span.years else years >= 1)


def _in_march_years(on: date) -> tuple[int, int]:
    year = on.year if on.month > 2 else on.year - 1
    return year, min((on - date(year, 3, 1)).days, 364)
