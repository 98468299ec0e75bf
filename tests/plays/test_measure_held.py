"""What goes wrong: errors, words that are gone, a measure that is held, a hand-over."""

import pytest

from stammkunde.plays.measures import messages, running
from stammkunde.plays.models import Enrolment
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import (
    DAY,
    HOUR,
    buys,
    message,
    ran,
    stands,
    started,
    the,
    wait,
    work,
)

pytestmark = pytest.mark.django_db


def test_error_of_one_ends_that_one_and_three_in_a_row_hold_the_play(template, monkeypatch):
    play = started(message(template()), wait(5))
    people = [customer() for _one in range(5)]
    whole = messages._plan

    def breaks(one, *given):
        if one.walker.row.customer_id in broken:
            raise ZeroDivisionError("Wörter")
        return whole(one, *given)

    monkeypatch.setattr(messages, "_plan", breaks)
    broken = {people[0].pk}
    for one in people[:2]:
        buys(one)
    work()
    assert sorted(Enrolment.objects.values_list("state", "code")) == [("acting", ""), ("closed", "failed")]

    broken |= {one.pk for one in people}
    for one in people[2:]:
        buys(one, NOW + HOUR)
    work(NOW + HOUR)

    play.refresh_from_db()
    assert (play.status, play.trouble) == ("paused", "failed")
    assert play.trouble_detail["problem"] == "ZeroDivisionError: Wörter"


def test_words_that_are_gone_hold_the_play_and_nobody_is_lost(template, marketer):
    made = template()
    play = started(message(made), wait(5))
    texts = list(made.texts.all())
    made.texts.all().delete()
    buys(customer())

    work()
    play.refresh_from_db()
    assert (play.status, play.trouble, stands(play)[0]) == ("paused", "no_words", "ready")

    type(texts[0]).objects.bulk_create(texts)
    running.resume(play_id=play.pk, staff=marketer, now=NOW + HOUR)
    work(NOW + HOUR)
    assert stands(play)[0] == "acting"


def test_held_nobody_enters_or_moves_and_clocks_run_on(template, marketer):
    play = started(wait(2), message(template(), latest_days=1))
    buys(customer())
    work()
    running.pause(play_id=play.pk, staff=marketer, now=NOW)

    buys(customer(), NOW + HOUR)
    work(NOW + 2 * DAY)
    assert [one.state for one in Enrolment.objects.all()] == ["waiting"]
    running.resume(play_id=play.pk, staff=marketer, now=NOW + 10 * DAY)
    work(NOW + 10 * DAY)

    assert ran(play) == [("s1", "done", "time"), ("s2", "skipped", "too_late")]


def test_hand_over_ends_it_and_lets_her_enter_the_other_with_a_draw_of_its_own():
    other = started(wait(7), name="Danach", trigger={"kind": "dated", "table": "customers", "column": "since_on"})
    play = started(wait(1), {"kind": "hand_over", "play": other.pk})
    anna = customer()
    buys(anna)
    work()

    work(NOW + DAY)

    assert stands(play)[::2] == ("closed", "moved")
    assert (the(other).customer, stands(other)[0]) == (anna, "waiting")
