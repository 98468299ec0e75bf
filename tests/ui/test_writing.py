"""How numbers, money and time are written: the table in docs/develop/pages.md, line by line."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from stammkunde.ui import writing

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("write", "german", "english"),
    [
        (lambda: writing.money(123456), "1.234,56 €", "€1,234.56"),
        (lambda: writing.money(-123456), "−1.234,56 €", "−€1,234.56"),
        (lambda: writing.money(123450, places=0), "1.235 €", "€1,235"),
        (lambda: writing.money(0), "0,00 €", "€0.00"),
        (lambda: writing.percent(2211 / 2724), "81,2 %", "81.2%"),
        (lambda: writing.percent(0.81, places=0), "81 %", "81%"),
        (lambda: writing.number(2724.55), "2.725", "2,725"),
        (lambda: writing.number(2724.55, places=1), "2.724,6", "2,724.6"),
        (lambda: writing.day(date(2026, 3, 1)), "01.03.2026", "1 Mar 2026"),
        (lambda: writing.moment(NOW), "21.11.2026, 13:00", "21 Nov 2026, 13:00"),
    ],
)
def test_writing_follows_the_language(write, german, english):
    with translation.override("de"):
        assert write().replace("\N{NO-BREAK SPACE}", " ") == german
    with translation.override("en"):
        assert write().replace("\N{NO-BREAK SPACE}", " ") == english


@pytest.mark.parametrize("unknown", [None, "", float("nan"), float("inf"), "viel"])
def test_writing_shows_unknown_as_a_dash_and_never_as_zero(unknown):
    assert [writing.money(unknown), writing.percent(unknown), writing.number(unknown)] == ["–", "–", "–"]


def test_writing_keeps_the_installations_currency(settings):
    settings.CURRENCY = "CHF"

    with translation.override("de"):
        assert writing.money(1000) == "10,00\N{NO-BREAK SPACE}CHF"


@pytest.mark.parametrize(
    ("days", "german"),
    [
        (0, "heute"),
        (1, "gestern"),
        (3, "vor 3 Tagen"),
        (59, "vor 59 Tagen"),
        (61, "vor 2 Monaten"),
        (729, "vor 24 Monaten"),
        (1096, "vor 3 Jahren"),
        (-1, "morgen"),
        (-5, "in 5 Tagen"),
        (-90, "in 3 Monaten"),
        (-800, "in 2 Jahren"),
    ],
)
def test_ago_says_days_as_people_do(days, german):
    with translation.override("de"):
        assert writing.ago(NOW.date() - timedelta(days=days), now=NOW) == german


@pytest.mark.parametrize(
    ("minutes", "german"),
    [(0, "gerade eben"), (1, "vor 1 Minute"), (59, "vor 59 Minuten"), (120, "11:00"), (-30, "in 30 Minuten")],
)
def test_ago_says_minutes_for_what_just_happened(minutes, german):
    with translation.override("de"):
        assert writing.ago(NOW - timedelta(minutes=minutes), now=NOW) == german


def test_ago_counts_days_in_the_companys_time_zone():
    late_in_berlin = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # half past midnight on the 21st there

    with translation.override("de"):
        assert writing.ago(late_in_berlin, now=NOW) == "00:30"
