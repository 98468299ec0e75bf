"""
A mail server that fails in every way, and workers that are killed at random instants: what arrived, and what we say.

Used by `test_crash.py` with some hundred messages and by `bench/outreach_crash.py` with ten thousand.
"""

import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from multiprocessing.process import BaseProcess

from aiosmtpd.controller import Controller

from stammkunde.outreach import services
from stammkunde.outreach.models import Message, MessageEvent
from tests import processes
from tests.outreach.worker import work

ON_THEIR_WAY = 4  # per worker: the one that is cut off in its text, on each of four lines
FAULTS = ("temporary", "permanent", "drop_early", "drop_silently", "drop_after_taking", "temporary_late")


@dataclass
class Server:
    """A mail server on loopback that notes what it took, and fails for some recipients as their name says."""

    seed: int
    share: float = 0.03
    took: list[str] = field(default_factory=list)
    said: Counter = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def fault(self) -> str:
        with self.lock:
            return self.chance.choice(FAULTS) if self.chance.random() < self.share else ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        session.fault = self.fault()
        if "nobody" in address:
            return self._say("550 5.1.1 no such user")
        if session.fault == "temporary":
            return self._say("451 4.3.0 later")
        if session.fault == "permanent":
            return self._say("554 5.7.1 not wanted")
        if session.fault == "drop_early":
            return self._drop(server)
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if session.fault == "drop_silently":
            return self._drop(server)
        if session.fault == "temporary_late":
            return self._say("452 4.3.1 no room")
        message_id = message_from_bytes(envelope.content)["Message-ID"]
        with self.lock:
            self.took.append(f"{envelope.rcpt_tos[0]} {message_id}")
        if session.fault == "drop_after_taking":
            return self._drop(server)
        return "250 ok"

    def _say(self, words: str) -> str:
        self.said[words[:3]] += 1
        return words

    def _drop(self, server) -> str:
        self.said["drop"] += 1
        server.transport.abort()
        return "421 gone"


@contextmanager
def mail_server(server: Server) -> Iterator[int]:
    """Run it, and give its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    killed: int
    killed_at_work: int  # with messages of its own
    seconds: float
    states: dict[str, int]
    twice: list[str]  # advertising that arrived more than once
    lost: list[str]  # said to be handed over, and never arrived
    unlisted: list[str]  # arrived, and said to have failed
    undone: list[str]  # neither handed over nor failed nor unclear
    service_missing: list[str]
    set_aside: int  # lost three times, and left to people
    service_twice: int
    unclear: int
    unclear_arrived: int
    said: dict[str, int]


def torment(server: Server, *, workers: int, kills: int, patience: float = 600) -> Outcome:
    """Let workers send what is planned while one after the other is killed; then let the last ones finish."""
    chance, began, hits = random.Random(server.seed), time.monotonic(), 0
    marks = [Message.objects.count() * (number + 1) // (kills + 2) for number in range(kills)]
    with mail_server(server) as port:
        alive = [processes.start(work, port=port) for _one in range(workers)]
        try:
            for mark in marks:
                _wait_for(lambda mark=mark: len(server.took) >= mark, patience)
                time.sleep(chance.uniform(0, 0.05))
                chance.shuffle(alive)
                victim = alive.pop(next((place for place, one in enumerate(alive) if _is_at_work(one)), 0))
                os.kill(victim.pid, signal.SIGSTOP)  # so that one can see what it was doing
                hits += _is_at_work(victim)
                _kill(victim)
                alive.append(processes.start(work, port=port))
            _wait_for(lambda: not Message.objects.filter(state__in=["planned", "claimed"]).exists(), patience)
        finally:
            for process in alive:
                _kill(process)
    return _judge(server, killed=kills, hits=hits, seconds=time.monotonic() - began)


def _is_at_work(process: BaseProcess) -> bool:
    """Tell whether a worker has messages of its own: one that has just started has none."""
    return Message.objects.filter(state="claimed", leased_by__contains=f" {process.pid} ").exists()


def _kill(process: BaseProcess) -> None:
    process.kill()
    process.join()


def _wait_for(fulfilled: Callable[[], bool], patience: float) -> None:
    deadline = time.monotonic() + patience
    while not fulfilled():
        assert time.monotonic() < deadline, Counter(Message.objects.values_list("state", flat=True))
        time.sleep(0.01)


def _judge(server: Server, *, killed: int, hits: int, seconds: float) -> Outcome:
    arrived = Counter(name.split(" ")[0] for name in server.took)
    rows = list(Message.objects.values_list("address", "state", "purpose"))
    of_service = {address for address, _state, purpose in rows if purpose == "service"}
    set_aside = {one.address for one in Message.objects.exclude(reason=None) if one.is_set_aside}
    unclear = [address for address, state, _purpose in rows if state == "unknown"]
    return Outcome(
        killed=killed,
        killed_at_work=hits,
        seconds=seconds,
        states=dict(Counter(state for _address, state, _purpose in rows)),
        twice=[one for one, times in arrived.items() if times > 1 and one not in of_service],
        lost=[address for address, state, _purpose in rows if state == "handed_over" and not arrived[address]],
        unlisted=[
            address
            for address, state, purpose in rows
            if arrived[address] and state not in {"handed_over", "unknown"} and purpose != "service"
        ],
        undone=[address for address, state, _p in rows if state not in {"handed_over", "failed", "unknown"}],
        service_missing=[
            address
            for address, state, purpose in rows
            if purpose == "service" and state != "failed" and not arrived[address] and address not in set_aside
        ],
        set_aside=len(set_aside),
        service_twice=sum(arrived[one] > 1 for one in of_service),
        unclear=len(unclear),
        unclear_arrived=sum(arrived[one] == 1 for one in unclear),
        said=dict(server.said),
    )


def every_state_has_its_history() -> bool:
    """Tell whether the last event of each message says what its row says."""
    last = dict(MessageEvent.objects.order_by("pk").values_list("message", "state"))
    return last == dict(Message.objects.values_list("pk", "state"))


def plan(people, *, service_every: int = 10) -> None:
    """Plan a mail to each: some belong to an order, one cannot be rendered, one has an address that does not exist."""
    now = datetime.now(UTC)
    plans = [
        services.Plan(
            customer_id=one.pk,
            channel="email",
            purpose="service" if number % service_every == 0 else "advertising",
            key=f"crash:1:{one.pk}:1:email",
            origin="crash:1",
            content={"subject": "Grüße", "text": f"Guten Tag, {one.name}!"} if number != 3 else {"text": "poison"},
            importance_cents=number,
            not_before_at=now - timedelta(minutes=1),
            latest_at=now + timedelta(days=2),
        )
        for number, one in enumerate(people)
    ]
    services.plan_messages(plans, now=now)
