"""Where a step stands among the others, and what comes after it: ways end where the step that opened them goes on."""

from collections.abc import Iterator

from stammkunde.plays.contents.parts import Branch, Content, Happened, Happening, Message, Step, Task, Wait

Steps = tuple[Step, ...]


def ways(step: Step) -> dict[str, Steps]:
    """Give the ways that lead away from a step beside the usual one, by their names."""
    if isinstance(step, Branch):
        return {"yes": step.yes, "no": step.no}
    return {"otherwise": step.otherwise} if isinstance(step, (Message, Task)) and step.otherwise else {}


def every(steps: Steps) -> Iterator[Step]:
    """Give all steps in the order of the page, those of its ways after the step that they belong to."""
    for one in steps:
        yield one
        for way in ways(one).values():
            yield from every(way)


def happenings(content: Content) -> Iterator[tuple[str, Happening]]:
    """Give the kinds of facts that a content names, with their place: what begins, ends, is waited for, is the goal."""
    if isinstance(content.trigger, Happened):
        yield "trigger", Happening(table=content.trigger.table, where=content.trigger.where)
    if content.goal.happening:
        yield "goal", content.goal.happening
    for one in every(content.steps):
        if isinstance(one, Wait) and one.until:
            yield f"steps.{one.key}.until", one.until
    yield from ((f"ends_when.{number}", one) for number, one in enumerate(content.ends_when))


def find(content: Content, key: str) -> Step | None:
    """Give the step with a key; None where there is none."""
    return next((one for one in every(content.steps) if one.key == key), None)


def first(content: Content) -> str:
    return content.steps[0].key


def following(content: Content, key: str, *, way: str = "") -> str:
    """
    Give the key of what comes after a step, by one of its ways or the usual one; empty where nothing does.

    A way without steps is the usual one.
    """
    found = _following(content.steps, key, way, after="")
    return found or ""


def _following(steps: Steps, key: str, way: str, *, after: str) -> str | None:
    """Look among some steps, after which `after` comes; None: the step is not there."""
    for one, then in zip(steps, [*(one.key for one in steps[1:]), after], strict=False):
        if one.key == key:
            inner = ways(one).get(way, ())
            return inner[0].key if inner else then
        for inner in ways(one).values():
            found = _following(inner, key, way, after=then)
            if found is not None:
                return found
    return None
