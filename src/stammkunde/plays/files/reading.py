"""Reading files of plays: everything that is wrong or unknown is said at once, with its place and its cure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from stammkunde.customers.models import FormOfAddress, Purpose
from stammkunde.outreach import channels, content
from stammkunde.outreach.content import Text
from stammkunde.plays import contents
from stammkunde.plays.contents import Content, InvalidContent, Problem
from stammkunde.plays.contents.nodes import LONGEST_NAME, Node
from stammkunde.plays.files import nineteen
from stammkunde.plays.files.parts import LANGUAGES, FileGroup, FileTemplate, Need, PlayFile, Said, Words, in_language

FORMAT, VERSION = "stammkunde-play", 1
MOST_BYTES = 500_000
UNKNOWN = "unknown_field"
STYLES = {"de-sie": ("de", FormOfAddress.SIE), "de-du": ("de", FormOfAddress.DU), "en": ("en", FormOfAddress.SIE)}
_FIELDS = (
    "format", "format_version", "key", "version", "measure", "words", "needs", "content", "groups", "templates",
)  # fmt: skip
_LONGEST_WORDS = 1000
_Part = TypeVar("_Part")
_BLOCK = ("kind", *content.PARTS)


def parse(given: bytes) -> PlayFile:
    """
    Read a file as somebody sends it.

    :raises InvalidContent: with all that is wrong
    """
    if len(given) > MOST_BYTES:
        raise InvalidContent([Problem(place="", code="too_large", text=_("The file is too large to be a measure."))])
    try:
        return read(json.loads(given))
    except RecursionError:
        text = _("This is no file of a measure: too much lies within each other.")
        raise InvalidContent([Problem(place="", code="too_deep", text=text)]) from None
    except ValueError as refused:
        if isinstance(refused, InvalidContent):
            raise
        text = _("This is no file of a measure: it is not written as JSON.")
        raise InvalidContent([Problem(place="", code="no_json", text=text)]) from None


def read(data: object) -> PlayFile:
    """
    Read a play from plain data; fields that nobody knows here are left out, and named.

    :raises InvalidContent: with all that is wrong
    """
    try:
        return _read(data)
    except InvalidContent as refused:
        unknown = [one for one in refused.problems if one.code == UNKNOWN]
        if not unknown:
            raise
        for one in unknown:
            data = _without(data, one.place)
        return replace(_read(data), left_out=tuple(unknown))


def _without(data: Any, place: str) -> Any:
    """Take a field out of plain data; names of fields may have full stops in them."""
    if isinstance(data, Mapping):
        return {name: _without(one, _below(place, str(name))) for name, one in data.items() if str(name) != place}
    return [_without(one, _below(place, str(n))) for n, one in enumerate(data)] if isinstance(data, list) else data


def _below(place: str, name: str) -> str:
    """Give the rest of a place within a field; empty: it is elsewhere."""
    return place.removeprefix(f"{name}.") if place.startswith(f"{name}.") else ""


def _read(data: object) -> PlayFile:
    problems: list[Problem] = []
    top = Node(data, "", problems)
    if not top.object(_FIELDS):
        raise InvalidContent(problems)
    _format(top)
    raw = top.node("content", {})
    found = PlayFile(
        key=top.text("key", longest=80, required=True),
        version=top.whole("version", least=1, most=1_000_000, default=1),
        measure=top.whole_or_none("measure", least=1, most=len(nineteen.NAMES)),
        words=_words(top.node("words", {})),
        content=raw.value if isinstance(raw.value, Mapping) else {},
        contents={one: read_in for one in LANGUAGES if (read_in := _content(raw, one)) is not None},
        groups=_each(top.node("groups", {}), _group),
        templates=_each(top.node("templates", {}), _template),
        needs=tuple(_need(one) for one in top.each("needs")),
        data=top.value,
    )
    if problems:
        raise InvalidContent(list(dict.fromkeys(problems)))
    return found


def _format(top: Node) -> None:
    if top.value.get("format") != FORMAT:
        top.wrong(
            "no_format", _("This is no file of a measure: “format” is “%(name)s” there.") % {"name": FORMAT}, "format"
        )
    if top.whole("format_version", least=1, most=1_000_000) > VERSION:
        top.wrong(
            "too_new", _("This file was made by a newer version. Update this installation first."), "format_version"
        )


def _content(node: Node, language: str) -> Content | None:
    """Read the content in one language; what is wrong there stands within the file."""
    try:
        return contents.read(in_language(node.value, language))
    except InvalidContent as refused:
        for one in refused.problems:
            place = ".".join(part for part in (node.place, one.place) if part)
            node.problems.append(Problem(place=place, code=one.code, text=one.text))
        return None


def _words(node: Node) -> dict[str, Words]:
    if not node.object(LANGUAGES) or not node.value:
        node.wrong("missing", _("Say what the measure is called, in German or English."))
        return {}
    return {one: _words_of(node.node(one)) for one in LANGUAGES if node.has(one)}


def _words_of(node: Node) -> Words:
    node.object(("name", "when", "figure", "law"))
    law = tuple(str(one.value)[:_LONGEST_WORDS] for one in node.each("law"))
    return Words(
        name=node.text("name", longest=80, required=True),
        when=node.text("when", longest=_LONGEST_WORDS),
        figure=node.text("figure"),
        law=law,
    )


def _each(node: Node, how: "Callable[[Node], _Part]") -> "dict[str, _Part]":
    if not isinstance(node.value, Mapping):
        node.wrong("not_an_object", _("An object with fields is expected here."))
        return {}
    return {str(name): how(node.node(str(name))) for name in node.value}


def _group(node: Node) -> FileGroup:
    node.object(("name", "rule"))
    return FileGroup(name=_said(node, "name"), rule=node.node("rule").rule())


def _template(node: Node) -> FileTemplate:
    node.object(("name", "channel", "purpose", "texts"))
    texts = node.node("texts", {})
    texts.object(tuple(STYLES))
    return FileTemplate(
        name=_said(node, "name"),
        channel=node.choice("channel", channels.NAMES),
        purpose=node.choice("purpose", Purpose.values),
        texts={style: _text(texts.node(name)) for name, style in STYLES.items() if texts.has(name)},
    )


def _text(node: Node) -> Text:
    node.object(("subject", "preview", "blocks"))
    blocks = []
    for one in node.each("blocks"):
        one.object(_BLOCK)
        blocks.append({name: one.text(name, longest=20_000) for name in _BLOCK if one.has(name)})
    subject = node.text("subject", required=True)
    return content.read(subject=subject, preview=node.text("preview"), blocks=blocks)


def _need(node: Node) -> Need:
    node.object(("what", "words"))
    return Need(what=node.text("what", required=True), words=_said(node, "words"))


def _said(node: Node, name: str) -> Said:
    """Read words that are the same in every language, or there in both."""
    if not isinstance(node.value.get(name), Mapping):
        return node.text(name, required=True)
    inner = node.node(name)
    inner.object(LANGUAGES)
    return {one: inner.text(one, longest=LONGEST_NAME, required=True) for one in LANGUAGES}
