"""Measures of which a customer is in one at a time: by a code, whatever they are called, and whoever is at work."""

import threading
from contextlib import suppress

import pytest
from django.utils.translation import override

from stammkunde.plays import contents, files, saying
from stammkunde.plays.editing.forms import PurposeForm
from stammkunde.plays.entering import Candidate
from stammkunde.plays.measures import admit, reading
from stammkunde.plays.models import Enrolment
from tests.outreach.planning import NOW, customer
from tests.outreach.test_races import at_once
from tests.plays.over_time import buys, content, started, wait, work


def said(name: str) -> str:
    return contents.read(content(wait(1), exclusive=name)).exclusive


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Rückgewinnung", "win-back"),
        ("Win-back", "win-back"),
        (" nächster  Kauf", "next-purchase"),
        ("Unsere Stammkunden", "Unsere Stammkunden"),
        ("", ""),
    ],
)
def test_what_ready_made_measures_say_is_one_code_in_both_languages(name, code):
    with override("en"):
        assert said(name) == code
    with override("de"):
        assert said(name) == code


def test_a_ready_made_measure_says_the_same_code_in_every_language():
    codes = {one.key: {one.content_in(language).exclusive for language in ("de", "en")} for one in files.ready()}

    assert {key: found for key, found in codes.items() if found != {""}} == {
        **{key: {"win-back"} for key in ("ask-why", "rhythm", "rhythm-a", "win-back")},
        **{key: {"next-purchase"} for key in ("own-offer", "reorder", "season")},
    }


@pytest.mark.parametrize(("language", "name"), [("de", "Rückgewinnung"), ("en", "Win-back")])
def test_page_and_form_call_it_in_the_language_at_hand(language, name):
    one = contents.read(content(wait(1), exclusive="win-back"))

    with override(language):
        words = " ".join(" ".join(card.sentences) for card in saying.cards(one, saying.Names()))
        assert PurposeForm.over(one).initial["exclusive"] == name
    assert name in words


@pytest.mark.django_db
@pytest.mark.parametrize("names", [("Rückgewinnung", "Win-back"), ("Treue Kunden", "treue kunden")])
def test_names_that_mean_the_same_hold_a_customer_one_at_a_time(names):
    plays = [started(wait(30), exclusive=name, name=name) for name in names]
    buys(customer())

    work()

    assert [Enrolment.objects.filter(play=one).count() for one in plays] == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_workers_let_nobody_into_two_of_them(monkeypatch):
    plays = [started(wait(30), exclusive=name, name=name) for name in ("Rückgewinnung", "Win-back")]
    anna = customer()
    together, value = threading.Barrier(2), admit._value

    def after_the_other_has_looked(*given, **named):
        with suppress(threading.BrokenBarrierError):
            together.wait(timeout=0.3)
        return value(*given, **named)

    monkeypatch.setattr(admit, "_value", after_the_other_has_looked)
    one = Candidate(customer_id=anna.pk, source="orders:1", on=NOW.date(), at=NOW)

    at_once(lambda play: admit.admit(play, reading.running(play), [one], now=NOW), plays)

    assert Enrolment.objects.filter(customer=anna).count() == 1
