"""What a person acts on: found again by its key, as a task or as a suggestion that still stands."""

from datetime import datetime

from stammkunde.signals import suggestions as queries
from stammkunde.signals.suggestions import wording
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from stammkunde.team.models import Staff


def known_task(key: str) -> Task | None:
    """Find a task by its key, or by its number where a person wrote it."""
    known = Task.objects.filter(key=key).first() if key else None
    if known is not None:
        return known
    kind, _colon, rest = key.partition(":")
    pk = rest.partition(":")[0]
    return Task.objects.filter(pk=pk, key=None).first() if kind == queries.TASK and pk.isdecimal() else None


def task(key: str, asked: queries.Asked, *, now: datetime, staff: Staff) -> Task | None:
    """Give what a key stands for as a task, made now if it was a suggestion; None where it no longer stands."""
    known = known_task(key)
    if known is not None or key.startswith(f"{queries.TASK}:"):
        return known
    found = queries.item(key, asked)
    return tasks.take_up(found.suggestion(wording.title(found)), now=now, staff=staff) if found else None
