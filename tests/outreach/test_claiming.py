from datetime import timedelta

import pytest

from stammkunde.outreach import services
from stammkunde.outreach.models import Message, MessageEvent, Turn, Undeliverable
from stammkunde.outreach.services import Result, claiming
from tests.outreach.planning import DAY, NOW, company, consent, customer, planned

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _company():
    company()


def claim(holder="host 1 a", *, now=NOW, channel="email", at_most=10):
    return services.claim(channel=channel, holder=holder, at_most=at_most, now=now)


def begun(*purposes, holder="host 1 a"):
    """Messages of one worker that may have left."""
    for purpose in purposes:
        planned(customer(), purpose=purpose)
    return services.begin(claim(holder), holder=holder, now=NOW)


def record(message, *, holder="host 1 a", now=NOW, **result):
    services.record([(message, Result(**result))], holder=holder, now=now)
    return Message.objects.get(pk=message.pk)


def test_claim_takes_orders_first_and_then_the_most_important():
    worth = {planned(customer(), importance_cents=cents).pk: cents for cents in (5, 900, 40)}
    first = planned(customer(), purpose="service")

    claimed = claim()

    assert [worth.get(one.pk) for one in claimed] == [None, 900, 40, 5]
    assert claimed[0].pk == first.pk
    assert set(Message.objects.values_list("state", "leased_by", "lease_until")) == {
        ("claimed", "host 1 a", NOW + claiming.LEASE)
    }


def test_claim_leaves_what_is_not_due_and_what_somebody_else_has():
    planned(customer(), not_before_at=NOW + MINUTE)
    planned(customer())

    assert len(claim("host 1 a")) == 1
    assert claim("host 2 b") == []


def test_claim_asks_the_governor_again():
    anna = customer()
    message = planned(anna)
    consent(anna, state="withdrawn", at=NOW + MINUTE)

    assert claim(now=NOW + 2 * MINUTE) == []
    message.refresh_from_db()
    assert (message.state, message.reason) == ("refused", {"code": "withdrawn"})


def test_claim_counts_the_slot_from_the_moment_it_leaves():
    company(cap_contacts=1, cap_days=7)
    anna = customer()
    planned(anna)

    (message,) = claim(now=NOW + 3 * DAY)

    assert Message.objects.get(pk=message.pk).slot_at == NOW + 3 * DAY
    assert planned(anna, now=NOW + 3 * DAY).due_at == NOW + 10 * DAY


def test_claim_sends_nothing_after_its_latest_time():
    message = planned(customer(), latest_at=NOW + DAY)

    assert claim(now=NOW + 2 * DAY) == []
    message.refresh_from_db()
    assert (message.state, message.reason) == ("expired", {"code": "too_late"})


def test_begin_refuses_what_was_taken_over():
    planned(customer())
    (message,) = claim()
    services.take_over(now=NOW + claiming.LEASE + MINUTE, is_gone=lambda _holder: False)

    assert services.begin([message], holder="host 1 a", now=NOW + MINUTE) == []


def test_begin_refuses_when_the_lease_has_run_out():
    planned(customer())
    (message,) = claim()

    assert services.begin([message], holder="host 1 a", now=NOW + claiming.LEASE) == []
    assert Message.objects.get().begun_at is None


def test_begin_tells_apart_what_is_still_ours():
    for _two in range(2):
        planned(customer())
    ours, lost = claim()
    Message.objects.filter(pk=lost.pk).update(leased_by="host 2 b")

    assert services.begin([ours, lost], holder="host 1 a", now=NOW) == [ours]


def test_what_was_handed_over_says_when_and_under_which_number():
    (message,) = begun("advertising")

    stored = record(message, state="handed_over", provider_id="p-1", cost_cents=3, now=NOW + MINUTE)

    assert (stored.state, stored.handed_over_at, stored.provider_id, stored.cost_cents) == (
        "handed_over",
        NOW + MINUTE,
        "p-1",
        3,
    )
    assert [event.state for event in stored.events.all()] == ["planned", "claimed", "handed_over"]


