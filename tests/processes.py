"""
Processes of their own, on the database of the test: to be killed, as often as a test likes.

They are forked from one that has loaded Django and all that takes long (`tests.loaded`). What they say about problems
is shown with the test.
"""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from stammkunde.intake import apart

FOLDERS = ("UPLOAD_DIR", "MIRROR_DIR", "HISTORY_DIR", "PRINT_DIR")

_forked = get_context("forkserver")
_forked.set_forkserver_preload(["tests.loaded"])  # readers are forked from it as well


def start(function: Callable[..., None], **given: Any) -> BaseProcess:
    """Call a function of a module in a process of its own, which dies with the tests at the latest."""
    database, folders = str(connection.settings_dict["NAME"]), {name: getattr(settings, name) for name in FOLDERS}
    made = _forked.Process(target=_call, args=(function, given, database, folders), daemon=True)
    made.start()
    return made


def _call(function: Callable[..., None], given: dict[str, Any], database: str, folders: dict[str, Path]) -> None:
    connection.settings_dict["NAME"] = database
    for name, folder in folders.items():
        setattr(settings, name, folder)
    apart.read = _here  # or each process that is killed would first load a process to fork readers from
    function(**given)


def _here(function: Callable[..., Any], *, bounds: apart.Bounds, progress: Any = None, **given: Any) -> Any:
    return function(**given, **({"progress": progress} if progress else {}))
