"""Calls on a customer's timeline; they tell of the task that they finished, and of the contact that they are."""

from typing import Any

from django.db.models import QuerySet

from stammkunde.calls.models import Call
from stammkunde.contacts.models import Contact
from stammkunde.ui.moments import Moments


def _calls(customer_id: int) -> QuerySet[Call]:
    return Call.objects.filter(customer=customer_id, undone_at=None)


def _shown(customer_id: int) -> QuerySet[Call]:
    return _calls(customer_id).select_related("staff", "contact_person", "task")


def _tasks(customer_id: int) -> QuerySet[Any]:
    return _calls(customer_id).exclude(task=None).values("task")


def _contacts(customer_id: int) -> QuerySet[Any]:
    return Contact.objects.filter(source__in=_calls(customer_id).values("contact_source")).values("pk")


MOMENTS = (
    Moments(
        kind="call",
        order=6,
        rows=_shown,
        moment="happened_at",
        template="calls/moment.html",
        hides={"task": _tasks, "contact": _contacts},
    ),
)
