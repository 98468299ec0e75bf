"""What a file of a play holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stammkunde.outreach.content import Text
from stammkunde.plays.contents import Content, Problem, Ref, Rule

Said = str | Mapping[str, str]  # the same in every language, or by language
LANGUAGES = ("de", "en")
OTHER = "en"  # where a language is not among them


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a play is called, when it makes sense, which figure it moves, and what the law says to it."""

    name: str
    when: str = ""
    figure: str = ""
    law: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Need:
    """What has to be known here: a field of customers, a table, or a column of one, and what that is in words."""

    what: str
    words: Said


@dataclass(frozen=True, kw_only=True)
class FileGroup:
    """A group of customers that comes along."""

    name: Said
    rule: Rule


@dataclass(frozen=True, kw_only=True)
class FileTemplate:
    """A template that comes along, with its words by language and form of address."""

    name: Said
    channel: str
    purpose: str
    texts: Mapping[tuple[str, str], Text]


@dataclass(frozen=True, kw_only=True)
class PlayFile:
    """A play as a file; `content` is as it stands there, `content_in` in one language, with the names of rows."""

    key: str
    version: int
    words: Mapping[str, Words]
    content: Mapping[str, Any]
    contents: Mapping[str, Content]
    groups: Mapping[str, FileGroup]
    templates: Mapping[str, FileTemplate]
    needs: tuple[Need, ...] = ()
    measure: int | None = None  # which of the nineteen (`nineteen`) it belongs to
    data: Mapping[str, Any] = field(default_factory=dict)  # the whole file, without what is unknown
    left_out: tuple[Problem, ...] = ()  # fields that nobody knows here

    def words_in(self, language: str) -> Words:
        return self.words.get(language) or self.words.get(OTHER) or next(iter(self.words.values()))

    def content_in(self, language: str) -> Content:
        return self.contents.get(language) or self.contents[OTHER]

    def name_of(self, kind: str, ref: Ref, language: str) -> str:
        """Give what a row is called that the content names: as its part of the file says, or as it is named there."""
        part: FileGroup | FileTemplate | None = None
        if kind == "group":
            part = self.groups.get(str(ref))
        elif kind == "template":
            part = self.templates.get(str(ref))
        return said(part.name, language) if part else str(ref)


def said(words: Said, language: str) -> str:
    """Give words in a language."""
    return words if isinstance(words, str) else words.get(language) or words[OTHER]


def in_language(data: Any, language: str) -> Any:
    """Give plain data in one language: what is there in both is taken in that one."""
    if isinstance(data, Mapping):
        if set(data) == set(LANGUAGES):
            return said(data, language)
        return {name: in_language(one, language) for name, one in data.items()}
    return [in_language(one, language) for one in data] if isinstance(data, list) else data
