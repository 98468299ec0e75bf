"""The minutes of a day that people have: shared by all measures, by what brings most a minute, and what they cost."""

import pytest

from stammkunde.plays import contents
from stammkunde.plays.measures import costs, spending
from stammkunde.plays.measures.pacing import Pace
from stammkunde.plays.models import StepRun
from stammkunde.signals.models import HourlyCost
from stammkunde.tasks.models import Task
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import DAY, HOUR, buys, content, message, ran, richer, started, task, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def paul(django_user_model):
    """Works two hours of a day for customers."""
    return django_user_model.objects.create_user(
        "paul@example.org", "x", name="Paul", role="sales", hours_per_week=10, created_at=NOW
    )


def given(day: int = 0) -> int:
    return StepRun.objects.filter(on=(NOW + day * DAY).date(), minutes__gt=0).count()


def test_day_of_a_person_is_shared_by_all_measures_and_both_arms(paul):
    for number, holdout in enumerate((0.0, 0.5)):
        started(task(minutes=30, owner=paul.pk, latest_days=2), name=f"M{number}", holdout=holdout)
    for _one in range(5):
        buys(customer())

    counts = []
    for day in range(4):
        work(NOW + day * DAY)
        counts.append(given(day))

    assert counts == [4, 4, 2, 0]
    assert not StepRun.objects.filter(code="no_capacity")


def test_what_does_not_fit_until_its_latest_day_is_skipped(paul):
    play = started(task(minutes=60, owner=paul.pk, latest_days=2))
    for _one in range(7):
        buys(customer())

    for day in range(5):
        work(NOW + day * DAY)

    assert ran(play).count(("s1", "skipped", "no_capacity")) == 1
    assert StepRun.objects.filter(minutes=60).count() == 6


def test_who_had_no_room_until_the_latest_day_goes_the_other_way(paul, template):
    letter = [{"key": "letter", **message(template())}]
    started(task(minutes=90, owner=paul.pk, latest_days=1, otherwise=letter))
    for _one in range(3):
        buys(customer())

    for day in range(3):
        work(NOW + day * DAY)

    late = StepRun.objects.get(step_key="s1", code="no_capacity").enrolment
    assert late.steps.get(step_key="letter").state == "acting"


def test_other_tasks_of_the_day_take_their_time_and_nobody_without_hours_gets_a_day_full(paul, django_user_model):
    django_user_model.objects.filter(pk=paul.pk).update(hours_per_week=0)
    started(task(owner=paul.pk))
    Task.objects.create(title="Rückruf", owner=paul, due_on=NOW.date(), created_at=NOW)
    for _one in range(4):
        buys(customer())

    work()

    assert given() == 2


def test_who_brings_most_a_minute_comes_first_over_all_measures(paul, monkeypatch):
    started(task(minutes=60, owner=paul.pk), name="Lang", prior_percent=2)
    started(task(minutes=20, owner=paul.pk), name="Kurz", prior_percent=2)
    people = [customer() for _one in range(4)]
    richer(monkeypatch, people)
    for one in people:
        buys(one)

    work()

    runs = StepRun.objects.filter(minutes__gt=0).values_list("enrolment__play__name", "enrolment__customer")
    assert set(runs) == {("Lang", people[3].pk), *(("Kurz", one.pk) for one in people[1:])}


def test_day_begins_with_who_brings_most_of_those_who_wait(paul, monkeypatch):
    monkeypatch.setattr("stammkunde.plays.measures.walk.AT_ONCE", 1)
    monkeypatch.setattr("stammkunde.plays.measures.working._SHARED", Pace(at_once=1))
    started(task(minutes=120, owner=paul.pk), prior_percent=2)
    people = [customer() for _one in range(3)]
    richer(monkeypatch, people)
    for one in people:
        buys(one)

    for day in range(3):
        work(NOW + day * DAY)

    order = StepRun.objects.filter(minutes__gt=0).order_by("on").values_list("enrolment__customer", flat=True)
    assert list(order) == [one.pk for one in reversed(people)]


def test_minutes_cost_what_an_hour_of_the_role_does(paul):
    HourlyCost.objects.create(role="sales", holds_from_on=NOW.date(), cents=6000)
    play = started(task(minutes=30, owner=paul.pk), cost={"each_cents": 100}, limits={"budget_cents": 7000})
    for _one in range(3):
        buys(customer())

    work()

    known = contents.read(content(task(minutes=30), cost={"each_cents": 100}))
    assert costs.expected(known, on=NOW.date()) == 3100
    assert (given(), spending.spent(play)) == (2, 6200)


def test_task_that_was_not_done_costs_nothing(paul):
    HourlyCost.objects.create(role="sales", holds_from_on=NOW.date(), cents=6000)
    play = started(task(owner=paul.pk, latest_days=1))
    buys(customer())
    work()
    assert spending.spent(play) == 2400

    work(NOW + DAY + HOUR)

    assert spending.spent(play) == 0
