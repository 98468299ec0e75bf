"""What the mirror must know of tasks, and what hangs on facts: a task keeps the customer that it is about."""

from django.utils.translation import gettext_lazy as _

from stammkunde.store.facts import Asked, FactTable, Hanging, Mirrored
from stammkunde.tasks.models import Task

TASKS = FactTable(
    name="tasks",
    label=_("Tasks"),
    model=Task,
    part="tasks",
    month_of="finished_on",
    starts_refresh=False,  # as contacts: what is done every hour must not compute everything anew
    mirrored=Mirrored(
        key="task_id",
        columns={
            "task_id": "BIGINT",
            "customer_id": "BIGINT",
            "finished_on": "INTEGER",
            "finished_month": "INTEGER",
            "role": "VARCHAR",
            "minutes": "INTEGER",
            "is_complaint": "BOOLEAN",
        },
        read={"role": "t.finished_role"},
        days=("finished_on",),
        only="t.state = 'done' AND t.customer_id IS NOT NULL AND t.finished_on IS NOT NULL",
    ),
    asked=(
        Asked(name="complaint", label=_("Complaint"), kind="flag", read="t.is_complaint"),
        Asked(name="minutes", label=_("Minutes"), kind="whole", unit=_("minutes")),
    ),
)

OWN = (TASKS,)

HANGING = (Hanging(model=Task, column="customer", label=_("Tasks")),)
