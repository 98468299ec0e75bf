"""
What was bought and what came back, as `postings` counts it: what every line is still worth, in whole cents.

Pure: it knows no database. Pieces are whole thousandths, so that nothing is lost in adding up.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
        of: of what comes back, the line that it was bought with, as (order, key), where somebody says so.
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

    def from_(self, sold: Sold) -> None:
        """Take back from a sale what fits: pieces, and the cents that belong to them; never more than was sold."""
        if self.pieces and sold.pieces <= 0:
            return
        pieces = min(self.pieces, sold.pieces)
        share = self.cents if pieces == self.pieces else self.cents * pieces // self.pieces
        cents = min(share, sold.cents)
        sold.take(pieces, cents)
        self.pieces, self.cents = self.pieces - pieces, self.cents - cents


@dataclass(frozen=True, kw_only=True)
class Remaining:
    """What is left of all sales, in the order of their days, and what came back without a purchase."""

    sold: Sequence[Sold]
    unmatched: Sequence[Line] = ()


def remaining(lines: Iterable[Line]) -> Remaining:
    """
    Share out what orders were cheaper by, and take from each sale what came back of it.

    What comes back is looked for, in this order: where somebody says what it was bought with · in the same order, the
    same product · among the customer's sales of the same product on or before that day, the latest first. What is left
    then is told (`unmatched`), and takes nothing from anybody.
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
    for place in (_named, _in_the_order, _earlier):
        found = place(sold)
        for one in back:
            for sale in found(one.line):
                if one.is_over:
                    break
                one.from_(sale)
    unmatched = tuple(replace(one.line, pieces=one.pieces, cents=one.cents) for one in back if not one.is_over)
    return Remaining(sold=sold, unmatched=unmatched)


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


def _named(sold: list[Sold]) -> Finder:
    by_name = {one.line.name: [one] for one in sold}
    return lambda back: by_name.get(back.of, []) if back.of else []


def _in_the_order(sold: list[Sold]) -> Finder:
    found: dict[tuple[str, int | None], list[Sold]] = {}
    for one in sold:
        found.setdefault((one.line.order, one.line.product), []).append(one)
    return lambda back: found.get((back.order, back.product), [])


def _earlier(sold: list[Sold]) -> Finder:
    found: dict[int, list[Sold]] = {}
    for one in reversed(sold):
        if one.line.product is not None:
            found.setdefault(one.line.product, []).append(one)

    def earlier(back: Line) -> Iterator[Sold]:
        if back.product is not None:
            yield from (one for one in found.get(back.product, []) if one.line.on <= back.on)

    return earlier
