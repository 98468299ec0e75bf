"""All that the trial of a play says."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from stammkunde.customers.models import Customer
from stammkunde.outreach import channels, looks
from stammkunde.outreach.services import CountsAsAdvertising
from stammkunde.plays import contents
from stammkunde.plays.contents import Content, InvalidContent, Task
from stammkunde.plays.editing import power
from stammkunde.plays.measures import checking, costs
from stammkunde.plays.models import Enrolment, Play
from stammkunde.plays.services.preparing import NothingToSay
from stammkunde.plays.trial import room, ways, whom
from stammkunde.plays.trial.ways import Said
from stammkunde.plays.trial.whom import Whom
from stammkunde.sales.models import Line
from stammkunde.signals import queries as signals
from stammkunde.team import queries as team

MOST = 2_000  # customers of whom reach and spread are asked
NAMES = 10
YEAR_DAYS = 365
WEEKS_A_MONTH = 30 / 7
SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """
    What a play would do.

    Args:
        asked: of how many of those in `whom` reach and effect were asked: the first so many.
        calls_a_day: on a usual working day.
        free_calls: for how many a day the team has time beside what it did lately; None: no hours are known.
        overlaps: other plays that some of them are in, with how many.
        power: a share that is left alone → the smallest effect per customer that could be seen, in cents.
    """

    whom: Whom
    people: tuple[Customer, ...]
    asked: int
    said: Said
    inside: int
    overlaps: tuple[tuple[str, int], ...]
    each_cents: int
    minutes: int
    calls_a_day: float | None
    free_calls: int | None
    power: tuple[tuple[float, int | None], ...]
    missing: tuple[str, ...]

    @property
    def n(self) -> int | None:
        return None if self.whom.ids is None else len(self.whom.ids)

    @property
    def month_cents(self) -> int | None:
        """Give what a usual month costs, if everybody were contacted."""
        return None if self.whom.a_week is None else round(self.each_cents * self.whom.a_week[1] * WEEKS_A_MONTH)

    @property
    def shows_nothing(self) -> bool:
        return all(cents is None for _share, cents in self.power)

    @property
    def minutes_a_week(self) -> int | None:
        return None if self.whom.a_week is None else self.minutes * self.whom.a_week[1]


def of(play: Play, content: Content, *, now: datetime) -> Trial:
    """Look at what a play would do today."""
    found = whom.of(content, now=now)
    ids = list(found.ids or ())
    asked = ids[:MOST]
    others = _overlaps(play, asked)
    hours = costs.Hours(on=timezone.localdate(now))
    return Trial(
        whom=found,
        people=tuple(_best(asked)),
        asked=len(asked),
        said=ways.of(content, [(pk, found.persons.get(pk)) for pk in asked], today=timezone.localdate(now)),
        inside=Enrolment.objects.filter(play=play, closed_at=None).exclude(state="").count(),
        overlaps=tuple(others),
        each_cents=costs.expected(content, on=timezone.localdate(now)),
        minutes=sum(hours.needs(one) for one in contents.every(content.steps) if isinstance(one, Task)),
        calls_a_day=room.calls_a_day(content, a_week=found.a_week),
        free_calls=room.free_calls(content, now=now),
        power=tuple(_power(content, ids, asked, now=now)),
        missing=tuple(dict.fromkeys(_missing(content))),
    )


def smallest_cents(content: Content, *, share: float, now: datetime) -> int | None:
    """Give the smallest effect for each customer that could be seen with so many left alone; None: too few."""
    ids = whom.of(content, now=now, is_whole=False).ids or ()
    return smallest_of(ids, customers=len(ids), share=share, days=content.goal.window_days, now=now)


def smallest_of(ids: Sequence[int], *, customers: int, share: float, days: int, now: datetime) -> int | None:
    """Give the same of so many customers within so many days, by what some of them brought lately."""
    spread = power.spread_cents(_brought(days, ids[:MOST], now=now))
    return power.smallest_cents(customers=customers, share=share, spread_cents=spread) if spread else None


def usual_share(content: Content, *, now: datetime) -> float:
    """Suggest how many to leave alone, by how many can be reached within a year; where nobody is known, as it says."""
    found = whom.of(content, now=now, is_whole=False)
    asked = [(pk, found.persons.get(pk)) for pk in (found.ids or ())[:MOST]]
    if not asked or not content.holdout.share:
        return content.holdout.share
    reached = ways.reached(content, asked, today=timezone.localdate(now))
    a_year = 1.0 if found.is_group else YEAR_DAYS / whom.LATELY_DAYS
    return power.usual_share(round(len(found.ids or ()) * a_year * reached / len(asked)))


def _best(ids: Sequence[int]) -> list[Customer]:
    """Give ten of them, whoever is worth most first."""
    worth = signals.worth(customer_ids=ids)
    first = sorted(ids, key=lambda one: (-worth.get(one, 0), one))[:NAMES]
    known = Customer.objects.in_bulk(first)
    return [known[one] for one in first if one in known]


def _overlaps(play: Play, ids: Collection[int]) -> Iterator[tuple[str, int]]:
    open_ones = Enrolment.objects.filter(customer__in=ids, closed_at=None).exclude(state="").exclude(play=play)
    counted = open_ones.values("play__name").annotate(n=Count("customer", distinct=True)).order_by("-n", "play__name")
    yield from ((row["play__name"], row["n"]) for row in counted)


def _power(
    content: Content, ids: Sequence[int], asked: Sequence[int], *, now: datetime
) -> Iterator[tuple[float, int | None]]:
    spread = power.spread_cents(_brought(content.goal.window_days, asked, now=now))
    shares = sorted({*SHARES, *([content.holdout.share] if content.holdout.share else [])})
    yield from (
        (share, power.smallest_cents(customers=len(ids), share=share, spread_cents=spread) if spread else None)
        for share in shares
    )


def _brought(days: int, ids: Sequence[int], *, now: datetime) -> list[int]:
    """Give what each brought in the last days, as many as the window has: margin, or revenue where unknown."""
    first = timezone.localdate(now) - timedelta(days=days)
    rows = Line.objects.filter(order__customer__in=ids, order__ordered_on__gt=first).exclude(order__status="cancelled")
    sums = rows.values("order__customer").annotate(revenue=Sum("revenue_cents"), cost=Sum("cost_cents"))
    brought = {row["order__customer"]: (row["revenue"] or 0) - (row["cost"] or 0) for row in sums}
    return [brought.get(one, 0) for one in ids]


def _missing(content: Content) -> Iterator[str]:
    """Say what stands against a start."""
    try:
        checking.check(content)
    except InvalidContent as wrong:
        yield from (one.text for one in wrong.problems)
    except NothingToSay as empty:
        yield _("The template “%(name)s” has no text yet.") % {"name": empty}
    except CountsAsAdvertising:
        yield _("A template advertises, and its purpose says that it does not.")
    except looks.NotLookedAt:
        yield _("First a colleague has to understand it in five seconds: the settings want it so.")
    for template in costs.templates(content).values():
        lacks = channels.get(template.channel).missing(team.company())
        if lacks:
            yield _("“%(name)s” cannot be sent yet: its channel is not set up.") % {"name": template.name}
