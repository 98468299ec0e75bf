"""Tasks on a customer's timeline: when they were written, or when they were finished."""

from django.db.models import Case, QuerySet, When

from stammkunde.tasks.models import Task
from stammkunde.ui.moments import Moments


def _tasks(customer_id: int) -> QuerySet[Task]:
    tasks = Task.objects.filter(customer=customer_id)
    moment = Case(When(finished_at=None, then="created_at"), default="finished_at")
    return tasks.select_related("owner", "finished_by").annotate(moment=moment)


MOMENTS = (Moments(kind="task", order=2, rows=_tasks, moment="moment", template="tasks/moment.html"),)
