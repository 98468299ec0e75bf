"""Reasons in words: every code has some, in both languages, with the numbers in them."""

import ast
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from django.utils import translation

from stammkunde.insight import risk
from stammkunde.insight.risk.leaks import Why
from stammkunde.insight.risk.model import RefusalCode
from stammkunde.insight.risk.reasons import CODES, SENSES
from stammkunde.insight.value import refusals
from stammkunde.signals import reasons
from stammkunde.signals.models import CustomerSignal
from stammkunde.team.policy import NO_MONEY, Sight

SPACE = "\N{NO-BREAK SPACE}"
ON = date(2026, 10, 31)


def possible_codes() -> set[str]:
    """Every code that the library can give: senses, signs of happenings, and what its source writes beside "code"."""
    written = set()
    for path in Path(risk.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                told = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "code"]
                written |= {
                    part.value
                    for value in told
                    for part in ast.walk(value)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return written | {sense.code for sense in SENSES} | {sign.name for sign in risk.REGISTERED}


EXAMPLES = [
    (
        {"code": "silent", "gap_days": 31, "silent_days": 58, "odds_factor": 2.4},
        "Bestellt alle 31 Tage, seit 58 Tagen still",
        "Orders every 31 days, silent for 58 days",
    ),
    (
        {"code": "silent", "gap_days": 1, "silent_days": 1234},
        "Bestellt täglich, seit 1.234 Tagen still",
        "Orders every day, silent for 1,234 days",
    ),
    (
        {"code": "rarely", "gap_days": 90, "silent_days": 1},
        "Bestellt nur alle 90 Tage, zuletzt vor 1 Tag",
        "Orders only every 90 days, last 1 day ago",
    ),
    (
        {"code": "rarely", "gap_days": 90, "silent_days": 0},
        "Bestellt nur alle 90 Tage, zuletzt heute",
        "Orders only every 90 days, last today",
    ),
    (
        {"code": "once", "silent_days": 40},
        "Hat nur an einem Tag gekauft, vor 40 Tagen",
        "Bought on one day only, 40 days ago",
    ),
    (
        {"code": "few_purchases", "purchase_days": 1, "window_days": 1},
        "Hat bisher an 1 Tag gekauft",
        "Bought on 1 day so far",
    ),
    (
        {"code": "few_purchases", "purchase_days": 12, "window_days": 2},
        "Hat bisher an 12 Tagen gekauft, davon 2 im Aktivitätsfenster",
        "Bought on 12 days so far, 2 of them within the activity window",
    ),
    (
        {"code": "irregular", "own_gap_days": 30.5},
        "Bestellt unregelmäßig, etwa alle 30 Tage",
        "Orders irregularly, about every 30 days",
    ),
    ({"code": "tenure", "tenure_days": 1}, "Erster bekannter Kauf vor 1 Tag", "First purchase known 1 day ago"),
    ({"code": "tenure", "tenure_days": 90}, "Erster bekannter Kauf vor 90 Tagen", "First purchase known 90 days ago"),
    ({"code": "tenure", "tenure_days": 1500}, "Erster bekannter Kauf vor 4 Jahren", "First purchase known 4 years ago"),
    (
        {"code": "buys_less", "recent_days": 1, "earlier_days": 5},
        "Hat zuletzt an 1 Tag gekauft, im gleich langen Zeitraum davor an 5 Tagen",
        "Bought on 1 day of late, on 5 days in as long a time before",
    ),
    (
        {"code": "buys_less", "recent_days": 0, "earlier_days": 2},
        "Hat zuletzt an keinem Tag gekauft, im gleich langen Zeitraum davor an 2 Tagen",
        "Bought on no day of late, on 2 days in as long a time before",
    ),
    (
        {"code": "spends_less", "recent_cents": 4_000, "earlier_cents": 123_400},
        f"Brachte zuletzt 40{SPACE}€ ein, im gleich langen Zeitraum davor 1.234{SPACE}€",
        "Brought €40 of late, €1,234 in as long a time before",
    ),
    (
        {"code": "small_purchases", "money_per_day": 1_249.5},
        f"Bringt je Kauf etwa 12{SPACE}€ ein",
        "Brings about €12 a purchase",
    ),
    (
        {"code": "narrow", "products": 1, "lines_per_day": 1},
        "Kauft nur 1 Produkt, 1 Position je Kauf",
        "Buys 1 product only, 1 line a purchase",
    ),
    (
        {"code": "narrow", "products": 3, "lines_per_day": 1.47},
        "Kauft 3 verschiedene Produkte, 1,5 Positionen je Kauf",
        "Buys 3 different products, 1.5 lines a purchase",
    ),
    ({"code": "narrow", "products": 0, "lines_per_day": 2}, "Kauft 2 Positionen je Kauf", "Buys 2 lines a purchase"),
    (
        {"code": "returns", "returned_share": 0.21},
        f"Hat 21{SPACE}% der gekauften Ware zurückgegeben",
        "Gave back 21% of what was bought",
    ),
    (
        {"code": "off_season"},
        "Hat auch vor einem Jahr um diese Zeit nicht gekauft",
        "Did not buy at this time a year ago either",
    ),
    ({"code": "one_channel"}, "Kauft nur über einen Kanal", "Buys through one channel only"),
    (
        {"code": "late_deliveries", "late_deliveries": 1, "deliveries": 1},
        "1 von 1 Lieferung verspätet",
        "1 of 1 delivery late",
    ),
    (
        {"code": "contact_silence", "contact_silence": 2.4, "contact_silence_days": 210, "conversation_days": 5},
        "Kein Gespräch seit 210 Tagen, davor an 5 Tagen",
        "No conversation for 210 days, on 5 days before that",
    ),
    (
        {"code": "late_deliveries", "late_deliveries": 2, "deliveries": 5},
        "2 von 5 Lieferungen verspätet",
        "2 of 5 deliveries late",
    ),
    ({"code": "attribute", "column": "industry", "value": "Hotel"}, "Branche: Hotel", "Industry: Hotel"),
    (
        {"code": "pair", "columns": ["industry", "attr_Tour"], "values": ["Hotel", None]},
        "Branche: Hotel zusammen mit Tour: unbekannt",
        "Industry: Hotel together with Tour: unknown",
    ),
    ({"code": "attribute", "column": "attr_Tour", "value": None}, "Tour: unbekannt", "Tour: unknown"),
    (
        {"code": "like_others", "left_share": 0.62, "customers": 240},
        f"Von 240 vergleichbaren Kunden gingen 62{SPACE}%",
        "Of 240 comparable customers 62% left",
    ),
    (
        {"code": "few_expected", "expected": 0.27, "horizon_days": 90},
        "In den nächsten 90 Tagen zu erwarten: 0,3 Käufe",
        "To be expected within 90 days: 0.3 purchases",
    ),
]


def test_every_code_that_the_library_can_give_has_words_and_a_name():
    codes = possible_codes()

    assert codes >= {"silent", "rarely", "once", "attribute", "like_others", "few_expected"}
    assert codes == set(reasons.WORDS) == {reason["code"] for reason, _de, _en in EXAMPLES}
    assert codes == CODES | {sign.name for sign in risk.REGISTERED}
    assert all(word.name for word in reasons.WORDS.values())


def test_a_new_sign_needs_one_word(monkeypatch):
    monkeypatch.setitem(reasons.WORDS, "complaints", reasons.Word("complaints"))
    said = {"code": "complaints", "complaints": 3, "odds_factor": 2.1}

    with translation.override("en"):
        assert reasons.text(said, sight=NO_MONEY) == "Complaints: 3"
        assert reasons.text({**said, "complaints": 2.5}, sight=NO_MONEY) == "Complaints: 2.5"
        assert reasons.changed(risk=0.5, before=0.5, before_on=ON, reasons=[said], reasons_before=[]) == [
            "New reason: complaints."
        ]


@pytest.mark.parametrize(("reason", "german", "english"), EXAMPLES, ids=lambda given: str(given)[:40])
def test_reason_is_worded_with_its_numbers(reason, german, english):
    with translation.override("de"):
        assert reasons.text(reason, sight=Sight(worth=True)) == german
    with translation.override("en"):
        assert reasons.text(reason, sight=Sight(worth=True)) == english


@pytest.mark.parametrize(("reason", "_german", "_english"), EXAMPLES)
def test_reason_without_money_names_no_amount(reason, _german, _english):
    with translation.override("en"):
        assert "€" not in reasons.text(reason, sight=NO_MONEY)


def test_reasons_keep_their_order_and_unknown_ones_their_code():
    said = [{"code": "one_channel"}, {"code": "of_tomorrow"}]

    with translation.override("en"):
        assert reasons.texts(said, sight=NO_MONEY) == ["Buys through one channel only", "of_tomorrow"]
        assert reasons.texts(None, sight=NO_MONEY) == []


@pytest.mark.parametrize(
    ("factor", "word"), [(None, ""), (1.1, "etwas"), (1.39, "etwas"), (1.4, "deutlich"), (2.0, "stark")]
)
def test_strength_is_a_word(factor, word):
    with translation.override("de"):
        assert reasons.strength({"code": "silent", "odds_factor": factor}) == word


def test_every_level_says_what_to_do():
    assert set(reasons.LEVELS) == set(CustomerSignal.Level.values)


@pytest.mark.parametrize(
    ("risk_", "counted"),
    [(0.0, "kauft 1 "), (0.004, "kauft 1 "), (0.014, "kauft 1 "), (0.62, "kaufen 62 "), (0.9999, "kaufen 99 ")],
)
def test_chance_counts_customers_and_is_never_certain(risk_, counted):
    with translation.override("de"):
        said = reasons.chance(risk_, horizon_days=90)

    assert said == f"Von 100 solchen Kunden {counted}in den nächsten 90 Tagen nicht wieder."


def test_chance_in_english():
    with translation.override("en"):
        assert (
            reasons.chance(0.62, horizon_days=90)
            == "Of 100 customers like this one, 62 do not buy again within 90 days."
        )


@pytest.mark.parametrize("code", get_args(RefusalCode))
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_refusal_says_what_is_needed(code, language):
    numbers = {"horizon_days": 90, "needed_days": 180, "left": 12, "stayed": 300, "evenings": 1}

    with translation.override(language):
        said = reasons.refusal({"code": code, **numbers})

    assert set(reasons.REFUSALS) == {"nobody_bought", *get_args(RefusalCode)}
    assert any(number in said for number in ("180", "90", "30"))
    assert said != reasons.refusal({"code": "of_tomorrow"})


@pytest.mark.parametrize("code", ["nobody_bought", *get_args(refusals.RefusalCode)])
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_refusal_of_values_has_words(code, language):
    numbers = {"repeaters": 12, "purchases": 12, "needed": 40, "customers": 1_200, "positive": 9}

    with translation.override(language):
        said = reasons.value_refusal({"code": code, **numbers})

        assert said != reasons.value_refusal({"code": "of_tomorrow"})
    assert "%(" not in said
    assert set(reasons.VALUE_REFUSALS) == {"nobody_bought", *get_args(refusals.RefusalCode)}


def test_refusal_of_values_says_what_is_done_instead():
    with translation.override("en"):
        said = reasons.value_refusal({"code": "few_repeaters", "repeaters": 12, "needed": 40})

    assert said == (
        "Only 12 customers have bought more than once; the model of values needs 40. "
        "Instead, each customer's rate is carried forward, drawn towards that of all."
    )


def test_nothing_missing_is_no_refusal():
    for nothing in (None, {}):
        assert (reasons.refusal(nothing), reasons.value_refusal(nothing)) == ("", "")


def test_every_refused_column_is_told_why():
    assert set(reasons.REFUSED) == set(get_args(Why))


SILENT = {"code": "silent", "gap_days": 31, "silent_days": 58}
LATE = {"code": "late_deliveries", "late_deliveries": 2, "deliveries": 5}
HOTEL = {"code": "attribute", "column": "industry", "value": "Hotel"}


@pytest.mark.parametrize(
    ("given", "german"),
    [
        ({"risk": 0.62, "before": 0.5}, ["Risiko seit dem 31.10.2026 um 12 Punkte gestiegen."]),
        ({"risk": 0.505, "before": 0.494}, ["Risiko seit dem 31.10.2026 um 1 Punkt gestiegen."]),
        ({"risk": 0.2, "before": 0.5}, ["Risiko seit dem 31.10.2026 um 30 Punkte gesunken."]),
        ({"risk": 0.502, "before": 0.498}, ["Seit dem 31.10.2026 hat sich nichts geändert."]),
        ({"risk": None, "before": 0.5}, ["Seit dem 31.10.2026 hat sich nichts geändert."]),
        (
            {"risk": 0.2, "before": 0.5, "last_on": date(2026, 11, 5)},
            ["Risiko seit dem 31.10.2026 um 30 Punkte gesunken.", "Hat am 05.11.2026 gekauft."],
        ),
        ({"risk": 0.5, "before": 0.5, "last_on": ON}, ["Seit dem 31.10.2026 hat sich nichts geändert."]),
        (
            {"risk": 0.5, "before": 0.5, "reasons": [SILENT, LATE], "reasons_before": [SILENT, HOTEL]},
            ["Neuer Grund: verspätete Lieferungen.", "Kein Grund mehr: Branche: Hotel."],
        ),
        (
            {"risk": 0.5, "before": 0.5, "reasons": [SILENT], "reasons_before": None},
            ["Seit dem 31.10.2026 hat sich nichts geändert."],
        ),
    ],
)
def test_changed_says_what_came_and_what_went(given, german):
    with translation.override("de"):
        assert reasons.changed(before_on=ON, **given) == german


def test_changed_is_silent_without_an_earlier_day():
    assert reasons.changed(risk=0.5, before=0.2, before_on=None) == []


def test_points_are_those_that_a_reader_would_count():
    assert (reasons.points(0.626, 0.494), reasons.points(0.5, None), reasons.points(None, 0.5)) == (14, None, None)


def test_every_reason_leads_to_a_part_of_a_page_that_is_there():
    templates = Path(reasons.__file__).parents[1].glob("*/templates/*/**/*.html")
    pages = "".join(path.read_text(encoding="utf-8") for path in templates)

    assert [code for code in reasons.WORDS if f'id="{reasons.source({"code": code})}"' not in pages] == []
    assert reasons.source({"code": "of another version"}) == "rhythm-title"
