"""What is wrong with one measure stays with that one; what was cut short is finished."""

import pytest
from django.urls import reverse

from stammkunde.plays.measures import admit, running, triggers
from stammkunde.plays.models import Enrolment, Play, PlayVersion
from stammkunde.segments import services as segments
from stammkunde.segments.models import SegmentVersion
from stammkunde.tasks.models import Task
from stammkunde.team.models import AuditEntry
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import DAY, HOUR, buys, content, message, stands, started, task, wait, work

pytestmark = pytest.mark.django_db


def group_of_a_field_that_is_gone() -> int:
    made = segments.create(name="Weg", rule={"happened": "orders"}, now=NOW - DAY, staff=None)
    SegmentVersion.objects.filter(segment=made).update(rule={"field": "customer.gone", "is": "=", "value": 1})
    return made.pk


def test_condition_on_what_is_gone_holds_its_measure_and_no_other():
    play = started(wait(5))
    PlayVersion.objects.filter(play=play).update(segment_id=group_of_a_field_that_is_gone())
    other = started(wait(5), name="Zwei")
    buys(customer())

    work()

    play.refresh_from_db()
    assert (play.status, play.trouble) == ("paused", "unknown_field")
    assert stands(other)[0] == "waiting"


def test_table_that_is_gone_holds_its_measure_and_no_other():
    play = started(wait(5))
    version = PlayVersion.objects.get(play=play)
    version.content["trigger"]["table"] = "gone"
    version.save()
    other = started(wait(5), name="Zwei")
    buys(customer())

    work()

    play.refresh_from_db()
    assert (play.status, play.trouble) == ("paused", "unknown_field")
    assert stands(other)[0] == "waiting"


def test_failure_of_one_measure_is_told_when_the_others_had_their_turn_and_three_hold_it(monkeypatch):
    play, other = started(wait(5)), started(wait(5), name="Zwei")
    buys(customer())
    enters = triggers.enter

    def breaks(one: Play, **given: object) -> int:
        if one.pk == play.pk:
            raise ZeroDivisionError
        return enters(one, **given)

    monkeypatch.setattr(triggers, "enter", breaks)
    for _time in range(3):
        with pytest.raises(ZeroDivisionError):
            work()
    work()

    play.refresh_from_db()
    assert (play.status, play.trouble) == ("paused", "failed")
    assert stands(other)[0] == "waiting"
    assert not Enrolment.objects.filter(play=play).exists()
    work(NOW + HOUR)


def test_stop_that_was_cut_short_is_finished_by_workers():
    play = started(task())
    for _one in range(2):
        buys(customer())
    work()

    Play.objects.filter(pk=play.pk).update(status="stopped", finished_at=NOW)  # and killed
    work(NOW + HOUR)

    assert {(one.state, one.code) for one in Enrolment.objects.filter(play=play)} == {("closed", "stopped")}
    assert not Task.objects.exists()


@pytest.mark.parametrize(("status", "codes"), [("paused", [""]), ("stopped", ["stopped"])])
def test_nobody_is_drawn_once_the_measure_does_not_run_any_more(status, codes):
    play = started(wait(5))
    buys(customer())
    triggers.enter(play, now=NOW)

    Play.objects.filter(pk=play.pk).update(status=status)  # after the worker had read it

    assert admit.draw(play, now=NOW) == 0
    work()
    assert [one.code for one in Enrolment.objects.filter(play=play, zero_at=None)] == codes


def test_task_stays_while_its_measure_is_held_and_then_goes_the_other_way(marketer, template):
    letter = message(template(name="Brief", channel="letter"))
    play = started(task(latest_days=2, otherwise=[{"key": "letter", **letter}]), wait(1))
    buys(customer())
    work()

    running.pause(play_id=play.pk, staff=marketer, now=NOW)
    later = NOW + 9 * DAY
    buys(customer(), later)  # all look at what has happened, also while it is held
    work(later)
    assert Task.objects.filter(state="open").count() == 1
    running.resume(play_id=play.pk, staff=marketer, now=later)
    work(later)

    first = Enrolment.objects.filter(play=play).order_by("pk")[0]
    assert first.steps.filter(step_key="s1", code="not_done").exists()
    assert first.steps.filter(step_key="letter").exists()


@pytest.mark.parametrize(("status", "code"), [("running", "moved"), ("stopped", "not_taken")])
def test_who_is_handed_over_enters_the_other_of_those_that_exclude_each_other(status, code):
    over = {"kind": "happened", "table": "contacts"}
    other = started(wait(5), trigger=over, exclusive="Rückgewinnung", name="Zwei")
    play = started(wait(1), {"kind": "hand_over", "play": other.pk}, exclusive="Rückgewinnung")
    anna = customer()
    buys(anna)
    work()

    Play.objects.filter(pk=other.pk).update(status=status)
    work(NOW + 2 * DAY)

    assert stands(play)[::2] == ("closed", code)
    assert Enrolment.objects.filter(play=other, customer=anna).exists() == (code == "moved")


def test_trail_tells_who_changed_a_measure_and_how_many_were_in_its_group_at_the_start(marketer):
    group = group_of_a_field_that_is_gone()
    play = running.draft(
        name="Neu", content=content(wait(5), trigger={"kind": "enters"}, group=group), staff=marketer, now=NOW
    )
    version = running.change(play_id=play.pk, content=content(wait(9)), staff=marketer, now=NOW)
    running.start(play_id=play.pk, already_in=running.AlreadyIn(enter=True), staff=marketer, now=NOW)

    said = dict(AuditEntry.objects.filter(thing="play").values_list("action", "detail"))
    assert said["play.changed"] == {"version": version.number}
    assert said["play.started"] == {"version": version.number, "already_in": 0}


def test_page_says_and_offers_what_the_draft_to_be_started_does(marketer, client):
    play = started(wait(5))
    draft = content(wait(5), trigger={"kind": "enters"}, group=group_of_a_field_that_is_gone())
    running.change(play_id=play.pk, content=draft, staff=marketer, now=NOW)
    client.force_login(marketer)

    page = client.get(reverse("measure", args=[play.pk]))

    assert page.context["start"] is not None
    assert "Von jetzt an läuft sie." in page.content.decode()
