"""Measures and what they do themselves: no goal by it, nobody left out of what is owed, nothing before the start."""

import pytest

from stammkunde.outreach.services import hold_out
from stammkunde.plays.contents import InvalidContent
from stammkunde.plays.measures import running
from stammkunde.plays.models import Enrolment
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import DAY, HOUR, buys, content, message, stands, started, task, work
from tests.plays.test_measures_of_groups import silent

__all__ = ["silent"]
pytestmark = pytest.mark.django_db


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
    hold_out(origin="", customer_ids=[anna.pk], share=1, now=NOW - DAY)
    buys(anna)
    work()

    assert stands(play)[0] == "acting"
    assert not Enrolment.objects.filter(play=usual).exists()
