"""A measure from what begins it to its end: who enters, what leaves when, who goes on by which way."""

from datetime import UTC, datetime

import pytest

from stammkunde.calls import asking
from stammkunde.calls import services as calls
from stammkunde.outreach.models import Message
from stammkunde.plays.models import Enrolment
from stammkunde.tasks.models import Task
from stammkunde.tasks.worklist import Item, Section
from tests import factories
from tests.outreach.planning import NOW, consent, customer
from tests.plays.over_time import DAY, HOUR, buys, done, leaves, message, ran, stands, started, task, the, wait, work

pytestmark = pytest.mark.django_db


def test_a_purchase_leads_through_message_wait_and_task(template):
    play = started(message(template()), wait(10), task())
    anna = customer()
    buys(anna)

    work()
    assert stands(play) == ("acting", "s1", "")
    left = leaves(NOW + 2 * HOUR)
    work(NOW + 3 * HOUR)
    assert stands(play) == ("waiting", "s2", "")
    assert the(play).due_at == NOW + 10 * DAY + 2 * HOUR  # counts from when it left
    work(NOW + 10 * DAY + 3 * HOUR)

    assert left == [f"play:{play.pk}:{the(play).pk}:s1:1:email"]
    (chore,) = Task.objects.all()
    assert (chore.key, chore.customer) == (f"play:{play.pk}:{the(play).pk}:s3:1:task", anna)
    done(NOW + 11 * DAY)
    work(NOW + 11 * DAY)
    assert stands(play) == ("closed", "", "done")
    assert ran(play) == [("s1", "done", ""), ("s2", "done", "time"), ("s3", "done", "")]


def test_nothing_is_said_twice_however_often_workers_look(template):
    started(message(template()), wait(1), message(template(name="Zwei")))
    buys(customer())

    for hours in range(0, 72, 6):
        work(NOW + hours * HOUR)
        leaves(NOW + hours * HOUR)
        work(NOW + hours * HOUR)

    assert Message.objects.count() == 2


def test_who_cannot_be_reached_goes_the_other_way(template):
    letter = template(name="Brief", channel="letter")
    play = started(message(template(), letter, otherwise=[{"key": "call", **task()}]), wait(1))
    nobody = factories.customer()
    buys(nobody)

    work()

    assert stands(play)[:2] == ("acting", "call")
    (run,) = the(play).steps.filter(step_key="s1")
    assert (run.state, run.code) == ("skipped", "refused")
    assert [one["channel"] for one in run.result["tried"]] == ["email", "letter"]


def test_who_is_left_alone_takes_the_same_steps_and_gets_nothing(template):
    play = started(message(template()), wait(3), task(), holdout=0.5)
    people = [customer() for _one in range(12)]
    for one in people:
        buys(one)

    for hours in (0, 1, 80, 81, 82):
        work(NOW + hours * HOUR)
        leaves(NOW + hours * HOUR)
        done(NOW + hours * HOUR)
        work(NOW + hours * HOUR)

    arms = {arm: Enrolment.objects.filter(play=play, arm=arm) for arm in ("treated", "held_out")}
    assert all(some.exists() for some in arms.values())
    assert {(one.state, one.code) for some in arms.values() for one in some} == {("closed", "done")}
    alone = set(arms["held_out"].values_list("customer", flat=True))
    assert not Message.objects.filter(customer__in=alone).exists()
    assert not Task.objects.filter(customer__in=alone).exists()
    runs = arms["held_out"].values_list("steps__state", "steps__code").distinct()
    assert set(runs) == {("skipped", "held_out"), ("done", "time")}


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_whom_nobody_may_call_goes_the_other_way_at_once(template, share):
    play = started(task(by_phone=True, guide="silent", otherwise=[{"key": "w", **wait(9)}]), holdout=share)
    for _one in range(6):
        buys(factories.customer(kind="person", phone="+49 30 12345"))

    work()

    assert set(Enrolment.objects.filter(play=play).values_list("at_step", "state")) == {("w", "waiting")}
    assert not Task.objects.exists()
    told = Enrolment.objects.filter(play=play).values_list("steps__state", "steps__code", "steps__result__tried")
    assert {(state, code, tried[0]["code"]) for state, code, tried in told} == {("skipped", "refused", "no_consent")}


def test_whoever_may_be_called_is_called_by_the_guide():
    started(task(by_phone=True, guide="silent"), task(by_phone=True))
    anna = factories.customer(kind="person", phone="+49 30 12345")
    consent(anna, channel="phone")
    buys(anna)

    work()

    assert asking.subject_of(Task.objects.get()).occasion == "silent"


@pytest.mark.parametrize("guide", ["", "silent"])
def test_a_call_stays_advertising_whatever_it_is_taken_up_as(guide, salesperson):
    started(task(by_phone=True, guide=guide))
    anna = factories.customer(kind="person", phone="+49 30 12345")
    consent(anna, channel="phone")
    buys(anna)
    work()
    chore, later = Task.objects.get(), NOW + DAY
    item = Item(kind="task", key=chore.key, under=Section(name="t", heading="t", order=1), customer=anna, task=chore)
    assert not asking.refused([item], now=later)
    consent(anna, channel="phone", state="withdrawn", at=NOW + HOUR)

    assert asking.refused([item], now=later)
    who = {"customer": anna, "person": None, "staff": salesperson}
    reason = calls.take_up(**who, task=chore, occasion="free", now=later)
    assert reason["code"] == "withdrawn"
    said = calls.Said(outcome="not_reached", occasion="free")
    call = calls.record(**who, key="k", said=said, task=chore, now=later)
    assert (call.message.purpose, call.message.content["guide"]) == ("advertising", "free")
    assert asking.subject_of(call.next_task, occasion="free").purpose == "advertising"


def test_the_goal_ends_it_at_once_and_stops_what_is_planned(template):
    play = started(message(template()), wait(5), task(), goal={"kind": "purchase", "window_days": 30})
    anna = customer()
    buys(anna)
    work()

    buys(anna, NOW + HOUR)
    work(NOW + 2 * HOUR)

    assert stands(play)[::2] == ("closed", "goal")
    assert Message.objects.get().state == "stopped"
    assert ran(play) == [("s1", "skipped", "goal")]


def test_who_withdraws_while_it_is_under_way_goes_the_other_way(template):
    play = started(message(template(), otherwise=[{"key": "call", **task()}]), wait(1))
    anna = customer()
    buys(anna)
    work()

    consent(anna, state="withdrawn", at=NOW)
    Message.objects.update(state="refused", reason={"code": "withdrawn"}, finished_at=NOW + HOUR)
    work(NOW + HOUR)

    assert stands(play)[:2] == ("acting", "call")


def test_what_is_too_late_after_a_standstill_is_skipped_and_not_sent(template):
    play = started(message(template(), latest_days=2), wait(1), message(template(name="Zwei"), latest_days=2))
    buys(customer())
    work()
    leaves()
    work()

    work(NOW + 20 * DAY)

    assert Message.objects.count() == 1
    assert stands(play) == ("closed", "", "done")
    assert ran(play)[-1] == ("s3", "skipped", "too_late")


def test_a_day_of_the_week_is_the_customers_own(template):
    play = started(wait(weekday=4, hour=9), message(template()))
    tokyo = customer(country="JP")
    buys(tokyo)

    work()

    assert the(play).due_at == datetime(2026, 11, 26, 0, tzinfo=UTC)  # Thursday, 9 in Tokyo
