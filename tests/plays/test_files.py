"""Plays as files: the ready-made ones are whole, can be asked and say nothing that they may not; others are refused."""

import json

import pytest
from django.urls import reverse
from django.utils import translation

from stammkunde.outreach import knowing
from stammkunde.outreach.services import judging
from stammkunde.plays import contents, files
from stammkunde.plays.contents import InvalidContent
from stammkunde.plays.files import nineteen, possible, worded
from stammkunde.plays.files.ready import FOLDER
from tests.outreach.planning import company

READY = {one.key: one for one in files.ready()}
# What the product does not know yet; whoever teaches it one takes it out here, and its measures are possible
LATER = {
    "alarms", "points.expires", "payments.late", "community", "offers.category", "referrals", "events", "perks",
    "contracts.ends",
}  # fmt: skip
STYLES = {("de", "sie"), ("de", "du"), ("en", "sie")}  # English knows one form


def raw(key: str) -> dict:
    return json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))


def problems(data: object) -> dict[str, str]:
    with pytest.raises(InvalidContent) as refused:
        files.read(data)
    return {one.place: one.code for one in refused.value.problems}


def test_every_file_is_in_the_catalogue():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(READY)


def test_each_of_the_nineteen_has_its_own():
    assert {one.measure for one in READY.values()} == {*nineteen.NAMES, None}


@pytest.mark.django_db
def test_what_is_not_possible_yet_says_why_in_both_languages_and_only_for_what_is_unknown():
    for file in READY.values():
        unknown = [need for need in file.needs if need.what in LATER]
        for language in ("de", "en"):
            with translation.override(language):
                told = possible.lacking(file)
            assert len(told) == len(unknown), (file.key, told)
            assert all(need.words[language] in why for need, why in zip(unknown, told, strict=True))
    assert {need.what for file in READY.values() for need in file.needs} >= LATER


@pytest.mark.django_db
def test_as_soon_as_it_is_known_here_it_is_possible(monkeypatch):
    monkeypatch.setattr(possible, "_known", lambda known=possible._known: known() | LATER)

    assert [one.key for one in READY.values() if possible.lacking(one)] == []


@pytest.mark.django_db
def test_conditions_are_said_before_it_is_taken_over_and_what_is_unknown_by_its_need():
    with translation.override("de"):
        told = {key: str(worded.cards(READY[key], "de")) for key in READY}

    assert "Warnungen zu Produkten und Chargen" in told["alarm"]
    assert "30 Tage vor: Treuepunkte und wann sie verfallen" in told["points-reminder"]
    assert "Trifft zu: A/B/C-Klasse ist A?" in told["own-offer"]
    for key, text in told.items():
        assert "etwas, das hier unbekannt ist" not in text, key
        assert "eine eigene Bedingung" not in text, key


@pytest.mark.parametrize("file", READY.values(), ids=READY)
@pytest.mark.django_db
def test_ready_made_ones_are_whole(file):
    company()
    for language in ("de", "en"):
        named = contents.names(contents.write(file.content_in(language)))
        words = file.words_in(language)
        assert {str(ref) for _place, _kind, ref in named} == {*file.groups, *file.templates}
        assert all([words.name, words.when, words.figure, *words.law])
    for one in file.templates.values():
        assert set(one.texts) == STYLES
        for text in one.texts.values():
            assert text.subject
            assert text.preview
            assert text.blocks
            assert knowing.unknown(text) == []
        judging.refuse_disguised(one.texts.values(), purpose=one.purpose)


def test_a_file_may_be_the_same_in_every_language():
    data = raw("rhythm") | {"words": {"en": {"name": "Silent"}}}
    data["groups"]["silent-bc"]["name"] = "Still"

    found = files.read(data)

    assert found.words_in("de").name == "Silent"
    assert found.name_of("group", "silent-bc", "de") == "Still"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"format": "other"}, {"format": "no_format"}),
        ({"format_version": 2}, {"format_version": "too_new"}),
        ({"words": {}}, {"words": "missing"}),
        ({"words": {"de": {"name": ""}}}, {"words.de.name": "missing"}),
        ({"content": {"steps": []}}, {
            "content.goal.kind": "unknown_choice", "content.steps": "missing", "content.group": "missing"}),
        ({"groups": {"a": {"name": "A", "rule": {}}}}, {"groups.a.rule": "not_a_rule"}),
        ({"templates": {"a": {"name": "A", "channel": "smoke", "purpose": "thanks"}}},
         {"templates.a.channel": "unknown_choice"}),
        ({"templates": {"a": {"name": {"de": "A"}, "channel": "email", "purpose": "thanks"}}},
         {"templates.a.name.en": "missing"}),
        ({"templates": []}, {"templates": "not_an_object"}),
        ({"needs": [{"what": "x"}]}, {"needs.0.words": "missing"}),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_said_with_its_place(changes, expected):
    found = problems(raw("rhythm") | changes)

    assert found == expected


@pytest.mark.parametrize("given", [b"\xff", b"{", b"[]", b'"x"', b" " * 600_000])
def test_what_is_no_file_of_a_play_is_refused(given):
    with pytest.raises(InvalidContent):
        files.parse(given)


@pytest.mark.django_db
def test_what_a_play_needs_and_nobody_knows_is_said():
    data = raw("thanks") | {"needs": [{"what": "vouchers.code", "words": {"de": "Gutscheine", "en": "Vouchers"}}]}
    data["groups"] = {"x": {"name": "Mondkunden", "rule": {"field": "customer.moon", "is": "is known"}}}

    needs, group = possible.lacking(files.read(data))

    assert "Gutscheine" in needs
    assert "Mondkunden" in group
    assert "customer.moon" in group


@pytest.mark.django_db
def test_the_catalogue_shows_each_in_its_six_cards(client, marketer):
    client.force_login(marketer)

    listed = client.get(reverse("play-ready")).content.decode()
    shown = client.get(reverse("play-ready-one", args=["rhythm"])).content.decode()

    assert all(one.words_in("de").name in listed for one in READY.values())
    assert "ab Tag 10, wenn nicht gekauft" in shown
    assert '<a href="/measures/" aria-current="page"' in shown
    assert "Wir haben länger nichts von Ihnen gehört" in shown
    assert client.get(reverse("play-ready-one", args=["none"])).status_code == 404


def test_fields_that_nobody_knows_are_left_out_and_named():
    text = {"name": "A", "channel": "email", "purpose": "thanks", "texts": {"fr": {}}}
    found = files.read(raw("rhythm") | {"colour": "red", "templates": {**raw("rhythm")["templates"], "a": text}})

    assert [one.place for one in found.left_out] == ["colour", "templates.a.texts.fr"]
    assert found.templates["a"].texts == {}
    assert not any(one.left_out for one in READY.values())


def test_what_lies_within_itself_without_end_is_refused():
    with pytest.raises(InvalidContent) as refused:
        files.parse(b"[" * 100_000)
    assert [one.code for one in refused.value.problems] == ["too_deep"]

    data = raw("rhythm")
    data["content"]["subject"] = {"per": "customer", "fields": ["total"] * 20_000}
    assert "too_many" in problems(data).values()
