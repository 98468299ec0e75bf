"""
Leaving some customers alone of everything for a year: for whom it is worth it, switching it on and off, each new year.

It alone tells what all plays bring together: single ones overlap, and those that look best were lucky.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet, StdDev
from django.db.models.functions import Coalesce

from stammkunde.impact.judging import USUAL_CORRELATION
from stammkunde.insight import experiments
from stammkunde.insight.errors import NotEnoughData
from stammkunde.outreach import queries as outreach
from stammkunde.outreach import services
from stammkunde.outreach.models import Draw, MessageSettings
from stammkunde.outreach.services import Known
from stammkunde.outreach.services.everything import YEAR_DAYS
from stammkunde.signals import forecasts
from stammkunde.signals import queries as signals
from stammkunde.signals.models import CustomerSignal
from stammkunde.team import queries as team
from stammkunde.team import services as teams
from stammkunde.team.models import Company, Staff

FEWEST = 2_000  # below it, such a year shows nothing but a miracle
LEAST, MOST = 0.02, 0.2  # of them may be left alone
AT_ONCE = 10_000
YEAR = timedelta(days=YEAR_DAYS)
SHARES = (0.02, 0.05, 0.1, 0.2)


class TooFew(Exception):
    """There are too few customers to leave some of them alone of everything."""


class OutOfBounds(Exception):
    """So few or so many are not left alone."""


@dataclass(frozen=True, kw_only=True)
class Shows:
    """What leaving so many alone would show: the smallest effect of a year, per customer; None: none at all."""

    share: float
    held_out: int
    cents: float | None


def settings() -> MessageSettings:
    return MessageSettings.of(team.company())


def eligible(*, spares_a: bool) -> "QuerySet[CustomerSignal]":
    """Give who takes part: whoever has bought, as of the figures; A customers only where they are not spared."""
    rows = signals.signals().filter(orders__gt=0)
    return rows.exclude(abc_class="A") if spares_a else rows


def shows(*, spares_a: bool) -> list[Shows]:
    """Tell of some shares what they would show in a year."""
    rows = eligible(spares_a=spares_a)
    n, spread = rows.count(), _spread(rows)
    return [_shows(n, share, spread) for share in SHARES]


def _shows(n: int, share: float, spread: float) -> Shows:
    try:
        cents = experiments.smallest_visible(customers=n, share=share, spread=spread, correlation=USUAL_CORRELATION)
    except NotEnoughData:
        cents = 0.0
    return Shows(share=share, held_out=round(n * share), cents=cents or None)


def _spread(rows: "QuerySet[CustomerSignal]") -> float:
    """Tell how far customers lay apart in what they brought in the last year."""
    is_margin = forecasts.basis(signals.current()) == "margin"
    brought = Coalesce("margin_year_cents", 0) if is_margin else F("revenue_year_cents")
    return float(rows.aggregate(apart=StdDev(brought, sample=True))["apart"] or 0.0)


@transaction.atomic
def switch_on(*, share: float, spares_a: bool, by: Staff | None, now: datetime) -> Draw:
    """
    Draw at once who is left alone of everything for a year; where somebody is already, it holds from the next.

    :raises TooFew: if fewer than `FEWEST` take part
    :raises OutOfBounds: if the share is below `LEAST` or above `MOST`
    """
    if not LEAST <= share <= MOST:
        raise OutOfBounds(share)
    teams.change_company(by=by, now=now, all_share=share, all_spares_a=spares_a)
    draw = _draw(share=share, spares_a=spares_a, by=by, now=now)
    if draw is None:
        raise TooFew
    return draw


@transaction.atomic
def switch_off(*, by: Staff | None, now: datetime) -> None:
    """Free at once whoever is left alone of everything."""
    teams.change_company(by=by, now=now, all_share=None)
    draw = outreach.drawn_of_everything()
    if services.free_everybody(now=now):
        _record("off", draw, by=by, now=now)


def renew(*, now: datetime) -> bool:
    """Draw anew where a year is over, by chance anew; where too few are left, it ends. Say whether one was due."""
    if not _is_over(now=now) or signals.current() is None:
        return False
    with transaction.atomic():
        Company.objects.select_for_update().first()  # one worker at a time, and nobody who switches meanwhile
        if not _is_over(now=now):
            return False
        ours = settings()
        share = ours.all_share
        if share is None or _draw(share=share, spares_a=ours.all_spares_a, by=None, now=now) is None:
            switch_off(by=None, now=now)
    return True


def _is_over(*, now: datetime) -> bool:
    last = outreach.drawn_of_everything()
    return last is not None and services.is_over(last, now=now)


def _draw(*, share: float, spares_a: bool, by: Staff | None, now: datetime) -> Draw | None:
    """Draw among all who take part, with what is expected of each; None: they are too few."""
    last = outreach.drawn_of_everything()
    if last is not None and not services.is_over(last, now=now):
        return last
    ids = list(eligible(spares_a=spares_a).values_list("customer_id", flat=True))
    if len(ids) < FEWEST:
        return None
    known = {}
    for start in range(0, len(ids), AT_ONCE):
        for pk, one in signals.foreseen(customer_ids=ids[start : start + AT_ONCE], days=YEAR_DAYS).items():
            known[pk] = Known(expected_cents=one.cents, expected_purchases=one.purchases, risk=one.risk, eligible=True)
    draw = services.draw_everything(share, known, now=now)
    _record("on", draw, by=by, now=now)
    return draw


def _record(what: str, draw: Draw | None, *, by: Staff | None, now: datetime) -> None:
    """Write into the trail what was switched, and of how many."""
    if draw is not None:
        numbers = counted(draw)
        told = {"share": draw.share, "customers": numbers["customers"], "held_out": numbers["held_out"]}
        teams.record(staff=by, action=f"left_alone.{what}", at=now, label=draw.origin, numbers=told)


def counted(draw: Draw) -> dict[str, int]:
    """Count who was drawn, and who of them is left alone."""
    return {"customers": draw.assignments.count(), "held_out": draw.assignments.filter(held_out=True).count()}
