"""How many enter and act: limits of a day, a surge, money, exclusive measures, addresses, and who comes first."""

import pytest

from stammkunde.outreach import policy
from stammkunde.outreach.models import Draw, Message
from stammkunde.plays.measures import running
from stammkunde.plays.models import Enrolment, StepRun
from tests import factories
from tests.outreach.planning import NOW, company, customer
from tests.plays.over_time import (
    DAY,
    HOUR,
    buys,
    message,
    ran,
    started,
    task,
    wait,
    work,
)

pytestmark = pytest.mark.django_db


def test_limit_of_a_day_lets_the_others_in_tomorrow():
    play = started(wait(30), limits={"entries_a_day": 2, "entries": 3})
    for _one in range(5):
        buys(customer())

    counts = []
    for day in range(3):
        work(NOW + day * DAY)
        counts.append(Enrolment.objects.filter(play=play, zero_at__isnull=False).count())

    assert counts == [2, 3, 3]
    assert set(Enrolment.objects.filter(zero_at=None).values_list("state", "arm")) == {("admitted", "")}


def test_surge_holds_the_play_names_the_cause_and_asks(marketer):
    play = started(wait(30))
    for _one in range(51):
        buys(customer())

    work()
    play.refresh_from_db()
    assert (play.status, play.trouble, Enrolment.objects.count()) == ("paused", "surge", 0)
    assert play.trouble_detail == {"count": 51, "usual_week": 0.0, "cause": "orders"}

    running.resume(play_id=play.pk, staff=marketer, now=NOW + HOUR)
    work(NOW + HOUR)
    assert Enrolment.objects.filter(state="waiting").count() == 51


def test_budget_stops_entries_of_both_arms_alike(template):
    company(letter_cost_cents=100)
    letter = template(channel="letter")
    factories.decided(letter_cost_cents=100)
    play = started(message(letter), wait(30), limits={"budget_cents": 250})
    for _one in range(5):
        buys(customer(street="Weg 1", postcode="10115", city="Berlin"))

    work()

    codes = [(one.zero_at is None, one.code) for one in Enrolment.objects.filter(play=play)]
    assert sorted(codes) == [(False, "")] * 2 + [(True, "budget")] * 3


def test_minutes_of_a_day_put_tasks_off_and_then_skip_them():
    play = started(task(minutes=30, latest_days=2), limits={"minutes_a_day": 30})
    for _one in range(4):
        buys(customer())

    for day in range(5):
        work(NOW + day * DAY)

    assert StepRun.objects.filter(minutes=30).count() == 3
    assert ran(play).count(("s1", "skipped", "no_capacity")) == 1


def test_share_of_the_arms_depends_on_neither_order_nor_limits():
    plays = [started(wait(30), holdout=0.4, name=f"P{n}", limits={"entries_a_day": n}) for n in (3, 20)]
    for play in plays:
        Draw.objects.create(origin=f"{play.origin}:draw:1", salt="same", share=0.4, drawn_at=NOW)
    people = [customer() for _one in range(20)]
    for one in people:
        buys(one)

    for day in range(8):
        work(NOW + day * DAY)

    alone = {one.pk for one in people if policy.is_held_out(salt="same", key=one.pk, share=0.4)}
    for play in plays:
        rows = Enrolment.objects.filter(play=play)
        assert set(rows.filter(arm="held_out").values_list("customer", flat=True)) == alone
        assert rows.filter(arm="treated").count() == 20 - len(alone)


def test_measures_of_one_exclusive_name_hold_a_customer_one_at_a_time():
    first, second = (started(wait(30), exclusive="win-back", name=name) for name in ("Eins", "Zwei"))
    buys(customer())

    work()

    assert [Enrolment.objects.filter(play=one).count() for one in (first, second)] == [1, 0]


def test_two_letters_of_two_plays_are_planned_by_gain_and_a_pause_apart(template):
    factories.decided(gap_hours=24)
    poor = started(message(template()), name="Wenig", prior_percent=0.1)
    rich = started(message(template(name="Zwei")), name="Viel", kind="dated")
    company(gap_hours=24)
    buys(customer())

    work()

    due = {one.origin: one.due_at for one in Message.objects.all()}
    assert (due[rich.origin], due[poor.origin]) == (NOW, NOW + DAY)
