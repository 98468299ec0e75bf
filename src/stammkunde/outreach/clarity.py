"""
Is an offer understood in five seconds, and do words stay within their purpose? Pure: codes and numbers.

Half of all customers give an offer five seconds at most. At four words a second (238 a minute in silent reading,
Brysbaert 2019, Journal of Memory and Language 109) that is twenty words, the heading of the offer among them.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal

from stammkunde.customers.models import Purpose
from stammkunde.outreach import claims, content
from stammkunde.outreach.claims import Claim, Shop
from stammkunde.outreach.content import Block, Text, legible

Light = Literal["green", "amber", "red"]

WORDS_PER_SECOND = 4
OFFER_SECONDS = (5, 10)  # green up to the first, amber up to the second
SUBJECT_SIGNS = (50, 70)  # what a phone shows, and what a wide window shows
PREVIEW_SIGNS = 100
READING_SECONDS = (30, 60)
NEWSLETTER_SECONDS = (60, 180)
PURE = frozenset({Purpose.SERVICE, Purpose.THANKS})  # need no consent, as long as they advertise nothing
ASKS_TO_ACT = frozenset({Purpose.ADVERTISING, Purpose.SURVEY})
MAIL = "email"
OF_BLOCKS = frozenset({"offer_missing", "button_missing"})  # own HTML has its own
NO_SHOP = Shop()

_FIELD = re.compile(r"\{([a-z_]+)(?:\|[^{}]*)?\}")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
_PERCENT = re.compile(r"\d+\s?%")
_EXAMPLE = re.compile(r"^https?://([^/]+\.)?example\.(com|net|org)(/|$)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at; `advice` has the words."""

    code: str
    light: Light
    number: int = 0
    of: int = 0  # among so many
    said: str = ""  # the words that it is about


@dataclass(frozen=True, kw_only=True)
class Empty:
    """A field that has no value for some customers; `words` says what it is."""

    field: str
    words: str
    empty: int
    of: int


def check(
    text: Text,
    *,
    purpose: str,
    channel: str,
    shop: Shop = NO_SHOP,
    argued: Collection[str] = (),
    empty: Iterable[Empty] = (),
    unknown: Iterable[str] = (),
) -> list[Finding]:
    """
    Look at words as a customer does who has little time; the worst is not sorted to the front.

    `argued` are sentences of which somebody has said that they advertise nothing, `empty` the fields that have no value
    for some customers, and `unknown` those that there are not.
    """
    is_html = any(block.kind == "html" for block in text.blocks)
    text = legible(text)
    found = [
        *_fields(text, empty, unknown),
        *_opening(text, purpose, channel),
        *_offer(text, purpose),
        *_acting(text, purpose, channel),
        *_purity(text, purpose, shop, argued),
    ]
    return [one for one in found if not is_html or one.code not in OF_BLOCKS]


def worst(findings: Iterable[Finding]) -> Light:
    """Give the light of the whole."""
    lights = {one.light for one in findings}
    return "red" if "red" in lights else "amber" if "amber" in lights else "green"


def refusals(text: Text, *, purpose: str, shop: Shop = NO_SHOP, argued: Collection[str] = ()) -> list[Claim]:
    """Give what makes words count as advertising although their purpose needs no consent; empty where nothing does."""
    if purpose not in PURE:
        return []
    return [one for one in claims.find(text, shop=shop) if not (one.is_arguable and one.sentence in argued)]


def words(text: str) -> int:
    """Count words; a field counts as one, an address as none."""
    return len(re.findall(r"\w+(?:[-'’.,]\w+)*", _LINK.sub(r"\1", _FIELD.sub("x", text))))


def _fields(text: Text, empty: Iterable[Empty], unknown: Iterable[str]) -> Iterator[Finding]:
    """Whoever lacks a field for which nothing else is said gets nothing at all: that is not clear."""
    yield from (Finding(code="field_unknown", light="red", said=name) for name in unknown)
    bare = {name for name, has_fallback in content.fields(text).items() if not has_fallback}
    for one in empty:
        if one.field in bare and one.empty:
            yield Finding(code="field_empty", light="red", number=one.empty, of=one.of, said=one.words)


