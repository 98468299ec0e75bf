"""What hangs on facts: a task is somebody's, and keeps the customer that it is about."""

from django.utils.translation import gettext_lazy as _

from stammkunde.store.facts import Hanging
from stammkunde.tasks.models import Task

HANGING = (Hanging(model=Task, column="customer", label=_("Tasks")),)
