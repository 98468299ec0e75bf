"""Facts that are old: nobody is said to be missed who may have bought within the file that has not come yet."""

from datetime import date, timedelta

import pytest

from stammkunde.intake.models import Import, Told
from stammkunde.outreach.models import Message
from stammkunde.plays.measures import reading, wording
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import DAY, HOUR, buys, message, stands, started, task, the, wait, work

pytestmark = pytest.mark.django_db
GOAL = {"kind": "purchase"}
SILENT = {"happened": "orders", "within": {"last": 60}, "is": "<=", "value": 0}


def told(*, days_ago: int, table: str = "orders") -> None:
    """Let the newest file of a table end so many days ago."""
    done = Import.objects.create(file_name="a.csv", path="a.csv", status=Import.Status.DONE, created_at=NOW)
    Told.objects.all().delete()
    Told.objects.create(incoming=done, origin="", table=table, on=NOW.date() - timedelta(days=days_ago), at=NOW)


@pytest.mark.parametrize(("days_ago", "expected"), [(8, ("acting", "s1", "")), (9, ("ready", "s1", "facts_old"))])
def test_who_may_have_bought_since_stays_until_a_file_tells(template, days_ago, expected):
    play = started(message(template()), goal=GOAL)
    buys(customer())
    told(days_ago=days_ago)

    work()
    assert stands(play) == expected
    told(days_ago=1)
    work(NOW + DAY + HOUR)

    assert (stands(play), Message.objects.count()) == (("acting", "s1", ""), 1)


def test_goal_that_the_file_brings_ends_it_and_nothing_was_said(template):
    play = started(wait(1), message(template()), goal=GOAL)
    anna = customer()
    buys(anna)
    work()
    told(days_ago=8)

    work(NOW + DAY)
    assert stands(play) == ("ready", "s2", "facts_old")
    buys(anna, NOW + HOUR)
    work(NOW + DAY)

    assert (stands(play)[::2], Message.objects.count()) == (("closed", "goal"), 0)


def test_ways_wait_for_facts_and_what_decides_by_nothing_old_goes_on():
    by_ways = started({"kind": "branch", "rule": SILENT, "yes": [{"key": "call", **task()}]}, name="Weg")
    plain = started(task(), name="Ohne")
    buys(customer())
    told(days_ago=9)

    work()

    assert [stands(one) for one in (by_ways, plain)] == [("ready", "s1", "facts_old"), ("acting", "s1", "")]


def test_what_is_owed_waits_for_no_facts(template):
    play = started(message(template(purpose="service")), goal=GOAL, kind="owed")
    buys(customer())
    told(days_ago=30)

    work()

    assert (stands(play), list(reading.held())) == (("acting", "s1", ""), [])


def test_after_a_week_it_is_held_and_says_what_is_missing():
    play = started(task(latest_days=30), goal=GOAL)
    buys(customer())
    told(days_ago=9)

    work()
    work(NOW + 6 * DAY)
    assert (list(reading.held()), the(play).code) == ([], "facts_old")
    work(NOW + 7 * DAY)

    (held,) = reading.held()
    assert (held.trouble, held.trouble_detail) == ("facts_old", {"cause": "orders", "until": str(date(2026, 11, 15))})
    assert "15" in wording.trouble(held.trouble, held.trouble_detail)
    assert stands(play) == ("ready", "s1", "facts_old")
