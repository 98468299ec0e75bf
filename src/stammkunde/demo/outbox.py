"""The post of the demo company: messages leave as workers let them leave, and nothing leaves this machine."""

from datetime import datetime

import numpy as np

from stammkunde.outreach import brand
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import Result
from stammkunde.plays import working as plays
from stammkunde.team import queries as team

HOLDER = "demo"
AT_ONCE = 500
CAME_BACK, GONE_FOR_GOOD, SPAM = 0.02, 0.6, 0.004
ANSWER = "550 5.1.1 User unknown"
FULL = "452 4.2.2 Mailbox full"


def work(at: datetime, *, chance: np.random.Generator | None = None) -> None:
    """Let workers do for plays what is due; with chance, e-mails leave, too, before what is over is closed."""
    if chance is not None:
        _prepare(at)
        send(chance, at)
    _prepare(at)


def _prepare(at: datetime) -> None:
    while plays.choose(now=at):
        pass
    while plays.sweep(now=at):
        pass


def send(chance: np.random.Generator, at: datetime) -> None:
    """Hand over the e-mails that are due; a few come back."""
    outreach.look_after(now=at, at_most=AT_ONCE)
    while due := outreach.claim(channel="email", holder=HOLDER, at_most=AT_ONCE, now=at):
        begun = outreach.begin(due, holder=HOLDER, now=at, face=brand.keep(team.company(), now=at))
        outreach.record([(one, Result(state=Message.State.HANDED_OVER)) for one in begun], holder=HOLDER, now=at)
        for one in begun:
            _hear_of(one, chance, at)


def _hear_of(message: Message, chance: np.random.Generator, at: datetime) -> None:
    """Say of a few that they came back, or were called spam."""
    drawn, for_good = chance.random(2)
    if drawn < CAME_BACK:
        is_gone = bool(for_good < GONE_FOR_GOOD)
        outreach.note_bounce(message_id=message.pk, answer=ANSWER if is_gone else FULL, for_good=is_gone, now=at)
    elif drawn > 1 - SPAM:
        outreach.note_complaint(message_id=message.pk, now=at)
