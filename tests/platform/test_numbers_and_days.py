"""Numbers, amounts and days are written as the language does, in catalogues, in templates and on pages."""

import html
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.template import engines
from django.template.base import VariableNode
from django.templatetags.i18n import BlockTranslateNode
from django.urls import reverse

from tests import factories
from tests.signals import forecasting

SOURCE = Path(__file__).parents[2] / "src" / "stammkunde"
CATALOGUES = sorted(SOURCE.glob("*/locale/de/LC_MESSAGES/django.po"))
TEMPLATES = sorted(file.relative_to(folder) for folder in SOURCE.glob("*/templates") for file in folder.rglob("*.html"))
PAGES = ("overview", "today", "warnings", "warnings-proof", "customers", "time", "settings", "audit")
UNSEEN = re.compile(r"<(script|style|svg|head|datalist|code)\b.*?</\1>|<[^>]*>", re.DOTALL)
OF_BOTH = {
    "day of a program": r"\b(?:19|20)\d\d-\d\d-\d\d\b",
    "thousands not set apart": r"(?<![\d.,:/+\-\w])\d{5,}(?![\d.,\w])",
}
WRONG = {
    "de": OF_BOTH
    | {
        "decimal point": r"(?<![\d.\w])\d{1,3}\.\d{1,2}(?![\d.])",
        "per cent may break off": r"\d ?%",
        "euro may break off, or in front": r"\d ?€|€ ?\d",
        "English day": r"\b\d{1,2} (?:Jan|Feb|Mar|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec) \d{4}",
    },
    "en": OF_BOTH
    | {
        "decimal comma": r"(?<![\d,])\d+,\d{1,2}(?!\d)",
        "per cent set apart": r"\d[ \u00a0]%",
        "euro behind": r"\d[ \u00a0]?€",
        "German day": r"\b\d\d\.\d\d\.\d{4}\b",
    },
}
# Of these, a template writes none without saying how.
COUNTED = re.compile(
    r"(?:_on|_at|_cents|_days|_share|_percent|_minutes|_hours|count|total|percent|minutes|hours|days|customers|orders|"
    r"points|share|risk|months|cents|date|day|moment)$"
)
WORDED = re.compile(r"^(?:numbers|shown_numbers)\.|^spark\.points$")  # written before they reach the template


def wrong(text: str, language: str) -> list[str]:
    """List what is not written as the language does, with what is wrong about it."""
    return [f"{why}: {found[0]}" for why, how in WRONG[language].items() for found in re.finditer(how, text)]


@pytest.mark.parametrize(
    ("text", "language", "is_wrong"),
    [
        ("am 20.11.2026, 1.234,50\u00a0€, 12,5\u00a0%, 0221 471", "de", False),
        ("am 2026-11-20", "de", True),
        ("12.5 Stunden", "de", True),
        ("12 %", "de", True),
        ("€ 12", "de", True),
        ("12345 Kunden", "de", True),
        ("20 Nov 2026", "de", True),
        ("20 Nov 2026, €1,234.50, 12.5%", "en", False),
        ("12 %", "en", True),
        ("12,5%", "en", True),
        ("1.234\u00a0€", "en", True),
        ("20.11.2026", "en", True),
    ],
)
def test_ways_of_writing_are_told_apart(text, language, is_wrong):
    assert bool(wrong(text, language)) == is_wrong


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[3].name)
def test_catalogue_writes_numbers_as_its_languages_do(path):
    with path.open("rb") as file:
        messages = [one for one in read_po(file, locale="de") if one.id]
    texts = [(one.id, one.string) if isinstance(one.id, str) else (one.id[0], one.string[0]) for one in messages]
    shares = [(re.sub(r"%\(\w+\)s", "1", en), re.sub(r"%\(\w+\)s", "1", de)) for en, de in texts]
    plain = [(en.replace("%%", "%"), de.replace("%%", "%")) for en, de in shares]

    assert [en for en, _de in plain if re.search(r"\d[ \u00a0]%(?!\w)", en)] == []
    assert [de for _en, de in plain if re.search(r"\d ?%(?!\w)", de)] == []


def test_templates_say_how_numbers_and_days_are_written():
    bare = {(str(name), text) for name in TEMPLATES for text in _unfiltered(str(name))}

    assert TEMPLATES
    assert sorted(one for one in bare if COUNTED.search(one[1]) and not WORDED.search(one[1])) == []


def _unfiltered(name: str) -> set[str]:
    """Give what a template writes as it is."""
    nodes = engines["django"].engine.get_template(name).nodelist
    plain = [node.filter_expression for node in nodes.get_nodes_by_type(VariableNode)]
    within = [one for node in nodes.get_nodes_by_type(BlockTranslateNode) for one in node.extra_context.values()]
    return {str(one.var) for one in (*plain, *within) if not one.filters}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["de", "en"])
def test_pages_write_numbers_and_days_as_their_language_does(client, administrator, language):
    generation = forecasting.generation()
    customer = factories.customer(name="Weber", number="W", owner=administrator)
    forecasting.warn(forecasting.signal(generation, customer, revenue_cents=123_456_789))
    administrator.language = language
    administrator.save()
    client.force_login(administrator)
    addresses = [*map(reverse, PAGES), reverse("customer", args=[customer.pk])]

    said = {address: client.get(address).content.decode() for address in addresses}

    seen = {address: html.unescape(UNSEEN.sub("\n", page)) for address, page in said.items()}
    assert {address: found for address, text in seen.items() if (found := wrong(text, language))} == {}
