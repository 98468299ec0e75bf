from datetime import UTC, date, datetime, timedelta

import pytest

from stammkunde.customers import changes
from stammkunde.customers import services as customers
from stammkunde.tasks import queries, services
from stammkunde.tasks.models import Task
from stammkunde.team.models import AuditEntry
from stammkunde.ui.moments import timeline
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def suggestion(customer, cycle="2026-10-01") -> services.Suggestion:
    return services.Suggestion(kind="overdue", customer_id=customer.pk, cycle=cycle, title="Anrufen")


def test_suggestion_becomes_one_task_however_often_it_is_taken_up(salesperson):
    customer = factories.customer()

    first = services.take_up(suggestion(customer), staff=salesperson, now=NOW)
    again = services.take_up(suggestion(customer), staff=salesperson, now=NOW)
    next_cycle = services.take_up(suggestion(customer, cycle="2026-11-01"), staff=salesperson, now=NOW)

    assert first == again
    assert first.key == f"overdue:{customer.pk}:2026-10-01"
    assert next_cycle != first


def test_finish_keeps_who_when_and_what_came_of_it(salesperson, administrator):
    task = services.add(services.Content(title="Angebot nachfassen", note="Preis?"), now=NOW, staff=salesperson)

    for _repeated in range(2):
        task = services.finish(task_id=task.pk, staff=administrator, finished_at=NOW, outcome="Bestellt im Dezember")

    assert (task.state, task.finished_by, task.finished_at) == (Task.State.DONE, administrator, NOW)
    assert task.note == "Preis?\nBestellt im Dezember"
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["task.created", "task.done"]


def test_finish_keeps_how_long_it_took_and_reopening_forgets_it(salesperson):
    task = services.add(services.Content(title="Angebot nachfassen"), now=NOW, staff=salesperson)

    services.finish(task_id=task.pk, staff=salesperson, finished_at=NOW, minutes=30)
    services.finish(task_id=task.pk, staff=salesperson, finished_at=NOW, minutes=60)  # it is finished already
    task.refresh_from_db()
    assert task.minutes == 30

    assert services.reopen(task_id=task.pk, staff=salesperson, now=NOW).minutes is None


def test_time_is_summed_by_week_person_and_customer(salesperson, administrator):
    customer = factories.customer()

    def finished(day, minutes, *, by=salesperson, end=services.finish, **fields):
        task = services.add(services.Content(title="x"), now=NOW, staff=by, **fields)
        extra = {} if end is services.dismiss else {"minutes": minutes}
        end(task_id=task.pk, staff=by, finished_at=datetime(2026, 11, day, 12, tzinfo=UTC), **extra)

    finished(16, 15, customer=customer)
    finished(22, None, customer=customer)
    finished(23, 60, customer=customer)
    finished(17, 5, by=administrator)
    finished(18, None, end=services.dismiss)

    rows = queries.spent(begin=datetime(2026, 11, 16, tzinfo=UTC), end=datetime(2026, 11, 24, tzinfo=UTC), usual=24)

    told = {(row.week_on, row.staff_id, row.customer_id): (row.minutes, row.assumed, row.tasks) for row in rows}
    assert told == {
        (date(2026, 11, 16), salesperson.pk, customer.pk): (39, 24, 2),
        (date(2026, 11, 23), salesperson.pk, customer.pk): (60, 0, 1),
        (date(2026, 11, 16), administrator.pk, None): (5, 0, 1),
        (date(2026, 11, 16), salesperson.pk, None): (0, 0, 1),
    }


def test_reopen_takes_back_done_dismissed_and_snoozed(salesperson):
    done = services.finish(
        task_id=services.add(services.Content(title="a"), now=NOW, staff=salesperson).pk,
        staff=salesperson,
        finished_at=NOW,
    )
    dismissed = services.dismiss(
        task_id=services.add(services.Content(title="b"), now=NOW, staff=salesperson).pk,
        staff=salesperson,
        finished_at=NOW,
    )
    snoozed = services.snooze(
        task_id=services.add(services.Content(title="c"), now=NOW, staff=salesperson).pk,
        until_on=TODAY + timedelta(days=1),
        staff=salesperson,
        now=NOW,
    )

    for task in (done, dismissed, snoozed, snoozed):
        services.reopen(task_id=task.pk, staff=salesperson, now=NOW)

    assert Task.objects.filter(state="open", snoozed_until_on=None, finished_at=None, finished_by=None).count() == 3
    assert AuditEntry.objects.filter(action="task.reopened").count() == 3


def test_snooze_refuses_the_past_and_closed_tasks(salesperson):
    task = services.add(services.Content(title="a"), now=NOW, staff=salesperson)

    with pytest.raises(services.NotYetDue):
        services.snooze(task_id=task.pk, until_on=TODAY, staff=salesperson, now=NOW)
    services.finish(task_id=task.pk, staff=salesperson, finished_at=NOW)
    with pytest.raises(services.TaskClosed):
        services.snooze(task_id=task.pk, until_on=TODAY + timedelta(days=1), staff=salesperson, now=NOW)


