"""Where a customer is: time zone and holidays from country, region and postcode. Pure."""

from collections.abc import Container
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from holidays.utils import list_supported_countries

from stammkunde.customers import countries


@cache
def zone(country: str, fallback: str) -> ZoneInfo:
    """Give a country's time zone: that of most people where there are several, the company's where it is unknown."""
    return ZoneInfo(countries.zone(country) or fallback)


def closed_days(*, country: str, region: str, company_region: str) -> Container[date]:
    """
    Give the public holidays that hold for a customer.

    `company_region` is a country with or without a region ("DE", "DE-BY"): it is taken where the customer's country is
    unknown, and its region where the customer is in the same country and her own region is unknown.
    """
    home, _dash, home_region = company_region.partition("-")
    code = countries.code(country) or home
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
