"""What all plays earned together, by those left alone of everything; beside it, what single ones would add up to."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from stammkunde.impact.models import Verdict
from stammkunde.impact.reading import Members
from stammkunde.insight import experiments
from stammkunde.insight.experiments import Earned, Effect
from stammkunde.outreach.models import Draw

DAY_ZERO = date(1970, 1, 1)


def together(everything: Effect, members: Members) -> dict[str, Any]:
    """Tell what all plays earned together within the year, and what they would add up to."""
    since, until = (DAY_ZERO + timedelta(days=int(day)) for day in (members.first_on.min(), members.last_on.max()))
    told = experiments.add_up(everything, eligible=len(members), plays=_earned(since, until))
    return asdict(told) | {"apart": told.apart}


def of_plays() -> "QuerySet[Verdict]":
    """Give the verdicts on single plays that tell of money."""
    alone = Verdict.objects.filter(trial__step="")  # what words earn more or less is within what their play earns
    return alone.exclude(trial__origin__startswith=Draw.OF_EVERYTHING).exclude(numbers__margin=None)


def _earned(since: date, until: date) -> Iterator[Earned]:
    """Give what each play was said to have earned at the end of a round within the year, or lastly."""
    last: dict[tuple[int, int], Verdict] = {}
    for one in of_plays().filter(as_of_on__range=(since, until)).order_by("look"):
        last[one.trial_id, one.round] = one
    for one in last.values():
        margin = one.numbers["margin"]
        yield Earned(treated=margin["treated"], effect=margin["effect"], se=margin["se"])
