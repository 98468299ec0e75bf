"""Parts of scipy, loaded when something is first asked of them: together they take a second and fifty megabytes."""

from importlib import import_module
from typing import Any


class Late:
    """A module that is loaded when something is first asked of it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(self._name), name)
        setattr(self, name, found)  # the next time it is simply there
        return found


special, optimize, linalg, sparse = (Late(f"scipy.{name}") for name in ("special", "optimize", "linalg", "sparse"))
