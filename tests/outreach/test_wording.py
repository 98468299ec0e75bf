import re
from pathlib import Path

import pytest
from django.utils import translation

from stammkunde.customers import unsettled
from stammkunde.customers.policy import Reason
from stammkunde.outreach import channels, wording

APP = Path(wording.__file__).parent
NUMBERS = {
    "most": 2,
    "days": 7,
    "taken": 2,
    "until": "2026-12-24",
    "because": "quiet_hours",
    "attempts": 3,
    "waited_for": "cap_person",
    "customer": 1,
    "answer": "550 no",
    "run": 7,
    "times": 3,
    "hours": 4,
    "free_at": "2026-11-24T15:00:00+00:00",
}


def written_codes() -> set[str]:
    """Every code that the source writes into a reason."""
    apart = {
        "wording.py",
        "claims.py",
        "clarity.py",
    }  # the words themselves, and findings in templates, which have words of their own
    text = "\n".join(path.read_text(encoding="utf-8") for path in APP.rglob("*.py") if path.name not in apart)
    found = set(re.findall(r'(?:_refuse\(|\bcode=|"code": )"(\w+)"', text))
    found |= set(re.findall(r'"(quiet_hours|sunday|holiday|no_[a-z_]+)"', text))
    of_addresses = {"bounced", "complained"}  # `Undeliverable.code`
    found |= {"waits_for_print"} | set(re.findall(r'NotOnPaper\("(\w+)"\)', text))  # worded where it is shown
    return found - {"complained"} | {f"address_{code}" for code in of_addresses}


def test_every_code_has_words_and_every_word_a_code():
    of_customers = {one.value for one in Reason} | unsettled.words().keys()

    assert written_codes() | of_customers == wording.codes()


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("code", sorted(wording.codes()))
def test_every_code_is_said_in_both_languages(code, language):
    with translation.override(language):
        said = wording.reason({"code": code, **NUMBERS})

    assert said
    assert "%(" not in said


def test_words_differ_between_languages():
    same = []
    for code in sorted(wording.codes()):
        with translation.override("de"):
            german = wording.reason({"code": code, **NUMBERS})
        with translation.override("en"):
            english = wording.reason({"code": code, **NUMBERS})
        if german == english:
            same.append(code)

    assert same == []


def test_numbers_are_part_of_the_words():
    with translation.override("de"):
        said = wording.reason({"code": "cap_person", "most": 2, "days": 7, "taken": 2})

    assert said == "Höchstens 2 Kontakte in 7 Tagen mit einer Person; es waren 2."


def test_every_channel_has_a_name_and_an_icon():
    assert set(channels.NAMES) <= set(wording.CHANNELS)
    assert wording.CHANNELS.keys() == wording.ICONS.keys()
