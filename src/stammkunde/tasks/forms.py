"""What people say when they finish a task."""

from collections.abc import Mapping

from django.core.exceptions import BadRequest

from stammkunde.tasks.policy import LONGEST_DAY


def minutes(said: Mapping[str, str]) -> int | None:
    """
    Read how long a task took; None where nothing is said.

    :raises BadRequest: if it is no number of minutes of a day; the pages offer only such
    """
    text = said.get("minutes", "").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 4 or not 1 <= int(text) <= LONGEST_DAY:
        raise BadRequest(f"minutes is a whole number from 1 to {LONGEST_DAY}, not {text[:20]!r}")
    return int(text)
