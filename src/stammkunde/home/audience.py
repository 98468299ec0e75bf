"""The filters of the customer list, kept for later: whoever they choose then is whom a campaign is for."""

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from stammkunde.home.queries.customers import Filters


def stored(filters: Filters) -> dict[str, Any]:
    """Write filters as JSON; what says nothing is left out."""
    found = {name: value for name, value in asdict(filters).items() if value not in ("", (), None)}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def restored(kept: dict[str, Any]) -> Filters:
    """Read filters back. A filter that this version no longer has would choose too many, so it is an error."""
    known = {field.name for field in fields(Filters)}
    strange = kept.keys() - known
    if strange:
        raise ValueError(f"The audience has filters that are unknown here: {', '.join(sorted(strange))}.")
    return Filters(**{name: _read(name, value) for name, value in kept.items()})


def _read(name: str, value: Any) -> Any:
    if name.endswith("_on"):
        return date.fromisoformat(value)
    return tuple(tuple(one) if isinstance(one, list) else one for one in value) if isinstance(value, list) else value
