"""
What makes words advertising, whatever their purpose is called: discounts, codes, words of offers, links to the shop.

Pure. Courts look at what a message says, not at what it is called: a thank-you with a voucher is advertising. So the
signs are few and plain, and ordinary words of service are none of them: “Angebot” may be a quotation, “19 %” a tax,
“Gutschrift” money back, “ausverkauft” an answer.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stammkunde.outreach.content import Text, legible

_DISCOUNT = (
    r"\w*rabatt\w*|\w*gutschein\w*|preisnachl[aä]ss\w*|sonder(?:preis|angebot)\w*|aktions(?:preis|angebot|rabatt)\w*",
    r"(?:einführungs|vorteils|schnupper|knaller|best)preis\w*|schnäppchen\w*|(?:winter|sommer|räumungs)?schlussverkauf\w*",
    r"räumungsverkauf|black friday|cyber monday",
    r"(?:aktions|vorteils|promo|bonus|geschenk)[- ]?codes?",
    r"\d+(?:[.,]\d+)?\s?(?:%|prozent|€|euro)\s+(?:nachlass|günstiger|billiger|geschenkt|gespart|sparen)",
    r"\d+(?:[.,]\d+)?\s?(?:%|prozent)\s+auf\s+(?:alles|alle\b|das\s+(?:ganze|gesamte)|(?:ihr|dein)\w*\s+nächst\w*)",
    r"spar(?:en\s+sie|e|st\s+du)\s+(?:\w+\s+){0,3}\d+(?:[.,]\d+)?\s?(?:%|prozent|€|euro)",
    r"discounts?|discounted|vouchers?|coupons?|promo(?:tional)?\s+codes?|special\s+(?:offer|price)s?|bargains?",
    r"\d+\s?%\s+off|(?:€|£|\$)\s?\d+\s+off",
    r"save\s+(?:up\s+to\s+)?(?:(?:€|£|\$)\s?\d+|\d+(?:[.,]\d+)?\s?(?:%|€|£|euros?\b))",
)
_OFFER = (
    r"(?:jetzt|gleich|schnell)\s+(?:\w+\s+)?(?:kaufen|bestellen|zugreifen|zuschlagen|shoppen|sichern)",
    r"nur\s+für\s+kurze\s+zeit|solange\s+(?:der\s+)?vorrat\s+reicht|jetzt\s+(?:neu\s+)?im\s+angebot",
    r"(?:unsere|neue|aktuelle|exklusive|tolle|attraktive)n?\s+(?:\w+en?\s+)?angebote\b(?!\s+(?:nr|nummer|vom|zu\b|\d))",
    r"(?:exklusives?|tolles|unschlagbares|unwiderstehliches)\s+angebot|angebot\s+des\s+(?:tages|monats)|angebot\s+der\s+woche",
    r"neu\s+im\s+(?:sortiment|shop|programm)|neuen?\s+kollektion(?:en)?",
    r"entdecken?\s+(?:sie\s+)?(?:jetzt\s+)?(?:unsere?[nrm]?|viele|neue)\b",
    r"(?:gratis|kostenlos)\s+dazu|gratis(?:geschenk|zugabe)|zum\s+preis\s+von\s+(?:einem|einer|zwei|drei|\d)",
    r"(?:shop|buy|order)\s+now|limited(?:[- ]time)?\s+offers?|while\s+stocks\s+last|new\s+arrivals",
    r"(?:our|exclusive)\s+(?:latest\s+|new\s+|current\s+|exclusive\s+)?(?:offers|deals)|(?:great|best|hot)\s+deals",
    r"(?:summer|winter|spring|clearance|final)\s+sale|buy\s+one,?\s+get\s+one|free\s+gift|discover\s+our\s+new",
)


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})", re.IGNORECASE)


WORDS = (("counts_as_discount", _any(_DISCOUNT)), ("counts_as_offer_words", _any(_OFFER)))
_FIELD = re.compile(r"\{([a-z_]+)(?:\|([^{}]*))?\}")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
_BETWEEN = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
_SURVEY = re.compile(
    r"umfrage|fragebogen|bewert|feedback|survey|questionnaire|review|rating|rate[-_ ]us", re.IGNORECASE
)
# What somebody with the right may say is none, since it is only spoken of
ARGUABLE = frozenset({"counts_as_discount", "counts_as_offer_words", "counts_as_shop"})


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One sign of advertising: its code, the words that are the sign, and the sentence around them."""

    code: str
    said: str = ""
    sentence: str = ""

    @property
    def is_arguable(self) -> bool:
        return self.code in ARGUABLE


@dataclass(frozen=True, kw_only=True)
class Shop:
    """
    Where things are bought, so that a link there advertises.

    Args:
        addresses: hosts, with or without a path: `shop.example`, `example.com/produkte`.
        service: beginnings of parts of a path that serve orders, so that a link there advertises nothing: `konto`.
    """

    addresses: tuple[str, ...] = ()
    service: tuple[str, ...] = ()

    @classmethod
    def read(cls, addresses: str, service: str) -> "Shop":
        """Read what the settings keep, a line each."""
        return cls(
            addresses=tuple(_plain_address(line) for line in addresses.splitlines() if line.strip()),
            service=tuple(line.strip().strip("/").lower() for line in service.splitlines() if line.strip(" /")),
        )

    def links(self, words: str) -> Iterator[str]:
        """Give what in words leads to the shop, as a link or only written down."""
        for one in self.addresses:
            pattern = rf"(?<![\w@.-])(?:https?://)?(?:[\w-]+\.)*({re.escape(one)}(?![\w-]|\.\w)[^\s)\]>\"]*)"
            for found in re.finditer(pattern, words, re.IGNORECASE):
                if not self._serves(found[1]):
                    yield found[1].rstrip(".,;:!?")

    def _serves(self, address: str) -> bool:
        path = re.split(r"[?#]", address.lower())[0].split("/")[1:]
        return any(part.startswith(word) for part in path for word in self.service)


def find(text: Text, *, shop: Shop) -> list[Claim]:
    """Give every sign of advertising in words, each once."""
    text = legible(text)
    return list(dict.fromkeys([*_blocks(text), *_words(text), *_links(text, shop)]))


def _blocks(text: Text) -> Iterator[Claim]:
    for block in text.blocks:
        if block.kind == "offer":
            yield Claim(code="counts_as_offer")
        links = [(block.label, block.url), *_LINK.findall(block.text)]
        if any(_SURVEY.search(label) or _SURVEY.search(url) for label, url in links):
            yield Claim(code="counts_as_survey")
    if any(found[1] == "code" for part in parts(text) for found in _FIELD.finditer(part)):
        yield Claim(code="counts_as_voucher")


def _words(text: Text) -> Iterator[Claim]:
    for part in parts(text):
        plain = _FIELD.sub(r"\2", _LINK.sub(r"\1", part))
        for sentence in (" ".join(one.split()) for one in _BETWEEN.split(plain)):
            for code, pattern in WORDS:
                yield from (Claim(code=code, said=one[0], sentence=sentence) for one in pattern.finditer(sentence))


def _links(text: Text, shop: Shop) -> Iterator[Claim]:
    for part in parts(text):
        yield from (Claim(code="counts_as_shop", said=one, sentence=one) for one in shop.links(part))


def parts(text: Text) -> Iterator[str]:
    """Give everything that is said."""
    yield from (text.subject, text.preview)
    for block in text.blocks:
        yield from (block.text, block.title, block.label, block.url)


def _plain_address(line: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", line.strip().lower()).rstrip("/")
