"""
What follows from a call, and when is a good time for one. Pure.

The next step is a table: what is to be done, after how many working days, and by whom.
"""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from stammkunde.calls.models import Guide, Outcome
from stammkunde.customers.models import Purpose
from stammkunde.customers.policy import Permission, Reason

AGAIN_AFTER_DAYS = (1, 2, 4)  # working days after the first, second and third failure in a row
CORRECTED_WITHIN = timedelta(days=1)  # a call is taken back; after that it stays
MORNING, AFTERNOON = time(10), time(15)  # tries alternate: whoever is out in the morning may be in later
NOON = time(12, 30)
MIDDAY_FROM, MIDDAY_UNTIL = time(11, 30), time(14)
LEAST_REACHED = 3  # conversations in a part of the day, before that is called usual
SATURDAY, SUNDAY = 6, 7
LOOK_AHEAD_DAYS = 60  # nobody's weekdays and holidays leave no day within so many


class Step(StrEnum):
    """What is to be done next; worded in `calls.wording`."""

    CALL_AGAIN = "call_again"
    WRITE_INSTEAD = "write_instead"
    CALL_BACK = "call_back"
    SEND_OFFER = "send_offer"
    SETTLE_COMPLAINT = "settle_complaint"
    FIND_NUMBER = "find_number"
    ASK_AGAIN = "ask_again"
    ASK_LATER = "ask_later"
    IN_WRITING = "in_writing"


class Rule(NamedTuple):
    step: Step
    after_days: int = 1  # working days
    is_urgent: bool = False
    by_owner: bool = False  # whoever looks after the customer, not who called
    if_nothing_else: bool = False  # only where no other step with this customer is planned


FOUR_WEEKS, THREE_MONTHS = 20, 62  # in working days
RULES = {
    Outcome.REACHED: Rule(Step.ASK_AGAIN, after_days=FOUR_WEEKS, if_nothing_else=True),
    Outcome.NOT_INTERESTED: Rule(Step.ASK_LATER, after_days=THREE_MONTHS, by_owner=True, if_nothing_else=True),
    Outcome.NO_MORE_CALLS: Rule(Step.IN_WRITING, after_days=FOUR_WEEKS, by_owner=True, if_nothing_else=True),
    Outcome.WANTS_OFFER: Rule(Step.SEND_OFFER),
    Outcome.COMPLAINT: Rule(Step.SETTLE_COMPLAINT, after_days=0, is_urgent=True, by_owner=True),
    Outcome.WRONG_NUMBER: Rule(Step.FIND_NUMBER, by_owner=True),
}


PURPOSES = {  # what a call is for the law: asking why somebody stays away wants to sell
    Guide.Kind.RISK: Purpose.ADVERTISING,
    Guide.Kind.SILENT: Purpose.ADVERTISING,
    Guide.Kind.WIN_BACK: Purpose.ADVERTISING,
    Guide.Kind.USE: Purpose.ADVERTISING,  # asking whether somebody is satisfied counts as such
    Guide.Kind.BIRTHDAY: Purpose.THANKS,
    Guide.Kind.THANKS: Purpose.THANKS,
    Guide.Kind.FREE: Purpose.SERVICE,
}


class Conduct(StrEnum):
    """How a call may be led."""

    FREELY = "freely"
    SERVICE_ONLY = "service_only"  # about orders and requests, without any offer
    NOT_AT_ALL = "not_at_all"
    NO_NUMBER = "no_number"


def conduct(*, wanted: Permission, service: Permission) -> Conduct:
    """Say how a call may be led, from what is allowed for its purpose and for orders and requests."""
    if Reason.NO_ADDRESS in (wanted.reason, service.reason):
        return Conduct.NO_NUMBER
    if not service.allowed:
        return Conduct.NOT_AT_ALL
    return Conduct.FREELY if wanted.allowed else Conduct.SERVICE_ONLY


@dataclass(frozen=True, kw_only=True)
class Window:
    """When somebody likes to be called; None: nothing was said."""

    since: time | None = None
    until: time | None = None
    weekdays: frozenset[int] | None = None  # ISO: 1 Monday … 7 Sunday
    closed: Container[date] = field(default=frozenset())  # public holidays

    @property
    def is_said(self) -> bool:
        return self.since is not None or self.weekdays is not None

    def has_day(self, on: date) -> bool:
        """Tell whether a day is good for calls: one of theirs, or else any working day."""
        if on in self.closed:
            return False
        return on.isoweekday() in self.weekdays if self.weekdays else on.isoweekday() < SATURDAY

    def fits(self, at: datetime) -> bool:
        """Tell whether a moment, in the customer's own time, is a good one."""
        if not self.has_day(at.date()):
            return False
        return self.since is None or self.until is None or self.since <= at.time() < self.until


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """A task to come: what follows from a call."""

    step: Step
    on: date
    at: time | None = None
    is_urgent: bool = False
    by_owner: bool = False
    if_nothing_else: bool = False


