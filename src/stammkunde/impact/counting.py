"""How far a trial is: who was drawn, who entered, whose window is over, and when the next look is to be expected."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone

from stammkunde.impact import reading
from stammkunde.impact.models import Trial
from stammkunde.insight import experiments
from stammkunde.insight.experiments import Drawn, Look, Pace
from stammkunde.outreach.models import Assignment, Message
from stammkunde.outreach.policy import OUTSIDE_CAPS

RATE_DAYS = 91  # over which it is counted how many enter a week
WEEK = 7
MOST_WEEKS = 156  # three years: nobody waits longer


@dataclass(frozen=True, kw_only=True)
class Progress:
    """
    Where a trial stands, as of a day.

    Args:
        drawn: of each share: the share, how many were drawn, how many of them were held out.
        entered: who is compared, all rounds together, and `held_out` of them.
        ripe: of the round at hand, whose window is over; `waiting` whose is not.
        a_week: how many enter a week, lately.
        contaminated: held out, and something of the play left for them all the same.
        window_days: the longest, and `first_on` the day on which the first entered.
    """

    as_of_on: str
    drawn: list[tuple[float, int, int]] = field(default_factory=list)
    entered: int = 0
    held_out: int = 0
    ripe: int = 0
    waiting: int = 0
    a_week: float = 0.0
    contaminated: int = 0
    window_days: int = 91
    first_on: str = ""
    next_at: int | None = None  # how many ripe customers the next look waits for
    next_on: str = ""  # when they are to be expected; empty: nobody can tell, or not within three years

    @property
    def treated(self) -> int:
        return self.entered - self.held_out

    def written(self) -> dict[str, Any]:
        return asdict(self)


def read(told: dict[str, Any]) -> Progress:
    """Read what `written` gave."""
    return Progress(**{**told, "drawn": [tuple(one) for one in told.get("drawn", ())]})


def count(trial: Trial, *, as_of: date) -> Progress:
    """Count where a trial stands."""
    rows = reading.compared(trial)
    arms = rows.aggregate(
        entered=Count("pk"),
        held_out=Count("pk", filter=Q(held_out=True)),
        ripe=Count("pk", filter=reading.ripe(trial, as_of=as_of)),
    )
    in_round = max(arms["entered"] - trial.skipped, 0)
    windows = reading.draws(trial).values("window_days").distinct().count()
    planned = in_round if trial.planned is None else min(in_round, trial.planned)
    ripe = min(max(arms["ripe"] - trial.skipped, 0), planned)
    if windows > 1 and ripe:  # who entered later may be through sooner
        ripe = len(reading.members(trial, as_of=as_of))
    began = rows.values_list("entered_at", flat=True).first()
    first_on = timezone.localdate(began) if began else None
    return Progress(
        as_of_on=as_of.isoformat(),
        drawn=list(_drawn(trial)),
        entered=arms["entered"],
        held_out=arms["held_out"],
        ripe=ripe,
        waiting=planned - ripe,
        a_week=_a_week(trial, first_on, as_of=as_of),
        contaminated=_contaminated(trial),
        window_days=max(reading.draws(trial).values_list("window_days", flat=True), default=91),
        first_on=first_on.isoformat() if first_on else "",
    )


def split(progress: Progress) -> experiments.Split:
    """Tell whether chance let as many be contacted as it was meant to."""
    return experiments.check_split(Drawn(enrolled=n, held_out=held, share=share) for share, n, held in progress.drawn)


def pace(trial: Trial, progress: Progress) -> Pace | None:
    """Tell how fast customers come; None: nobody else will."""
    if trial.plan == Trial.Plan.ONCE or not progress.a_week:
        return None
    return Pace(ripe_per_week=progress.a_week, window_days=progress.window_days, lag_days=trial.lag_days)


def with_next(trial: Trial, progress: Progress, look: Look | None, *, as_of: date) -> Progress:
    """Say when the next look is to be expected, and for how many it waits."""
    next_at = look.next_at if look else None
    on = None if next_at is None else _expected_on(trial, progress, trial.skipped + next_at, as_of=as_of)
    return replace(progress, next_at=next_at, next_on=on.isoformat() if on else "")


def _expected_on(trial: Trial, progress: Progress, at: int, *, as_of: date) -> date | None:
    """Tell when so many will be ripe: counted where they have entered, reckoned where not."""
    days = timedelta(days=progress.window_days + trial.lag_days + 1)
    entered = reading.compared(trial).values_list("entered_at", flat=True)[at - 1 : at].first()
    if entered is not None:
        return timezone.localdate(entered) + days
    if not progress.a_week:
        return None
    weeks = (at - progress.entered) / progress.a_week
    return None if weeks > MOST_WEEKS else as_of + timedelta(weeks=weeks) + days


def _drawn(trial: Trial) -> Iterator[tuple[float, int, int]]:
    counted = reading.units(trial).order_by().values(share=F("draw__share"))
    for row in counted.annotate(n=Count("pk"), held=Count("pk", filter=Q(held_out=True))).order_by("share"):
        if 0 < row["share"] < 1:
            yield row["share"], row["n"], row["held"]


def _a_week(trial: Trial, first_on: date | None, *, as_of: date) -> float:
    if trial.plan == Trial.Plan.ONCE or first_on is None:
        return 0.0
    days = min(max((as_of - first_on).days, 1), RATE_DAYS)
    since = reading.begin_of(as_of - timedelta(days=days - 1))
    return reading.compared(trial).filter(entered_at__gte=since).count() * WEEK / days


def _contaminated(trial: Trial) -> int:
    """Count those left alone to whom something of it went while they were to be left alone."""
    found = 0
    if trial.is_of_words:  # nobody is left alone
        return found
    for draw in reading.draws(trial):
        over = ExpressionWrapper(OuterRef("entered_at") + timedelta(days=draw.window_days + 1), DateTimeField())
        left = Message.objects.filter(customer=OuterRef("customer"), handed_over_at__lt=over)
        if trial.is_of_everything:
            left = left.filter(handed_over_at__gt=OuterRef("entered_at"), origin__startswith="play:")
            left = left.exclude(purpose__in=OUTSIDE_CAPS)
        else:
            left = left.filter(handed_over_at__gte=OuterRef("entered_at"), origin=trial.origin)
        alone = reading.compared(trial).filter(held_out=True).values("pk")
        found += Assignment.objects.filter(Exists(left), draw=draw, pk__in=alone).count()
    return found