def test_taken_up_tells_what_is_done_with_for_now(salesperson):
    done, snoozed, waiting, untouched = (suggestion(factories.customer()) for _ in range(4))
    services.finish(task_id=services.take_up(done, staff=salesperson, now=NOW).pk, staff=salesperson, finished_at=NOW)
    services.snooze(
        task_id=services.take_up(snoozed, staff=salesperson, now=NOW).pk,
        until_on=TODAY + timedelta(days=7),
        staff=salesperson,
        now=NOW,
    )
    services.take_up(waiting, staff=salesperson, now=NOW)
    keys = [one.key for one in (done, snoozed, waiting, untouched)]

    assert queries.taken_up(keys, today=TODAY) == {done.key, snoozed.key}
    assert queries.taken_up(keys, today=TODAY + timedelta(days=7)) == {done.key}


def test_due_gives_dated_tasks_first_and_leaves_out_later_ones(salesperson, administrator):
    services.add(services.Content(title="ohne Tag"), now=NOW, staff=salesperson)
    services.add(services.Content(title="gestern"), now=NOW, staff=salesperson, due_on=TODAY - timedelta(days=1))
    services.add(services.Content(title="morgen"), now=NOW, staff=salesperson, due_on=TODAY + timedelta(days=1))
    services.add(services.Content(title="heute"), now=NOW, staff=salesperson, due_on=TODAY)
    services.add(services.Content(title="fremd"), now=NOW, staff=administrator, due_on=TODAY)

    assert [task.title for task in queries.due(today=TODAY, staff=salesperson, limit=9)] == [
        "gestern",
        "heute",
        "ohne Tag",
    ]
    assert len(queries.due(today=TODAY, staff=None, limit=9)) == 4


@pytest.mark.django_db
def test_suggestion_taken_on_is_a_task_with_why_and_until_when(salesperson):
    suggestion = services.Suggestion(
        kind="overdue", customer_id=factories.customer().pk, cycle="2026-09-23", title="Melden"
    )

    first = services.take_on(suggestion, staff=salesperson, note="58 Tage still", due_on=date(2026, 11, 27), now=NOW)
    again = services.take_on(suggestion, staff=salesperson, note="58 Tage still", due_on=date(2026, 11, 27), now=NOW)

    assert first == again == Task.objects.get()
    assert (again.kind, again.note, again.due_on, again.owner) == (
        "task",
        "58 Tage still",
        date(2026, 11, 27),
        salesperson,
    )


@pytest.mark.django_db
def test_suggestion_put_off_and_then_taken_on_is_open_again(salesperson):
    suggestion = services.Suggestion(
        kind="overdue", customer_id=factories.customer().pk, cycle="2026-09-23", title="Melden"
    )
    known = services.take_up(suggestion, staff=salesperson, now=NOW)
    services.snooze(task_id=known.pk, until_on=date(2026, 12, 1), staff=salesperson, now=NOW)

    task = services.take_on(suggestion, staff=salesperson, note="58 Tage still", now=NOW)

    assert (task.pk, task.kind, task.note, task.snoozed_until_on) == (known.pk, "task", "58 Tage still", None)


def test_open_tasks_go_along_with_the_customer_and_say_so_there(salesperson, administrator, servant):
    customer = factories.customer(owner=salesperson)

    def written(title, owner):
        return services.add(services.Content(title=title), now=NOW, staff=servant, customer=customer, owner=owner)

    theirs, colleagues, done = written("a", salesperson), written("b", servant), written("c", salesperson)
    nobodys = services.plan(
        services.Content(title="d"), key="x:1:1", customer_id=customer.pk, owner_id=None, due=services.Due(on=TODAY),
        now=NOW,
    )  # fmt: skip
    services.finish(task_id=done.pk, staff=salesperson, finished_at=NOW)

    fields = {"owner": administrator}
    customers.change_customer(customer_id=customer.pk, fields=fields, now=NOW, staff=administrator)

    owners = dict(Task.objects.values_list("title", "owner__name"))
    assert owners == {"a": "Ada", "b": servant.name, "c": "Sven", "d": "Ada"}
    told = [moment.thing.detail["owner"] for moment in timeline(customer.pk).events if moment.kind == "handover"]
    assert sorted(told) == [["", "Ada"], ["Sven", "Ada"]]
    (change,) = [moment.thing for moment in timeline(customer.pk).events if moment.kind == "change"]
    assert changes.entry(change) == "Betreuer: Sven → Ada"
    assert {theirs.pk, nobodys.pk, colleagues.pk} <= set(Task.objects.filter(state="open").values_list("pk", flat=True))


def test_tasks_of_many_customers_go_along_and_stay_where_nobody_is_responsible(salesperson, administrator):
    both = [factories.customer(owner=salesperson) for _ in range(2)]
    for one in both:
        services.add(services.Content(title="a"), now=NOW, staff=salesperson, customer=one)

    customers.assign(customer_ids=[one.pk for one in both], owner=administrator, now=NOW, staff=administrator)
    assert set(Task.objects.values_list("owner__name", flat=True)) == {"Ada"}

    customers.assign(customer_ids=[one.pk for one in both], owner=None, now=NOW, staff=administrator)
    assert set(Task.objects.values_list("owner__name", flat=True)) == {"Ada"}


def test_closed_task_is_given_to_nobody(salesperson, administrator):
    task = services.add(services.Content(title="a"), now=NOW, staff=salesperson)
    services.dismiss(task_id=task.pk, staff=salesperson, finished_at=NOW)

    with pytest.raises(services.TaskClosed):
        services.hand_over(task_id=task.pk, owner=administrator, now=NOW, staff=salesperson)
