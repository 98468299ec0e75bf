"""How many points a purchase earns: rounded once for an order and rule, and every point has its line. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """
    A rule as it holds from a day on: `num` points for `den` cents.

    Args:
        code: of the rule, which stays the same in all its versions.
        delivery_days: how long goods are on their way where no day of delivery is known.
        return_days: for how long they may come back; points are confirmed after it.
        years: at the end of how many years after they were confirmed points expire.
    """

    code: str
    holds_from_on: date
    num: int
    den: int
    delivery_days: int = 3
    return_days: int = 14
    years: int = 3


def each(version: Version, cents: Sequence[int]) -> list[int]:
    """
    Give the points of each line of an order, in their order, whose sum is that of the whole amount, rounded down.

    Whatever comes back, in whatever order and parts, the points that are left are those of the cents that are left.

    >>> euro = Version(code="euro", holds_from_on=date(2026, 1, 1), num=1, den=100)
    >>> each(euro, [1999, 549, 452])
    [19, 6, 5]
    """
    points, so_far = [], 0
    for one in cents:
        before = version.num * so_far // version.den
        so_far += one
        points.append(version.num * so_far // version.den - before)
    return points


def held(versions: Iterable[Version], on: date) -> list[Version]:
    """Give of each rule the version that holds on a day: the last that began by then, by the order of writing."""
    found: dict[str, Version] = {}
    for one in versions:
        known = found.get(one.code)
        if one.holds_from_on <= on and (known is None or one.holds_from_on >= known.holds_from_on):
            found[one.code] = one
    return [found[code] for code in sorted(found)]


def matures_on(version: Version, *, ordered_on: date, delivered_on: date | None) -> date:
    """Give the day on which the points of an order are confirmed: when its goods can come back no longer."""
    return later(delivered_on or later(ordered_on, version.delivery_days), version.return_days)


def expires_on(confirmed_on: date, years: int) -> date:
    """Give the last day on which points are good: the end of the year so many years after they were confirmed."""
    return date(min(confirmed_on.year + years, date.max.year), 12, 31)


def later(on: date, days: int) -> date:
    """Give the day so many days later; the last one that there is where somebody wrote 9999."""
    return date.fromordinal(min(on.toordinal() + days, date.max.toordinal()))
