"""From what a play is made of to JSON, and back to the same; keys for new steps, and whom it names."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import count
from typing import Any

from stammkunde.plays.contents.parts import (
    Branch,
    Content,
    Dated,
    End,
    Enters,
    Goal,
    HandOver,
    Happened,
    Message,
    Ref,
    Step,
    Task,
    Wait,
)

_KINDS = {
    Enters: "enters",
    Happened: "happened",
    Dated: "dated",
    Message: "message",
    Task: "task",
    Wait: "wait",
    Branch: "branch",
    HandOver: "hand_over",
    End: "end",
}
# Where a content names rows: field → what kind of row
NAMES = {
    "group": "group",
    "templates": "template",
    "variants": "template",
    "owner": "staff",
    "substitute": "staff",
    "play": "play",
}
WAYS = ("yes", "no", "otherwise")


def kind(step: Step) -> str:
    """Name the kind of a step, as it stands in JSON."""
    return _KINDS[type(step)]


def write(content: Content) -> dict[str, Any]:
    """Write a content as JSON; what is as usual is left out, so that equal contents give equal JSON."""
    found: dict[str, Any] = _written(content)
    return found


def _written(part: Any) -> Any:
    if isinstance(part, Goal):
        return _goal(part)
    if is_dataclass(part):
        kind = _KINDS.get(type(part))
        said = {one.name: _written(getattr(part, one.name)) for one in fields(part) if _is_said(part, one)}
        return {"kind": kind, **said} if kind else said
    return [_written(one) for one in part] if isinstance(part, (list, tuple)) else part


def _is_said(part: Any, one: Any) -> bool:
    value = getattr(part, one.name)
    return value not in ((), {}, None) and (value != one.default or one.name == "share")


def _goal(goal: Goal) -> dict[str, Any]:
    worth = {} if goal.worth_cents is None else {"worth_cents": goal.worth_cents}
    if goal.happening is None:
        return {"kind": "none", "because": goal.because, **worth}
    what = _written(goal.happening)
    if goal.happening.table == "orders":
        kind = {"kind": "purchase", **{name: one for name, one in what.items() if name != "table"}}
    else:
        kind = {"kind": "happened", **what}
    return {**kind, "window_days": goal.window_days, **worth}


def with_keys(data: dict[str, Any], *, taken: Collection[str] = ()) -> dict[str, Any]:
    """
    Give every step that has no key one that no other has, nor ever had (`taken`); those that are there stay.

    So whoever goes through the play keeps her place while it is edited.
    """
    used = {*taken, *(str(one.get("key", "")) for one in _steps(data.get("steps")))}
    free = (f"s{number}" for number in count(1) if f"s{number}" not in used)
    return {**data, "steps": _keyed(data.get("steps"), lambda: next(free))}


def worded(data: Mapping[str, Any], key: str, words: Ref) -> dict[str, Any]:
    """Give a content in which a step says these words to everybody, if it has them; nothing is drawn any more."""
    return {**data, "steps": [_worded(one, key, words) for one in data["steps"]]}


def _worded(step: dict[str, Any], key: str, words: Ref) -> dict[str, Any]:
    found = {**step, **{way: [_worded(one, key, words) for one in step[way]] for way in WAYS if way in step}}
    if step.get("key") == key and words in (*step.get("templates", ())[:1], *step.get("variants", ())):
        found["templates"] = [words, *(one for one in step["templates"][1:] if one != words)]
        found.pop("variants", None)
    return found


def _keyed(steps: Any, new: Callable[[], str]) -> Any:
    if not isinstance(steps, list):
        return steps
    return [_keyed_one(one, new) if isinstance(one, dict) else one for one in steps]


def _keyed_one(step: dict[str, Any], new: Callable[[], str]) -> dict[str, Any]:
    key = step.get("key") or new()
    return {**step, "key": key, **{way: _keyed(step[way], new) for way in WAYS if way in step}}


def _steps(steps: Any) -> Iterator[dict[str, Any]]:
    for one in steps if isinstance(steps, list) else ():
        if isinstance(one, dict):
            yield one
            for way in WAYS:
                yield from _steps(one.get(way))


def names(data: Mapping[str, Any]) -> list[tuple[str, str, Ref]]:
    """List the rows that a content names: (place, kind of row, number or name)."""
    found = [("group", "group", data["group"])] if data.get("group") is not None else []
    return [*found, *_names(data.get("steps"), "steps")]


def _names(steps: Any, place: str) -> Iterator[tuple[str, str, Ref]]:
    for number, one in enumerate(steps if isinstance(steps, list) else ()):
        here = f"{place}.{number}"
        for field, kind in NAMES.items():
            said = one.get(field)
            for index, ref in enumerate(said) if isinstance(said, list) else [("", said)]:
                if ref is not None:
                    yield f"{here}.{field}.{index}".rstrip("."), kind, ref
        for way in WAYS:
            yield from _names(one.get(way), f"{here}.{way}")


def renamed(data: Mapping[str, Any], said: Callable[[str, Ref], Ref]) -> dict[str, Any]:
    """Say the rows that a content names in another way: by their numbers here, or by their names in a file."""
    group = {"group": said("group", data["group"])} if data.get("group") is not None else {}
    return {**data, **group, "steps": _renamed(data.get("steps"), said)}


def _renamed(steps: Any, said: Callable[[str, Ref], Ref]) -> Any:
    return [_renamed_one(one, said) for one in steps or ()]


def _renamed_one(step: Mapping[str, Any], said: Callable[[str, Ref], Ref]) -> dict[str, Any]:
    found = dict(step)
    for field, kind in NAMES.items():
        if isinstance(found.get(field), list):
            found[field] = [said(kind, one) for one in found[field]]
        elif found.get(field) is not None:
            found[field] = said(kind, found[field])
    return found | {way: _renamed(found[way], said) for way in WAYS if way in found}
