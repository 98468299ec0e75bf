"""The list of measures: searched, sorted, by state, with an archive; who is in one as a file; a change taken back."""

import pytest
from django.urls import reverse

from stammkunde.plays.measures import archiving, reading, running
from stammkunde.plays.models import Play
from stammkunde.plays.services import NotPossible
from stammkunde.team.models import AuditEntry
from tests.outreach.planning import NOW, company, customer
from tests.plays.over_time import BOUGHT, buys, content, started, task, wait, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client, administrator):
    company()
    client.force_login(administrator)
    return client


def draft(name="Danke") -> Play:
    return running.draft(name=name, content=content(wait(1), task(), trigger=BOUGHT), staff=None, now=NOW)


def listed(client, **asked) -> list[str]:
    return [row["play"].name for row in client.get(reverse("measures"), asked).context["rows"]]


def test_measures_are_searched_sorted_and_shown_by_state(boss, administrator):
    draft("Berta")
    started(wait(1), name="Anna")
    old = draft("Anton")
    archiving.put_away(play_id=old.pk, staff=administrator, now=NOW)

    assert listed(boss) == ["Anna", "Berta"]
    assert listed(boss, sort="-name") == ["Berta", "Anna"]
    assert listed(boss, q="ber") == ["Berta"]
    assert listed(boss, state="running") == ["Anna"]
    assert listed(boss, state="archived") == ["Anton"]


def test_what_does_not_run_is_put_away_and_taken_out(boss, administrator):
    runs, over = started(wait(1), name="Läuft"), draft("Vorbei")
    with pytest.raises(NotPossible):
        archiving.put_away(play_id=runs.pk, staff=administrator, now=NOW)

    address = reverse("measure-archive", args=[over.pk])
    boss.post(address, {"act": "in"})
    assert listed(boss) == ["Läuft"]
    assert "Aus dem Archiv holen" in boss.get(reverse("measure", args=[over.pk])).content.decode()
    boss.post(address, {"act": "out"})

    assert set(listed(boss)) == {"Läuft", "Vorbei"}
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"play.archived", "play.unarchived"}


def test_nothing_runs_where_the_list_does_not_show_it(boss, administrator):
    play, hidden = draft(), started(wait(1), name="Läuft")
    Play.objects.filter(pk=hidden.pk).update(archived_at=NOW)  # as it could be left by a start before
    archiving.put_away(play_id=play.pk, staff=administrator, now=NOW)

    assert listed(boss) == ["Läuft"]
    assert listed(boss, state="archived") == ["Danke"]
    boss.post(reverse("measure-start", args=[play.pk]))

    assert listed(boss, state="running", sort="name") == ["Danke", "Läuft"]
    assert listed(boss, state="archived") == []
    assert AuditEntry.objects.filter(action="play.unarchived", thing_id=str(play.pk)).exists()


def test_who_is_in_a_measure_is_taken_along_as_a_file(boss, client, marketer):
    play = started(wait(30))
    buys(customer(name="Anna Apfel"))
    work()
    address = reverse("measure-people", args=[play.pk])

    answer = boss.post(f"{address}?state=waiting", {"format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    assert "Anna Apfel" in text
    assert "Warten: 30 Tage" in text
    assert AuditEntry.objects.filter(action="export", thing="measure-people").exists()


def test_the_last_change_of_a_card_or_a_removed_step_is_taken_back_and_brought_back(boss):
    play = draft()
    before = reading.newest(play).content
    undo = reverse("measure-undo", args=[play.pk])
    assert "keine Änderung" in boss.post(undo, follow=True).content.decode()

    boss.post(reverse("measure-edit", args=[play.pk]), {"card": "ends", "latest_days": 9})
    boss.post(undo)
    assert reading.newest(play).content == before
    boss.post(undo)
    assert reading.newest(play).content["latest_days"] == 9
    boss.post(reverse("measure-arrange", args=[play.pk]), {"key": "s1", "act": "remove"})
    assert len(reading.newest(play).content["steps"]) == 1
    boss.post(undo)
    assert reading.newest(play).content["steps"] == before["steps"]
