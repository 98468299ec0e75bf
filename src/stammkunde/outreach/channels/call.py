"""Calls: a task with a guide, on the list of whoever looks after the customer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from stammkunde.customers import caretakers
from stammkunde.customers import queries as customers
from stammkunde.customers.models import Channel, ContactPerson, Customer
from stammkunde.outreach.channels import Leaves, Receipt, Rendered
from stammkunde.outreach.models import Message
from stammkunde.tasks import services as tasks
from stammkunde.tasks.queries import PLANNED_CALL
from stammkunde.team.models import Company


def provider_id(task_id: int) -> str:
    """Name the task of a call, as the call's message keeps it."""
    return f"task:{task_id}"


class Call:
    name = "call"
    reaches = Channel.PHONE
    disturbs = False  # the task is there at any hour; whoever calls sees the customer's hours
    collects = False
    repeatable = True  # the task is found by its key

    def missing(self, company: Company) -> str:
        return ""

    def parallel(self) -> int:
        return 1

    def address(self, customer: Customer, person: ContactPerson | None) -> str:
        return customers.address(Channel.PHONE, customer, person)

    def per_minute(self) -> int | None:
        return None

    def group(self, message: Message) -> str:
        return ""

    def render(self, message: Message, company: Company) -> Rendered:
        parts = (message.person_name, message.address, message.content.get("text", ""))
        body = {"title": str(message.content["subject"]), "note": "\n".join(str(part) for part in parts if part)}
        return Rendered(address=message.address, body=body)

    @contextmanager
    def line(self) -> Iterator[None]:
        yield None

    def hand_over(self, message: Message, rendered: Rendered, line: Any, leaves: Leaves) -> Receipt:
        assert message.rendered_at is not None
        leaves()
        task = tasks.plan(
            tasks.Content(title=rendered.body["title"], note=rendered.body["note"]),
            key=message.key,
            customer_id=message.customer_id,
            owner_id=_caller(message),
            due=tasks.Due(on=timezone.localdate(message.due_at)),
            now=message.rendered_at,
            kind=PLANNED_CALL,
        )
        return Receipt(provider_id=provider_id(task.pk))


def _caller(message: Message) -> int | None:
    """Give who is asked to call: whom they chose, who looks after them, or else whom the campaign names."""
    recipient = (message.customer_id, message.contact_person_id)
    return caretakers.of([recipient])[recipient] or message.content.get("caller")


CHANNEL = Call()
