"""What counts as the same suggestion, and how much fits into a day, a week and a month."""

from collections.abc import Iterable

LEAST_PER_DAY = 3  # whoever has no hours to speak of still gets a list, and somebody is warned about
WORKING_DAYS = 5
WEEKS_PER_MONTH = 52 / 12
LONGEST_NOTE = 4000


def key(*, kind: str, subject: int | None, cycle: str) -> str:
    """Give what makes a suggestion the same one: kind, whom it is about, and which round."""
    return f"{kind}:{subject or 0}:{cycle}"


def day_capacity(hours_per_week: int, *, minutes_per_contact: int) -> int:
    """Tell how many contacts fit into one day of someone's weekly hours (20 hours, 24 minutes each: ten)."""
    return _contacts(hours_per_week / WORKING_DAYS, minutes_per_contact, least=LEAST_PER_DAY)


def week_capacity(hours_per_week: Iterable[int], *, minutes_per_contact: int) -> int:
    """Tell how many contacts several people make together in a working week."""
    return _contacts(sum(hours_per_week), minutes_per_contact, least=LEAST_PER_DAY * WORKING_DAYS)


def month_capacity(hours_per_week: Iterable[int], *, minutes_per_contact: int) -> int:
    """Tell how many contacts several people make together in a month."""
    least = round(LEAST_PER_DAY * WORKING_DAYS * WEEKS_PER_MONTH)
    return _contacts(sum(hours_per_week) * WEEKS_PER_MONTH, minutes_per_contact, least=least)


def _contacts(hours: float, minutes_per_contact: int, *, least: int) -> int:
    return max(least, round(hours * 60 / minutes_per_contact))


def with_outcome(note: str, outcome: str) -> str:
    """Append what came of a task to its note."""
    return "\n".join(part for part in (note, outcome.strip()) if part)[:LONGEST_NOTE]
