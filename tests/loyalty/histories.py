"""Made-up purchases and decisions, for tests that need no database."""

from datetime import date, timedelta

from stammkunde.loyalty.earning import Version
from stammkunde.loyalty.postings import Act, Kind, Postings, Pots, postings
from stammkunde.sales.purchases import Kind as LineKind
from stammkunde.sales.purchases import Line

START = date(2026, 1, 1)
EURO = Version(code="euro", holds_from_on=START, num=1, den=100, delivery_days=0, return_days=10)


def day(number: int) -> date:
    return START + timedelta(days=number)


def sale(order: str, key: str, cents: int, *, on: int = 0, **more) -> Line:
    return Line(order=order, key=key, on=day(on), kind=LineKind.SALE, cents=cents, **more)


def back(order: str, key: str, cents: int, *, on: int = 0, **more) -> Line:
    return Line(order=order, key=key, on=day(on), kind=LineKind.BACK, cents=cents, **more)


def cheaper(order: str, key: str, cents: int, *, on: int = 0) -> Line:
    return Line(order=order, key=key, on=day(on), kind=LineKind.DISCOUNT, cents=cents, pieces=0)


def act(number: int, kind: Kind, points: int, *, on: int, of: str = "") -> Act:
    return Act(number=number, key=f"k{number}", kind=kind, on=day(on), points=points, of=of)


def known(lines=(), acts=(), *, today: int, versions=(EURO,), since: int = 0) -> Postings:
    return postings(lines, acts, versions, since=day(since), today=day(today))


def total(found: Postings) -> Pots:
    pots = Pots(START)
    for one in found.rows.values():
        pots.add(pending=one.pending, available=one.available, held=one.held, debt=one.debt)
    return pots


def earned(found: Postings) -> dict[str, int]:
    """Points by the key of the line; 0 has no row."""
    return {key.cause.rpartition("|")[2]: one.pending for key, one in found.rows.items() if key.kind == Kind.EARN}
