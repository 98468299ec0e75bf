"""What counts as the same suggestion, and how much fits into a day."""

MINUTES_PER_CONTACT = 24  # preparing, calling, writing down what came of it
LEAST_PER_DAY = 3
WORKING_DAYS = 5
LONGEST_NOTE = 4000


def key(*, kind: str, subject: int | None, cycle: str) -> str:
    """Give what makes a suggestion the same one: kind, whom it is about, and which round."""
    return f"{kind}:{subject or 0}:{cycle}"


def fits_today(hours_per_week: int) -> int:
    """Tell how many contacts fit into one day of someone's weekly hours for customers (20 hours: ten)."""
    return max(LEAST_PER_DAY, round(hours_per_week * 60 / WORKING_DAYS / MINUTES_PER_CONTACT))


def with_outcome(note: str, outcome: str) -> str:
    """Append what came of a task to its note."""
    return "\n".join(part for part in (note, outcome.strip()) if part)[:LONGEST_NOTE]
