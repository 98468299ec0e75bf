"""
What is asked again on PostgreSQL: all that touches the database, but for what has no second answer there.

- **Pages that are only read.** A test that opens pages, sends no form and counts no queries is about what they say.
  `tests/demo/test_story.py` opens every address on both databases.
- **Variants of a form.** Of a page's test with parameters, the first is asked again.
- **What others ask.** `tests/covered.txt` lists tests whose statements consist of parts that others ask there as well
  (`tests.covering` worked it out), with what they looked like then. Who has changed since, or is new, is asked again.
- **What says so**: `pytest.mark.same_on_both("why")`. Rooms that are about the database have no such tests, and none
  that are covered.
"""

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

DATABASE = {"db", "transactional_db", "django_db_setup"}  # fixtures
BROWSERS = {"client", "client_of"}  # fixtures
COUNTERS = {"django_assert_num_queries", "django_assert_max_num_queries"}  # fixtures
SENDS = {"post", "put", "patch", "delete", "generic"}
ALL_AGAIN = (
    "tests/store/",
    "tests/work/",
    "tests/mirror/",
    "tests/intake/",
    "tests/demo/",
    "tests/platform/",
    "tests/loyalty/",
)
COVERED = Path(__file__).with_name("covered.txt")


def split(items: list[Any], covered: Mapping[str, str]) -> tuple[list[Any], list[Any]]:
    """Give what is asked again, and what is not; `covered` names what others ask, and what it looked like."""
    asked: list[Any] = []
    left: list[Any] = []
    variants: set[Any] = set()
    for item in items:
        again = _touches_the_database(item) and not _says_the_same(item) and not _is_known(item, variants)
        again = again and not (item.nodeid in covered and covered[item.nodeid] == looks(item))
        (asked if again else left).append(item)
    return asked, left


def misplaced(items: list[Any]) -> list[str]:
    """Name the tests that say they need not be asked again, and must be, or do not say why."""
    marked = [(item, item.get_closest_marker("same_on_both")) for item in items]
    return [
        item.nodeid
        for item, mark in marked
        if mark and (item.nodeid.startswith(ALL_AGAIN) or len(mark.args) != 1 or not mark.args[0])
    ]


def covered() -> dict[str, str]:
    """Read which tests need not be asked, since others ask the same, and what each looked like."""
    found, file = {}, ""
    for line in COVERED.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            look, name = line.strip().split(" ", maxsplit=1)
            found[f"{file}::{name}"] = look
        else:
            file = line
    return found


def write_covered(left: Collection[Any], of: Collection[Any]) -> None:
    """Write down who of these need not be asked; of the files that none of them is from, all stays as it was."""
    files = {_file(item.nodeid) for item in of}
    found = {nodeid: look for nodeid, look in covered().items() if _file(nodeid) not in files}
    found |= {item.nodeid: looks(item) for item in left}
    lines: list[str] = []
    for nodeid in sorted(found):
        file, name = nodeid.split("::", maxsplit=1)
        lines += ([] if file in lines else [file]) + [f"    {found[nodeid]} {name}"]
    COVERED.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def looks(item: Any) -> str:
    """Give what tells a test from what it was before: it may ask something else by now."""
    return f"{crc32(inspect.getsource(inspect.unwrap(item.function)).encode()):08x}"


def _file(nodeid: str) -> str:
    return nodeid.split("::", maxsplit=1)[0]


def _touches_the_database(item: Any) -> bool:
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("postgres")
    return bool(marked or DATABASE & set(item.fixturenames))


def _says_the_same(item: Any) -> bool:
    return item.get_closest_marker("same_on_both") is not None


def _is_known(item: Any, variants: set[Any]) -> bool:
    """Is it about what a page says, or another variant of a form? What was met is noted."""
    fixtures = set(item.fixturenames)
    if not BROWSERS & fixtures or COUNTERS & fixtures or item.nodeid.startswith(ALL_AGAIN):
        return False
    if not sends(item.function):
        return True
    met = item.function in variants
    variants.add(item.function)
    return met


def commits(item: Any) -> bool:
    return any(marker.kwargs.get("transaction") for marker in item.iter_markers("django_db"))


def sends(function: Callable[..., Any]) -> bool:
    """Does it, or a function of the tests that it calls by name, send anything?"""
    return any(SENDS & set(code.co_names) for code in _codes(function, set()))


def _codes(function: Any, met: set[Any]) -> Iterator[Any]:
    function = inspect.unwrap(function)
    if function in met or not function.__module__.startswith("tests"):
        return
    met.add(function)
    waiting = [function.__code__]
    while waiting:
        code = waiting.pop()
        yield code
        waiting += [one for one in code.co_consts if inspect.iscode(one)]
        for name in code.co_names:
            if inspect.isfunction(called := function.__globals__.get(name)):
                yield from _codes(called, met)
