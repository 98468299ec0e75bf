"""The filters of the customer list, kept for later: whoever they choose then is whom a campaign is for."""

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from stammkunde.segments.queries import Filters


class UnknownFilters(ValueError):
    """The filters come from another version, and would choose others than were meant."""


def stored(filters: Filters) -> dict[str, Any]:
    """Write filters as JSON; what says nothing is left out."""
    found = {name: value for name, value in asdict(filters).items() if value not in ("", (), None)}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def restored(kept: dict[str, Any]) -> Filters:
    """
    Read filters back.

    :raises UnknownFilters: if this version no longer has one of them: without it, too many would be chosen
    """
    known = {field.name for field in fields(Filters)}
    strange = kept.keys() - known
    if strange:
        raise UnknownFilters(f"The audience has filters that are unknown here: {', '.join(sorted(strange))}.")
    try:
        return Filters(**{name: _read(name, value) for name, value in kept.items()})
    except (TypeError, ValueError) as problem:
        raise UnknownFilters(f"The audience has a filter that cannot be read: {problem}.") from problem


def _read(name: str, value: Any) -> Any:
    if name.endswith("_on"):
        return date.fromisoformat(value)
    return tuple(tuple(one) if isinstance(one, list) else one for one in value) if isinstance(value, list) else value