def test_refusal_for_now_is_tried_again_later_and_later():
    (message,) = begun("advertising")

    stored = record(message, state="planned", code="not_now", answer="451 later", jitter=1.0)

    assert (stored.state, stored.due_at, stored.begun_at) == ("planned", NOW + 2 * MINUTE, None)
    assert stored.reason == {"code": "not_now", "answer": "451 later", "attempts": 1}
    assert claim(now=NOW + MINUTE) == []
    (again,) = services.begin(claim(now=NOW + 2 * MINUTE), holder="host 1 a", now=NOW + 2 * MINUTE)
    assert record(again, state="planned", code="not_now", jitter=1.0, now=NOW + 2 * MINUTE).due_at == NOW + 6 * MINUTE


def test_refusal_for_now_fails_when_no_time_is_left():
    planned(customer(), latest_at=NOW + MINUTE)
    (message,) = services.begin(claim(), holder="host 1 a", now=NOW)

    stored = record(message, state="planned", code="not_now", answer="451 later", jitter=1.0)

    assert stored.state == "failed"
    assert stored.reason == {"code": "no_more_tries", "because": "not_now", "answer": "451 later", "attempts": 1}


def test_failure_frees_the_slot():
    company(cap_contacts=1, cap_days=7)
    anna = customer()
    planned(anna)
    waiting = planned(anna, latest_at=NOW + 2 * DAY)
    (message,) = services.begin(claim(), holder="host 1 a", now=NOW)

    record(message, state="failed", code="not_taken", answer="554 no")
    assert Turn.objects.get(pk=anna.pk).look_at == NOW
    assert services.look_after(now=NOW + MINUTE) == 1

    waiting.refresh_from_db()
    assert waiting.due_at == NOW + MINUTE


def test_address_that_does_not_exist_is_shut():
    (message,) = begun("advertising")

    record(message, state="failed", code="not_taken", answer="550 5.1.1", bad_address=True)

    assert list(Undeliverable.objects.values_list("channel", "address", "code")) == [
        ("email", message.address, "bounced")
    ]
    assert planned(message.customer).reason == {"code": "address_bounced"}


@pytest.mark.parametrize(
    ("purpose", "state"), [("advertising", "unknown"), ("thanks", "unknown"), ("service", "planned")]
)
def test_lost_worker_leaves_unclear_what_it_had_begun_except_orders(purpose, state):
    (message,) = begun(purpose)

    assert services.take_over(now=NOW + MINUTE, is_gone=lambda _holder: False) == 0
    assert services.take_over(now=NOW + claiming.LEASE + MINUTE, is_gone=lambda _holder: False) == 1

    message.refresh_from_db()
    assert (message.state, message.reason) == (state, {"code": "worker_lost"})


def test_dead_worker_is_not_waited_for_and_what_it_had_not_begun_is_planned_again():
    message = planned(customer())
    claim("host 1 a")

    assert services.take_over(now=NOW, is_gone=lambda holder: holder == "host 1 a") == 1

    message.refresh_from_db()
    assert (message.state, message.due_at, message.attempts) == ("planned", NOW, 0)


def test_unclear_message_takes_its_slot_still():
    company(cap_contacts=1, cap_days=7)
    (message,) = begun("advertising")
    services.take_over(now=NOW, is_gone=lambda _holder: True)

    assert planned(message.customer).due_at == NOW + 7 * DAY


def test_late_answer_clears_up_what_was_unclear():
    (message,) = begun("advertising")
    services.take_over(now=NOW + DAY, is_gone=lambda _holder: False)

    stored = record(message, state="handed_over", now=NOW + DAY)

    assert (stored.state, stored.reason, stored.finished_at) == ("handed_over", None, None)


def test_late_answer_changes_nothing_where_somebody_else_has_it():
    (message,) = begun("service")
    services.take_over(now=NOW + DAY, is_gone=lambda _holder: False)
    claim("host 2 b", now=NOW + DAY)

    stored = record(message, state="failed", code="not_taken", now=NOW + DAY)

    assert (stored.state, stored.leased_by) == ("claimed", "host 2 b")
    assert not MessageEvent.objects.filter(state="failed").exists()


