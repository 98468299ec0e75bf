from collections.abc import Iterator
from contextlib import contextmanager

from stammkunde.customers import unsettled


@contextmanager
def installed(settings) -> Iterator[None]:
    """Let the product find what it declares."""
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.desk.apps.DeskConfig"]
    _forget()
    yield
    _forget()


def _forget() -> None:
    unsettled.kinds.cache_clear()
