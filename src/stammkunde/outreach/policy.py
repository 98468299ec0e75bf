"""
The governor: may this be said to this person, now, later, or not at all? Pure: it knows no database and no clock.

Whoever is worth most chooses first, equals in the order they were planned. So a message that is worth more may take the
place of one that is worth less and has not left yet; that one moves to the next free moment, or waits until it expires.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from stammkunde.customers.models import Purpose
from stammkunde.outreach.slots import Cap, Hours, first_free

BOUND_TO_AN_ORDER = frozenset({Purpose.SERVICE})  # at least once, at any hour
OUTSIDE_CAPS = frozenset({Purpose.SERVICE, Purpose.THANKS})
REPEATED_IF_UNCLEAR = frozenset({Purpose.SERVICE})
LONGEST_BACK_OFF = timedelta(hours=4)
FIRST_BACK_OFF = timedelta(minutes=2)
HOUR = timedelta(hours=1)


class Verdict(StrEnum):
    ALLOWED = "allowed"  # at `at`, which may be now
    WAITS = "waits"  # no room before it expires; something may still become free
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A cap before it is known what counts against it: the contacts of one person, or of all at a customer."""

    code: str
    most: int
    days: int
    of_customer: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """All that decides about one message."""

    purpose: str
    now: datetime
    wanted_at: datetime
    latest_at: datetime
    permitted: bool
    permission_code: str = ""  # why not
    address: str
    person_is_gone: bool = False
    undeliverable: str = ""  # bounced | complained
    held_out: bool = False
    unsettled: str = ""  # code of what must be settled first, an open complaint for instance
    duplicate_of: int | None = None  # the customer who was reached at this address for the same origin
    paused_until_on: date | None = None
    hours: Hours | None = None  # None: the channel disturbs nobody at night
    limits: tuple[Limit, ...] = ()
    gap: timedelta | None = None  # so long is a person left alone after each message
    most_persons: int | None = None  # of one customer who get the same; None: nothing limits it
    others: int = 0  # people of the customer who got the same already


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the governor says; `code` and `numbers` say why, where it is not simply allowed."""

    verdict: Verdict
    at: datetime | None = None
    code: str = ""
    numbers: tuple[tuple[str, int | str], ...] = ()

    @property
    def reason(self) -> dict[str, int | str] | None:
        return {"code": self.code, **dict(self.numbers)} if self.code else None


@dataclass(frozen=True, kw_only=True)
class Open:
    """A message that has not left, as one of several that want the same customer's attention."""

    key: str
    person: int | None
    importance_cents: int
    order: int  # equals choose in this order
    case: Case
    origin: str = ""  # what is the same to several people


