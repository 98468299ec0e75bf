"""Months as texts (`2011-09`), as the parts of facts that are read anew."""


def within(day: str, months: frozenset[str] | None) -> str:
    """Say in SQL that a day lies in these months; None: in any."""
    if months is None:
        return f"{day} IS NOT NULL"
    spans = (f"({day} >= '{first}-01' AND {day} < '{after}-01')" for first, after in _spans(months))
    return f"({' OR '.join(spans)})"


def key_of(number: int) -> str:
    """Write a month that is counted since January 1970."""
    return f"{1970 + number // 12:04d}-{number % 12 + 1:02d}"


def _spans(months: frozenset[str]) -> list[tuple[str, str]]:
    """Join neighbouring months, so that the database reads few ranges: (first, the one after the last)."""
    spans: list[tuple[str, str]] = []
    for month in sorted(months):
        if spans and spans[-1][1] == month:
            spans[-1] = (spans[-1][0], _next(month))
        else:
            spans.append((month, _next(month)))
    return spans


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:7])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"
