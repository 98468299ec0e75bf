"""Days: whole days since 1970-01-01, the one date arithmetic that every engine does alike."""

from datetime import date, timedelta

EPOCH = date(1970, 1, 1)


def day_number(on: date) -> int:
    return (on - EPOCH).days


def day(number: int) -> date:
    return EPOCH + timedelta(days=number)


def month_number(on: date) -> int:
    """Count months since January 1970: 2011-09 is 500."""
    return (on.year - 1970) * 12 + on.month - 1


def month_key(number: int) -> str:
    """Write a month number as `2011-09`."""
    return f"{1970 + number // 12}-{number % 12 + 1:02d}"
