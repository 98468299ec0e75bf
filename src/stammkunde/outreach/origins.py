"""
What messages belong to, by name: their origin is a code of whoever planned them, `play:12`.

An app that plans messages under origins of its own gives their names in its `origins.py` (`names`).
"""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from stammkunde.outreach import wording


def names(origins: Iterable[str]) -> dict[str, str]:
    """Name origins, a few queries for all of them; one that nobody knows is told as far as we know it."""
    asked = set(origins)
    found = {one: wording.origin(one) for one in asked}
    for app in apps.get_app_configs():
        if app.name != __package__ and find_spec(f"{app.name}.origins"):
            found |= import_module(f"{app.name}.origins").names(asked)
    return found
