"""What counts as a surge; what is locked before what; what a measure has spent and may still take."""

import pytest

from stammkunde.outreach.services import settling
from stammkunde.plays.entering import Candidate
from stammkunde.plays.measures import admit, running, upto
from stammkunde.plays.models import Play
from tests import factories
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import DAY, HOUR, buys, message, started, wait, work

pytestmark = pytest.mark.django_db


def come(play: Play, number: int, *, table="orders", now=NOW) -> int:
    """Let as many want to enter, and tell how many may."""
    version = admit.current(play)
    some = [factories.customer().pk for _one in range(number)]
    new = [Candidate(customer_id=pk, source=f"{table}:{pk}", on=now.date(), at=now) for pk in some]
    play.refresh_from_db()
    return admit.admit(play, version, new, now=now)


def test_who_was_in_the_group_at_the_start_is_no_surge():
    play = started(wait(30))

    assert come(play, 51, table="group") == 51
    assert come(play, 1) == 1


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