def next_step(
    outcome: str, *, called_at: datetime, tries: int, window: Window, agreed_at: datetime | None = None
) -> NextStep:
    """
    Say what follows from a call: no outcome leaves a customer without a next step.

    Args:
        outcome: what came of it.
        called_at: when, in local time.
        tries: how many times in a row nobody was reached, this call included.
        window: when the customer likes to be called, for tries to come.
        agreed_at: when a call back was agreed upon, in local time; without, or in the past: the next good day.
    """
    if outcome == Outcome.CALL_BACK:
        if agreed_at is None or agreed_at <= called_at:
            return NextStep(step=Step.CALL_AGAIN, on=_good_day(_next_working_day(called_at, window), window))
        return NextStep(step=Step.CALL_BACK, on=agreed_at.date(), at=agreed_at.time())
    if outcome == Outcome.NOT_REACHED:
        return _again(called_at, tries=tries, window=window)
    rule = RULES[Outcome(outcome)]
    return NextStep(
        step=rule.step,
        on=working_day(called_at.date(), rule.after_days, closed=window.closed),
        is_urgent=rule.is_urgent,
        by_owner=rule.by_owner,
        if_nothing_else=rule.if_nothing_else,
    )


def _again(called_at: datetime, *, tries: int, window: Window) -> NextStep:
    """Try again later and at another time of day; when three more tries have failed, writing is better."""
    if tries > len(AGAIN_AFTER_DAYS):
        return NextStep(step=Step.WRITE_INSTEAD, on=working_day(called_at.date(), 1, closed=window.closed))
    earliest = working_day(called_at.date(), AGAIN_AFTER_DAYS[tries - 1], closed=window.closed)
    return NextStep(step=Step.CALL_AGAIN, on=_good_day(earliest, window), at=_other_time(called_at.time(), window))


def _next_working_day(at: datetime, window: Window) -> date:
    return working_day(at.date(), 1, closed=window.closed)


def working_day(on: date, days: int, *, closed: Container[date]) -> date:
    """Go so many working days ahead; 0 is the day itself, whatever it is."""
    while days > 0:
        on += timedelta(days=1)
        days -= is_working_day(on, closed=closed)
    return on


def is_working_day(on: date, *, closed: Container[date]) -> bool:
    return on.isoweekday() < SATURDAY and on not in closed


def _good_day(earliest: date, window: Window) -> date:
    days = (earliest + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS))
    return next((day for day in days if window.has_day(day)), earliest)


def _other_time(called: time, window: Window) -> time:
    """Choose the other half of the day; within the hours that somebody likes, where these are said."""
    if window.since is None or window.until is None:
        return AFTERNOON if called < NOON else MORNING
    middle = _middle(window.since, window.until)
    return middle if called < middle else window.since


def _middle(since: time, until: time) -> time:
    """Halve a span, to the quarter of an hour before, but not before its begin."""
    minutes = (since.hour * 60 + since.minute + until.hour * 60 + until.minute) // 2
    return max(time(minutes // 60, minutes % 60 // 15 * 15), since)


class Part(StrEnum):
    """Of the day, in the customer's own time; worded in `calls.wording`."""

    MORNING = "morning"
    MIDDAY = "midday"
    AFTERNOON = "afternoon"

    @classmethod
    def of(cls, at: time) -> "Part":
        if at < MIDDAY_FROM:
            return cls.MORNING
        return cls.MIDDAY if at < MIDDAY_UNTIL else cls.AFTERNOON


@dataclass(frozen=True, kw_only=True)
class Usual:
    """When somebody is reached best: in so many of so many calls in a part of the day."""

    part: Part
    reached: int
    calls: int


def usual(calls: Iterable[tuple[datetime, bool]]) -> Usual | None:
    """
    Say in which part of the day somebody is reached best.

    Args:
        calls: when, in the customer's own time, and whether somebody was reached.

    Returns:
        None where too little is known: fewer than three were reached in any part, or not even every other call.
    """
    tried, reached = Counter[Part](), Counter[Part]()
    for at, was_reached in calls:
        tried[Part.of(at.time())] += 1
        reached[Part.of(at.time())] += was_reached
    known = [part for part in Part if reached[part] >= LEAST_REACHED and reached[part] * 2 >= tried[part]]
    best = max(known, key=lambda part: (reached[part] / tried[part], reached[part]), default=None)
    return Usual(part=best, reached=reached[best], calls=tried[best]) if best else None
