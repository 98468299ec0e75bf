"""Rows of the ledger in words. What goes the other way than usual corrects what was booked before."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from stammkunde.loyalty.models import Booking, Move
from stammkunde.loyalty.postings import Kind
from stammkunde.sales.models import Line, Order
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


_DECIDED = {
    Kind.SPEND: ngettext_lazy("%(n)s point redeemed", "%(n)s points redeemed", "points"),
    Kind.CAPTURE: ngettext_lazy("%(n)s point redeemed", "%(n)s points redeemed", "points"),
    Kind.BACK: ngettext_lazy("%(n)s redeemed point given back", "%(n)s redeemed points given back", "points"),
    Kind.GRANT: ngettext_lazy("%(n)s point given by hand", "%(n)s points given by hand", "points"),
    Kind.DEDUCT: ngettext_lazy("%(n)s point taken by hand", "%(n)s points taken by hand", "points"),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A row in words: its day, what it is, what it changes, what is available afterwards."""

    on: date
    what: str
    changes: list[str]
    available: int


def rows(moves: Iterable[Move]) -> list[Told]:
    """Tell rows one below the other; what an act took from several lots is one. Two queries for all."""
    some = list(moves)
    names = _Names(some)
    pieces = _together(some, lambda one: one.cause)
    return [_told(piece, _what(piece[0], names, names.product(piece[0]))) for piece in pieces]


def in_brief(moves: Iterable[Move]) -> list[Told]:
    """Tell also what was booked at once about the lines of one order as one."""
    some = list(moves)
    names = _Names(some)
    pieces = _together(some, lambda one: order_of(one.cause) or one.cause)
    return [_told(piece, _what(piece[0], names, "")) for piece in pieces]


def words(moves: Iterable[Move]) -> dict[int, str]:
    """Tell what each row is, by its key."""
    some = list(moves)
    names = _Names(some)
    return {one.pk: _what(one, names, names.product(one)) for one in some}


def _together(moves: Iterable[Move], about: Callable[[Move], str]) -> Iterator[list[Move]]:
    """Give rows that stand beside each other, are of one booking, and say the same of the same thing."""
    for _same, together in groupby(moves, key=lambda one: (one.booking_id, one.kind, _is_usual(one), about(one))):
        yield list(together)


def _told(piece: Sequence[Move], what: str) -> Told:
    last = max(piece, key=lambda one: one.seq)
    return Told(on=last.happened_on, what=what, changes=_changes(piece), available=last.available)


class _Names:
    """The numbers of orders, and the products of their lines, that some rows are about."""

    def __init__(self, moves: Iterable[Move]) -> None:
        sources = {source for one in moves if (source := order_of(one.cause))}
        self._numbers = dict(Order.objects.filter(source__in=sources).values_list("source", "number"))
        lines = Line.objects.filter(order__source__in=sources, product__isnull=False).order_by()
        self._products = {
            (source, key): name for source, key, name in lines.values_list("order__source", "key", "product__name")
        }

    def number(self, source: str) -> str:
        return self._numbers.get(source, source)

    def product(self, move: Move) -> str:
        _order, _sign, key = move.cause.removeprefix("line:").partition("|")
        return self._products.get((order_of(move.cause), key), "")


def decided(one: Booking) -> str:
    """Tell what was decided about an account, with its points."""
    return _DECIDED[Kind(one.kind)] % {"points": one.points, "n": writing.number(one.points)}


def order_of(cause: str) -> str:
    """Give the source of the order that a row is about; empty where it is about none."""
    if not cause.startswith("line:"):
        return ""
    return cause.removeprefix("line:").partition("|")[0].replace("%7C", "|").replace("%25", "%")


def _what(move: Move, names: _Names, product: str) -> str:
    said = str(_KINDS[Kind(move.kind)]) % {"order": names.number(order_of(move.cause))}
    more = product or (move.booking.reason if move.kind in (Kind.GRANT, Kind.DEDUCT) else "")
    said = f"{said}: {more}" if more else said
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


def _changes(moves: Sequence[Move]) -> list[str]:
    available, pending = sum(one.d_available for one in moves), sum(one.d_pending for one in moves)
    held, debt = sum(one.d_held for one in moves), sum(one.d_debt for one in moves)
    said = (
        (available, ngettext("%(n)s available", "%(n)s available", abs(available))),
        (pending, ngettext("%(n)s pending", "%(n)s pending", abs(pending))),
        (held, ngettext("%(n)s reserved", "%(n)s reserved", abs(held))),
        (debt, ngettext("%(n)s point owed", "%(n)s points owed", abs(debt))),
    )
    return [words % {"n": _signed(points)} for points, words in said if points]


def _signed(points: int) -> str:
    return f"+{writing.number(points)}" if points > 0 else writing.number(points)
