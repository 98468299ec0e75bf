"""
What must be settled with a customer before anything is advertised there: an open complaint.

Whoever knows of it declares it in its `unsettled.py` (`UNSETTLED`), below those who write or above; it is asked each
time something is to be sent, so that there is no second truth to keep in step, whoever settles it and wherever.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Unsettled:
    """
    One kind of matter.

    Args:
        code: what is kept as the reason for waiting; no two kinds have one.
        words: the same for people.
        of: customers' ids → with which of them it is open; one query, whatever their number.
    """

    code: str
    words: str | Promise
    of: Callable[[Iterable[int]], Collection[int]]


@cache
def kinds() -> tuple[Unsettled, ...]:
    """Give the kinds that the apps declare, by code."""
    return tuple(sorted(_declared(), key=lambda one: one.code))


def among(ids: Collection[int]) -> dict[int, str]:
    """Tell with which customers something is open, and the code of one such thing."""
    return {customer_id: kind.code for kind in reversed(kinds()) for customer_id in kind.of(ids)}


def words() -> dict[str, str | Promise]:
    """Give the words for each code."""
    return {kind.code: kind.words for kind in kinds()}


def _declared() -> Iterator[Unsettled]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.unsettled"):
            yield from getattr(import_module(f"{app.name}.unsettled"), "UNSETTLED", ())
