"""The minutes of a day that people have for the tasks of measures, beside all else that has that day."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Q, Sum

from stammkunde.plays.models import Planner, StepRun
from stammkunde.tasks import policy
from stammkunde.tasks.models import Task
from stammkunde.team import queries as team

OF_MEASURES = Q(kind="task", key__startswith="play:")  # their minutes were taken on the day on which they were given


class Day:
    """
    What is left of people's day, over all measures and in both arms alike.

    Whoever has no hours gets as many tasks as Today gives everybody; what nobody looks after takes nobody's time.
    """

    def __init__(self, owners: Collection[int | None], *, usual: int, on: date) -> None:
        Planner.objects.get_or_create(pk=1)
        Planner.objects.select_for_update().get(pk=1)  # two workers never give out the same minutes
        people = team.workers().filter(pk__in=[one for one in owners if one is not None]).order_by()
        hours = people.values_list("pk", "hours_per_week")
        self._most = {pk: policy.day_minutes(of_week) or policy.LEAST_PER_DAY * usual for pk, of_week in hours}
        self._taken = _given(self._most, on=on)
        for pk, minutes in _besides(self._most, on=on, usual=usual).items():
            self._taken[pk] += minutes

    def take(self, owner_id: int | None, minutes: int) -> bool:
        """Take minutes of somebody's day, and tell whether there were so many; the first task of a day always fits."""
        if owner_id is None or owner_id not in self._most:
            return True
        taken = self._taken[owner_id]
        if taken and taken + minutes > self._most[owner_id]:
            return False
        self._taken[owner_id] += minutes
        return True


def _given(people: Collection[int], *, on: date) -> defaultdict[int, int]:
    """Give the minutes of a day that measures have taken already."""
    runs = StepRun.objects.filter(on=on, minutes__gt=0, owner__in=people).order_by()
    return defaultdict(int, dict(runs.values_list("owner").annotate(total=Sum("minutes"))))


def _besides(people: Collection[int], *, on: date, usual: int) -> dict[int, int]:
    """Give the minutes that other tasks with that day take, and those that were done on it took."""
    found: dict[int, int] = defaultdict(int)
    tasks = Task.objects.exclude(OF_MEASURES)
    planned = tasks.filter(state=Task.State.OPEN, due_on=on, owner__in=people)
    for pk in planned.exclude(snoozed_until_on__gt=on).values_list("owner", flat=True):
        found[pk or 0] += usual
    for pk, state, minutes in tasks.filter(finished_on=on, finished_by__in=people).values_list(
        "finished_by", "state", "minutes"
    ):
        found[pk or 0] += policy.took(state, minutes, usual=usual)
    return found
