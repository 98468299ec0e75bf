"""From a play to its file: rows by their names, with the words of its templates and the rules of its groups."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.utils.text import slugify

from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Template
from stammkunde.plays import contents
from stammkunde.plays.contents import Ref
from stammkunde.plays.files import members
from stammkunde.plays.files.parts import LANGUAGES
from stammkunde.plays.files.reading import FORMAT, STYLES, VERSION
from stammkunde.plays.models import Play
from stammkunde.segments.models import Segment, SegmentVersion
from stammkunde.team.models import Staff

ROWS: dict[str, Any] = {"template": Template, "group": Segment, "staff": Staff, "play": Play}


def write(*, name: str, content: Mapping[str, Any], version: int = 1) -> dict[str, Any]:
    """
    Write a play as its file.

    Args:
        name: of the play.
        content: as it is kept, with numbers of rows.
        version: the number of the content's version.
    """
    named = [(kind, ref) for _place, kind, ref in contents.names(content)]
    every = dict.fromkeys([*named, *members.names(dict(content))])
    every |= dict.fromkeys(_behind(every))
    called = {(kind, ref): _name(kind, ref) for kind, ref in every}

    def said(kind: str, ref: Ref) -> Ref:
        return called[kind, ref]

    return {
        "format": FORMAT,
        "format_version": VERSION,
        "key": slugify(name) or "measure",
        "version": version,
        "words": {one: {"name": name} for one in LANGUAGES},
        "needs": [],
        "content": members.renamed(contents.renamed(content, said), said),
        "groups": dict(_groups(called, said)),
        "templates": {_name(kind, ref): _template(int(ref)) for kind, ref in every if kind == "template"},
    }


def _name(kind: str, ref: Ref) -> str:
    row = ROWS[kind].objects.filter(pk=ref).first() if isinstance(ref, int) else None
    return str(row) if row else str(ref)


def _behind(some: Iterable[tuple[str, Ref]]) -> "list[tuple[str, Ref]]":
    """Give the rows that the rules of groups name, also by way of others."""
    ahead, found = list(some), dict.fromkeys(some)
    while ahead:
        for one in members.names(_rule(*ahead.pop())):
            if one not in found:
                found[one] = None
                ahead.append(one)
    return list(found)


def _rule(kind: str, ref: Ref) -> Any:
    if kind != "group" or not isinstance(ref, int):
        return None
    version = SegmentVersion.objects.filter(segment=ref).order_by("-number").first()
    return version.rule if version else None


def _groups(
    called: Mapping[tuple[str, Ref], str], said: Callable[[str, Ref], Ref]
) -> "list[tuple[str, dict[str, Any]]]":
    """Take the rules of groups along, with names for what they name."""
    found = [(name, _rule(kind, ref)) for (kind, ref), name in called.items()]
    return [(name, {"name": name, "rule": members.renamed(rule, said)}) for name, rule in found if rule]


def _template(pk: int) -> dict[str, Any]:
    template = Template.objects.get(pk=pk)
    words = outreach.words(template)
    by_style = {style: name for name, style in STYLES.items()}
    return {
        "name": template.name,
        "channel": template.channel,
        "purpose": template.purpose,
        "texts": {by_style[style]: _text(text) for style, text in words.items() if style in by_style},
    }


def _text(text: Any) -> dict[str, Any]:
    blocks = [{name: one for name, one in asdict(block).items() if one} for block in text.blocks]
    return {"subject": text.subject, "preview": text.preview, "blocks": blocks}
