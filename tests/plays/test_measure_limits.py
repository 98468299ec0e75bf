"""What counts as a surge; what is locked before what; what a measure has spent and may still take."""

import pytest
from django.db import connection

from stammkunde.outreach.services import settling
from stammkunde.plays import contents
from stammkunde.plays.entering import Candidate
from stammkunde.plays.measures import admit, costs, reading, running, spending, upto, walk
from stammkunde.plays.models import Enrolment, Play
from tests import factories
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import DAY, HOUR, buys, content, done, message, started, task, wait, work

pytestmark = pytest.mark.django_db


def come(play: Play, number: int, *, table="orders", now=NOW) -> int:
    """Let as many want to enter, and tell how many may."""
    version = reading.running(play)
    some = [factories.customer().pk for _one in range(number)]
    new = [Candidate(customer_id=pk, source=f"{table}:{pk}", on=now.date(), at=now) for pk in some]
    play.refresh_from_db()
    return admit.admit(play, version, new, now=now)


def test_who_was_in_the_group_at_the_start_is_no_surge():
    play = started(wait(30))

    assert come(play, 51, table="group") == 51
    assert come(play, 1) == 1


@pytest.mark.parametrize("kind", ["owed", "reply"])
def test_what_is_owed_comes_as_a_surge_and_is_never_held(kind):
    play = started(wait(30), kind=kind)

    assert come(play, 51) == 51
    play.refresh_from_db()
    assert play.status == "running"


def test_letting_a_surge_go_on_lets_in_those_who_were_counted_and_no_further_surge(marketer):
    play = started(wait(30))
    assert come(play, 51) == 0

    running.resume(play_id=play.pk, staff=marketer, now=NOW)

    assert come(play, 51) == 51
    assert come(play, 1) == 1
    assert come(play, 60) == 0


def test_what_is_usual_for_a_young_measure_is_counted_since_its_start():
    play = started(wait(30), now=NOW - DAY - HOUR)
    assert come(play, 40, now=NOW - DAY) == 40

    assert come(play, 100) == 100


def test_all_of_a_batch_are_locked_before_anything_is_planned_for_any(template, monkeypatch):
    first, second = (started(message(template(name=name)), name=name) for name in ("Eins", "Zwei"))
    anna, berta = customer(), customer()
    for who in (berta, anna):
        buys(who)
    calls = []
    locks = settling.lock

    def spy(customer_ids):
        calls.append(sorted(set(customer_ids)))
        locks(calls[-1])

    monkeypatch.setattr(settling, "lock", spy)
    work()

    assert {first.enrolments.count(), second.enrolments.count()} == {2}
    assert [anna.pk, berta.pk] == next(call for call in calls if call)


def test_who_notes_up_to_where_keeps_what_others_noted():
    play = started(wait(30))

    upto.note(play.pk, seen=1)
    upto.note(play.pk, surge_on="2026-11-22")

    play.refresh_from_db()
    assert (play.entered_upto["seen"], play.entered_upto["surge_on"]) == (1, "2026-11-22")


def test_what_each_costs_is_charged_once_however_many_steps_she_is_led_through():
    play = started(task(), task(), task(), cost={"each_cents": 200})
    buys(customer())

    for hours in range(3):
        work(NOW + hours * HOUR)
        done(NOW + hours * HOUR)

    assert spending.spent(play) == 200


def test_expected_are_the_dearest_ways_of_messages_and_forks(template):
    factories.decided(letter_cost_cents=145)
    first, second = message(template(), template(name="Brief", channel="letter")), message(template(name="Zwei"))
    other = [{"key": "letter", **message(template(name="Spät", channel="letter"))}]

    known = content(first, {**second, "otherwise": other}, cost={"each_cents": 10})

    assert costs.expected(contents.read(known), on=NOW.date()) == 300


def test_budget_is_for_those_it_pays_for_also_where_each_costs_less_than_a_cent():
    play = started(wait(30), cost={"each_cents": 1}, holdout=0.5, limits={"budget_cents": 1})
    for _one in range(4):
        buys(customer())

    work()

    assert Enrolment.objects.filter(play=play, zero_at__isnull=False).count() == 2


def test_who_waited_for_two_weeks_and_was_never_let_in_may_enter_when_it_begins_again():
    play = started(wait(30), reentry={"again": False}, now=NOW - 40 * DAY)
    anna = customer()
    buys(anna, NOW - 20 * DAY)
    Enrolment.objects.create(
        play=play, version=reading.running(play), customer=anna, cycle="x", source="orders:x", state="closed",
        code="too_late", entered_at=NOW - 20 * DAY, closed_at=NOW - 5 * DAY,
    )  # fmt: skip

    buys(anna)
    work()

    assert Enrolment.objects.filter(play=play, customer=anna, closed_at=None).count() == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table as a whole")
def test_who_is_due_or_waits_is_found_by_an_index():
    play = started(wait(30))
    rows = Enrolment.objects.filter(play=play, closed_at=None).exclude(state="")

    assert "enrolment_due" in walk._due(NOW).order_by("due_at", "pk").explain()
    assert "enrolment_due_of_play" in admit._waiting(play, now=NOW).order_by("due_at", "pk").explain()
    assert "enrolment_entered" in admit._entered(play, since=NOW - DAY).explain()
    assert "enrolment_open_in" in rows.filter(state__in=walk.STATES, pk__gt=0).order_by("pk").explain()
