"""Rules in words: each sentence is exactly true, so two rules that mean different people never sound alike."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given, settings

from stammkunde.insight import rules
from stammkunde.insight.frames import arrow
from stammkunde.segments import vocabulary
from stammkunde.segments.vocabulary import Word
from stammkunde.segments.wording import Said, never_are_in, sentence
from stammkunde.store.facts import Asked
from tests.insight.rules.random_rules import rules as at_random
from tests.insight.rules.test_segments import SEGMENTS
from tests.insight.rules.words import FIELDS, KNOWN, TABLES
from tests.insight.rules.world import on_polars, rows

LANGUAGES = ("de", "en")


def word(column) -> Word:
    family = column.name.partition(".")[0] if "." in column.name else ""
    return Word(name=column.name, family=family, asked=Asked(name=column.name, label=column.name, kind=column.kind))


SAID = Said(
    fields={column.name: word(column) for column in FIELDS},
    columns={table.name: {column.name: word(column) for column in table.columns} for table in TABLES},
    labels={table.name: table.name for table in TABLES},
    members={"segment:1": "Stammtisch", "segment:2": "Neue", "play:7": "Rückkehr"},
)


def told(rule, said=SAID, known=KNOWN) -> str:
    return sentence(rules.read(rule, known), said)


COUNTRY = {"field": "customer.country", "is": "is", "value": ["AT", "DE"]}
MARGIN = {"field": "signal.margin_cents", "is": ">=", "value": 50_050}
BOUGHT = {"happened": "orders", "within": {"last": 180}, "is": ">=", "value": 2}
BREAD = {"column": "category", "is": "is", "value": "Brot"}
RETURNED = {"column": "returned", "is": "is", "value": True}
GAP = {"happened": "orders", "measure": "gap"}
SPOKEN = [
    (COUNTRY, "customer.country ist Österreich oder Deutschland", "customer.country is Austria or Germany"),
    ({"not": COUNTRY},
     "customer.country ist weder Österreich noch Deutschland (oder unbekannt)",
     "customer.country is neither Austria nor Germany (or unknown)"),
    (COUNTRY | {"is": "is none of", "value": "DE"},
     "customer.country ist bekannt und nicht Deutschland", "customer.country is known and not Germany"),
    (MARGIN, "signal.margin_cents: mindestens 500,50\N{NO-BREAK SPACE}€", "signal.margin_cents: at least €500.50"),
    ({"not": MARGIN},
     "signal.margin_cents: weniger als 500,50\N{NO-BREAK SPACE}€ (oder unbekannt)",
     "signal.margin_cents: less than €500.50 (or unknown)"),
    ({"field": "signal.risk", "is": "top %", "value": 2.5},
     "signal.risk: unter den höchsten 2,5\N{NO-BREAK SPACE}%", "signal.risk: among the highest 2.5%"),
    (BOUGHT, "mindestens 2 Käufe in den letzten 180 Tagen", "at least 2 purchases in the last 180 days"),
    (BOUGHT | {"is": "between", "value": [0, 1]},
     "höchstens ein Kauf in den letzten 180 Tagen", "at most one purchase in the last 180 days"),
    ({"not": BOUGHT | {"value": 1}}, "kein Kauf in den letzten 180 Tagen", "no purchase in the last 180 days"),
    ({"any": [COUNTRY | {"value": "DE"}, {"all": [{"happened": "orders", "is": "is", "value": 1}, BOUGHT]}]},
     "customer.country ist Deutschland oder (genau ein Kauf und mindestens 2 Käufe in den letzten 180 Tagen)",
     "customer.country is Germany or (exactly one purchase and at least 2 purchases in the last 180 days)"),
    ({"happened": "orders", "measure": "last", "is": "within", "value": {"ago": [20, 60]}},
     "letzter Kauf: vor 20 bis 60 Tagen", "last purchase: 20 to 60 days ago"),
    ({"happened": "orders", "pick": "last", "where": [RETURNED]},
     "letzter Kauf: returned: ja", "last purchase: returned: yes"),
    ({"happened": "orders", "measure": "days", "is": "is", "value": 1},
     "Käufe: an genau einem Tag", "purchases: on exactly one day"),
    ({"happened": "orders", "within": {"yearly": [-45, 45], "years": [1]}, "is": ">=", "value": 1},
     "mindestens ein Kauf vor einem Jahr (höchstens 45 Tage früher oder später)",
     "at least one purchase a year ago (at most 45 days earlier or later)"),
    (GAP | {"is": ">=", "value": 30},
     "mittlerer Abstand zwischen zwei Käufen: mindestens 30 Tage", "mean time between two purchases: at least 30 days"),
    ({"happened": "orders", "measure": {"share": [RETURNED]}, "is": ">", "value": 0.3},
     "Anteil der Käufe mit (returned: ja): mehr als 30\N{NO-BREAK SPACE}%",
     "share of purchases with (returned: yes): more than 30%"),
    ({"happened": "contacts", "within": {"since": {"happened": "orders", "pick": "first"}}, "is": "is", "value": 0},
     "kein Kontakt nach dem ersten Kauf", "no contact after the first purchase"),
    ({"happened": "contacts", "within": {"since": {"happened": "orders"}}, "is": "is", "value": 0},
     "kein Kontakt nach dem letzten Kauf", "no contact after the last purchase"),
    ({"left": {"happened": "orders", "within": {"last": 365}, "measure": "sum.total_cents"}, "is": "<", "times": 0.5,
      "right": {"happened": "orders", "within": {"ago": [365, 729]}, "measure": "sum.total_cents"}},
     "Käufe in den letzten 365 Tagen: total_cents zusammen weniger als halb so hoch wie vor 365 bis 729 Tagen",
     "purchases in the last 365 days: total_cents in total less than half as high as 365 to 729 days ago"),
    ({"happened": "orders", "with": [{"table": "lines", "where": [BREAD]}], "is": ">=", "value": 1},
     "mindestens ein Kauf (darin mindestens eine Bestellposition (category ist „Brot“))",
     "at least one purchase (in it at least one line of an order (category is “Brot”))"),
    ({"field": "customer.birthday", "is": "within", "value": {"yearly": [0, 7]}},
     "customer.birthday: Jahrestag in höchstens 7 Tagen", "customer.birthday: anniversary in at most 7 days"),
    ({"not": {"segment": 1, "is": "in"}}, "nicht in der Kundengruppe „Stammtisch“", "not in the group “Stammtisch”"),
    ({"play": 7, "is": "was in", "within": {"last": 180}},
     "war in der Maßnahme „Rückkehr“ in den letzten 180 Tagen", "was in the play “Rückkehr” in the last 180 days"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "german", "english"), SPOKEN)
def test_rule_is_said_as_people_say_it(rule, german, english):
    with translation.override("de"):
        assert told(rule) == german
    with translation.override("en"):
        assert told(rule) == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_44_segments_are_said_and_no_two_alike(language):
    with translation.override(language):
        said = {name: sentence(rule, SAID) for name, rule in SEGMENTS.items()}
        denied = {name: sentence(rules.tree.Not(rule), SAID) for name, rule in SEGMENTS.items()}

    every = [*said.values(), *denied.values()]
    assert len(set(every)) == 2 * len(SEGMENTS)
    assert [text for text in every if "%(" in text or "  " in text or not text] == []


@settings(max_examples=25)
@given(rule=at_random())
def test_a_rule_that_is_changed_a_little_sounds_otherwise(rule):
    """Or it still means the same customers: "no purchase" and "fewer than one"."""
    before = rules.read(rule, KNOWN)
    for language in LANGUAGES:
        with translation.override(language):
            alike = [one for one in changed(rule) if sentence(one, SAID) == sentence(before, SAID)]
        assert [one for one in alike if members(one) != members(before)] == []


def changed(rule) -> list:
    """Give the rules that differ from one in a single entry."""
    found = []
    for data in _changed(rule):
        try:
            found.append(rules.read(data, KNOWN))
        except rules.InvalidRule:
            continue
    return [one for one in found if rules.digest(one) != rules.digest(rules.read(rule, KNOWN))]


def _changed(data):
    if isinstance(data, dict):
        for name, value in data.items():
            yield from (data | {name: one} for one in _changed(value))
            yield from (data | {name: one} for one in OTHERS.get(name, []) if one != value)
        yield {"not": data}
        yield from ({name: value for name, value in data.items() if name != left} for left in data)
    elif isinstance(data, list | tuple):
        for n, value in enumerate(data):
            yield from ([*data[:n], one, *data[n + 1 :]] for one in _changed(value))
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield data + 1


OTHERS = {
    "is": ["is", "is none of", ">=", "<=", ">", "<", "in", "not in", "is known", "is unknown"],
    "within": ["ever", {"last": 3}, {"ago": [3, 9]}, {"ahead": [3, 9]}, {"this": "month"}, {"last": "month"}],
    "pick": ["any", "last", "first"],
    "measure": ["count", "days", "first", "last", "gap", "sum.total_cents", "avg.total_cents", "max.total_cents"],
}


def members(rule) -> set[int]:
    found = arrow(rules.flags({"it": rule}, on_polars(rows()))).to_pylist()
    return {row["customer_id"] for row in found if row["it"]}


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({"happened": "orders", "is": "<", "value": 2}, True),
        ({"happened": "orders", "is": ">=", "value": 1}, False),
        ({"happened": "orders", "measure": "sum.total_cents", "is": "<=", "value": 0}, True),
        ({"happened": "orders", "measure": "avg.total_cents", "is": "<=", "value": 0}, False),
        ({"happened": "orders", "within": {"since": "entry"}, "is": "<", "value": 2}, False),
    ],
)
def test_whoever_has_none_is_told_to_be_among_them(rule, fits):
    assert never_are_in(rules.read(rule, KNOWN)) is fits


def test_what_the_vocabulary_offers_has_words_in_german(db):
    with translation.override("de"):
        said = Said.current()

        rule = {"all": [BOUGHT | {"within": {"this": "month"}}, BOUGHT | {"within": {"last": "year"}}]}
        (one,) = said.complete(
            {"orders": date(2026, 11, 20), "signal": date(2026, 11, 20)}, rule=rule, today=date(2026, 12, 2)
        )

    assert (one.what, one.on) == ("Käufe, Kennzahlen von letzter Nacht", date(2026, 11, 20))
    assert one.meant == ["„Dieser Monat“ ist dort November 2026."]
    assert {said.noun(table.name).many for table in vocabulary.tables()} >= {"Käufe", "Kontakte"}
    assert [name for name, word in said.fields.items() if not word.label] == []
