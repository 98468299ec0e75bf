"""Rows of the ledger in words. What goes the other way than usual corrects what was booked before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stammkunde.loyalty.models import Move
from stammkunde.loyalty.postings import Kind
from stammkunde.sales.models import Order
from stammkunde.ui import writing

_KINDS = {
    Kind.EARN: gettext_lazy("Points for order %(order)s"),
    Kind.CONFIRM: gettext_lazy("Points for order %(order)s confirmed"),
    Kind.EXPIRE: gettext_lazy("Points expired"),
    Kind.FORGIVE: gettext_lazy("Debt forgiven"),
    Kind.SPEND: gettext_lazy("Redeemed"),
    Kind.HOLD: gettext_lazy("Reserved for a basket"),
    Kind.CAPTURE: gettext_lazy("Reserved points redeemed"),
    Kind.BACK: gettext_lazy("Given back"),
    Kind.GRANT: gettext_lazy("Given by hand"),
    Kind.DEDUCT: gettext_lazy("Taken by hand"),
}
_ADDS = {Kind.EARN, Kind.BACK, Kind.GRANT}  # to what the customer has, or will have


@dataclass(frozen=True, kw_only=True)
class Told:
    """A row in words: its day, what it is, what it changes."""

    on: date
    what: str
    changes: list[str]


def rows(moves: Iterable[Move]) -> list[Told]:
    """Tell rows, with the numbers of their orders; one query for all."""
    some = list(moves)
    sources = {source for one in some if (source := _order_of(one.cause))}
    numbers = dict(Order.objects.filter(source__in=sources).values_list("source", "number"))
    return [Told(on=one.happened_on, what=_what(one, numbers), changes=_changes(one)) for one in some]


def _order_of(cause: str) -> str:
    """Give the source of the order that a row is about; empty where it is about none."""
    if not cause.startswith("line:"):
        return ""
    return cause.removeprefix("line:").partition("|")[0].replace("%7C", "|").replace("%25", "%")


def _what(move: Move, numbers: dict[str, str]) -> str:
    source = _order_of(move.cause)
    said = str(_KINDS[Kind(move.kind)]) % {"order": numbers.get(source, source)}
    reason = move.booking.reason if move.kind in (Kind.GRANT, Kind.DEDUCT) else ""
    said = f"{said}: {reason}" if reason else said
    return said if _is_usual(move) else _("Correction: %(what)s") % {"what": said}


def _is_usual(move: Move) -> bool:
    if move.kind == Kind.CONFIRM:
        return move.d_pending < 0
    if move.kind == Kind.FORGIVE:
        return move.d_debt < 0
    if move.kind == Kind.CAPTURE:
        return move.d_held < 0
    gains = move.d_pending + move.d_available - move.d_debt
    return gains > 0 if move.kind in _ADDS else gains < 0


def _changes(move: Move) -> list[str]:
    said = (
        (move.d_available, ngettext("%(n)s available", "%(n)s available", abs(move.d_available))),
        (move.d_pending, ngettext("%(n)s pending", "%(n)s pending", abs(move.d_pending))),
        (move.d_held, ngettext("%(n)s reserved", "%(n)s reserved", abs(move.d_held))),
        (move.d_debt, ngettext("%(n)s point owed", "%(n)s points owed", abs(move.d_debt))),
    )
    return [words % {"n": _signed(points)} for points, words in said if points]


def _signed(points: int) -> str:
    return f"+{writing.number(points)}" if points > 0 else writing.number(points)
