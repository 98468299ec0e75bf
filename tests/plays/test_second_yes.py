"""A second person's yes: wanted above what the settings say, never one's own, and gone with the next change."""

import pytest
from django.urls import reverse

from stammkunde.plays import contents
from stammkunde.plays.measures import agreeing, archiving, reading, running
from stammkunde.plays.models import MeasureSettings, Play
from stammkunde.plays.services import NotPossible
from stammkunde.segments import services as segments
from stammkunde.team import queries as team
from stammkunde.team.models import AuditEntry
from tests.outreach.planning import NOW, company, customer
from tests.plays.over_time import BOUGHT, buys, content, message, started, wait, work

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
    assert reverse("measure-start", args=[play.pk]) not in offered
    client.post(reverse("measure-agree", args=[play.pk]))
    client.force_login(marketer)
    told = client.get(address).content.decode()

    assert "Als zweite Person zustimmen" in offered
    assert f"{administrator} hat als zweite Person zugestimmt." in told


@pytest.mark.parametrize("what", ["content", "group", "group of the group", "words"])
def test_a_yes_holds_for_what_was_agreed_to_alone_and_the_page_says_what_changed(
    what, template, client, marketer, administrator
):
    allow(second_entries=100)
    letter = template("Guten Tag!", channel="letter", name="Brief")
    inner = segments.create(name="Innen", rule={"happened": "orders"}, now=NOW, staff=marketer)
    outer = segments.create(name="Außen", rule={"segment": inner.pk, "is": "in"}, now=NOW, staff=marketer)
    said = content(message(letter), trigger={"kind": "enters"}, group=outer.pk)
    play = running.draft(name="Danke", content=said, staff=marketer, now=NOW)
    agreeing.agree(play_id=play.pk, staff=administrator, now=NOW)
    assert agreeing.is_there(reading.newest(play))

    other = {"happened": "orders", "within": {"last": 30}}
    told = {
        "content": "Die Maßnahme selbst hat sich geändert.",
        "group": "Die Regel der Gruppe „Außen“ hat sich geändert.",
        "group of the group": "Die Regel der Gruppe „Innen“ hat sich geändert.",
        "words": "Der Text der Vorlage „Brief“ hat sich geändert.",
    }
    if what == "content":
        running.change(play_id=play.pk, content=said | {"latest_days": 9}, staff=marketer, now=NOW)
    elif what == "words":
        letter.texts.update(subject="Anders")
    else:
        segments.edit(segment_id=(outer if what == "group" else inner).pk, rule=other, now=NOW, staff=marketer)

    client.force_login(marketer)
    page = client.get(reverse("measure", args=[play.pk])).content.decode()
    assert [one for one in told.values() if one in page] == [told[what]]
    with pytest.raises(agreeing.NeedsSecondYes):
        running.start(play_id=play.pk, staff=marketer, now=NOW)
    agreeing.agree(play_id=play.pk, staff=administrator, now=NOW)
    running.start(play_id=play.pk, staff=marketer, now=NOW)
    trail = dict(AuditEntry.objects.order_by("pk").values_list("action", "detail"))
    assert len(trail["play.agreed"]["changed"]) == 1
    assert ("took_yes_back" in trail.get("play.changed", {})) == (what == "content")


def test_the_group_of_a_draft_is_in_use_and_one_that_is_gone_leaves_the_page(client, marketer, administrator):
    company()
    allow(second_entries=100)
    groups = [segments.create(name=name, rule={"happened": "orders"}, now=NOW, staff=marketer) for name in "AB"]
    asks = {"kind": "branch", "rule": {"segment": groups[1].pk, "is": "in"}}
    said = content(asks, trigger={"kind": "enters"}, group=groups[0].pk)
    play = running.draft(name="Danke", content=said, staff=marketer, now=NOW)
    agreeing.agree(play_id=play.pk, staff=administrator, now=NOW)

    for one in groups:
        with pytest.raises(segments.InUse):
            segments.delete(segment_id=one.pk, staff=marketer, now=NOW)
    archiving.put_away(play_id=play.pk, staff=marketer, now=NOW)
    for one in groups:
        segments.delete(segment_id=one.pk, staff=marketer, now=NOW)

    client.force_login(marketer)
    page = client.get(reverse("measure", args=[play.pk])).content.decode()
    assert "Eine Gruppe, nach der sie fragt, gibt es nicht mehr." in page
    for name in ("measure-edit", "measure-trial", "measure-replay"):
        assert client.get(reverse(name, args=[play.pk])).status_code == 200
    assert "gibt es nicht mehr" in press(client, marketer, "measure-replay", play)
    agreeing.agree(play_id=play.pk, staff=administrator, now=NOW)
    assert "gibt es nicht" in press(client, marketer, "measure-start", play)
    assert reading.newest(play).from_at is None


def press(client, staff, name: str, play: Play) -> str:
    client.force_login(staff)
    return client.post(reverse(name, args=[play.pk]), follow=True).content.decode()


def test_a_surge_above_the_number_goes_on_once_two_want_it(client, marketer, administrator):
    company()
    play = started(wait(30))
    allow(second_entries=50)
    for _one in range(51):
        buys(customer())
    work()

    first = press(client, marketer, "measure-resume", play)
    again = press(client, marketer, "measure-resume", play)
    assert Play.objects.get().status == "paused"
    press(client, administrator, "measure-resume", play)

    assert "Noch jemand anderes muss dasselbe tun." in first
    assert "Mia möchte sie weiterlaufen lassen: 51 Kunden würden aufgenommen." in again
    assert Play.objects.get().status == "running"
    trail = dict(AuditEntry.objects.order_by("pk").values_list("action", "detail"))
    assert trail["play.wanted"] == {"act": "resume", "version": 1, "customers": 51}
    assert trail["play.resumed"] == {"surge": 51}


def test_moving_more_than_the_number_is_wanted_by_two_and_the_same(client, marketer, administrator):
    company()
    allow(second_entries=1)
    play = started(wait(30), limits={"entries": 1})
    for _one in range(2):
        buys(customer())
    play.versions.update(content=content(wait(30)))
    work()
    running.change(play_id=play.pk, content=content(wait(20), limits={"entries": 1}), staff=marketer, now=NOW)
    running.start(play_id=play.pk, staff=marketer, now=NOW)

    press(client, marketer, "measure-move", play)
    play.wanted.update(count=1)  # one more has come since
    press(client, administrator, "measure-move", play)
    assert play.enrolments.filter(version__number=2).count() == 0
    press(client, marketer, "measure-move", play)

    assert play.enrolments.filter(version__number=2).count() == 2
    assert not play.wanted.exists()
