"""
Works out which tests need not be asked again on PostgreSQL, since others ask it the same: `make again`.

A plugin of pytest, which asks them all and notes of each what it asks (`tests.asked`) and what it takes. Of these it
keeps the cheapest that ask everything once, and writes the others down in `tests/covered.txt`, with what they look
like: whoever is changed is asked again, as is whoever is new, until somebody calls this once more.
"""

import os
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests import again, asked

Asked = set[asked.Part]


class Covering:
    """What each test asked, what it took, and who is asked again whatever others ask."""

    def __init__(self) -> None:
        self.asked: dict[Any, Asked] = defaultdict(set)
        self.took: dict[Any, float] = {}
        self.bound: set[Any] = set()
        self.failed: set[Any] = set()
        self.running: Any = None
        self.of_once: dict[str, Asked] = {}
        self.makes: list[Asked] = []

    def note(self, what: Asked) -> None:
        for noted in (self.asked[self.running], *self.makes):
            noted.update(what)

    def execute(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Note a statement; of one that fails, the whole of it and how."""
        if threading.current_thread() is not threading.main_thread():
            self.bound.add(self.running)  # two connections at once
        text = sql if isinstance(sql, str) else sql.as_string(None)
        if asked.searches(text):
            self.bound.add(self.running)
        try:
            result = execute(sql, params, many, context)
        except Exception as problem:
            self.note({(type(problem).__name__, text)})
            raise
        self.note(asked.parts(text, several=context["cursor"].rowcount > 1))
        return result

    def bind(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Whoever starts processes is asked again: what those ask is seen by nobody."""

        def starts(*given: Any, **named: Any) -> Any:
            self.bound.add(self.running)
            return function(*given, **named)

        return starts

    def once(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """What was made for another test before was asked by this one as well."""

        def made(self_: Any, make: Callable[..., Any], *given: Any) -> Any:
            key = repr((make.__module__, make.__qualname__, given))
            if key in self.of_once:
                self.asked[self.running] |= self.of_once[key]
                return call(self_, make, *given)
            self.makes.append(self.of_once.setdefault(key, set()))
            try:
                return call(self_, make, *given)
            finally:
                self.makes.pop()

        return made

    # --- pytest's

    def pytest_sessionstart(self) -> None:
        """Look on wherever a test asks; plugins are loaded before Django is."""
        from django.db.backends.signals import connection_created  # noqa: PLC0415

        from tests import once, processes  # noqa: PLC0415

        connection_created.connect(self._connected, weak=False)
        processes.start = self.bind(processes.start)
        once.Once.__call__ = self.once(once.Once.__call__)

    def _connected(self, connection: Any, **_more: Any) -> None:
        if self.execute not in connection.execute_wrappers:
            connection.execute_wrappers.append(self.execute)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Any:
        self.running, began = item, _processor()
        result = yield
        self.took[item] = _processor() - began
        return result

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        if call.excinfo and not call.excinfo.errisinstance(pytest.skip.Exception):
            self.failed.add(item)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.failed or not self.took:
            terminalreporter.write_line("tests/covered.txt stays as it is: some failed.")
            return
        bound = {item for item in self.took if item in self.bound or must(item)}
        chosen = cover({item: self.asked[item] for item in self.took}, self.took, bound=bound)
        again.write_covered(left=[item for item in self.took if item not in chosen], of=list(self.took))
        share = sum(self.took[item] for item in chosen) / sum(self.took.values())
        terminalreporter.write_line(
            f"{len(chosen)} of {len(self.took)} tests ask everything, in {share:.0%} of the time."
        )


def must(item: Any) -> bool:
    """Tell whether a test is about the database, counts queries or sorts: its answer hangs on more than its parts."""
    about = item.nodeid.startswith(again.ALL_AGAIN) or "sort" in item.nodeid
    return about or bool(again.COUNTERS & set(item.fixturenames))


def cover(asked: dict[Any, Asked], took: dict[Any, float], *, bound: Iterable[Any]) -> set[Any]:
    """Choose tests that ask together what all ask: those that `bound` names, and then who asks most for its time."""
    chosen = set(bound)
    missing = set().union(*asked.values()) - set().union(*(asked[one] for one in chosen))
    while missing:
        best = max(asked, key=lambda one: len(asked[one] & missing) / (took[one] + 0.01))
        chosen.add(best)
        missing -= asked[best]
    times = Counter(part for one in chosen for part in asked[one])
    for one in sorted(chosen - set(bound), key=lambda one: -took[one]):  # what those chosen later ask as well
        if all(times[part] > 1 for part in asked[one]):
            chosen.remove(one)
            times.subtract(asked[one])
    return chosen


def _processor() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def pytest_configure(config: Any) -> None:
    if "postgres" not in os.environ.get("DATABASE_URL", ""):
        raise pytest.UsageError("What is asked of PostgreSQL is worked out there: DATABASE_URL names none.")
    config.pluginmanager.register(Covering())
