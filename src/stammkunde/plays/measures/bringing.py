"""What a file of a measure names and is not here: asked one by one, so that whoever brings it says who is meant."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stammkunde.calls.models import Guide
from stammkunde.outreach.models import Template
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays import contents
from stammkunde.plays.files import PlayFile, members
from stammkunde.plays.files.parts import in_language, said
from stammkunde.plays.models import Play
from stammkunde.sales.models import Product
from stammkunde.segments import services as segments
from stammkunde.segments.models import Segment
from stammkunde.team.models import Staff

LEFT_OUT = "-"  # an answer: without it
MOST = 500  # answers to choose from
GOING = (Play.Status.DRAFT, Play.Status.RUNNING, Play.Status.PAUSED)
PRODUCTS = {"product": "name", "product_number": "number", "category": "category"}  # columns of rules → of products
ROWS: dict[str, "Callable[[str], QuerySet[Any]]"] = {
    "template": lambda name: Template.objects.filter(name=name, is_archived=False).exclude(channel=CALL),
    "group": lambda name: Segment.objects.filter(name=name, archived_at=None),
    "staff": lambda name: Staff.objects.filter(Q(email__iexact=name) | Q(name=name), is_active=True),
    "play": lambda name: Play.objects.filter(name=name, kind=Play.Kind.MEASURE),
}
HERE: dict[str, "Callable[[], QuerySet[Any]]"] = {
    "template": lambda: Template.objects.filter(is_archived=False).exclude(channel=CALL).order_by("name"),
    "group": lambda: Segment.objects.filter(archived_at=None).exclude(name="").order_by("name"),
    "staff": lambda: Staff.objects.filter(is_active=True).order_by("name"),
    "play": lambda: Play.objects.filter(kind=Play.Kind.MEASURE, status__in=GOING).order_by("name"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Question:
    """
    Who is meant by a name.

    Args:
        kind: group, template, staff, play, guide, or a column of products.
        name: as the file names it; `called` in words.
        without: what follows where it is left out; empty: it cannot be.
        why: what is wrong with what comes along.
    """

    kind: str
    name: str
    called: str
    choices: tuple[tuple[str, str], ...]
    without: str = ""
    why: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}|{self.name}"


def questions(file: PlayFile, language: str) -> list[Question]:
    """Ask for all that a file names and is neither here nor comes along; each once."""
    content = in_language(dict(file.content), language)
    asked: dict[str, Question] = {}
    for one in (*_rows(file, content, language), *_guides(content), *_products(file, content)):
        asked.setdefault(one.key, one)
    return list(asked.values())


def _rows(file: PlayFile, content: dict[str, Any], language: str) -> Iterator[Question]:
    for kind, name, without in _named(file, content):
        why = _refused(file, name, language) if kind == "group" else ""
        if not why and (_comes_along(file, kind, name) or ROWS[kind](name).exists()):
            continue
        choices = tuple((str(one.pk), str(one)) for one in HERE[kind]()[:MOST])
        called = file.name_of(kind, name, language)
        yield Question(kind=kind, name=name, called=called, choices=choices, without=without, why=why)


def _named(file: PlayFile, content: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Give the rows that a file names: kind, name, and what follows where it is left out."""
    if content.get("group") is not None:
        yield "group", str(content["group"]), ""
    for step in _steps(content.get("steps")):
        several = _("The other ways of this message stay.") if len(step.get("templates") or ()) > 1 else ""
        yield from (("template", str(one), several) for one in step.get("templates") or ())
        if step.get("owner") is not None:
            yield "staff", str(step["owner"]), _("Whoever looks after the customer does it.")
        if step.get("substitute") is not None:
            yield "staff", str(step["substitute"]), _("Where nobody looks after the customer, nobody does it.")
        if step.get("play") is not None:
            yield "play", str(step["play"]), _("The measure ends there.")
    rules = [content, *(dict(one.rule) for one in file.groups.values())]
    yield from ((kind, str(name), "") for kind, name in members.names(rules))


