"""While something is open with a customer nothing is advertised there, whoever knows of it and whoever settles it."""

from datetime import timedelta

import pytest

from stammkunde.outreach import services, wording
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from tests.desk.installing import installed
from tests.outreach.planning import NOW, company, customer, plan

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=7)


@pytest.fixture
def at_the_desk(settings):
    with installed(settings):
        yield


def complain(one, staff):
    return tasks.add(tasks.Content(title="Falsche Ware", is_complaint=True), now=NOW, customer=one, staff=staff)


def finish(task, staff):
    tasks.finish(task_id=task.pk, staff=staff, finished_at=NOW)


def dismiss(task, staff):
    tasks.dismiss(task_id=task.pk, staff=staff, finished_at=NOW)


def delete(task, _staff):
    Task.objects.filter(pk=task.pk).delete()


def claimed(now):
    services.look_after(now=now)
    return services.claim(channel="email", holder="h 1 a", at_most=9, now=now)


@pytest.mark.parametrize("settle", [finish, dismiss, delete])
def test_what_waits_goes_on_however_a_complaint_is_settled(settle, salesperson):
    company()
    one = customer()
    complaint = complain(one, salesperson)
    services.plan_messages([plan(one)], now=NOW)
    assert claimed(NOW) == []

    settle(complaint, salesperson)

    assert [message.customer for message in claimed(LATER)] == [one]


def test_a_complaint_that_is_opened_again_makes_wait_again(salesperson):
    company()
    one = customer()
    complaint = complain(one, salesperson)
    finish(complaint, salesperson)
    services.plan_messages([plan(one)], now=NOW)

    tasks.reopen(task_id=complaint.pk, now=NOW, staff=salesperson)

    assert claimed(NOW) == []


def test_what_an_app_declares_makes_wait_in_its_own_words(at_the_desk):
    company()
    one, other = customer(city="Warteschlange"), customer()

    waiting, planned = services.plan_messages([plan(one), plan(other)], now=NOW)

    assert (waiting.due_at, waiting.reason) == (None, {"code": "at_the_desk"})
    assert wording.reason(waiting.reason) == "Waits at the desk."
    assert planned.due_at == NOW
    assert [message.customer for message in claimed(NOW)] == [other]
