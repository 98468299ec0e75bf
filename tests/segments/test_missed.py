"""Who was lost, and whether somebody had been warned in time."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stammkunde.insight.periods import day_number
from stammkunde.segments import missed
from stammkunde.segments.behind import Behind
from stammkunde.signals import answers
from stammkunde.signals import queries as signals
from stammkunde.team.policy import Sight
from tests import factories
from tests.pages import folded
from tests.signals import forecasting

pytestmark = pytest.mark.django_db

EVERYTHING = Sight(worth=True)
LAST = date(2026, 6, 1)
LEFT = LAST + timedelta(days=90)


@pytest.fixture
def lost():
    """Warned in time; missed; withdrawn; warned too late, and in an earlier silence."""
    generation = forecasting.generation()
    given = {
        "warned": [{"warned_on": LEFT - timedelta(days=37), "outcome": "left"}],
        "missed": [],
        "withdrawn": [{"warned_on": LEFT - timedelta(days=37), "outcome": "undone"}],
        "late": [{"warned_on": LEFT}, {"warned_on": LAST - timedelta(days=1), "outcome": "bought"}],
    }
    made = {}
    for name, warnings in given.items():
        made[name] = forecasting.signal(generation, factories.customer(name=name))
        for one in warnings:
            forecasting.warn(made[name], level="red", **one)
    return {name: signal.customer_id for name, signal in made.items()}


def losses(bought, *, generation) -> missed.Losses:
    behind = Behind(group="lost", given={}, generation=generation, sight=EVERYTHING)
    numbers = {pk: day_number(on) for pk, on in bought.items()}
    return missed.Losses(behind=behind, bought=numbers, activity_days=90)


def test_a_warning_counts_between_the_last_purchase_and_the_loss(lost):
    everybody = losses(dict.fromkeys(lost.values(), LAST), generation=signals.current())
    found = everybody.told(lost.values())

    assert {name: (bool(found[pk].warning), found[pk].is_missed) for name, pk in lost.items()} == {
        "warned": (True, False), "missed": (False, True), "withdrawn": (False, True), "late": (False, True),
    }  # fmt: skip
    assert everybody.summary() == {"lost": 4, "in_time": 4, "warned": 1, "missed": 3}
    assert found[lost["missed"]].text(sight=EVERYTHING) == ("Abgewandert am 30.08.2026. Verpasst: Niemand war gewarnt.")


def test_files_of_the_lost_say_when_and_how_somebody_was_warned(client, analyst, lost, monkeypatch):
    monkeypatch.setattr(answers, "customers_behind", lambda **asked: tuple(lost.values()))
    monkeypatch.setattr(answers, "last_bought", lambda **asked: dict.fromkeys(lost.values(), day_number(LAST)))
    client.force_login(analyst)
    address = f"{reverse('customers')}?behind=lost&period=2026-Q3&days=90"

    sent = b"".join(client.post(address, {"format": "csv"}).streaming_content).decode("utf-8-sig")

    told = {row["Name"]: row for row in csv.DictReader(io.StringIO(sent), delimiter=";")}
    names = ("Abgewandert am", "Warnung davor", "Gewarnt am", "Ampel der Warnung", "Tage vorher")
    assert [told["warned"][name] for name in names] == ["30.08.2026", "gewarnt", "24.07.2026", "Rot", "37"]
    assert [told["missed"][name] for name in names] == ["30.08.2026", "verpasst", "", "", ""]
    usual = b"".join(client.post(reverse("customers"), {"format": "csv"}).streaming_content).decode()
    assert "Warnung davor" not in usual


def test_nothing_is_missed_before_warnings_were_given(lost):
    nobody = losses({lost["missed"]: date(2026, 1, 1)}, generation=signals.current())
    found = nobody.told([lost["missed"]])

    assert nobody.summary() == {"lost": 1, "in_time": 0, "warned": 0, "missed": 0}
    assert "Keine Warnung: Gewarnt wird erst seit dem 31.05.2026." in found[lost["missed"]].text(sight=EVERYTHING)


def test_list_of_the_lost_says_why_and_whether_we_were_warned(client, analyst, lost, monkeypatch):
    monkeypatch.setattr(answers, "customers_behind", lambda **asked: tuple(lost.values()))
    monkeypatch.setattr(answers, "last_bought", lambda **asked: dict.fromkeys(lost.values(), day_number(LAST)))
    client.force_login(analyst)

    asked = {"behind": "lost", "period": "2026-Q3", "days": 90}
    page = folded(client.get(reverse("customers"), asked).content.decode())

    assert "4 Kunden gingen verloren." in page
    assert "gingen 4 davon verloren: 1 mit Warnung davor, 3 ohne." in page
    assert "Abgewandert am 30.08.2026. Gewarnt am 24.07.2026 (Rot), 37 Tage davor." in page
    assert page.count("Verpasst: Niemand war gewarnt.") == 3


def test_only_warnings_of_those_who_are_shown_are_read_once_all_were_counted(lost, django_assert_num_queries):
    everybody = losses(dict.fromkeys(lost.values(), LAST), generation=signals.current())
    everybody.summary()

    with django_assert_num_queries(2), CaptureQueriesContext(connection) as seen:
        again = replace(everybody)
        again.told([lost["warned"]])
        again.summary()

    assert str(lost["missed"]) not in seen[0]["sql"].partition("json_each")[2]
