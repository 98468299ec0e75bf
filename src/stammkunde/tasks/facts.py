"""What the mirror must know of tasks and complaints, and what hangs on facts: a task keeps whom it is about."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stammkunde.store.facts import Asked, AskedRows, FactTable, Hanging, Mirrored
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
    counting=Q(state=Task.State.DONE),
    asked=(
        Asked(name="complaint", label=_("Complaint"), kind="flag", read="t.is_complaint"),
        Asked(name="minutes", label=_("Minutes"), kind="whole", unit=_("minutes")),
    ),
)

COMPLAINTS = FactTable(
    name="complaints",
    label=_("Complaints"),
    model=Task,
    part="complaints",
    happened_at="created_at",
    starts_refresh=False,
    mirrored=Mirrored(
        key="task_id",
        columns={
            "task_id": "BIGINT",
            "customer_id": "BIGINT",
            "entered_on": "INTEGER",
            "is_open": "BOOLEAN",
            "settled_on": "INTEGER",
        },
        read={"entered_on": "DATE(t.created_at)", "is_open": "(t.state = 'open')", "settled_on": "t.finished_on"},
        days=("entered_on", "settled_on"),
        only="t.is_complaint AND t.state <> 'dismissed' AND t.customer_id IS NOT NULL",
    ),
    counting=Q(is_complaint=True) & ~Q(state=Task.State.DISMISSED),
    asked=(
        Asked(name="open", label=_("Not settled yet"), kind="flag", read="t.is_open", history=False),
        Asked(name="settled", label=_("Settled on"), kind="day", read="t.settled_on", history=False),
    ),
    asked_rows=AskedRows(day="entered_on"),
)

OWN = (TASKS, COMPLAINTS)

HANGING = (Hanging(model=Task, column="customer", label=_("Tasks")),)
