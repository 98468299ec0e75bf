"""
Where the product's parts are: the one table to change when they move.

Everything else the recorder finds by URL name, through the command line, or among the models that Django knows. Of
several places the first one that exists is taken, so that a recording from before a move and one from after it are
made by the same tool.
"""

from importlib import import_module
from typing import Any

from django.apps import apps

PLACES: dict[str, tuple[str, ...]] = {
    "command line": ("stammkunde.cli:main",),
    "worker's loop": ("stammkunde.work.sweeps:loop", "stammkunde.cli.work:loop"),
}

# Models are named by their class alone, which a move does not change; what is renamed, or shares its name, stands here.
NAMES: dict[str, str] = {
    "customers.Change": "ChangeOfCustomers",
    "loyalty.Hold": "HoldOfPoints",
    "sales.Change": "ChangeOfSales",
    "team.Draft": "TypedDraft",
}

PRODUCT = "stammkunde."


def place(alias: str) -> str:
    """Give the first place that exists, as `module:name` or `module`."""
    for one in PLACES[alias]:
        module, _colon, name = one.partition(":")
        try:
            found = import_module(module)
        except ModuleNotFoundError as problem:
            if problem.name and not module.startswith(problem.name):
                raise
            continue
        if not name or hasattr(found, name):
            return one
    raise LookupError(f"{alias}: none of {', '.join(PLACES[alias])} is there; say in {__file__} where it went")


def find(alias: str) -> Any:
    module, _colon, name = place(alias).partition(":")
    found = import_module(module)
    return getattr(found, name) if name else found


def models() -> dict[str, Any]:
    """Give every model of the product by the name that the recording knows it by."""
    own = [model for model in apps.get_models() if model.__module__.startswith(PRODUCT)]
    named = {NAMES.get(model._meta.label, model.__name__): model for model in own}
    if len(named) < len(own):
        raise LookupError("two models have one name; say in NAMES what the recording calls them")
    return named


def model(name: str) -> Any:
    return models()[name]
