from collections import Counter, deque
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError

from stammkunde.outreach import channels, sending, services, working
from stammkunde.outreach.channels import Receipt, Rendered
from stammkunde.outreach.models import Message
from tests.outreach.planning import NOW, company, customer, everybody, plan, planned

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HOLDER = "host 1 a"


class Wire:
    """A channel that does with each address what the test says, and notes what it took."""

    name, reaches, disturbs, collects, repeatable = "email", "email", True, False, False

    def __init__(self, *, lines=1, per_minute=None, **says):
        self.lines, self.rate, self.says, self.took = lines, per_minute, says, []

    def parallel(self):
        return self.lines

    def per_minute(self):
        return self.rate

    def group(self, message):
        return message.address.rpartition("@")[2]

    def render(self, message, house):
        return Rendered(address=message.address, body=message.content["text"])

    @contextmanager
    def line(self):
        yield self

    def hand_over(self, message, rendered, line, leaves):
        problem = self.says.get(message.address.partition("@")[0])
        if problem:
            raise problem
        leaves()
        self.took.append(message.address)
        return Receipt(provider_id=f"p{len(self.took)}")


def send(wire, *, now=NOW, pace=None):
    return sending.send_due(
        wire, company=company(), holder=HOLDER, now=now, clock=lambda: now, pace=pace or sending.Pace()
    )


def states():
    return dict(Message.objects.values_list("address", "state"))


@pytest.mark.parametrize("lines", [1, 3])
def test_one_bad_recipient_stops_and_repeats_nobody(lines):
    company()
    names = ["anna", "later", "never", "nobody", "unclear", "broken", "ben"]
    for name in names:
        planned(customer(email=f"{name}@mail.example"))
    planned(customer(email="poison@mail.example"), content={"subject": "without a text"})
    wire = Wire(
        lines=lines,
        later=channels.TemporaryFailure("451"),
        never=channels.PermanentFailure("554"),
        nobody=channels.BadAddress("550 5.1.1"),
        unclear=channels.Unclear("gone"),
        broken=RuntimeError("a fault of ours"),
    )

    assert send(wire) is True

    assert Counter(wire.took) == {"anna@mail.example": 1, "ben@mail.example": 1}
    assert {address.partition("@")[0]: state for address, state in states().items()} == {
        "anna": "handed_over",
        "ben": "handed_over",
        "later": "planned",
        "never": "failed",
        "nobody": "failed",
        "unclear": "unknown",
        "broken": "unknown",
        "poison": "failed",
    }
    assert send(wire) is False


def test_unclear_message_that_belongs_to_an_order_is_tried_again():
    company()
    planned(customer(email="unclear@mail.example"), purpose="service")

    send(Wire(unclear=channels.Unclear("gone")))

    message = Message.objects.get()
    assert (message.state, message.reason["code"], message.attempts) == ("planned", "broke_off", 1)


def test_channel_that_is_down_gives_the_others_back_untried():
    company()
    for number in range(30):
        planned(
            customer(email="down@mail.example" if number == 0 else f"k{number}@mail.example"), importance_cents=-number
        )
    wire = Wire(lines=2, down=channels.ChannelDown("refused"))

    send(wire)

    waiting = Message.objects.filter(state="planned")
    assert waiting.count() >= 25
    assert {one.reason["code"] for one in waiting} == {"not_now", "channel_down"}
    assert {one.due_at for one in waiting if one.attempts == 0} == {NOW + MINUTE}


def test_rate_holds_back_what_is_too_much_for_one_domain():
    company()
    for number in range(6):
        planned(customer(email=f"k{number}@{'gross' if number < 4 else 'klein'}.example"))
    wire, pace = Wire(per_minute=2), sending.Pace()

    send(wire, pace=pace)
    assert Counter(one.rpartition("@")[2] for one in wire.took) == {"gross.example": 2, "klein.example": 2}
    assert send(wire, pace=pace, now=NOW + MINUTE / 2) is False
    send(wire, pace=pace, now=NOW + MINUTE)

    assert Counter(one.rpartition("@")[2] for one in wire.took) == {"gross.example": 4, "klein.example": 2}


def test_line_that_cannot_be_opened_loses_nothing():
    class Broken(Wire):
        @contextmanager
        def line(self):
            raise RuntimeError("no line")
            yield

    company()
    planned(customer())

    send(Broken(lines=2))

    assert set(states().values()) == {"planned"}


@pytest.mark.django_db(transaction=True)
def test_database_that_is_away_for_a_moment_is_waited_for(monkeypatch):
    company()
    messages = services.plan_messages([plan(one) for one in everybody(12)], now=NOW)
    real, failures = services.record, [OperationalError("gone"), OperationalError("locked")]

    def flaky(*args, **kwargs):
        if failures:
            raise failures.pop()
        return real(*args, **kwargs)

    monkeypatch.setattr(sending.services, "record", flaky)
    monkeypatch.setattr(sending.time, "sleep", lambda _seconds: None)
    wire = Wire(lines=2)

    send(wire)

    assert Counter(wire.took) == Counter(one.address for one in messages)
    assert set(states().values()) == {"handed_over"}


def test_nothing_leaves_that_was_taken_over_meanwhile():
    company()
    planned(customer())
    claimed = services.claim(channel="email", holder=HOLDER, at_most=9, now=NOW)
    services.take_over(now=NOW, is_gone=lambda _holder: True)
    wire = Wire()

    sending.Batch(
        channel=wire,
        company=company(),
        holder=HOLDER,
        clock=lambda: NOW,
        pace=sending.Pace(),
        todo=deque(claimed),
    ).send()

    assert wire.took == []
    assert set(states().values()) == {"planned"}


def test_sweep_does_nothing_where_nothing_is_set_up(settings):
    company()
    settings.EMAIL_IS_SET = False
    planned(customer())

    assert working.sweep(now=NOW, clock=lambda: NOW) is False
    assert set(states().values()) == {"planned"}


def test_sweep_lets_expire_what_is_too_late_even_where_nothing_is_set_up(settings):
    company()
    planned(customer(), latest_at=NOW + MINUTE)

    assert working.sweep(now=NOW + 2 * MINUTE, clock=lambda: NOW + 2 * MINUTE) is True
    assert set(states().values()) == {"expired"}
    assert working.sweep(now=NOW + 2 * MINUTE, clock=lambda: NOW + 2 * MINUTE) is False


def test_sweep_puts_a_call_on_somebodys_list():
    company()
    planned(customer(kind="company"), channel="call")

    assert working.sweep(now=NOW, clock=lambda: NOW) is True
    assert Message.objects.get().provider_id.startswith("task:")


def test_trouble_with_one_channel_stops_no_other_and_is_raised_at_the_end(monkeypatch, settings):
    settings.EMAIL_IS_SET, settings.PUBLIC_URL = True, "https://kunden.example"
    settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = "https://bote.example", "secret"
    company()
    served = []

    def send_due(channel, **_given):
        served.append(channel.name)
        if channel.name == "email":
            raise ZeroDivisionError
        return False

    monkeypatch.setattr(sending, "send_due", send_due)
    with pytest.raises(ZeroDivisionError):
        working.sweep(now=NOW, clock=lambda: NOW)

    assert served == [channel.name for channel in channels.every() if not channel.collects]
