"""
Handing over what is due: a few messages are on their way at any time, everything else is a row.

The main thread alone talks to the database. One commit writes down what came of the last few and marks the next few as
begun; meanwhile threads hand over, each on a line of its own, and note how far they came (`leaving`). So a worker that
is killed leaves unclear at most what was cut off on each line, and nothing leaves that was not marked before.
"""

import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from django.db import InterfaceError, OperationalError, connection, transaction

from stammkunde.outreach import brand, channels, services
from stammkunde.outreach.channels import Channel, Rendered
from stammkunde.outreach.leaving import Notes
from stammkunde.outreach.models import Face, Message
from stammkunde.outreach.services import Result
from stammkunde.team.models import Company

AT_ONCE = 100
ON_EACH_LINE = 2  # one that leaves, and one that follows
WITHOUT_LINES = 20
TRIES = 6
MINUTE = timedelta(minutes=1)
State = Message.State

log = logging.getLogger(__name__)


@dataclass
class Pace:
    """How much left for whom within the last minute; of this process."""

    left: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))

    def allows(self, group: str, *, per_minute: int | None, now: datetime) -> bool:
        """Tell whether one more may leave, and count it."""
        if per_minute is None:
            return True
        recent = self.left[group]
        while recent and recent[0] <= now - MINUTE:
            recent.popleft()
        if len(recent) < per_minute:
            recent.append(now)
            return True
        return False


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A message that can be handed over."""

    message: Message
    rendered: Rendered


@dataclass(kw_only=True)
class Batch:
    """Claimed messages of one channel, on their way."""

    channel: Channel
    company: Company
    holder: str
    clock: Callable[[], datetime]
    pace: Pace
    todo: deque[Message]
    face: Face | None = None  # what mails show of the company
    held_back: list[Message] = field(default_factory=list)
    is_down: bool = False

    def send(self) -> None:
        """Hand over what can be, write down what came of each, and give back what cannot leave now."""
        notes, are_needed = Notes(self.holder), True
        try:
            self._send(notes)
            are_needed = False  # all is written down
        finally:
            notes.close(are_needed=are_needed)
        self._give_back()

    def _send(self, notes: Notes) -> None:
        parallel, done, flying = self.channel.parallel(), list[tuple[Message, Result]](), 0
        room = parallel * ON_EACH_LINE if parallel > 1 else WITHOUT_LINES
        with (Lines if parallel > 1 else Directly)(self.channel, notes) as lines:
            while done or flying or (self.todo and not self.is_down):
                ready, unfit = self._make_ready(0 if self.is_down else room - flying)
                begun = self._commit([*done, *unfit], ready)
                lines.give(begun)
                flying += len(begun)
                done = lines.take() if flying else []
                flying -= len(done)
                self.is_down |= any(result.is_down for _message, result in done)

    def _make_ready(self, room: int) -> tuple[list[Ready], list[tuple[Message, Result]]]:
        """Render the next few; what cannot be rendered has failed, and harms nobody."""
        ready, unfit = list[Ready](), list[tuple[Message, Result]]()
        while self.todo and len(ready) < room:
            message = self.todo.popleft()
            if not self.pace.allows(
                self.channel.group(message), per_minute=self.channel.per_minute(), now=self.clock()
            ):
                self.held_back.append(message)
                continue
            message.rendered_at = self.clock()
            try:
                ready.append(Ready(message=message, rendered=self.channel.render(message, self.company)))
            except Exception as problem:  # noqa: BLE001 (whatever is wrong with one message is its own)
                log.warning("message=%s cannot be rendered: %r", message.pk, problem)
                unfit.append((message, Result(state=State.FAILED, code="cannot_render", answer=_words(problem))))
        return ready, unfit

    def _commit(self, done: Sequence[tuple[Message, Result]], ready: Sequence[Ready]) -> list[Ready]:
        """Write down what came of some and mark the next as begun; wait for a database that is away for a moment."""
        if not done and not ready:
            return []
        for attempt in range(1, TRIES + 1):
            try:
                return self._write(done, ready)
            except (OperationalError, InterfaceError):
                if attempt == TRIES or connection.in_atomic_block:
                    raise
                log.warning("channel=%s the database does not answer; trying again", self.channel.name)
                connection.close()
                time.sleep(0.1 * 2**attempt)
        raise AssertionError("unreachable")

    @transaction.atomic
    def _write(self, done: Sequence[tuple[Message, Result]], ready: Sequence[Ready]) -> list[Ready]:
        if done:
            services.record(done, holder=self.holder, now=self.clock())
        if not ready:
            return []
        begun = [one.message for one in ready]
        kept = services.begin(begun, holder=self.holder, now=self.clock(), face=self.face)
        return [one for one in ready if one.message in kept]

    def _give_back(self) -> None:
        if self.todo:
            services.release(self.todo, holder=self.holder, code="channel_down", until=self.clock() + MINUTE)
        if self.held_back:
            services.release(self.held_back, holder=self.holder, code="rate", until=self.clock() + MINUTE)


class Directly:
    """Hand over one after the other in this very thread, for channels that use the database themselves."""

    def __init__(self, channel: Channel, notes: Notes) -> None:
        self.channel, self.notes = channel, notes
        self.done: list[tuple[Message, Result]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None: ...

    def give(self, some: Sequence[Ready]) -> None:
        with self.channel.line() as line:
            self.done += [(one.message, attempt(self.channel, one, line, self.notes)) for one in some]

    def take(self) -> list[tuple[Message, Result]]:
        done, self.done = self.done, []
        return done


class Lines:
    """Hand over in threads, each with a line of its own that stays open."""

    def __init__(self, channel: Channel, notes: Notes) -> None:
        self.channel, self.notes = channel, notes
        self.given: SimpleQueue[Ready | None] = SimpleQueue()
        self.done: SimpleQueue[tuple[Message, Result]] = SimpleQueue()
        self.threads = [
            threading.Thread(target=self._work, name=f"line-{channel.name}-{number}", daemon=True)
            for number in range(channel.parallel())
        ]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _thread in self.threads:
            self.given.put(None)
        for thread in self.threads:
            thread.join()

    def give(self, some: Sequence[Ready]) -> None:
        for one in some:
            self.given.put(one)

    def take(self) -> list[tuple[Message, Result]]:
        """Wait for one that is done, and give it with whatever else is."""
        done = [self.done.get()]
        try:
            while True:
                done.append(self.done.get_nowait())
        except Empty:
            return done

    def _work(self) -> None:
        is_over = False
        try:
            with self.channel.line() as line:
                while (one := self.given.get()) is not None:
                    self.done.put((one.message, attempt(self.channel, one, line, self.notes)))
                is_over = True
        except Exception:
            log.exception("channel=%s a line broke", self.channel.name)
        while not is_over and (one := self.given.get()) is not None:  # it could not be opened: nothing has left
            self.done.put((one.message, Result(state=State.PLANNED, code="not_now", is_down=True)))


def attempt(channel: Channel, one: Ready, line: Any, notes: Notes) -> Result:
    """Hand one message over, note and say what came of it."""
    result = _attempted(channel, one, line, notes)
    if result.is_down:  # nothing began to leave, and whoever gives us more must know at once
        return result
    try:
        notes.ended(one.message.pk, result)
    except OSError as problem:  # a full disk: it is written down in the database, if nobody kills us before
        log.warning("message=%s cannot be noted: %s", one.message.pk, problem)
    return result


def _attempted(channel: Channel, one: Ready, line: Any, notes: Notes) -> Result:
    """Hand one message over, and say what came of it; whatever else goes wrong counts as unclear."""
    try:
        receipt = channel.hand_over(one.message, one.rendered, line, notes.leaves(one.message.pk))
    except channels.TemporaryFailure as problem:
        is_down = isinstance(problem, channels.ChannelDown)
        return Result(state=State.PLANNED, code="not_now", answer=_words(problem), is_down=is_down)
    except channels.PermanentFailure as problem:
        bad = isinstance(problem, channels.BadAddress)
        return Result(state=State.FAILED, code="not_taken", answer=_words(problem), bad_address=bad)
    except Exception as problem:
        if not isinstance(problem, channels.Unclear):
            log.exception("message=%s handing over broke off", one.message.pk)
        state = State.PLANNED if services.may_repeat(one.message) else State.UNKNOWN
        return Result(state=state, code="broke_off", answer=_words(problem))
    return Result(state=State.HANDED_OVER, provider_id=receipt.provider_id, cost_cents=receipt.cost_cents)


def send_due(
    channel: Channel, *, company: Company, holder: str, now: datetime, clock: Callable[[], datetime], pace: Pace
) -> bool:
    """Claim and hand over the next messages of a channel, and tell whether there were any."""
    claimed = services.claim(channel=channel.name, holder=holder, at_most=AT_ONCE, now=now)
    if claimed:
        todo = deque(claimed)
        face = brand.keep(company, now=now) if channel.name == "email" else None
        Batch(channel=channel, company=company, holder=holder, clock=clock, pace=pace, todo=todo, face=face).send()
    return bool(claimed)


def _words(problem: Exception) -> str:
    return str(problem) or type(problem).__name__