def test_released_message_is_due_later():
    message = planned(customer())
    claimed = claim()

    services.release(claimed, holder="host 1 a", code="rate", until=NOW + MINUTE)

    message.refresh_from_db()
    assert (message.state, message.due_at, message.reason) == ("planned", NOW + MINUTE, {"code": "rate"})


def test_unclear_message_can_be_sent_again_or_counted(administrator):
    one, other = begun("advertising", "advertising")
    services.take_over(now=NOW, is_gone=lambda _holder: True)

    again = services.send_again(message_id=one.pk, staff=administrator, now=NOW + 60 * DAY)
    counted = services.count_as_sent(message_id=other.pk, staff=administrator, now=NOW + DAY)

    assert (again.state, again.due_at, again.latest_at) == ("planned", NOW + 60 * DAY, NOW + 61 * DAY)
    assert (counted.state, counted.handed_over_at) == ("handed_over", NOW)
    assert [event.state for event in MessageEvent.objects.filter(by="Ada")] == ["planned", "handed_over"]
    for decide in (services.send_again, services.count_as_sent):
        with pytest.raises(services.NotUnclear):
            decide(message_id=other.pk, staff=administrator, now=NOW)


def test_sending_again_keeps_to_the_cap(administrator):
    company(cap_contacts=1, cap_days=7)
    (message,) = begun("advertising")
    services.take_over(now=NOW, is_gone=lambda _holder: True)
    Message.objects.filter(pk=message.pk).update(customer=message.customer)
    second = planned(message.customer)
    assert second.due_at == NOW + 7 * DAY

    again = services.send_again(message_id=message.pk, staff=administrator, now=NOW + DAY)

    assert again.due_at == NOW + DAY, "it was planned first, and has not left as far as anybody knows"
    second.refresh_from_db()
    assert second.due_at == NOW + 8 * DAY


def test_bounce_shuts_the_address_and_frees_the_slot():
    company(cap_contacts=1, cap_days=7)
    (message,) = begun("advertising")
    record(message, state="handed_over")

    assert services.note_bounce(message_id=message.pk, answer="no such user", for_good=True, now=NOW + MINUTE)
    assert not services.note_bounce(message_id=message.pk, answer="again", for_good=True, now=NOW + DAY)

    message.refresh_from_db()
    assert (message.state, message.reason, message.slot_at) == (
        "bounced",
        {"code": "bounced", "answer": "no such user"},
        None,
    )
    assert Undeliverable.objects.get().address == message.address


def test_shut_address_can_be_lifted(administrator):
    Undeliverable.objects.create(channel="email", address="anna@mail.example", code="bounced", since_at=NOW)

    assert services.lift_undeliverable(channel="email", address="anna@mail.example", staff=administrator, now=NOW)
    assert not services.lift_undeliverable(channel="email", address="anna@mail.example", staff=administrator, now=NOW)
    assert planned(customer(email="anna@mail.example")).state == "planned"


def test_delivery_is_noted_once():
    (message,) = begun("advertising")
    record(message, state="handed_over")

    assert services.note_delivery(message_id=message.pk, now=NOW + MINUTE)
    assert not services.note_delivery(message_id=message.pk, now=NOW + DAY)
    assert Message.objects.get().state == "delivered"


def test_stop_leaves_what_has_left(administrator):
    (sent,) = begun("advertising")
    waiting = planned(customer(), not_before_at=NOW + DAY)

    assert services.stop(origin="test:1", staff=administrator, now=NOW) == 1
    assert services.stop(origin="test:1", staff=administrator, now=NOW) == 0

    assert {one.pk: one.state for one in Message.objects.all()} == {sent.pk: "claimed", waiting.pk: "stopped"}


def test_stop_one_stops_only_what_has_not_left(administrator):
    (sent,) = begun("advertising")
    waiting = planned(customer(), not_before_at=NOW + DAY)

    stopped = [services.stop_one(message_id=one.pk, staff=administrator, now=NOW) for one in (sent, waiting, waiting)]

    assert stopped == [False, True, False]
