"""Where a customer is: time zone and holidays from country, region and postcode. Pure."""

from collections.abc import Container
from datetime import date
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import holidays
from holidays.utils import list_supported_countries

NAMES = {
    "deutschland": "DE",
    "österreich": "AT",
    "schweiz": "CH",
    "liechtenstein": "LI",
    "luxemburg": "LU",
    "belgien": "BE",
    "niederlande": "NL",
    "holland": "NL",
    "frankreich": "FR",
    "italien": "IT",
    "spanien": "ES",
    "portugal": "PT",
    "irland": "IE",
    "eire": "IE",
    "vereinigtes königreich": "GB",
    "großbritannien": "GB",
    "united kingdom": "GB",
    "great britain": "GB",
    "england": "GB",
    "uk": "GB",
    "dänemark": "DK",
    "schweden": "SE",
    "norwegen": "NO",
    "finnland": "FI",
    "island": "IS",
    "polen": "PL",
    "tschechien": "CZ",
    "slowakei": "SK",
    "slowenien": "SI",
    "ungarn": "HU",
    "kroatien": "HR",
    "rumänien": "RO",
    "bulgarien": "BG",
    "griechenland": "GR",
    "türkei": "TR",
    "zypern": "CY",
    "estland": "EE",
    "lettland": "LV",
    "litauen": "LT",
    "vereinigte staaten": "US",
    "usa": "US",
    "united states of america": "US",
    "kanada": "CA",
    "australien": "AU",
    "japan": "JP",
    "china": "CN",
}


@cache
def country_code(country: str) -> str:
    """Give a country's two letters from its German or English name, or from the letters; empty if unknown."""
    text = country.strip()
    if len(text) == 2 and text.upper() in _english():
        return text.upper()
    return NAMES.get(text.casefold(), _by_english_name().get(text.casefold(), ""))


@cache
def country_name(country: str) -> str:
    """Give a country's German name, as addresses from Germany have it; else the English one, else the text."""
    code = country_code(country)
    german = next((name for name, one in NAMES.items() if one == code), "")
    return german.title() or _english().get(code, country.strip())


@cache
def zone(country: str, fallback: str) -> ZoneInfo:
    """Give a country's time zone: its first one where there are several, the company's where it is unknown."""
    return ZoneInfo(_zones().get(country_code(country), fallback))


def closed_days(*, country: str, region: str, company_region: str) -> Container[date]:
    """
    Give the public holidays that hold for a customer.

    `company_region` is a country with or without a region ("DE", "DE-BY"): it is taken where the customer's country is
    unknown, and its region where the customer is in the same country and her own region is unknown.
    """
    home, _dash, home_region = company_region.partition("-")
    code = country_code(country) or home
    return _calendar(code, region.strip() or (home_region if code == home else ""))


def is_region(text: str) -> bool:
    """Tell whether holidays are known for a country or region as in "DE-BY"."""
    code, dash, region = text.partition("-")
    known = list_supported_countries(include_aliases=False)
    return code in known and (not dash or region in known[code])


@cache
def _calendar(code: str, region: str) -> Container[date]:
    if code not in list_supported_countries(include_aliases=False):
        return frozenset()
    whole = holidays.country_holidays(code)
    part = whole.subdivisions_aliases.get(region, region)
    return holidays.country_holidays(code, subdiv=part) if part in whole.subdivisions else whole


@cache
def _english() -> dict[str, str]:
    rows = (line.split("\t") for line in _table("iso3166.tab"))
    return {row[0]: row[1] for row in rows}


@cache
def _by_english_name() -> dict[str, str]:
    return {name.casefold(): code for code, name in _english().items()}


@cache
def _zones() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _table("zone.tab"):
        code, _place, name = line.split("\t")[:3]
        found.setdefault(code, name)
    return found


def _table(name: str) -> list[str]:
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
