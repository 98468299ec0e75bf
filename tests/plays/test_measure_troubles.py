"""What is wrong with one measure stays with that one; what was cut short is finished."""

import pytest

from stammkunde.plays.measures import triggers
from stammkunde.plays.models import Enrolment, Play, PlayVersion
from stammkunde.segments import services as segments
from stammkunde.segments.models import SegmentVersion
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import DAY, HOUR, buys, stands, started, wait, work

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
