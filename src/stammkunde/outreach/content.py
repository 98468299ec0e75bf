"""
What a message says: words with fields in them, filled for one person. Pure: it knows no database.

A field is `{first_name}`, or `{first_name|Fallback}` for who has none; nothing else has a meaning, so there is nothing
to break out of. Text blocks know paragraphs, lists, **bold**, *italic* and [links](https://…). They become HTML before
fields are filled, and what is filled in is escaped, so that nobody's name can bring markup or links of its own.
What a whole mail looks like is said by `dress`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import quote

import nh3
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from stammkunde.outreach import own_html

TAGS = frozenset({"p", "strong", "em", "a", "ul", "ol", "li", "br"})
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
Kind = Literal["text", "offer", "button", "picture", "html"]
PARTS = ("text", "title", "label", "url", "picture", "is_bare")

_PICTURE = re.compile(r"[0-9a-f]{32}-[0-9]{1,4}x[0-9]{1,4}\.(?:png|jpg)")
_FIELD = re.compile(r"\{([a-z_]+)(?:\|([^{}|]*))?\}")
# While marks are read, a field is a number between two signs of no alphabet: nothing of it counts as a mark.
_MASK = re.compile("\ue000([0-9]{1,4})\ue001")
_MASK_IN_ADDRESS = re.compile("%EE%80%80([0-9]{1,4})%EE%80%81", re.IGNORECASE)
_SIGNS = str.maketrans("", "", "\ue000\ue001")
_MARKDOWN = MarkdownIt("zero", {"html": False, "breaks": True}).enable(
    ["emphasis", "link", "list", "escape", "newline", "entity"]
)


class FieldsMissing(Exception):
    """Fields without a fallback have no value for this person; `args` names them."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(sorted(set(names)))
        super().__init__(*self.names)


