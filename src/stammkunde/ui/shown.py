"""
What apps above show on a page of an app below that knows none of them.

An app declares it in `cards.py` (`BESIDE`), by the name of the page; the page's template includes what is there, in
order. So a play's page begins with its verdict, and plays know nothing of verdicts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from stammkunde.ui.asking import Asker
from stammkunde.ui.cards import Shown


@dataclass(frozen=True, kw_only=True)
class Beside:
    """
    One part of a page.

    Args:
        page: the name of the page, as it is given to `on_page`.
        order: how far down it stands among others.
        template: how it is shown.
        context: what its template needs, of what the page is about; None: there is nothing to show.
    """

    page: str
    order: int
    template: str
    context: Callable[[Asker, Any], Mapping[str, Any] | None]


def on_page(page: str, request: Asker, about: Any) -> Sequence[Shown]:
    """Give what there is to show on a page about something."""
    found = ((one, one.context(request, about)) for one in _declared() if one.page == page)
    return [Shown(template=one.template, context=context) for one, context in found if context is not None]


@cache
def _declared() -> tuple[Beside, ...]:
    return tuple(sorted(_every(), key=lambda one: one.order))


def _every() -> Iterator[Beside]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.cards"):
            yield from getattr(import_module(f"{app.name}.cards"), "BESIDE", ())