Reached = tuple[str, int | None]  # by what (its origin), and which person of a customer


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A slot that is used up: something left, or is leaving, at this moment."""

    person: int | None
    at: datetime
    counts: bool = True  # for the caps, too; thanks and what belongs to an order only keep others at a distance


def decide(case: Case, *, taken: Sequence[Taken] = (), person: int | None = None) -> Decision:
    """Decide about one message, given the slots that are taken."""
    refusal = next(_refusals(case), None)
    if refusal:
        return refusal
    wanted = max(case.wanted_at, case.now)
    if case.purpose in BOUND_TO_AN_ORDER:
        return _timely(case, wanted, Decision(verdict=Verdict.ALLOWED, at=wanted))
    if case.unsettled and case.purpose not in OUTSIDE_CAPS:
        return _timely(case, wanted, Decision(verdict=Verdict.WAITS, code=case.unsettled))
    caps = [] if case.purpose in OUTSIDE_CAPS else _caps(case.limits, taken, person)
    none_allowed = next((cap for cap in caps if cap.most == 0), None)
    if none_allowed:
        return _refuse("none_allowed", days=none_allowed.span.days)
    if case.gap:
        caps.append(_gap(case.gap, taken, person))
    return _moment(case, _after_pause(case, wanted), caps, wanted)


def arrange(
    messages: Iterable[Open], *, taken: Sequence[Taken], reached: Iterable[Reached] = ()
) -> dict[str, Decision]:
    """
    Decide about all messages of one customer that have not left: who is worth most chooses first.

    `reached` are the people to whom something has left, or is leaving.
    """
    decisions, used, people = {}, list(taken), set(reached)
    for message in sorted(messages, key=_turn):
        others = sum(origin == message.origin and person != message.person for origin, person in people)
        decision = decide(replace(message.case, others=others), taken=used, person=message.person)
        decisions[message.key] = decision
        if decision.verdict != Verdict.REFUSED:
            people.add((message.origin, message.person))
        if decision.at is not None:
            used.append(Taken(person=message.person, at=decision.at, counts=counts(message.case.purpose)))
    return decisions


def _turn(message: Open) -> tuple[bool, int, int]:
    """Order the messages of a customer: what belongs to an order waits for nothing, so others keep their distance."""
    return message.case.purpose not in BOUND_TO_AN_ORDER, -message.importance_cents, message.order


def counts(purpose: str) -> bool:
    """Tell whether what is said for a purpose counts for the caps."""
    return purpose not in OUTSIDE_CAPS


def is_held_out(*, salt: str, key: int | str, share: float) -> bool:
    """Draw a customer, or an address: the same salt gives the same answer, whoever asks and however often."""
    return _drawn(salt, key) < share * 2**64


def drawn_place(*, salt: str, key: int | str, of: int) -> int:
    """Draw one of so many places for a customer, or an address, each as likely as any other."""
    return _drawn(salt, key) * of >> 64


def _drawn(salt: str, key: int | str) -> int:
    return int.from_bytes(hashlib.sha256(f"{salt}:{key}".encode()).digest()[:8])


def back_off(*, attempts: int, jitter: float) -> timedelta:
    """Give the pause before another attempt: twice as long each time, up to four hours, spread by `jitter` in 0..1."""
    pause: timedelta = min(FIRST_BACK_OFF * 2 ** min(attempts - 1, 12), LONGEST_BACK_OFF)
    return pause * (0.5 + jitter / 2)


def _refusals(case: Case) -> Iterator[Decision]:
    if case.person_is_gone:
        yield _refuse("person_gone")
    if not case.permitted:
        yield _refuse(case.permission_code)
    if not case.address:
        yield _refuse("no_address")
    if case.undeliverable:
        yield _refuse(f"address_{case.undeliverable}")
    if case.purpose in OUTSIDE_CAPS:
        return
    if case.held_out:
        yield _refuse("held_out")
    if case.duplicate_of is not None:
        yield _refuse("duplicate_address", customer=case.duplicate_of)
    if case.most_persons is not None and case.others >= case.most_persons:
        yield _refuse("cap_people", most=case.most_persons, taken=case.others)


def _caps(limits: Iterable[Limit], taken: Sequence[Taken], person: int | None) -> list[Cap]:
    return [
        Cap(
            code=limit.code,
            most=limit.most,
            span=timedelta(days=limit.days),
            slots=_slots(one for one in taken if one.counts and (limit.of_customer or one.person == person)),
        )
        for limit in limits
    ]


def _gap(span: timedelta, taken: Iterable[Taken], person: int | None) -> Cap:
    return Cap(code="gap", most=1, span=span, slots=_slots(one for one in taken if one.person == person))


def _slots(taken: Iterable[Taken]) -> tuple[datetime, ...]:
    return tuple(sorted(one.at for one in taken))


def _after_pause(case: Case, wanted: datetime) -> datetime:
    if case.paused_until_on is None:
        return wanted
    zone = case.hours.zone if case.hours else UTC
    over = datetime.combine(case.paused_until_on + timedelta(days=1), time(), zone).astimezone(UTC)
    return max(wanted, over)


def _moment(case: Case, begin: datetime, caps: Sequence[Cap], wanted: datetime) -> Decision:
    """Find the moment, and name what moved it or left no room."""
    if begin > case.latest_at:
        return _refuse("paused", until=str(case.paused_until_on)) if begin > wanted else _refuse("too_late")
    opening = begin if case.hours is None else case.hours.next_open(begin)
    if opening is None or opening > case.latest_at:
        return _refuse("no_time_left", because=case.hours.closed_by(begin) if case.hours else "")
    at = first_free(wanted_at=begin, hours=case.hours, caps=caps)
    full = next((cap for cap in caps if not cap.fits(opening)), None)
    if full and (at is None or at > case.latest_at):
        return Decision(verdict=Verdict.WAITS, code=full.code, numbers=_counted(full, opening))
    allowed = Decision(verdict=Verdict.ALLOWED, at=at)
    if full:
        return replace(allowed, code=full.code, numbers=_counted(full, opening))
    if opening > begin and case.hours:
        return replace(allowed, code=case.hours.closed_by(begin))
    return replace(allowed, code="paused", numbers=(("until", str(case.paused_until_on)),)) if at != wanted else allowed


def _counted(cap: Cap, at: datetime) -> tuple[tuple[str, int | str], ...]:
    if cap.code == "gap":
        free_at = first_free(wanted_at=at, hours=None, caps=[cap]) or at
        return (("hours", cap.span // HOUR), ("free_at", free_at.isoformat()))
    return (("most", cap.most), ("days", cap.span.days), ("taken", cap.taken(at)))


def _timely(case: Case, at: datetime, decision: Decision) -> Decision:
    return decision if at <= case.latest_at else _refuse("too_late")


def _refuse(code: str, **numbers: int | str) -> Decision:
    return Decision(verdict=Verdict.REFUSED, code=code, numbers=tuple(numbers.items()))
