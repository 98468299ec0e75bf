"""Tasks on a customer's timeline: when they were written, or when they were finished; and who gave them to whom."""

from collections.abc import Sequence

from django.db.models import Case, QuerySet, When
from django.utils.translation import gettext as _

from stammkunde.tasks.models import Task
from stammkunde.tasks.services import HANDED_OVER
from stammkunde.team.models import AuditEntry
from stammkunde.ui.asking import Asker
from stammkunde.ui.moments import Moments


def _tasks(customer_id: int) -> QuerySet[Task]:
    tasks = Task.objects.filter(customer=customer_id)
    moment = Case(When(finished_at=None, then="created_at"), default="finished_at")
    return tasks.select_related("owner", "finished_by").annotate(moment=moment)


def _handed_over(customer_id: int) -> QuerySet[AuditEntry]:
    tasks = Task.objects.filter(customer=customer_id).values("pk")
    return AuditEntry.objects.filter(thing="task", thing_id__in=tasks, action=HANDED_OVER, erased="").select_related(
        "staff"
    )


def _words(entries: Sequence[AuditEntry], _request: Asker) -> list[str]:
    return [_worded(one.label, *one.detail["owner"]) for one in entries]


def _worded(title: str, before: str, after: str) -> str:
    return _("Task “%(title)s”: %(before)s → %(after)s") % {
        "title": title,
        "before": before or _("nobody"),
        "after": after or _("nobody"),
    }


MOMENTS = (
    Moments(kind="task", order=2, rows=_tasks, moment="moment", template="tasks/moment.html"),
    Moments(kind="handover", order=8, rows=_handed_over, moment="at", template="tasks/handover.html", words=_words),
)
