"""Groups and plays that conditions name: by number here, by name in a file."""

from collections.abc import Callable, Iterator
from typing import Any

from stammkunde.plays.contents import Ref

KINDS = {"segment": "group", "play": "play"}


def names(data: Any) -> Iterator[tuple[str, Ref]]:
    """Give the rows that conditions anywhere in plain data name: (kind of row, number or name)."""
    if isinstance(data, dict):
        for name, kind in KINDS.items():
            if "is" in data and name in data:
                yield kind, data[name]
        for one in data.values():
            yield from names(one)
    elif isinstance(data, (list, tuple)):
        for one in data:
            yield from names(one)


def renamed(data: Any, said: Callable[[str, Ref], Ref]) -> Any:
    """Say these rows in another way."""
    if isinstance(data, dict):
        found = {name: renamed(one, said) for name, one in data.items()}
        if "is" in data:
            found |= {name: said(kind, data[name]) for name, kind in KINDS.items() if name in data}
        return found
    return [renamed(one, said) for one in data] if isinstance(data, (list, tuple)) else data
