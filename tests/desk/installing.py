from collections.abc import Iterator
from contextlib import contextmanager

from stammkunde.customers import unsettled
from stammkunde.outreach import knowing
from stammkunde.tasks import worklist


@contextmanager
def installed(settings) -> Iterator[None]:
    """Let the product find what it declares."""
    before = settings.INSTALLED_APPS
    settings.INSTALLED_APPS = [*before, "tests.desk.apps.DeskConfig"]
    _forget()
    yield
    settings.INSTALLED_APPS = before
    _forget()


def _forget() -> None:
    for declared in (unsettled.kinds, knowing.sources, knowing.fields, worklist.entries, worklist.kinds):
        declared.cache_clear()
