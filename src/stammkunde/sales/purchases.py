"""
What was bought and what came back of it: with which line, and what every line is still worth, in whole cents.

Pure: it knows no database. Pieces are whole thousandths, so that nothing is lost in adding up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby


class Kind(StrEnum):
    SALE = "sale"
    BACK = "back"  # goods that came back, or were cancelled: pieces and cents are how much of them
    DISCOUNT = "discount"  # what an order was cheaper by, all in all


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """
    A line of an order that took place.

    Args:
        order: the order's key, and `key` that of the line within it.
        cents: what was paid, given back, or what the order was cheaper by; above zero.
        settled: whether nothing is open any more, so that points can be confirmed some day.
        earns: whether points are given for it at all; no postage, no fees.
        of: of what comes back, what it was bought with, as (order, key), where somebody says so; without a key, some
            line of the order.
    """

    order: str
    key: str
    on: date
    kind: Kind
    cents: int
    product: int | None = None
    pieces: int = 1000
    delivered_on: date | None = None
    settled: bool = True
    earns: bool = True
    of: tuple[str, str] | None = None

    @property
    def name(self) -> tuple[str, str]:
        return self.order, self.key


class Found(StrEnum):
    """How it was found with what something was bought."""

    NAMED = "named"  # somebody says so
    ORDER = "order"  # it stands in the same order
    EARLIER = "earlier"  # the customer's last purchase of the product


@dataclass(kw_only=True, slots=True)
class Sold:
    """A sale with what is left of it: pieces, and cents of what was paid for it."""

    line: Line
    pieces: int
    cents: int

    def take(self, pieces: int, cents: int) -> None:
        self.pieces, self.cents = self.pieces - pieces, self.cents - cents


@dataclass(kw_only=True, slots=True)
class Back:
    """What came back, with what no purchase has been found for yet."""

    line: Line
    pieces: int
    cents: int

    @property
    def is_over(self) -> bool:
        """
        Say whether nothing is left to be placed: no cents, or no pieces of those that there were.

        Where all pieces are placed, more cents than were paid for them are nobody else's.
        """
        return not self.cents or (self.line.pieces > 0 and not self.pieces)

    def from_(self, sold: Sold) -> tuple[int, int]:
        """Take back from a sale what fits, and give it: pieces and their cents; never more than was sold."""
        if self.pieces and sold.pieces <= 0:
            return 0, 0
        pieces = min(self.pieces, sold.pieces)
        share = self.cents if pieces == self.pieces else self.cents * pieces // self.pieces
        cents = min(share, sold.cents)
        sold.take(pieces, cents)
        self.pieces, self.cents = self.pieces - pieces, self.cents - cents
        return pieces, cents

    def spread(self, sold: Sequence[Sold]) -> Iterator[tuple[Sold, int]]:
        """Take back money of a whole order: from each sale its share. What is more than was paid is nobody else's."""
        for one, cents in zip(sold, shares(self.cents, [sale.cents for sale in sold]), strict=True):
            one.take(0, cents)
            if cents:
                yield one, cents
        self.pieces = self.cents = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What came back of a sale: pieces, cents, and how it was found."""

    back: Line
    sold: Line
    pieces: int
    cents: int
    found: Found


@dataclass(frozen=True, kw_only=True)
class Remaining:
    """What is left of all sales, in the order of their days, what came back of which, and what without a purchase."""

    sold: Sequence[Sold]
    parts: Sequence[Part] = ()
    unmatched: Sequence[Line] = ()


def remaining(lines: Iterable[Line]) -> Remaining:
    """
    Share out what orders were cheaper by, and take from each sale what came back of it.

    What comes back is looked for, in this order: where somebody says what it was bought with · in the same order, the
    same product, or all of the order where no product is named · among the customer's sales of the same product on or
    before that day, the latest first. What is left then is told (`unmatched`), and takes nothing from anybody.
    """
    known = list(lines)
    sold = [
        Sold(line=line, pieces=line.pieces, cents=cents)
        for line, cents in _after_discounts([one for one in known if one.kind != Kind.BACK])
    ]
    back = [
        Back(line=one, pieces=one.pieces, cents=one.cents)
        for one in sorted((one for one in known if one.kind == Kind.BACK), key=_by_day)
    ]
    orders = {order: list(some) for order, some in groupby(sold, key=lambda one: one.line.order)}
    parts = [
        *_placed(back, _named(sold), Found.NAMED),
        *_placed(back, _in_the_order(sold), Found.ORDER),
        *_of_whole_orders(back, orders),
        *_placed(back, _earlier(sold), Found.EARLIER),
    ]
    unmatched = tuple(replace(one.line, pieces=one.pieces, cents=one.cents) for one in back if not one.is_over)
    return Remaining(sold=sold, parts=parts, unmatched=unmatched)


def shares(cents: int, of: Sequence[int]) -> list[int]:
    """
    Share out an amount in proportion, by the largest remainder, ties by position; no share is above its part.

    >>> shares(500, [1999, 549, 452])
    [333, 92, 75]
    >>> shares(10_000, [600, 300])
    [600, 300]
    """
    whole = sum(of)
    if cents >= whole:
        return list(of)
    parts = [cents * one // whole for one in of]
    by_remainder = sorted(range(len(of)), key=lambda at: (-(cents * of[at] % whole), at))
    for at in by_remainder[: cents - sum(parts)]:
        parts[at] += 1
    return parts


def _by_day(line: Line) -> tuple[date, str, str]:
    return line.on, line.order, line.key


def _after_discounts(lines: list[Line]) -> Iterator[tuple[Line, int]]:
    """Give each sale with what was paid for it: without its share of what its order was cheaper by."""
    for _order, of_order in groupby(sorted(lines, key=_by_day), key=lambda one: one.order):
        some = list(of_order)
        sales = [one for one in some if one.kind == Kind.SALE]
        cheaper = sum(one.cents for one in some if one.kind == Kind.DISCOUNT)
        for line, less in zip(sales, shares(cheaper, [one.cents for one in sales]), strict=True):
            yield line, line.cents - less


Finder = Callable[[Line], Iterable[Sold]]


def _placed(back: Iterable[Back], finder: Finder, found: Found) -> Iterator[Part]:
    for one in back:
        for sale in finder(one.line):
            if one.is_over:
                break
            pieces, cents = one.from_(sale)
            if pieces or cents:
                yield Part(back=one.line, sold=sale.line, pieces=pieces, cents=cents, found=found)


def _of_whole_orders(back: Iterable[Back], orders: Mapping[str, Sequence[Sold]]) -> Iterator[Part]:
    """Take money without a product from the order that is named, or in which it stands."""
    for one in back:
        named = one.line.of[0] if one.line.of else ""
        order = named if named in orders else one.line.order
        if one.line.product is not None or one.is_over or order not in orders:
            continue
        found = Found.NAMED if order == named else Found.ORDER
        for sale, cents in one.spread(orders[order]):
            yield Part(back=one.line, sold=sale.line, pieces=0, cents=cents, found=found)


def _named(sold: list[Sold]) -> Finder:
    by_name = {one.line.name: [one] for one in sold}
    in_order = _by_product(sold)

    def named(back: Line) -> Iterable[Sold]:
        if not back.of:
            return []
        return by_name.get(back.of) or in_order.get((back.of[0], back.product), [])

    return named


def _in_the_order(sold: list[Sold]) -> Finder:
    found = _by_product(sold)
    return lambda back: found.get((back.order, back.product), [])


def _by_product(sold: list[Sold]) -> dict[tuple[str, int | None], list[Sold]]:
    found: dict[tuple[str, int | None], list[Sold]] = {}
    for one in sold:
        found.setdefault((one.line.order, one.line.product), []).append(one)
    return found


def _earlier(sold: list[Sold]) -> Finder:
    found: dict[int, list[Sold]] = {}
    for one in reversed(sold):
        if one.line.product is not None:
            found.setdefault(one.line.product, []).append(one)

    def earlier(back: Line) -> Iterator[Sold]:
        if back.product is not None:
            yield from (one for one in found.get(back.product, []) if one.line.on <= back.on)

    return earlier
