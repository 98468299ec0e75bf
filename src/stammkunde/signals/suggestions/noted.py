"""What is to be done without any figure saying so: tasks, wishes that were put off, imports with problems."""

from datetime import timedelta

from django.db.models import Q

from stammkunde.intake.models import Import
from stammkunde.signals.suggestions.item import ANNIVERSARY, BIRTHDAY, IMPORT, TASK, Asked, Item, signals_of
from stammkunde.tasks import queries as tasks
from stammkunde.tasks.models import Task

MOST_IMPORTS = 3


IMPORT_DAYS = 7


def due(asked: Asked, *, limit: int) -> list[Item]:
    """Give the tasks that are due."""
    return _task_items(tasks.due(today=asked.today, staff=asked.owner, limit=limit), asked)


def awake_again(asked: Asked, *, limit: int) -> list[Item]:
    """Give the wishes that were put off beyond their own days; what is silent is derived anew anyway."""
    awake = tasks.awake_again(today=asked.today, staff=asked.owner, limit=limit)
    return _task_items([task for task in awake if task.kind in {BIRTHDAY, ANNIVERSARY}], asked)


def _task_items(found: list[Task], asked: Asked) -> list[Item]:
    signals = signals_of([task.customer_id for task in found if task.customer_id], asked)
    return [
        Item(
            kind=TASK,
            key=task.key or f"{TASK}:{task.pk}:",
            reason={"code": TASK, "due_on": task.due_on, "note": task.note},
            customer=task.customer,
            signal=signals.get(task.customer_id) if task.customer_id else None,
            task=task,
            minutes=asked.lengths.usual,
        )
        for task in found
    ]


def imports(asked: Asked) -> list[Item]:
    """Give the latest imports with problems, to whoever is to see them."""
    if not asked.with_imports:
        return []
    since = asked.today - timedelta(days=IMPORT_DAYS)
    status = Import.Status
    troubled = Q(status=status.FAILED) | Q(status=status.DONE, problem_count__gt=0)
    found = Import.objects.filter(troubled, created_at__date__gte=since).order_by("-pk")[:MOST_IMPORTS]
    return [
        Item(
            kind=IMPORT,
            key=f"{IMPORT}:{incoming.pk}:{incoming.status}",
            reason={
                "code": f"import_{incoming.status}",
                "problems": incoming.problem_count,
                "file": incoming.file_name,
            },
            incoming=incoming,
            minutes=asked.lengths.least,
        )
        for incoming in found
    ]
