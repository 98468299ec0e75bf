"""Whom the second of two letters has reached, and nobody else, answers it in the demo company."""

import pytest

from stammkunde.demo.chapters import answers
from stammkunde.outreach.models import Assignment, Draw, Message
from tests.impact.company import BEGAN, people, play

pytestmark = pytest.mark.django_db


def test_only_whom_the_second_letter_has_reached_answers_it():
    of, ids = play(kind="measure"), people(7)
    first, second, not_begun, stopped = ids[:2], ids[2:5], ids[5], ids[6]
    draw = Draw.objects.create(
        origin=f"{of.origin}{Draw.OF_WORDS}letter:1:A-B", salt="x", share=0.5, drawn_at=BEGAN, name=of.name
    )
    for one in ids:
        entered_at = None if one == not_begun else BEGAN
        Assignment.objects.create(draw=draw, customer_id=one, held_out=one in first, entered_at=entered_at)
    for one in ids:
        state = "stopped" if one == stopped else "handed_over"
        Message.objects.create(
            customer_id=one, origin=of.origin, channel="letter", purpose="advertising", state=state, key=f"m{one}",
            content={}, reason={"code": "stopped"} if one == stopped else None, language="de", planned_at=BEGAN,
            not_before_at=BEGAN, latest_at=BEGAN, handed_over_at=BEGAN,
        )  # fmt: skip

    assert len(second) == 3
    assert answers._got_second(of) == ["2", "3", "4"]
