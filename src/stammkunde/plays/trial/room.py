"""What calls a play would ask of people, and what time they have for it beside what they did lately."""

from datetime import datetime, timedelta

from stammkunde.plays import contents
from stammkunde.plays.contents import Content, Task
from stammkunde.tasks import policy, queries

LATELY_WEEKS = 4


def calls_a_day(content: Content, *, a_week: tuple[int, int, int] | None) -> float | None:
    """Tell how many calls a usual working day brings; None: it asks for none, or nobody knows how many begin."""
    calls = _calls(content)
    return a_week[1] * len(calls) / policy.WORKING_DAYS if calls and a_week else None


def free_calls(content: Content, *, now: datetime) -> int | None:
    """Tell for how many of these calls a day there is time; None: nobody has said how long the team works."""
    calls, team = _calls(content), queries.capacity()
    if not calls or not team.hours_per_week:
        return None
    lately = queries.spent(begin=now - timedelta(weeks=LATELY_WEEKS), end=now, usual=team.usual_minutes)
    taken = sum(one.minutes for one in lately) / (LATELY_WEEKS * policy.WORKING_DAYS)
    each = sum(one.minutes or team.usual_minutes for one in calls) / len(calls)
    return max(0, int((policy.day_minutes(team.hours_per_week) - taken) / each))


def _calls(content: Content) -> list[Task]:
    return [one for one in contents.every(content.steps) if isinstance(one, Task) and one.by_phone]
