"""A second person's yes: wanted above what the settings say, never one's own, and gone with the next change."""

import pytest
from django.urls import reverse

from stammkunde.plays import contents
from stammkunde.plays.measures import agreeing, reading, running
from stammkunde.plays.models import MeasureSettings
from stammkunde.plays.services import NotPossible
from stammkunde.team import queries as team
from tests.outreach.planning import NOW, company
from tests.plays.over_time import BOUGHT, content, wait

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(marketer):
    company()
    return running.draft(name="Danke", content=content(wait(1), trigger=BOUGHT), staff=marketer, now=NOW)


def allow(**most) -> None:
    ours = MeasureSettings.stored(team.company())
    for name, value in most.items():
        setattr(ours, name, value)
    ours.save()


@pytest.mark.parametrize(
    ("most", "limits", "wanted"),
    [
        ({}, {}, False),
        ({"second_entries": 100}, {}, True),
        ({"second_entries": 100}, {"entries": 100}, False),
        ({"second_entries": 100}, {"entries": 101}, True),
        ({"second_cents": 5_000}, {"entries": 1}, True),
        ({"second_cents": 5_000}, {"budget_cents": 5_000}, False),
    ],
)
def test_it_is_wanted_above_what_the_settings_say(most, limits, wanted):
    company()
    allow(**most)

    assert agreeing.is_wanted(contents.read(content(wait(1), trigger=BOUGHT, limits=limits))) is wanted


def test_nothing_starts_without_it_and_a_change_takes_it_away(play, marketer, administrator):
    allow(second_entries=100)

    with pytest.raises(agreeing.NeedsSecondYes):
        running.start(play_id=play.pk, staff=marketer, now=NOW)
    with pytest.raises(NotPossible):
        agreeing.agree(play_id=play.pk, staff=marketer, now=NOW)
    agreeing.agree(play_id=play.pk, staff=administrator, now=NOW)
    running.change(play_id=play.pk, content=content(wait(2), trigger=BOUGHT), staff=marketer, now=NOW)
    with pytest.raises(agreeing.NeedsSecondYes):
        running.start(play_id=play.pk, staff=marketer, now=NOW)
    agreeing.agree(play_id=play.pk, staff=administrator, now=NOW)
    running.start(play_id=play.pk, staff=marketer, now=NOW)

    assert reading.running(play).agreed_by == administrator


def test_pages_ask_for_it(client, play, marketer, administrator):
    client.force_login(administrator)
    address = reverse("measure", args=[play.pk])
    assert client.post(reverse("settings-measures"), {"second_entries": 100, "second_euros": 50}).status_code == 302
    assert MeasureSettings.of(team.company()).second_cents == 5_000

    offered = client.get(address).content.decode()
    client.post(reverse("measure-agree", args=[play.pk]))
    client.force_login(marketer)
    told = client.get(address).content.decode()

    assert "Als zweite Person zustimmen" in offered
    assert f"{administrator} hat als zweite Person zugestimmt." in told
