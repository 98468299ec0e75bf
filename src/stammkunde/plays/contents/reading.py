"""From JSON to what a play is made of; everything that is wrong is said at once, with its place and its cure."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from stammkunde.plays.contents import about, exclusive
from stammkunde.plays.contents.nodes import KEY, InvalidContent, Node, Problem
from stammkunde.plays.contents.parts import (
    OWED_KINDS,
    Branch,
    Content,
    Cost,
    Dated,
    End,
    Enters,
    Goal,
    HandOver,
    Happened,
    Happening,
    Holdout,
    Limits,
    Message,
    Reentry,
    Ref,
    Rule,
    Step,
    Subject,
    Task,
    Trigger,
    Wait,
)
from stammkunde.plays.contents.tree import every, happenings

KINDS = ("owed", "reply", "dated", "play", "newsletter")  # whose turn is first, in this order
ENDS = ("left", "complaint")
MOST_STEPS = 40
DEEPEST = 4
MOST = 1_000_000
LONGEST_WAIT_DAYS = 400
MOST_VARIANTS = 2  # besides the first: of more, nobody would ever tell which is better
FIELDS = (
    "trigger", "group", "rule", "subject", "reentry", "steps", "goal", "ends_on", "ends_when", "latest_days", "limits",
    "holdout", "cost", "kind", "exclusive", "prior_percent",
)  # fmt: skip


def read(data: object) -> Content:
    """
    Read what a play says of itself.

    :raises InvalidContent: with all that is wrong, each with its place and its cure
    """
    problems: list[Problem] = []
    top = Node(data, "", problems)
    if not top.object(FIELDS):
        raise InvalidContent(problems)
    kind = top.choice("kind", KINDS, default="play")
    found = Content(
        trigger=_trigger(top.node("trigger", {})),
        group=top.ref("group"),
        rule=top.node("rule").rule() if top.has("rule") else {},
        subject=_subject(top.node("subject", {})),
        reentry=_reentry(top.node("reentry", {})),
        steps=_steps(top, "steps", depth=1),
        goal=_goal(top.node("goal", {})),
        ends_on=tuple(_choice(one, ENDS) for one in top.each("ends_on")),
        ends_when=tuple({one.name: one for one in map(_happening, top.each("ends_when"))}.values()),
        latest_days=top.whole("latest_days", least=1, most=730, default=60),
        limits=_limits(top.node("limits", {})),
        holdout=_holdout(top.node("holdout", {}), is_owed=kind in OWED_KINDS),
        cost=_cost(top.node("cost", {})),
        kind=kind,
        exclusive=exclusive.code(top.text("exclusive", longest=40)),
        prior_percent=top.real("prior_percent", least=0, most=100, default=0.5),
    )
    _check(found, top)
    if problems:
        raise InvalidContent(problems)
    return found


def _choice(node: Node, known: tuple[str, ...]) -> str:
    if isinstance(node.value, str) and node.value in known:
        return node.value
    node.wrong("unknown_choice", _("One of these is expected here: %(known)s.") % {"known": ", ".join(known)})
    return known[0]


def _trigger(node: Node) -> Trigger:
    kind = node.choice("kind", tuple(_TRIGGERS), default="enters") if isinstance(node.value, Mapping) else "enters"
    fields, how = _TRIGGERS[kind]
    node.object(("kind", *fields))
    return how(node)


def _happened(node: Node) -> Happened:
    return Happened(table=_name(node, "table"), where=_where(node), too_old_days=_too_old(node))


def _dated(node: Node) -> Dated:
    return Dated(
        table=_name(node, "table"),
        column=_name(node, "column"),
        offset_days=node.whole("offset_days", least=-LONGEST_WAIT_DAYS, most=LONGEST_WAIT_DAYS, default=0),
        yearly=node.flag("yearly"),
        too_old_days=_too_old(node),
    )


def _too_old(node: Node) -> int:
    return node.whole("too_old_days", least=0, most=LONGEST_WAIT_DAYS, default=3)


_TRIGGERS: dict[str, tuple[tuple[str, ...], Callable[[Node], Trigger]]] = {
    "enters": (("later",), lambda node: Enters(later=node.flag("later", default=True))),
    "happened": (("table", "where", "too_old_days"), _happened),
    "dated": (("table", "column", "offset_days", "yearly", "too_old_days"), _dated),
}


def _name(node: Node, name: str) -> str:
    return node.text(name, longest=40, required=True)


def _where(node: Node) -> tuple[Rule, ...]:
    return tuple(one.rule() for one in node.each("where"))


def _happening(node: Node) -> Happening:
    node.object(("table", "where", *_WHICH))
    return Happening(table=_name(node, "table"), where=_where(node), **_which(node))


_WHICH = ("column", "same")


def _which(node: Node) -> dict[str, Any]:
    """Read on which day of a row it happens, and whether it must be about what began it."""
    return {"column": node.text("column", longest=40), "same": node.flag("same")}


def _subject(node: Node) -> Subject:
    node.object(("per", "fields"))
    fields = tuple(str(one.value)[:40] for one in node.each("fields"))
    return Subject(per=node.choice("per", ("customer", "row"), default="customer"), fields=fields)


def _reentry(node: Node) -> Reentry:
    node.object(("again", "pause_days"))
    pause_days = node.whole("pause_days", least=0, most=3650, default=0)
    return Reentry(again=node.flag("again"), pause_days=pause_days)


def _goal(node: Node) -> Goal:
    node.object(("kind", "table", "where", *_WHICH, "window_days", "because", "worth_cents"))
    kind = node.choice("kind", ("purchase", "happened", "none"))
    worth_cents = node.whole_or_none("worth_cents", least=0, most=MOST)
    if kind == "none":
        return Goal(happening=None, because=node.text("because", required=True), worth_cents=worth_cents)
    window_days = node.whole("window_days", least=1, most=730, default=91)
    table = "orders" if kind == "purchase" else _name(node, "table")
    happening = Happening(table=table, where=_where(node), **_which(node))
    return Goal(happening=happening, window_days=window_days, worth_cents=worth_cents)


def _limits(node: Node) -> Limits:
    names = ("entries", "entries_a_day", "budget_cents", "minutes_a_day")
    node.object(names)
    return Limits(**{name: node.whole_or_none(name, least=1, most=100 * MOST) for name in names})


def _holdout(node: Node, *, is_owed: bool) -> Holdout:
    node.object(("share", "because"))
    share = node.real("share", least=0, most=0.5, default=0.0 if is_owed else 0.1)
    return Holdout(share=share, because=node.text("because", required=not share and not is_owed))


def _cost(node: Node) -> Cost:
    node.object(("each_cents",))
    return Cost(each_cents=node.whole("each_cents", least=0, most=MOST, default=0))


def _steps(node: Node, name: str, *, depth: int) -> tuple[Step, ...]:
    if depth > DEEPEST and node.value.get(name):
        node.wrong("too_deep", _("Ways lie within each other up to %(most)d deep.") % {"most": DEEPEST}, name)
        return ()
    return tuple(_step(one, depth=depth) for one in node.each(name))


def _step(node: Node, *, depth: int) -> Step:
    kind = node.choice("kind", tuple(_STEPS), default="end") if node.object(_ANY_STEP) else "end"
    fields, how = _STEPS[kind]
    node.object(("key", "kind", *fields))
    key = node.text("key", longest=20)
    if not KEY.fullmatch(key):
        node.wrong("key", _("A step has a key of its own: small letters, digits and hyphens."), "key")
    return how(node, key, depth)


def _message(node: Node, key: str, depth: int) -> Message:
    found, variants = _refs(node, "templates"), _refs(node, "variants")
    if not found:
        node.wrong("missing", _("Choose at least one template."), "templates")
    if len(variants) > MOST_VARIANTS:
        node.wrong("too_many", _("%(most)d entries at most.") % {"most": MOST_VARIANTS}, "variants")
    if len({*found[:1], *variants}) < len(found[:1]) + len(variants):
        node.wrong("twice", _("Compare different templates: one of them stands there twice."), "variants")
    return Message(
        key=key,
        templates=found,
        variants=variants,
        latest_days=_latest(node, 14),
        otherwise=_otherwise(node, depth),
    )


def _refs(node: Node, name: str) -> tuple[Ref, ...]:
    return tuple(ref for one in node.each(name) if (ref := one.as_ref()) is not None)


def _task(node: Node, key: str, depth: int) -> Task:
    return Task(
        key=key,
        title=node.text("title", required=True),
        note=node.text("note", longest=2000),
        by_phone=node.flag("by_phone"),
        owner=node.ref("owner"),
        substitute=node.ref("substitute"),
        guide=node.text("guide", longest=10),
        minutes=node.whole("minutes", least=0, most=1440, default=0),
        latest_days=_latest(node, 7),
        otherwise=_otherwise(node, depth),
    )


def _latest(node: Node, usual: int) -> int:
    return node.whole("latest_days", least=1, most=365, default=usual)


def _otherwise(node: Node, depth: int) -> tuple[Step, ...]:
    return _steps(node, "otherwise", depth=depth + 1)


def _wait(node: Node, key: str, _depth: int) -> Wait:
    found = Wait(
        key=key,
        days=node.whole("days", least=0, most=LONGEST_WAIT_DAYS, default=0),
        months=node.whole("months", least=0, most=24, default=0),
        weekday=node.whole_or_none("weekday", least=1, most=7),
        hour=node.whole_or_none("hour", least=0, most=23),
        until=_happening(node.node("until")) if node.has("until") else None,
        since=node.choice("since", ("wait", "entry"), default="wait"),
    )
    if found.until and not found.days:
        node.wrong("missing", _("Say how many days it waits at most."), "days")
    if not (found.days or found.months or found.weekday or found.hour is not None):
        node.wrong("missing", _("Say how long it waits: days, months, a day of the week or an hour."))
    return found


def _branch(node: Node, key: str, depth: int) -> Branch:
    yes, no = _steps(node, "yes", depth=depth + 1), _steps(node, "no", depth=depth + 1)
    return Branch(key=key, rule=node.node("rule").rule(), yes=yes, no=no)


def _hand_over(node: Node, key: str, _depth: int) -> HandOver:
    play = node.ref("play")
    if play is None and not node.has("play"):
        node.wrong("missing", _("Say to which measure."), "play")
    return HandOver(key=key, play=play or 1)


_STEPS: dict[str, tuple[tuple[str, ...], Callable[[Node, str, int], Step]]] = {
    "message": (("templates", "variants", "latest_days", "otherwise"), _message),
    "task": (
        ("title", "note", "by_phone", "owner", "substitute", "guide", "minutes", "latest_days", "otherwise"),
        _task,
    ),
    "wait": (("days", "months", "weekday", "hour", "until", "since"), _wait),
    "branch": (("rule", "yes", "no"), _branch),
    "hand_over": (("play",), _hand_over),
    "end": ((), lambda _node, key, _depth: End(key=key)),
}
_ANY_STEP = {"key", "kind", *(name for fields, _how in _STEPS.values() for name in fields)}


def _check(found: Content, top: Node) -> None:
    """Look at what only several places together can get wrong."""
    steps = list(every(found.steps))
    if not steps:
        top.wrong("missing", _("A measure has at least one step."), "steps")
    if len(steps) > MOST_STEPS:
        top.wrong("too_many", _("%(most)d steps at most.") % {"most": MOST_STEPS}, "steps")
    keys = [one.key for one in steps]
    for key in sorted({one for one in keys if keys.count(one) > 1}):
        top.wrong("key_twice", _("Two steps have the key “%(key)s”; each has its own.") % {"key": key}, "steps")
    if found.group is not None and found.rule:
        top.wrong("group_twice", _("Either a group or conditions of its own, not both."), "rule")
    if isinstance(found.trigger, Enters) and not (top.has("group") or top.has("rule")):
        top.wrong("missing", _("Say into which group somebody comes."), "group")
    if found.subject.per == "row" and isinstance(found.trigger, Enters):
        top.wrong("no_row", _("Whoever comes into a group brings no row along: “customer” is meant."), "subject.per")
    for place, what in happenings(found):
        if what.same and (code := about.refused(what, found)):
            top.wrong(code, str(about.CURES[code]) % {"table": what.table}, f"{place}.same")
