"""What may happen, as something that one chooses: the goal, what is waited for, what ends a measure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from stammkunde.plays import contents, groups
from stammkunde.plays.contents import Content, Happening
from stammkunde.plays.saying import Names, happenings
from stammkunde.plays.saying.kinds import KINDS

_NAMES = Names(where=groups.conditions)
KEPT = "kept"  # what came as a file and is not offered: it stays until something else is chosen
SAME = "/same"  # after the name of a kind: about the row that began the measure


def offered(content: Content) -> Iterator[tuple[str, Happening]]:
    """Give what may be chosen; about the same row only where a measure has one, and the kind can be about it."""
    for name, one in KINDS.items():
        yield name, one.what
        same = replace(one.what, same=True)
        if one.same and not contents.about.refused(same, content):
            yield f"{name}{SAME}", same


def name_of(what: Happening | None, content: Content) -> str:
    """Name what was chosen before; empty: nothing was."""
    if what is None:
        return ""
    return next((name for name, one in offered(content) if one == what), KEPT)


def choices(content: Content, form: str, *, there: Happening | None = None) -> list[tuple[str, str]]:
    """Give what may be chosen, in the words of a form (`goal`, `until`, `once`), with what is there already."""
    say = getattr(happenings, form)
    known = [(name, say(what, _NAMES)) for name, what in offered(content)]
    return [*known, (KEPT, say(there, _NAMES))] if name_of(there, content) == KEPT and there else known


def chosen(name: str, content: Content, *, there: Happening | None = None) -> dict[str, Any]:
    """Give what was chosen, as a content says it."""
    what = there if name == KEPT and there else dict(offered(content))[name]
    found = {"table": what.table, "where": [dict(one) for one in what.where], "column": what.column, "same": what.same}
    return {key: value for key, value in found.items() if value}
