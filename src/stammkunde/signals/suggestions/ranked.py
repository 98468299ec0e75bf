"""
Who may be lost, by what is in danger for each minute (R-K9, R-W6): warned, past their own rhythm, or silent for months.

Where a risk is known, its margin counts; behind them stand those without one, by what a year of theirs was worth.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypedDict

from django.db.models import F, Q, QuerySet

from stammkunde.customers import caretakers
from stammkunde.signals.models import CustomerSignal, EarlyWarning
from stammkunde.signals.standing import PAST_RHYTHM
from stammkunde.signals.suggestions.item import AT_RISK, CHUNK, IN_WRITING, NOT_CALLED, OVERDUE, RISK, SILENCE, SILENT
from stammkunde.tasks.worklist import Asked, Item, not_taken_up

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Marked = WithAnnotations[CustomerSignal, "Marks"]
    Page = Callable[[QuerySet[Marked], Marked | None], QuerySet[Marked]]

WARNED = (CustomerSignal.Level.RED, CustomerSignal.Level.AMBER)
SILENT_FOR_MONTHS_AT_MOST = 12  # past the months without purchase; longer ago is a matter for the list
OWN_RHYTHM = Q(overdue_days__gt=0, stage__in=PAST_RHYTHM)
MOST_ASKED = 5 * CHUNK  # of whom the governor is asked for one list
FIRST = 2**62  # more cents than anybody has at stake


class Marks(TypedDict):
    """What is read with every row, to sort by."""

    at_risk: int
    rank: int


def may_be_lost(asked: Asked, *, limit: int) -> list[Item]:
    """Give those with most in danger for each minute; those without a known risk behind them."""
    if asked.generation is None or limit <= 0:
        return []
    calls = _Calls(asked)
    found = _with_known_risk(asked, calls, limit=limit)
    found += _without(asked, calls, limit=limit - len(found))
    return calls.completed(found, limit=limit)


@dataclass
class _Calls:
    """
    Whom nobody may call now, asked for many at once: others take their places, and a line says why.

    The governor is asked about a few hundred at most. Where these do not fill the list, those come back who may be
    written to: they are in danger all the same.
    """

    asked: Asked
    refused: list[Item] = field(default_factory=list)
    questions: int = 0

    def may_be_made(self, items: list[Item], *, limit: int) -> list[Item]:
        """Give the first who may be called, as many as fit; of the others nobody is asked about."""
        allowed: list[Item] = []
        for some in _batches(items, 2 * limit):
            if len(allowed) >= limit or self.is_exhausted:
                break
            self.questions += len(some)
            refusals = self.asked.refused(some)
            self.refused += [replace(item, refusal=refusals[item.key]) for item in some if item.key in refusals]
            allowed += [item for item in some if item.key not in refusals]
        return allowed

    @property
    def is_exhausted(self) -> bool:
        return self.questions >= MOST_ASKED

    def completed(self, found: list[Item], *, limit: int) -> list[Item]:
        """Fill what is left with those who may be written to; who would have stood here otherwise is told beside."""
        in_writing = [item for item in self.refused if item.refusal and item.refusal.may_be_written_to]
        kept = {item.key for item in in_writing[: limit - len(found)]}
        return found + [replace(item, under=IN_WRITING if item.key in kept else NOT_CALLED) for item in self.refused]


def _batches(items: list[Item], size: int) -> Iterator[list[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _with_known_risk(asked: Asked, calls: _Calls, *, limit: int) -> list[Item]:
    """
    Walk from the most in danger downwards until nobody further down can outdo those found.

    A contact takes at least so many minutes, which bounds what somebody with less in danger can bring for each.
    """
    signals = _signals(asked).filter(Q(risk_level__in=WARNED) | _silence(asked), at_risk__isnull=False)
    found: list[Item] = []
    for chunk in _chunks(signals, _most_at_risk):
        standing = not_taken_up(_items(chunk, asked), today=asked.today)
        asked_about = calls.may_be_made(_best(standing, asked, limit=CHUNK), limit=limit)
        found = _best(found + asked_about, asked, limit=limit)
        best_below = chunk[-1].at_risk / asked.lengths.least
        if len(found) >= limit and found[-1].rate(usual_days=_usual_days(asked)) >= best_below:
            break
        if calls.is_exhausted:
            break
    return found


def _without(asked: Asked, calls: _Calls, *, limit: int) -> list[Item]:
    found: list[Item] = []
    if limit <= 0:
        return found
    silent = _signals(asked).filter(_silence(asked), rank__isnull=False, at_risk__isnull=True)
    for chunk in _chunks(silent, _most_valuable):
        standing = not_taken_up(_items(chunk, asked), today=asked.today)
        found += calls.may_be_made(standing, limit=limit - len(found))
        if len(found) >= limit or calls.is_exhausted:
            break
    return _best(found[:limit], asked, limit=limit)


def _best(found: list[Item], asked: Asked, *, limit: int) -> list[Item]:
    return sorted(found, key=lambda item: -item.rate(usual_days=_usual_days(asked)))[:limit]


def _usual_days(asked: Asked) -> int:
    assert asked.generation is not None
    return asked.generation.activity_days or 1


def _signals(asked: Asked) -> "QuerySet[Marked]":
    """
    Give the rows to choose from, with `at_risk` and `rank` to sort by.

    Of everybody, the sorted indexes lead to the first few. Of one person's customers they would lead through all the
    others, so there the sum hides the columns from the indexes, and the rows are found by customer.
    """
    signals = CustomerSignal.objects.filter(generation=asked.generation).select_related("customer", "customer__owner")
    if asked.owner is None:
        return signals.annotate(at_risk=F("margin_at_risk_cents"), rank=F("value_rank"))
    own = signals.filter(customer__in=caretakers.customers_of(asked.owner))
    return own.annotate(at_risk=F("margin_at_risk_cents") + 0, rank=F("value_rank") + 0)


def _silence(asked: Asked) -> Q:
    """Past the own rhythm, or without a purchase for the months asked, but not for too long."""
    assert asked.generation is not None
    as_of = asked.generation.as_of_on
    silent_since = months_before(as_of, asked.months)
    earliest = months_before(as_of, asked.months + SILENT_FOR_MONTHS_AT_MOST)
    return OWN_RHYTHM | Q(last_on__lte=silent_since, last_on__gt=earliest)


def _chunks(signals: "QuerySet[Marked]", page: "Page") -> "Iterator[list[Marked]]":
    last = None
    while True:
        chunk = list(page(signals, last)[:CHUNK])
        if chunk:
            yield chunk
            last = chunk[-1]
        if len(chunk) < CHUNK:
            return


def _most_valuable(signals: "QuerySet[Marked]", last: "Marked | None") -> "QuerySet[Marked]":
    rank, pk = (last.value_rank, last.customer_id) if last else (0, 0)
    after = Q(rank__gte=rank) & (Q(rank__gt=rank) | Q(customer__gt=pk))
    return signals.filter(after).order_by("rank", "customer_id")


def _most_at_risk(signals: "QuerySet[Marked]", last: "Marked | None") -> "QuerySet[Marked]":
    cents, pk = (last.margin_at_risk_cents, last.customer_id) if last else (FIRST, 0)
    after = Q(at_risk__lte=cents) & (Q(at_risk__lt=cents) | Q(customer__gt=pk))
    return signals.filter(after).order_by("-at_risk", "customer_id")


def _items(signals: Iterable[CustomerSignal], asked: Asked) -> list[Item]:
    rows = list(signals)
    warned = [row.customer_id for row in rows if row.risk_level in WARNED]
    warnings = EarlyWarning.objects.filter(customer__in=warned, outcome=EarlyWarning.Outcome.OPEN) if warned else ()
    since = {warning.customer_id: warning.warned_on for warning in warnings}
    return [_item(row, asked, warned_on=since.get(row.customer_id)) for row in rows]


def _item(signal: CustomerSignal, asked: Asked, *, warned_on: date | None) -> Item:
    kind = _kind(signal)
    reason = {
        "code": kind,
        "gap_days": signal.gap_days,
        "silent_days": signal.silent_days,
        "overdue_days": signal.overdue_days,
        "last_on": signal.last_on,
        "months": asked.months,
    }
    return Item(
        kind=kind,
        key=key_of(signal, warned_on=warned_on),
        under=SILENCE if signal.margin_at_risk_cents is None else AT_RISK,
        is_ranked=True,
        reason=reason,
        customer=signal.customer,
        signal=signal,
        minutes=asked.contact_minutes(signal.customer_id),
    )


def key_of(signal: CustomerSignal, *, warned_on: date | None) -> str:
    """Give the key under which is kept what was done about somebody who may be lost."""
    kind = _kind(signal)
    cycle = warned_on or signal.last_on if kind == RISK else signal.last_on
    return f"{kind}:{signal.customer_id}:{cycle}"


def _kind(signal: CustomerSignal) -> str:
    """Say for what somebody stands here: silence is the plainest word for it, where there is one."""
    if signal.stage in PAST_RHYTHM and (signal.overdue_days or 0) > 0:
        return OVERDUE
    return RISK if signal.risk_level in WARNED else SILENT


def ranked_again(customer_id: int, asked: Asked) -> Item | None:
    """Find the suggestion of one customer again."""
    if asked.generation is None:
        return None
    signal = _signals(asked).filter(Q(risk_level__in=WARNED) | _silence(asked), customer=customer_id).first()
    return _items([signal], asked)[0] if signal else None


def months_before(on: date, months: int) -> date:
    """Go back so many months, to the same day or the last of a shorter month."""
    number = on.year * 12 + on.month - 1 - months
    year, month = divmod(number, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(on.day, last))
