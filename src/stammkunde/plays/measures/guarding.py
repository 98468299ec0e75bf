"""Keeping the trouble of one measure from all the others: it is held with the cause, and they go on."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import DatabaseError
from django.db.models import F

from stammkunde.plays import groups
from stammkunde.plays.measures import holding
from stammkunde.plays.models import Play
from stammkunde.plays.services import trouble
from stammkunde.store.facts import NotDeclared

MOST_FAILURES = 3
NOT_NOW = (DatabaseError, groups.NotKept)  # it is tried again
NOT_THERE = (groups.UnknownRule, NotDeclared)  # what it asks for, any more


class Guard:
    """Does things for one measure after the other; what went wrong with some is raised when all had their turn."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self.problems: list[Exception] = []

    def each(self, plays: Iterable[Play], do: Callable[..., int]) -> bool:
        """Tell whether anything was done for any of them."""
        done = [self._one(play, do) for play in plays]
        return any(done)

    def _one(self, play: Play, do: Callable[..., int]) -> bool:
        try:
            return bool(do(play, now=self.now))
        except NOT_THERE as problem:
            detail = {"problem": str(problem)[:300]}
            holding.hold(play, code=holding.UNKNOWN_FIELD, detail=detail, now=self.now)
        except NOT_NOW as problem:
            self.problems.append(problem)
        except Exception as problem:  # noqa: BLE001 (whatever it is, it is this one's)
            self.problems.append(problem)
            count_failure(play.pk, {"problem": named(problem)}, now=self.now)
        return False

    def over(self) -> None:
        """Let whoever watches the workers know of the first problem; what is only not written down yet is none."""
        for problem in self.problems:
            if not isinstance(problem, groups.NotKept):
                raise problem


def named(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"[:300]


def count_failure(play_id: int, detail: dict[str, object], *, now: datetime) -> None:
    """Count a failure of a measure: three in a row hold it."""
    Play.objects.filter(pk=play_id).update(failures=F("failures") + 1)
    play = Play.objects.get(pk=play_id)
    if play.failures >= MOST_FAILURES:
        holding.hold(play, code=trouble.FAILED, detail=detail, now=now)
