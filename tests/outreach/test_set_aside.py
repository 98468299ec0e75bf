"""A message that kills whoever works on it: after two losses claimed alone, after three set aside with a reason."""

import signal

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.outreach import services
from stammkunde.outreach.models import Message, Turn
from stammkunde.outreach.services import claiming
from stammkunde.work import is_gone
from tests import processes
from tests.outreach.crash import Server, mail_server
from tests.outreach.planning import DAY, NOW, company, customer, planned
from tests.outreach.worker import die_of

pytestmark = pytest.mark.django_db(transaction=True)
POISON = {"subject": "Grüße", "text": "poison"}


def lose(*, holder="host 1 a", now=NOW, begun=False) -> list[Message]:
    """Let one worker claim what is due, and never come back."""
    claimed = services.claim(channel="email", holder=holder, at_most=10, now=now)
    if begun:
        services.begin(claimed, holder=holder, now=now)
    services.take_over(now=now, is_gone=lambda _holder: True)
    return claimed


def die(port: int, *, at: str) -> None:
    """Let one worker die of the poison, and settle what it left."""
    worker = processes.start(die_of, port=port, at=at)
    worker.join(timeout=180)
    assert worker.exitcode == -signal.SIGKILL
    poison = Message.objects.get(content=POISON)
    assert (poison.state, poison.begun_at is not None) == ("claimed", at == "hand_over")
    assert poison.leased_by.split(" ")[1] == str(worker.pid)
    services.take_over(now=timezone.now(), is_gone=is_gone)


@pytest.mark.parametrize(
    ("purpose", "at", "state"), [("advertising", "render", "failed"), ("service", "hand_over", "unknown")]
)
def test_poison_is_set_aside_and_others_are_sent_once(client, administrator, settings, purpose, at, state):
    company()
    moment = timezone.now()
    times = {"not_before_at": moment, "latest_at": moment + DAY, "purpose": purpose, "now": moment}
    before, after = (planned(customer(), importance_cents=cents, **times) for cents in (9, 1))
    poison = planned(customer(), importance_cents=5, content=POISON, **times)
    server = Server(seed=1, share=0.0)

    with mail_server(server) as port:
        for lost in (1, 2):
            die(port, at=at)
            poison.refresh_from_db()
            assert (poison.state, poison.claims, poison.reason) == ("planned", lost, {"code": "worker_lost"})
        die(port, at=at)
        poison.refresh_from_db()
        assert (poison.state, poison.reason) == (state, {"code": "kills_workers", "times": 3})
        rest = processes.start(die_of, port=port, at="nowhere")
        rest.join(timeout=180)
        assert rest.exitcode == 0

    for one in (before, after):
        one.refresh_from_db()
        assert one.state in {"handed_over", "unknown"}  # what was on its way beside it may be unclear
    arrived = [line.split(" ")[0] for line in server.took]
    assert poison.address not in arrived
    assert set(arrived) <= {before.address, after.address}
    if purpose == "advertising":
        assert len(arrived) == len(set(arrived))
    administrator.language = "en"
    administrator.save()
    client.force_login(administrator)
    page = client.get(reverse("message", args=[poison.pk])).content.decode()
    assert "the worker was stopped 3 times in the middle of it" in page
    assert "Send again" in page
    assert ("Count as sent" in page) == (state == "unknown")


def test_lost_once_is_claimed_with_others_and_lost_twice_alone():
    company()
    messages = [planned(customer(), importance_cents=-number) for number in range(3)]

    assert lose() == messages
    assert lose() == messages
    assert [lose(holder=f"host 1 {one}") for one in "abc"] == [[one] for one in messages]

    assert set(Message.objects.values_list("state", flat=True)) == {"failed"}


def test_what_is_new_does_not_wait_for_what_is_claimed_alone_nor_with_it():
    company()
    deadly = planned(customer(), importance_cents=5)
    for _twice in range(2):
        lose()
    first, last = (planned(customer(), importance_cents=cents) for cents in (9, 1))

    turns = [services.claim(channel="email", holder=f"host 1 {one}", at_most=10, now=NOW) for one in "abc"]

    assert turns == [[first], [deadly], [last]]


@pytest.mark.parametrize("end", ["handed_over", "planned"])
def test_coming_back_ends_the_count(end):
    company()
    planned(customer())
    for _twice in range(2):
        lose()

    claimed = services.claim(channel="email", holder="h 1 a", at_most=10, now=NOW)
    assert claimed[0].claims == 3
    begun = services.begin(claimed, holder="h 1 a", now=NOW)
    services.record([(begun[0], claiming.Result(state=end, code="not_now"))], holder="h 1 a", now=NOW)

    assert Message.objects.get().claims == 0


def test_giving_back_ends_the_count():
    company()
    planned(customer())
    lose()

    services.release(lose_not(), holder="h 1 a", code="rate", until=NOW)

    assert Message.objects.get().claims == 0


def lose_not() -> list[Message]:
    return services.claim(channel="email", holder="h 1 a", at_most=10, now=NOW)


def test_what_failed_gives_its_slot_to_others():
    company(cap_contacts=1, cap_days=7)
    anna = customer()
    planned(anna)
    waiting = planned(anna, latest_at=NOW + 2 * DAY)
    for _time in range(3):
        lose()

    assert Turn.objects.get(pk=anna.pk).look_at == NOW
    services.look_after(now=NOW)
    waiting.refresh_from_db()
    assert waiting.due_at == NOW


def test_what_was_set_aside_is_sent_again_by_a_click(client, administrator):
    company()
    message = planned(customer())
    for _time in range(3):
        lose()
    client.force_login(administrator)

    client.post(reverse("message-send-again", args=[message.pk]))

    message.refresh_from_db()
    assert (message.state, message.claims, message.reason) == ("planned", 0, None)
    for decide in (services.count_as_sent, services.send_again):
        with pytest.raises(services.NotUnclear):
            decide(message_id=message.pk, staff=administrator, now=NOW)


def test_what_failed_otherwise_is_not_sent_again(administrator):
    company()
    planned(customer())
    (message,) = services.begin(lose_not(), holder="h 1 a", now=NOW)
    services.record([(message, claiming.Result(state="failed", code="not_taken"))], holder="h 1 a", now=NOW)

    with pytest.raises(services.NotUnclear):
        services.send_again(message_id=message.pk, staff=administrator, now=NOW)


def test_advertising_that_may_have_left_is_unclear_at_once_and_never_sent_by_itself():
    company()
    planned(customer())

    lose(begun=True)

    assert Message.objects.values_list("state", "reason", "claims").get() == ("unknown", {"code": "worker_lost"}, 0)
    assert lose_not() == []
