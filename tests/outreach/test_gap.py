from datetime import datetime, timedelta

import pytest

from stammkunde.outreach import policy, services, wording
from stammkunde.outreach.models import Message
from stammkunde.outreach.policy import Taken, Verdict
from stammkunde.outreach.services import Result
from tests import factories
from tests.outreach.planning import NOW, company, consent, customer, plan, planned
from tests.outreach.test_policy import case, said, wants

HOUR = timedelta(hours=1)
GAP = {"gap": 4 * HOUR}


def sent(message, *, at):
    """Let a message leave."""
    (mine,) = services.claim(channel="email", holder="host 1 a", at_most=1, now=at)
    services.begin([mine], holder="host 1 a", now=at)
    services.record([(mine, Result(state="handed_over"))], holder="host 1 a", now=at)
    assert mine.pk == message.pk


@pytest.mark.parametrize("purpose", ["advertising", "newsletter", "survey", "thanks"])
def test_the_next_message_waits_until_the_hours_are_over_and_says_so(purpose):
    taken = [Taken(person=1, at=NOW - HOUR, counts=False)]

    decision = policy.decide(case(purpose=purpose, **GAP), taken=taken, person=1)

    free_at = NOW + 3 * HOUR
    assert said(decision) == (Verdict.ALLOWED, free_at, {"code": "gap", "hours": 4, "free_at": free_at.isoformat()})
    assert policy.decide(case(purpose=purpose, **GAP), taken=taken, person=2).at == NOW
    assert policy.decide(case(purpose=purpose, **GAP), taken=taken, person=1).at == free_at


def test_without_time_left_it_waits_and_says_when_it_is_free():
    decision = policy.decide(case(**GAP, latest_at=NOW), taken=[Taken(person=None, at=NOW)])

    assert (decision.verdict, decision.code) == (Verdict.WAITS, "gap")
    assert datetime.fromisoformat(str(decision.reason["free_at"])) == NOW + 4 * HOUR
    assert "frei ab 24.11.2026" in wording.reason(decision.reason)


def test_what_belongs_to_an_order_waits_for_nothing_and_the_others_for_it():
    wanted = [wants("offer", worth=900, **GAP), wants("order", order=2, purpose="service", **GAP)]

    decisions = policy.arrange(wanted, taken=())

    assert (decisions["order"].at, decisions["offer"].at) == (NOW, NOW + 4 * HOUR)


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["thanks", "advertising"])
def test_two_campaigns_reach_one_person_hours_apart(first):
    company(gap_hours=4)
    anna = customer()
    one, other = planned(anna, purpose=first, importance_cents=1), planned(anna, origin="test:2")
    assert (one.due_at, other.due_at, other.reason["code"]) == (NOW, NOW + 4 * HOUR, "gap")

    sent(one, at=NOW + HOUR)  # an hour late: the other waits for it

    assert services.claim(channel="email", holder="host 1 a", at_most=9, now=NOW + 4 * HOUR) == []
    other.refresh_from_db()
    assert (other.state, other.due_at) == ("planned", NOW + 5 * HOUR)
    sent(other, at=NOW + 5 * HOUR)


@pytest.mark.django_db
def test_the_pause_holds_on_every_channel_and_for_each_person_alone():
    company(gap_hours=4, sender_address="Weg 1\n12345 Ort")
    house = customer(kind="company", street="Weg 2", postcode="12345", city="Ort")
    kim, lee = (factories.contact_person(house, email=f"{name}@mail.example") for name in ("kim", "lee"))
    consent(house, person=kim)
    consent(house, person=lee)
    planned(house, contact_person_id=kim.pk)

    letter = planned(house, contact_person_id=kim.pk, channel="letter", origin="test:2")
    ((_plan, call),) = services.forecast(
        [plan(house, contact_person_id=kim.pk, channel="call", latest_at=NOW)], now=NOW
    )

    assert (letter.due_at, call.verdict, call.code) == (NOW + 4 * HOUR, Verdict.WAITS, "gap")
    assert planned(house, contact_person_id=lee.pk, origin="test:3").due_at == NOW


@pytest.mark.django_db
def test_without_the_setting_nothing_is_put_off():
    company(gap_hours=None)
    anna = customer()

    assert {planned(anna, origin=f"test:{number}").due_at for number in range(3)} == {NOW}
    assert Message.objects.filter(reason__code="gap").count() == 0
