"""Which chart an address asks for, and what it is drawn from."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from stammkunde.figures.plots import Plot
from stammkunde.figures.queries import back_tests, findings, overview, overview_plots, products
from stammkunde.segments import selection
from stammkunde.signals import answers
from stammkunde.signals import queries as signals
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest
from stammkunde.ui import given


def plot(name: str, *, request: StaffRequest) -> Plot | None:
    """Make the chart of that name for the selection in the address; None where there is nothing to draw."""
    if name == "product":
        return _product(request)
    if name in back_tests.PLOTS:
        return back_tests.plot(name, generation=signals.current(), as_of=request.GET.get("day", ""))
    if name in findings.PLOTS:
        return findings.PLOTS[name]() if signals.current() else None
    if name in _declared():
        return _declared()[name](request)
    make = overview_plots.PLOTS.get(name)
    generation = signals.current() if make else None
    if make is None or generation is None:
        return None
    chosen = selection.read(request.GET, as_of_on=generation.as_of_on, usual_days=generation.activity_days)
    return make(
        overview_plots.Answer(
            selection=chosen,
            points=overview.chosen_points(generation, chosen),
            sight=policy.sight(request.user),
            generation=generation,
        )
    )


@cache
def _declared() -> Mapping[str, Callable[[StaffRequest], Plot | None]]:
    """Give the charts of apps above, by name: each declares its own in `cards.py` (`PLOTS`), rights included."""
    names = [f"{app.name}.cards" for app in apps.get_app_configs()]
    cards = [import_module(name) for name in names if find_spec(name)]
    return {name: make for one in cards for name, make in getattr(one, "PLOTS", {}).items()}


def _product(request: StaffRequest) -> Plot | None:
    """Make the chart of the product in the address."""
    pk = given.row(request.GET.get("product", ""))
    if not pk:
        return None
    found, generation = answers.product(pk), signals.current()
    return products.money(found, generation=generation, sight=policy.sight(request.user))