def _steps(steps: Any) -> Iterator[dict[str, Any]]:
    for one in steps or ():
        yield one
        for way in contents.WAYS:
            yield from _steps(one.get(way))


def _comes_along(file: PlayFile, kind: str, name: str) -> bool:
    return name in {"template": file.templates, "group": file.groups}.get(kind, {})


def _refused(file: PlayFile, name: str, language: str) -> str:
    """Say why the rule of a group that comes along cannot be asked here; empty: it can, or another one has its name."""
    group = file.groups.get(name)
    if (
        group is None
        or ROWS["group"](said(group.name, language)[:80]).exists()
        or list(members.names(dict(group.rule)))
    ):
        return ""
    try:
        segments.check(dict(group.rule))
    except segments.InvalidRule as refused:
        return _("Its rule cannot be asked here: %(why)s") % {"why": refused}
    return ""


def _guides(content: dict[str, Any]) -> Iterator[Question]:
    for step in _steps(content.get("steps")):
        guide = step.get("guide")
        if guide and guide not in Guide.Kind.values:
            choices = tuple((value, str(label)) for value, label in Guide.Kind.choices)
            without = _("The call has no guide.")
            yield Question(kind="guide", name=str(guide), called=str(guide), choices=choices, without=without)


def _products(file: PlayFile, content: dict[str, Any]) -> Iterator[Question]:
    """Ask for products that conditions name, where there are any here to choose from."""
    for column, value in _conditions([content, *(dict(one.rule) for one in file.groups.values())]):
        field = PRODUCTS[column]
        if not Product.objects.filter(**{field: value}).exists():
            here = Product.objects.exclude(**{field: ""}).order_by(field).values_list(field, flat=True).distinct()
            choices, stays = tuple((one, one) for one in here[:MOST]), _("The condition stays as it is.")
            if choices:
                yield Question(kind=column, name=value, called=value, choices=choices, without=stays)


def _conditions(data: Any) -> Iterator[tuple[str, str]]:
    """Give the values by which conditions name products: (column, value)."""
    if isinstance(data, Mapping):
        if data.get("column") in PRODUCTS and data.get("is") in ("is", "is none of"):
            value = data.get("value")
            yield from ((data["column"], str(one)) for one in (value if isinstance(value, list) else [value]) if one)
        for one in data.values():
            yield from _conditions(one)
    elif isinstance(data, (list, tuple)):
        for one in data:
            yield from _conditions(one)


def answered(data: Any, answers: Mapping[str, str]) -> Any:
    """Say guides and products as they were answered for."""
    if isinstance(data, Mapping):
        found = {name: answered(one, answers) for name, one in data.items()}
        if found.get("column") in PRODUCTS and found.get("is") in ("is", "is none of"):
            found["value"] = _answered(found["column"], found.get("value"), answers)
        if answer := answers.get(f"guide|{found.get('guide')}"):
            found["guide"] = "" if answer == LEFT_OUT else answer
        return found
    return [answered(one, answers) for one in data] if isinstance(data, (list, tuple)) else data


def _answered(column: str, value: Any, answers: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_answered(column, one, answers) for one in value]
    answer = answers.get(f"{column}|{value}", LEFT_OUT)
    return value if answer == LEFT_OUT else answer


def without_left_out(steps: Any) -> list[dict[str, Any]]:
    """Take out of steps what was left out; a measure that nobody goes on in ends there."""
    return [_without(one) for one in steps or ()]


def _without(step: dict[str, Any]) -> dict[str, Any]:
    if step.get("kind") == "hand_over" and step.get("play") is None:
        return {"key": step["key"], "kind": "end"}
    found = {name: one for name, one in step.items() if one is not None}
    if "templates" in found:
        found["templates"] = [one for one in found["templates"] if one is not None]
    return found | {way: without_left_out(found[way]) for way in contents.WAYS if way in found}