class FieldsUnknown(FieldsMissing):
    """There are no fields of these names."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """
    One thing that can be filled in.

    Args:
        name: as it stands in braces; no two fields have one.
        words: what it is, for whoever writes.
        shown: what it is called in braces, in the language of the page; empty: as it is kept.
        order: its place among all; no two fields have one number.
        said: how a value is written, in the language of whom it is for.
    """

    name: str
    words: str | Promise
    order: int
    shown: str | Promise = ""
    said: Callable[[Any], str] = str


@dataclass(frozen=True, kw_only=True)
class Block:
    """
    A paragraph or several (`text`), the one offer (`title`, `text`), the one button (`label`, `url`), a picture, or a
    whole mail as HTML (`text`).

    `picture` is the name of one; `label` says what it shows where it is not seen, or `is_bare` that nothing is lost.
    """

    kind: Kind
    text: str = ""
    title: str = ""
    label: str = ""
    url: str = ""
    picture: str = ""
    is_bare: str = ""  # "1", as forms say it


@dataclass(frozen=True, kw_only=True)
class Text:
    """The words of one language and form of address."""

    subject: str
    preview: str = ""
    blocks: tuple[Block, ...] = field(default=())


def read(*, subject: str, preview: str, blocks: Iterable[Mapping[str, Any]]) -> Text:
    """Read words as a template keeps them."""
    found = tuple(Block(**{name: one[name] for name in ("kind", *PARTS) if name in one}) for one in blocks)
    return Text(subject=subject, preview=preview, blocks=found)


def is_picture(name: str) -> bool:
    """Tell whether a picture may have this name: token, size, ending."""
    return _PICTURE.fullmatch(name) is not None


def fields(text: Text) -> dict[str, bool]:
    """Name the fields that words use, and for each whether it has a fallback everywhere."""
    found: dict[str, bool] = {}
    for part in _parts(text):
        for name, fallback in _FIELD.findall(part):
            found[name] = found.get(name, True) and (bool(fallback) or f"{{{name}|}}" in part)
    return found


def write(text: Text, values: Mapping[str, str]) -> dict[str, Any]:
    """
    Fill words for one person: `subject`, `preview`, `text`, and `blocks` for what is printed or dressed as a mail.

    :raises FieldsMissing: if a field without fallback has no value
    """
    missing = [name for name, has_fallback in fields(text).items() if not has_fallback and not values.get(name)]
    if missing:
        raise FieldsMissing(missing)
    blocks = [_written(block, values) for block in text.blocks]
    return {
        "subject": " ".join(_filled(text.subject, values).split()),
        "preview": " ".join(_filled(text.preview, values).split()),
        "text": "\n\n".join(part for part in map(_plain, blocks) if part),
        "blocks": blocks,
    }


def legible(text: Text) -> Text:
    """Give words for whoever judges them: HTML as a text with its links."""
    return replace(text, blocks=tuple(_legible(block) for block in text.blocks))


def _legible(block: Block) -> Block:
    return Block(kind="text", text=own_html.words(block.text, marked=True)) if block.kind == "html" else block


def _parts(text: Text) -> Iterator[str]:
    yield from (text.subject, text.preview)
    for block in text.blocks:
        yield from (block.text, block.title, block.label, block.url)


def _filled(part: str, values: Mapping[str, str], *, put: Callable[[str], str] = str) -> str:
    return _FIELD.sub(lambda found: put(values.get(found[1]) or found[2] or ""), part)


def _plain(block: Mapping[str, str]) -> str:
    """Give a written block as plain text."""
    if block["kind"] == "button":
        return f"{block['label']}: {block['url']}"
    if block["kind"] == "picture":
        return ": ".join(part for part in (block["label"], block["url"]) if part)
    return "\n".join(part for part in (block["title"], block["text"]) if part)


def without_markup(text: str, values: Mapping[str, str]) -> str:
    """Fill words and take their marks away: what is left reads well as plain text, links with their address."""
    masked, masks = _masked(text, values)
    paragraphs = []
    for token in _tokens(masked):
        if token.type == "inline":
            lead = "- " if token.level > 1 else ""
            paragraphs.append((token.level > 1, lead + _words(token.children or [], masks)))
    lines, was_listed = "", False
    for is_listed, words in paragraphs:
        lines += ("\n" if is_listed and was_listed else "\n\n") + words
        was_listed = is_listed
    return lines.strip()


@lru_cache(maxsize=256)
def _tokens(masked: str) -> tuple[Token, ...]:
    """Take words apart, fields masked: those of a template are the same for everybody. They are read only."""
    return tuple(_MARKDOWN.parse(masked))


def _words(tokens: Sequence[Token], masks: Sequence[str]) -> str:
    said, target = "", ""
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            said += "\n"
        elif token.type == "link_open":
            target = _leading(_unmasked_address(str(token.attrs.get("href", "")), masks))
        elif token.type == "link_close":
            said += f" ({target})"
        else:
            said += _unmasked(token.content, masks)
    return said


def _written(block: Block, values: Mapping[str, str]) -> dict[str, str]:
    """Give a block, fields filled: its words without marks for paper, and as HTML for mails."""
    if block.kind == "html":
        html = _own(block.text, values)
        return {"kind": "html", "text": own_html.words(html), "title": "", "label": "", "url": "", "html": html}
    return {
        "kind": block.kind,
        "text": without_markup(block.text, values),
        "title": _filled(block.title, values),
        "label": _filled(block.label, values),
        "url": address(block.url, values) if block.url else "",
        "html": marked_up(block.text, values),
        **({"picture": block.picture} if block.picture else {}),
    }


def address(url: str, values: Mapping[str, str]) -> str:
    """Fill an address: what is filled in is quoted, so that it stays one part of it. Other schemes lead nowhere."""
    filled = _filled(url.strip(), values, put=lambda value: quote(value, safe=""))
    return _leading(filled)


def _leading(url: str) -> str:
    return url if url.partition(":")[0].lower() in SCHEMES else ""


def marked_up(text: str, values: Mapping[str, str]) -> SafeString:
    """Make HTML of a text block: marks first, then the fields, escaped."""
    masked, masks = _masked(text, values)
    return mark_safe(_unmasked(_unmasked_address(_cleaned(masked), masks), masks, put=escape))  # noqa: S308 (cleaned, escaped)


@lru_cache(maxsize=256)
def _cleaned(masked: str) -> str:
    """Make HTML of words, fields masked, and let nothing else pass."""
    return nh3.clean(
        _MARKDOWN.render(masked), tags=set(TAGS), attributes={"a": {"href"}}, url_schemes=set(SCHEMES), link_rel=None
    )


def _own(source: str, values: Mapping[str, str]) -> str:
    """Fill HTML that somebody brought along; it is cleaned once for all who get it."""
    masked, masks = _masked(source, values)
    return _unmasked(_unmasked_address(own_html.clean(masked), masks), masks, put=escape)


def _masked(text: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Put a number in the place of each field, and give what the numbers stand for."""
    masks: list[str] = []

    def mask(found: re.Match[str]) -> str:
        masks.append(values.get(found[1]) or found[2] or "")
        return f"\ue000{len(masks) - 1}\ue001"

    return _FIELD.sub(mask, text.translate(_SIGNS)), masks


def _unmasked(part: str, masks: Sequence[str], *, put: Callable[[str], str] = str) -> str:
    said = dict(enumerate(masks))
    return _MASK.sub(lambda found: put(said.get(int(found[1]), "")), part)


def _unmasked_address(part: str, masks: Sequence[str]) -> str:
    """Fill the fields in addresses, which are quoted after their marks are read."""
    said = {str(number): quote(mask, safe="") for number, mask in enumerate(masks)}
    return _MASK_IN_ADDRESS.sub(lambda found: said.get(found[1], ""), part)