def _opening(text: Text, purpose: str, channel: str) -> Iterator[Finding]:
    signs = len(_FIELD.sub("x" * 8, text.subject).strip())
    if signs == 0:
        yield Finding(code="subject_missing", light="red")
    else:
        code = "subject" if signs <= SUBJECT_SIGNS[0] else "subject_long"
        yield Finding(code=code, light=_light(signs, SUBJECT_SIGNS), number=signs)
    if channel != MAIL:
        return
    signs = len(_FIELD.sub("x" * 8, text.preview).strip())
    if signs == 0 and purpose not in PURE:  # who waits for an answer opens it anyway
        yield Finding(code="preview_missing", light="amber")
    elif signs:
        is_long = signs > PREVIEW_SIGNS
        yield Finding(
            code="preview_long" if is_long else "preview", light="amber" if is_long else "green", number=signs
        )


def _offer(text: Text, purpose: str) -> Iterator[Finding]:
    if purpose != Purpose.ADVERTISING:
        return
    places = [place for place, block in enumerate(text.blocks) if block.kind == "offer"]
    if len(places) != 1:
        yield Finding(code="offers_many" if places else "offer_missing", light="red", number=len(places))
        return
    offer = text.blocks[places[0]]
    if not offer.title.strip():
        yield Finding(code="offer_without_title", light="red")
        return
    before = sum(_words(block) for block in text.blocks[: places[0]])
    seconds = _seconds(before + words(offer.title))
    light = _light(seconds, OFFER_SECONDS)
    yield Finding(code="offer" if light == "green" else "offer_late", light=light, number=seconds)


def _acting(text: Text, purpose: str, channel: str) -> Iterator[Finding]:
    buttons = [block for block in text.blocks if block.kind == "button"]
    if len(buttons) > 1:
        yield Finding(
            code="buttons_many", light="red" if purpose == Purpose.ADVERTISING else "amber", number=len(buttons)
        )
    elif not buttons and purpose in ASKS_TO_ACT and channel == MAIL:
        yield Finding(code="button_missing", light="amber")
    elif buttons:
        yield Finding(code="button", light="green")
    if any(_EXAMPLE.match(address) for address in _addresses(text)):
        yield Finding(code="address_example", light="red")
    seconds = _seconds(sum(_words(block) for block in text.blocks))
    light = _light(seconds, NEWSLETTER_SECONDS if purpose == Purpose.NEWSLETTER else READING_SECONDS)
    yield Finding(code="reading" if light == "green" else "reading_long", light=light, number=seconds)


def _purity(text: Text, purpose: str, shop: Shop, argued: Collection[str]) -> Iterator[Finding]:
    if purpose not in PURE:
        return
    found = refusals(text, purpose=purpose, shop=shop, argued=argued)
    yield from (Finding(code=one.code, light="red", said=one.said) for one in found)
    if not found and refusals(text, purpose=purpose, shop=shop):
        yield Finding(code="argued", light="amber")
    elif not found and any(_PERCENT.search(part) for part in claims.parts(text)):
        yield Finding(code="sounds_like_offer", light="amber")
    elif not found:
        yield Finding(code="pure", light="green")


def _addresses(text: Text) -> Iterator[str]:
    for block in text.blocks:
        yield from (block.url.strip(), *(url.strip() for _label, url in _LINK.findall(block.text)))


def _words(block: Block) -> int:
    return words(block.title) + words(block.text) + words(block.label)


def _seconds(many: int) -> int:
    return ceil(many / WORDS_PER_SECOND)


def _light(number: int, bounds: tuple[int, int]) -> Light:
    return "green" if number <= bounds[0] else "amber" if number <= bounds[1] else "red"
