"""
Countries: what people call them, and where their clocks stand. Pure.

Names are those of the Unicode CLDR (by Babel), in German and English, and those of the time zone database; letters are
those of ISO 3166, two or three. A place that is nobody's country is unknown, and so is a typing error.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages

GERMAN, ENGLISH = "de", "en"

ALSO = {  # what is said and written beside the names in the tables
    "Bundesrepublik Deutschland": "DE",
    "BRD": "DE",
    "Holland": "NL",
    "Eire": "IE",
    "Great Britain": "GB",
    "Großbritannien": "GB",
    "England": "GB",
    "Scotland": "GB",
    "Schottland": "GB",
    "Wales": "GB",
    "United States of America": "US",
    "Vereinigte Staaten von Amerika": "US",
    "Tschechische Republik": "CZ",
    "Slowakische Republik": "SK",
    "Russische Föderation": "RU",
    "Moldawien": "MD",
    "Weißrussland": "BY",
    "Hongkong": "HK",
}
MOST_PEOPLE = {  # where the time zone database begins with an island or an exclave, or knows the country not at all
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "XK": "Europe/Belgrade",
}

_FILLERS = {"and", "und", "the"}  # some write "&"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@cache
def code(text: str) -> str:
    """Give a country's two letters from its German or English name or from letters; empty if it is unknown."""
    return _codes().get(_plain(text), "")


@cache
def name(text: str, *, language: str) -> str:
    """Give a country's German or English name; the text itself if it is unknown."""
    known = code(text)
    return Locale(language).territories[known] if known else text.strip()


@cache
def zone(text: str) -> str:
    """Give a country's time zone: where there are several, the one of most people; empty if it is unknown."""
    known = code(text)
    return MOST_PEOPLE.get(known) or _zones().get(known, "")


@cache
def at(zone: str) -> str:
    """Give the two letters of the country whose clock a time zone is; empty if it is nobody's."""
    return next((letters for letters, _place, said, *_remark in _rows("zone.tab") if said == zone), "")


def speaks_german(country: str) -> bool:
    """Tell whether German is an official language of a country."""
    return GERMAN in get_official_languages(country)


def _plain(text: str) -> str:
    """Take from a name what people write differently: accents, capitals, hyphens, "and"."""
    signs = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"\w+", "".join(sign for sign in signs if not unicodedata.combining(sign)))
    return " ".join([word for word in words if word not in _FILLERS] or words)


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for said, letters in _names():
        found.setdefault(_plain(said), letters)
        found.setdefault(_plain(said.casefold().translate(_UMLAUTS)), letters)
    return found


def _names() -> Iterator[tuple[str, str]]:
    """Give everything a country is called, with its two letters; what comes first wins."""
    countries = dict(row[:2] for row in _rows("iso3166.tab")) | {"XK": "Kosovo"}
    yield from ((letters, letters) for letters in countries)
    for old, new in get_global("territory_aliases").items():
        if len(new) == 1 and old.isalpha() and new[0] in countries:
            yield old, new[0]
    for language in (GERMAN, ENGLISH):
        yield from ((said, letters) for letters, said in Locale(language).territories.items() if letters in countries)
    yield from ((said, letters) for letters, said in countries.items())
    yield from ALSO.items()


@cache
def _zones() -> dict[str, str]:
    found: dict[str, str] = {}
    for letters, _place, said, *_remark in _rows("zone.tab"):
        found.setdefault(letters, said)
    return found


def _rows(table: str) -> Iterator[list[str]]:
    text = (files("tzdata") / "zoneinfo" / table).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
