"""
What the ledger of one account should contain, by what is known today: a pure function of dated facts.

Points of a line are pending from the day of its order on, and confirmed when its goods can come back no longer: then a
lot opens that is good through a day. Spending takes the lots that end first. Whatever is learnt late (a return, an
order taken back) changes what should have been earned, never what was decided: what a redemption no longer has behind
it is debt, which the next confirmed points pay, and which is forgiven after two years.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from heapq import heappop, heappush
from itertools import groupby
from typing import NamedTuple

from stammkunde.loyalty import earning
from stammkunde.loyalty.earning import Version, later
from stammkunde.sales import purchases
from stammkunde.sales.purchases import Line

GOOD_FOR_AT_LEAST_DAYS = 30  # what is given back
DEBT_DAYS = 2 * 365
YEARS = 3  # for points that no rule gave


class Kind(StrEnum):
    EARN = "earn"
    CONFIRM = "confirm"
    EXPIRE = "expire"
    FORGIVE = "forgive"
    SPEND = "spend"
    HOLD = "hold"  # taken for a basket that is not paid yet
    CAPTURE = "capture"  # it was paid
    BACK = "back"  # of what was spent or held
    GRANT = "grant"  # by hand
    DEDUCT = "deduct"  # by hand


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """Something that was decided: `number` says in which order, `of` names the act that is captured or given back."""

    number: int
    key: str
    kind: Kind
    on: date
    points: int
    of: str = ""


class Key(NamedTuple):
    """What a row of the ledger is about: the same words name the same thing for ever."""

    cause: str
    rule: str
    kind: str
    lot: str


@dataclass(slots=True)
class Pots:
    """What is in the pots, or how it changes, and of what day that is."""

    on: date
    pending: int = 0
    available: int = 0
    held: int = 0
    debt: int = 0

    def add(self, *, pending: int = 0, available: int = 0, held: int = 0, debt: int = 0) -> None:
        self.pending += pending
        self.available += available
        self.held += held
        self.debt += debt

    @property
    def is_empty(self) -> bool:
        return not (self.pending or self.available or self.held or self.debt)


@dataclass(frozen=True, kw_only=True)
class Postings:
    """
    What the ledger should contain.

    Args:
        rows: by what they are about, in the order of their days.
        lots: the last day of each lot.
        next_on: the next day on which something changes by itself; None: nothing will.
        unmatched: what came back without a purchase.
    """

    rows: dict[Key, Pots]
    lots: dict[str, date]
    next_on: date | None
    unmatched: Sequence[Line] = ()


def postings(
    lines: Iterable[Line], acts: Iterable[Act], versions: Sequence[Version], *, since: date, today: date
) -> Postings:
    """
    Say what the ledger of one account should contain.

    Args:
        lines: of all orders of the customer that took place, of whatever day.
        acts: what was decided about the account.
        versions: of the rules, in the order in which they were written.
        since: the day from which on purchases earn.
        today: the local day; nothing later is known.
    """
    every = list(lines)
    left = purchases.remaining(one for one in every if one.on <= today)
    earned = _earned(left.sold, versions, since=since)
    history = _History(today)
    events: list[_Earned | Act] = [*earned, *_decided(acts)]
    for event in sorted(events, key=_place):
        history.meet(event)
    ahead = [one.on for one in every if one.on > today]
    return Postings(rows=history.rows, lots=history.ends, next_on=history.next_on(ahead), unmatched=left.unmatched)


def cause_of(line: Line) -> str:
    """
    Name a line so that no other one is called alike, whatever signs their keys have.

    >>> cause_of(Line(order="shop:A|1", key="2", on=date(2026, 1, 1), kind=purchases.Kind.SALE, cents=1))
    'line:shop:A%7C1|2'
    """
    order = line.order.replace("%", "%25").replace("|", "%7C")
    return f"line:{order}|{line.key}"


@dataclass(frozen=True, slots=True)
class _Earned:
    """Points of a line by a rule, when they become known; `on` is the day of the order, or of being confirmed."""

    on: date
    cause: str
    rule: str
    points: int
    years: int
    confirmed: bool


def _earned(sold: Sequence[purchases.Sold], versions: Sequence[Version], *, since: date) -> list[_Earned]:
    events: list[_Earned] = []
    able = sorted((one for one in sold if one.line.earns and one.line.on >= since), key=lambda one: one.line.name)
    for _order, of_order in groupby(able, key=lambda one: one.line.order):
        some = list(of_order)
        for version in earning.held(versions, some[0].line.on):
            for one, points in zip(some, earning.each(version, [each.cents for each in some]), strict=True):
                if points:
                    events += _of_line(one.line, version, points, cause=cause_of(one.line))
    return events


def _of_line(line: Line, version: Version, points: int, *, cause: str) -> list[_Earned]:
    known = _Earned(line.on, cause, version.code, points, version.years, confirmed=False)
    if not line.settled:
        return [known]
    on = max(line.on, earning.matures_on(version, ordered_on=line.on, delivered_on=line.delivered_on))
    return [known, _Earned(on, cause, version.code, points, version.years, confirmed=True)]


def _decided(acts: Iterable[Act]) -> list[Act]:
    """Put acts in the order in which they were decided; none is of an earlier day than the one before."""
    found: list[Act] = []
    for one in sorted(acts, key=lambda act: act.number):
        on = max(one.on, found[-1].on) if found else one.on
        found.append(Act(number=one.number, key=one.key, kind=one.kind, on=on, points=one.points, of=one.of))
    return found


def _place(event: "_Earned | Act") -> tuple[date, int, int, str, str]:
    """Put events in order: on a day, first what becomes known, then what is confirmed, then what is decided."""
    if isinstance(event, Act):
        return event.on, 2, event.number, "", ""
    return event.on, int(event.confirmed), 0, event.cause, event.rule


@dataclass(slots=True)
class _Lot:
    cause: str
    rule: str
    left: int = 0


@dataclass(slots=True)
class _Taken:
    """What was spent or is held: from which lots, the last one last, and how much of it is not given back yet."""

    points: int
    is_held: bool
    lots: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Debt:
    cause: str
    on: date
    points: int


class _History:
    """One account, from its first event to today."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.rows: dict[Key, Pots] = {}
        self.ends: dict[str, date] = {}
        self._lots: dict[str, _Lot] = {}
        self._queue: list[tuple[date, str]] = []  # lots with points, the first to end first
        self._taken: dict[str, _Taken] = {}
        self._debts: deque[_Debt] = deque()
        self._ahead: list[date] = []

    def meet(self, event: "_Earned | Act") -> None:
        if event.on > self.today:
            self._ahead.append(event.on)
            return
        self._pass_to(event.on)
        if isinstance(event, Act):
            _ACTS[event.kind](self, event)
        elif event.confirmed:
            self._confirm(event)
        else:
            self._row(event.cause, event.rule, Kind.EARN, on=event.on).add(pending=event.points)

    def next_on(self, ahead: Iterable[date]) -> date | None:
        """Close the books for today, and say when to look again."""
        self._pass_to(self.today)
        days = [*self._ahead, *ahead, *(_forgiven_on(one) for one in self._debts)]
        days += [later(end, 1) for end, name in self._queue if self._lots[name].left]
        return min((day for day in days if day > self.today), default=None)

    def _row(self, cause: str, rule: str, kind: Kind, lot: str = "", *, on: date) -> Pots:
        return self.rows.setdefault(Key(cause, rule, kind, lot), Pots(on))

    # What time does

    def _pass_to(self, day: date) -> None:
        """Let end what was good until the day before, and forgive what has been owed for long."""
        while self._queue and self._queue[0][0] < day:
            end, name = heappop(self._queue)
            lot = self._lots[name]
            if lot.left:
                self._row(lot.cause, lot.rule, Kind.EXPIRE, name, on=later(end, 1)).add(available=-lot.left)
                lot.left = 0
        while self._debts and _forgiven_on(self._debts[0]) <= day:
            owed = self._debts.popleft()
            self._row(owed.cause, "", Kind.FORGIVE, on=_forgiven_on(owed)).add(debt=-owed.points)

    # What comes in

    def _confirm(self, event: _Earned) -> None:
        end = earning.expires_on(event.on, event.years)
        name = self._lot(event.cause, event.rule, end)
        row = self._row(event.cause, event.rule, Kind.CONFIRM, name, on=event.on)
        paid = self._pay(event.points)
        row.add(pending=-event.points, available=event.points - paid, debt=-paid)
        self._fill(name, event.points - paid)

    def _grant(self, act: Act) -> None:
        name = self._lot(_cause(act), "", earning.expires_on(act.on, YEARS))
        paid = self._pay(act.points)
        self._row(_cause(act), "", Kind.GRANT, name, on=act.on).add(available=act.points - paid, debt=-paid)
        self._fill(name, act.points - paid)

    def _lot(self, cause: str, rule: str, end: date) -> str:
        name = f"{cause}|{rule}|{end}"
        self.ends[name] = end
        self._lots.setdefault(name, _Lot(cause, rule))
        return name

    def _fill(self, name: str, points: int) -> None:
        if points:
            self._lots[name].left += points
            heappush(self._queue, (self.ends[name], name))

    def _pay(self, points: int) -> int:
        """Pay debt, the oldest first, and say how much."""
        paid = 0
        while self._debts and paid < points:
            owed = self._debts[0]
            part = min(owed.points, points - paid)
            owed.points, paid = owed.points - part, paid + part
            if not owed.points:
                self._debts.popleft()
        return paid

    # What goes out

    def _take(self, act: Act) -> None:
        """Take from the lots that end first; what they do not hold any more is owed."""
        taken = _Taken(act.points, is_held=act.kind == Kind.HOLD)
        needed = act.points
        while needed and self._queue:
            name = self._queue[0][1]
            lot = self._lots[name]
            part = min(lot.left, needed)
            if part:
                lot.left, needed = lot.left - part, needed - part
                taken.lots.append((name, part))
                row = self._row(_cause(act), "", act.kind, name, on=act.on)
                row.add(available=-part, held=part if taken.is_held else 0)
            if not lot.left:
                heappop(self._queue)
        if needed:
            self._debts.append(_Debt(_cause(act), act.on, needed))
            row = self._row(_cause(act), "", act.kind, on=act.on)
            row.add(debt=needed, held=needed if taken.is_held else 0)
        self._taken[act.key] = taken

    def _capture(self, act: Act) -> None:
        taken = self._taken[act.of]
        self._row(_cause(act), "", Kind.CAPTURE, on=act.on).add(held=-taken.points)
        taken.is_held = False

    def _give_back(self, act: Act) -> None:
        """Give back: debt is paid first, then the lots that were taken last are filled first."""
        taken = self._taken[act.of]
        points = min(act.points, taken.points)
        taken.points -= points
        paid = self._pay(points)
        if paid:
            row = self._row(_cause(act), "", Kind.BACK, on=act.on)
            row.add(debt=-paid, held=-paid if taken.is_held else 0)
        points -= paid
        while points and taken.lots:
            name, part = taken.lots.pop()
            back = min(part, points)
            if part > back:
                taken.lots.append((name, part - back))
            points -= back
            self._put_back(act, max(self.ends[name], later(act.on, GOOD_FOR_AT_LEAST_DAYS)), name, back, taken)
        if points:  # what was owed then has been paid since by points that another purchase earned
            self._put_back(act, earning.expires_on(act.on, YEARS), "", points, taken)

    def _put_back(self, act: Act, end: date, name: str, points: int, taken: _Taken) -> None:
        if not name or self.ends[name] != end:
            name = self._lot(_cause(act), "", end)
        row = self._row(_cause(act), "", Kind.BACK, name, on=act.on)
        row.add(available=points, held=-points if taken.is_held else 0)
        self._fill(name, points)


_ACTS = {
    Kind.SPEND: _History._take,  # noqa: SLF001 (its own)
    Kind.HOLD: _History._take,  # noqa: SLF001
    Kind.DEDUCT: _History._take,  # noqa: SLF001
    Kind.CAPTURE: _History._capture,  # noqa: SLF001
    Kind.BACK: _History._give_back,  # noqa: SLF001
    Kind.GRANT: _History._grant,  # noqa: SLF001
}


def _cause(act: Act) -> str:
    return f"act:{act.key}"


def _forgiven_on(owed: _Debt) -> date:
    return later(owed.on, DEBT_DAYS)
