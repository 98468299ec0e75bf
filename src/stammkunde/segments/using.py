"""
Who uses a group of customers: a play runs for it, another group asks for its members.

An app that does declares it in its `groups.py` (`USES`); a group in use can be neither deleted nor archived.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps


@dataclass(frozen=True, kw_only=True)
class Use:
    """
    One kind of use.

    Args:
        of: a group's number → the names of what uses it, as people call them.
    """

    of: Callable[[int], list[str]]


def names(segment_id: int) -> list[str]:
    """Name what uses a group."""
    return [name for use in _declared() for name in use.of(segment_id)]


def _declared() -> Iterator[Use]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.groups"):
            yield from getattr(import_module(f"{app.name}.groups"), "USES", ())
