"""Tasks on the work list: those that are due, and what was put off beyond its own days."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.tasks import queries, worklist
from stammkunde.tasks.models import Task
from stammkunde.tasks.queries import OWN
from stammkunde.tasks.worklist import Asked, Entries, Item, Kind, Section
from stammkunde.team.policy import Sight
from stammkunde.ui import writing

TASKS = Section(name="tasks", heading=gettext_lazy("Due tasks"), order=10)


def _rows(asked: Asked, room: int) -> list[Item]:
    coming_back = [kind.name for kind in worklist.kinds().values() if kind.comes_back]
    due = queries.due(today=asked.today, staff=asked.owner, limit=room)
    awake = queries.awake_again(coming_back, today=asked.today, staff=asked.owner, limit=room)
    return [_item(task, asked) for task in (*due, *awake)]


def _item(task: Task, asked: Asked) -> Item:
    return Item(
        kind=OWN,
        key=task.key or f"{OWN}:{task.pk}:",
        under=TASKS,
        reason={"due_on": task.due_on},
        customer=task.customer,
        task=task,
        minutes=asked.lengths.usual,
    )


def _words(item: Item, _sight: Sight) -> str:
    due_on = item.reason["due_on"]
    return _("Task, due %(day)s.") % {"day": writing.day(due_on)} if due_on else _("Task without a day.")


def _title(item: Item) -> str:
    return item.task.title if item.task else ""


ENTRIES = (
    Entries(name="tasks", order=10, kinds=(Kind(name=OWN, icon="check", words=_words, title=_title),), rows=_rows),
)
