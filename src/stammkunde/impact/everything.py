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
from stammkunde.impact.models import Year
from stammkunde.insight import experiments
from stammkunde.insight.errors import NotEnoughData
from stammkunde.outreach import queries as outreach
from stammkunde.outreach import services
from stammkunde.outreach.models import MessageSettings
from stammkunde.outreach.services.everything import YEAR_DAYS
from stammkunde.signals import forecasts
from stammkunde.signals import queries as signals
from stammkunde.signals.models import CustomerSignal
from stammkunde.team import queries as team
from stammkunde.team import services as teams
from stammkunde.team.models import Company, Staff

FEWEST = 2_000  # below it, such a year shows nothing but a miracle
LEAST, MOST = 0.02, 0.2  # of them may be left alone
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
def switch_on(*, share: float, spares_a: bool, by: Staff | None, now: datetime) -> Year:
    """
    Let the worker draw who is left alone of everything for a year (`drawing`); what is on already goes on as it is.

    :raises TooFew: if fewer than `FEWEST` take part
    :raises OutOfBounds: if the share is below `LEAST` or above `MOST`
    """
    if not LEAST <= share <= MOST:
        raise OutOfBounds(share)
    _alone()
    teams.change_company(by=by, now=now, all_share=share, all_spares_a=spares_a)
    year = _begin(share=share, spares_a=spares_a, by=by, now=now)
    if year is None:
        raise TooFew
    return year


@transaction.atomic
def switch_off(*, by: Staff | None, now: datetime) -> None:
    """Free at once whoever is left alone of everything, and draw nobody else."""
    teams.change_company(by=by, now=now, all_share=None)
    year = at_hand()
    if services.free_everybody(now=now) and year is not None:
        record("off", year, by=by, now=now)


def renew(*, now: datetime) -> bool:
    """Begin another year where one is over; where too few are left, it ends. Say whether one was due."""
    if not _is_over(now=now) or signals.current() is None:
        return False
    with transaction.atomic():
        _alone()
        if not _is_over(now=now):
            return False
        ours = settings()
        share = ours.all_share
        if share is None or _begin(share=share, spares_a=ours.all_spares_a, by=None, now=now) is None:
            switch_off(by=None, now=now)
    return True


def at_hand() -> Year | None:
    """Give the year at hand, drawn or not; None: it is switched off."""
    draw = outreach.drawn_of_everything()
    return Year.objects.select_related("draw").filter(draw=draw).first() if draw else None


def record(what: str, year: Year, *, by: Staff | None, now: datetime) -> None:
    """Write into the trail what became of a year, and how many it is about."""
    told = {"share": year.draw.share, "customers": year.customers or year.total, "held_out": year.held_out}
    teams.record(staff=by, action=f"left_alone.{what}", at=now, label=year.draw.origin, numbers=told)


def _alone() -> None:
    """Let nobody else switch it meanwhile, whether a worker or a person."""
    Company.objects.select_for_update().first()


def _is_over(*, now: datetime) -> bool:
    last = outreach.drawn_of_everything()
    return last is not None and services.is_over(last, now=now)


def _begin(*, share: float, spares_a: bool, by: Staff | None, now: datetime) -> Year | None:
    """Begin a year of all who take part; None: they are too few."""
    year = at_hand()
    if year is not None and not services.is_over(year.draw, now=now):
        return year
    total = eligible(spares_a=spares_a).count()
    if total < FEWEST:
        return None
    year = Year.objects.create(draw=services.begin_year(share, now=now), total=total)
    record("on", year, by=by, now=now)
    return year
