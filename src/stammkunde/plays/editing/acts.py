"""Acts on the steps of a content, as plain data: add, put back changed, move, remove. Keys stay."""

from collections.abc import Callable, Mapping
from typing import Any

Data = dict[str, Any]
Steps = list[Data]
WAYS = ("yes", "no", "otherwise")
START = ""  # before all other steps


class NoSuchStep(LookupError):
    """The step is not there any more."""


def added(data: Mapping[str, Any], step: Data, *, place: str) -> Data:
    """
    Put a new step in: after the step with a key (`letter`), first on one of its ways (`letter/no`), or at the start.

    :raises NoSuchStep: if it is not there any more
    """
    if place == START:
        return {**data, "steps": [step, *data["steps"]]}
    key, _slash, way = place.partition("/")

    def put(steps: Steps, at: int) -> Steps:
        if not way:
            return [*steps[: at + 1], step, *steps[at + 1 :]]
        opened = {**steps[at], way: [step, *steps[at].get(way, [])]}
        return [*steps[:at], opened, *steps[at + 1 :]]

    return _with(data, key, put)


def changed(data: Mapping[str, Any], key: str, fields: Data) -> Data:
    """
    Give a step other words; its key, kind and ways stay.

    :raises NoSuchStep: if it is not there any more
    """

    def put(steps: Steps, at: int) -> Steps:
        kept = {name: one for name, one in steps[at].items() if name in ("key", "kind", *WAYS)}
        return [*steps[:at], {**fields, **kept}, *steps[at + 1 :]]

    return _with(data, key, put)


def removed(data: Mapping[str, Any], key: str) -> Data:
    """
    Take a step out with its ways.

    :raises NoSuchStep: if it is not there any more
    """
    return _with(data, key, lambda steps, at: [*steps[:at], *steps[at + 1 :]])


def moved(data: Mapping[str, Any], key: str, *, by: int) -> Data:
    """
    Move a step among those beside it, up (-1) or down (1); at the end of them it stays.

    :raises NoSuchStep: if it is not there any more
    """

    def put(steps: Steps, at: int) -> Steps:
        then = min(max(at + by, 0), len(steps) - 1)
        rest = [*steps[:at], *steps[at + 1 :]]
        return [*rest[:then], steps[at], *rest[then:]]

    return _with(data, key, put)


def find(data: Mapping[str, Any], key: str) -> Data:
    """
    Give the step with a key.

    :raises NoSuchStep: if it is not there any more
    """
    found: Steps = []

    def look(steps: Steps, at: int) -> Steps:
        found.append(steps[at])
        return steps

    _with(data, key, look)
    return found[0]


def _with(data: Mapping[str, Any], key: str, put: Callable[[Steps, int], Steps]) -> Data:
    steps, was_there = _in(data["steps"], key, put)
    if not was_there:
        raise NoSuchStep(key)
    return {**data, "steps": steps}


def _in(steps: Steps, key: str, put: Callable[[Steps, int], Steps]) -> tuple[Steps, bool]:
    """Do something where a step stands, in these steps or in their ways; without any left, a way is gone."""
    for at, one in enumerate(steps):
        if one.get("key") == key:
            return put(steps, at), True
        for way in WAYS:
            inner, was_there = _in(one.get(way, []), key, put)
            if was_there:
                rest = {name: value for name, value in one.items() if name != way}
                opened = {**rest, way: inner} if inner else rest
                return [*steps[:at], opened, *steps[at + 1 :]], True
    return steps, False
