from importlib.resources import files
from zoneinfo import available_timezones

import pytest
from babel import Locale

from stammkunde.customers import countries

ISO = [
    line.split("\t")[0]
    for line in (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]

ZONES = available_timezones()


@pytest.mark.parametrize(
    ("country", "code"),
    [
        ("Deutschland", "DE"),
        ("germany", "DE"),
        (" de ", "DE"),
        ("United Kingdom", "GB"),
        ("EIRE", "IE"),
        ("Mond", ""),
        ("Serbien", "RS"),
        ("Serbia", "RS"),
        ("Brasilien", "BR"),
        ("Tschechien", "CZ"),
        ("Czechia", "CZ"),
        ("Czech Republic", "CZ"),
        ("Turkey", "TR"),
        ("TÜRKIYE", "TR"),
        ("Oesterreich", "AT"),
        ("Osterreich", "AT"),
        ("Cote d'Ivoire", "CI"),
        ("Bosnien-Herzegowina", "BA"),
        ("Bosnia and Herzegovina", "BA"),
        ("The Netherlands", "NL"),
        ("Kosovo", "XK"),
        ("AUT", "AT"),
        ("AND", "AD"),  # letters, although "and" is left out of names
        ("UK", "GB"),
        ("EU", ""),
        ("Jugoslawien", ""),
        ("", ""),
    ],
)
def test_country_is_known_by_its_names_and_letters(country, code):
    assert countries.code(country) == code


@pytest.mark.parametrize("code", [*ISO, "XK"])
def test_every_country_is_known_both_ways_and_has_a_time_zone(code):
    german, english = (Locale(language).territories[code] for language in ("de", "en"))

    assert (countries.code(german), countries.code(english), countries.code(code.lower())) == (code, code, code)
    assert countries.name(english, language="de") == german
    assert countries.name(german, language="en") == english
    assert countries.zone(german) in ZONES or code in {"BV", "HM"}  # where nobody lives


def test_country_that_is_unknown_keeps_its_name_and_has_no_zone():
    assert (countries.name(" Absurdistan ", language="de"), countries.zone("Absurdistan")) == ("Absurdistan", "")


@pytest.mark.parametrize(
    ("country", "zone"),
    [("Brazil", "America/Sao_Paulo"), ("Australien", "Australia/Sydney"), ("USA", "America/New_York")],
)
def test_zone_of_a_country_with_several_is_that_of_most_people(country, zone):
    assert countries.zone(country) == zone
