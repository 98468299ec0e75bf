"""Every content in words: in both languages, without a key or code, and exactly true."""

import re

import pytest
from django.utils import translation

from stammkunde.plays import contents, files, saying
from stammkunde.plays.files import worded
from stammkunde.plays.saying import Named, Names
from tests.plays.contents import random_content

NAMES = Names(
    rule=lambda _rule: "Land ist Deutschland",
    where=lambda _table, _where: "Umsatz mindestens 5 €",
    templates={
        1: Named(name="Brief A", channel="letter"),
        2: Named(name="Mail B", channel="email"),
        3: Named(name="C"),
    },
    staff={1: "Anna Weber"},
    groups={5: "Die Treuen"},
    plays={1: "Zweiter Kauf"},
)
CODES = re.compile(r"None|\bs\d+\b|hand_over|some_|holdout|otherwise|\bwait_|%\(|\{|\}|\b(?:enters|dated)\b")


def told(content, names=NAMES) -> str:
    cards = [f"{one.title}: {' '.join(one.sentences)}" for one in saying.cards(content, names)]
    steps = [" ".join([one.lead, one.when, one.text, *one.notes]) for one in saying.lines(content, names)]
    return "\n".join([*cards, *steps])


def days(steps, **more) -> list[str]:
    goal = {"kind": "purchase", "window_days": 30}
    base = {"trigger": {"kind": "enters"}, "group": 5, "goal": goal, "holdout": {"share": 0.1}, "latest_days": 60}
    content = contents.read(contents.with_keys({**base, "steps": steps, **more}))
    with translation.override("de"):
        return [one.when for one in saying.lines(content, NAMES)]


@pytest.mark.parametrize("language", ["de", "en"])
def test_any_content_is_said_without_keys_and_codes(language):
    with translation.override(language):
        found = {seed: told(random_content(seed)) for seed in range(150)}

    assert {seed: CODES.findall(text) for seed, text in found.items() if CODES.search(text)} == {}


def test_german_and_english_say_the_same_things_in_other_words():
    content = random_content(1)

    with translation.override("de"):
        german = saying.cards(content, NAMES)
    with translation.override("en"):
        english = saying.cards(content, NAMES)

    assert [len(one.sentences) for one in german] == [len(one.sentences) for one in english]
    assert not {one.title for one in german} & {one.title for one in english}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("file", files.ready(), ids=lambda one: one.key)
def test_ready_made_ones_are_said(file, language):
    with translation.override(language):
        cards, lines = worded.cards(file, language)

    text = "\n".join([*(part for one in cards for part in one.sentences), *(f"{one.when} {one.text}" for one in lines)])
    assert not CODES.search(text)
    assert not {key for key in [*file.templates, *file.groups] if f"“{key}”" in text or f"„{key}“" in text}
    assert all(one.sentences for one in cards if one.key != "steps")
    assert lines


def test_a_step_says_from_when_on_it_may_begin_and_that_the_goal_is_not_reached():
    mail, wait = {"kind": "message", "templates": [2]}, {"kind": "wait", "days": 7}
    until = {"kind": "wait", "days": 7, "until": {"table": "orders"}}
    other = {"kind": "wait", "days": 7, "until": {"table": "contacts"}}

    assert days([mail, wait, mail]) == ["ab Tag 0", "ab Tag 0", "ab Tag 7, wenn nicht gekauft"]
    assert days([until, mail]) == ["ab Tag 0", "ab Tag 7, wenn nicht gekauft"]  # who buys is out, so that 7 days passed
    assert days([other, mail]) == ["ab Tag 0", "ab Tag 0"]  # whoever is in contact goes on at once
    assert days([wait, mail], goal={"kind": "none", "because": "x"})[1] == "ab Tag 7"
    assert days([wait, mail], goal={"kind": "purchase", "window_days": 5})[1] == "ab Tag 7"  # nobody looks any more
    assert days([wait | {"months": 1}, mail])[1] == "1 Monat nach Beginn und 7 Tage"
    assert days([wait | {"days": 61}, mail])[1] == "nie: An Tag 60 ist schon Schluss"


def test_ways_begin_where_they_open_and_end_where_all_of_them_end():
    end, wait = {"kind": "end"}, {"kind": "wait", "days": 3}
    both = {"kind": "branch", "rule": {"x": 1}, "yes": [wait, end], "no": [end]}
    one = {"kind": "branch", "rule": {"x": 1}, "yes": [end], "no": [wait]}

    assert days([both, wait])[-1] == "nie: Jeder Weg davor endet"
    assert days([one, wait])[-1] == "ab Tag 3, wenn nicht gekauft"


def test_cheap_ways_come_first_for_c_customers_only_where_a_dear_one_stands_first():
    def notes(templates):
        step = {"kind": "message", "key": "a", "templates": templates}
        content = contents.read({"trigger": {"kind": "enters"}, "group": 5, "steps": [step],
                                 "goal": {"kind": "none", "because": "x"}, "holdout": {"share": 0.1}})  # fmt: skip
        with translation.override("de"):
            return saying.lines(content, NAMES)[0].notes

    assert notes([1, 2])[0] == "Bei C-Kunden wird zuerst versucht, was nichts kostet."
    assert notes([2, 1]) == ("Innerhalb von 14 Tagen oder gar nicht.",)
