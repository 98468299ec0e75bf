"""Measures and what they do themselves: no goal by it, nobody left out of what is owed, nothing before the start."""

from datetime import timedelta

import pytest
from django.utils import timezone

from stammkunde.contacts.models import Contact
from stammkunde.outreach.services import Drawing, hold_out
from stammkunde.plays.contents import InvalidContent
from stammkunde.plays.measures import running
from stammkunde.plays.models import Enrolment
from stammkunde.segments import services as segments
from stammkunde.tasks.models import Task
from tests import factories
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import DAY, HOUR, buys, content, known, message, stands, started, task, wait, work
from tests.plays.test_measures_of_groups import ENTERS, SILENT, comes, silent

__all__ = ["silent"]
pytestmark = pytest.mark.django_db


def of(table: str) -> dict:
    return {"kind": "happened", "table": table, "window_days": 30}


@pytest.mark.parametrize(
    ("channel", "outcome", "direction", "counts"),
    [
        ("email", "sent", "out", False),
        ("email", "reached", "in", True),
        ("meeting", "reached", "out", True),
        ("phone", "not_reached", "out", False),
    ],
)
def test_what_we_send_is_no_goal_and_wakes_nobody(channel, outcome, direction, counts):
    reaches = started(wait(9), goal=of("contacts"))
    waits = started(wait(9, until={"table": "contacts"}), name="Wartet")
    anna, at = customer(), NOW + DAY
    buys(anna)
    work()

    Contact.objects.create(
        source="t:1", customer=anna, direction=direction, channel=channel, outcome=outcome, happened_at=at,
        happened_on=timezone.localdate(at), recorded_at=at,
    )  # fmt: skip
    known(anna, "contacts", at)
    work(NOW + 2 * DAY)

    assert (stands(reaches)[2], stands(waits)[2]) == (("goal", "done") if counts else ("", ""))


def test_task_of_the_measure_itself_is_no_goal_and_any_other_is():
    play = started(task(), wait(9), goal=of("tasks"))
    anna = customer()
    buys(anna)
    work()

    finished = {"state": "done", "finished_at": NOW + DAY, "finished_on": timezone.localdate(NOW + DAY)}
    Task.objects.update(**finished)
    known(anna, "tasks", NOW)
    work(NOW + DAY)
    assert stands(play) == ("waiting", "s2", "")

    Task.objects.create(title="Rückfrage", customer=anna, created_at=NOW, **finished)
    known(anna, "tasks", NOW)
    work(NOW + DAY)
    assert stands(play)[::2] == ("closed", "goal")


def test_nobody_is_left_out_of_what_is_owed(template):
    for kind, says in (("owed", task()), ("reply", task()), ("play", message(template(purpose="service")))):
        asked = content(says, holdout=0.1, kind=kind)
        play = running.draft(name=kind, content=asked, staff=None, now=NOW)
        with pytest.raises(InvalidContent) as refused:
            running.start(play_id=play.pk, staff=None, now=NOW)
        assert [one.place for one in refused.value.problems] == ["holdout.share"]

    owed = content(task(), kind="owed")
    del owed["holdout"]
    play = running.draft(name="Geschuldet", content=owed, staff=None, now=NOW - HOUR)
    running.start(play_id=play.pk, staff=None, now=NOW - HOUR)
    anna, usual = customer(), started(task(), name="Üblich")
    hold_out(Drawing(origin="", share=1), customers=[anna.pk], now=NOW - DAY)
    buys(anna)
    work()

    assert stands(play)[0] == "acting"
    assert not Enrolment.objects.filter(play=usual).exists()


@pytest.mark.parametrize(("days", "entered"), [(-1, 0), (0, 1)])
def test_day_before_the_start_begins_nothing(days, entered):
    trigger = {"kind": "dated", "table": "customers", "column": "since_on", "too_old_days": 3}
    factories.customer(since_on=(NOW + days * DAY).date())

    started(wait(1), trigger=trigger)
    work(NOW + DAY)

    assert Enrolment.objects.count() == entered


def test_those_in_the_group_may_be_let_in_with_each_start(silent):
    group = silent(customer())
    first = running.AlreadyIn(enter=True)
    again = {"again": True, "pause_days": 30}
    play = started(wait(1), trigger=ENTERS, group=group.pk, already_in=first, reentry=again)
    work()
    work(NOW + 2 * DAY)

    later = NOW + timedelta(days=40)
    said = content(wait(2), trigger=ENTERS, group=group.pk, reentry=again)
    running.change(play_id=play.pk, content=said, staff=None, now=later)
    running.start(play_id=play.pk, already_in=first, staff=None, now=later)
    work(later)

    assert Enrolment.objects.filter(play=play).count() == 2


def test_purchase_is_the_goal_though_the_group_has_another_rule_by_now(silent):
    anna = customer()
    group = silent()
    buys(anna, NOW - 70 * DAY)
    play = started(wait(5), trigger=ENTERS, group=group.pk, goal={"kind": "purchase", "window_days": 30})
    comes(group, anna)
    work()

    segments.edit(segment_id=group.pk, rule=SILENT | {"within": {"last": 90}}, now=NOW + HOUR, staff=None)
    comes(group, anna, at=NOW + 2 * HOUR, is_in=False, cause="fact")
    buys(anna, NOW + DAY)
    work(NOW + DAY + HOUR)

    assert stands(play)[::2] == ("closed", "goal")
