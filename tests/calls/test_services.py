"""Recording calls: what is written, what is planned, what can be taken back."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from stammkunde.calls import guides, queries, services
from stammkunde.calls.models import Call, Draft, EarlierGuide, Guide, Outcome
from stammkunde.calls.services import Said
from stammkunde.contacts import queries as contacts
from stammkunde.contacts.models import Contact
from stammkunde.customers.models import Channel, Consent, ContactPreference
from stammkunde.tasks import queries as task_queries
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from stammkunde.team.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)  # Monday, 9:40 in Berlin


@pytest.fixture
def customer(salesperson):
    return factories.customer(name="Weber GmbH", phone="030 1234567", country="DE", owner=salesperson)


def record(customer, staff, outcome, *, key="k1", task=None, now=NOW, person=None, **said):
    return services.record(
        key=key,
        customer=customer,
        person=person,
        said=Said(outcome=outcome, **said),
        task=task,
        staff=staff,
        now=now,
    )


def test_a_call_finishes_its_task_and_says_there_how_long_it_took(customer, salesperson):
    task = tasks.add(tasks.Content(title="Anrufen"), now=NOW, staff=salesperson, customer=customer)

    call = record(customer, salesperson, Outcome.REACHED, task=task, minutes=15, note=" Alles gut. ", goals=["Termin"])

    task.refresh_from_db()
    assert (task.state, task.minutes, task.finished_by, task.finished_at) == ("done", 15, salesperson, NOW)
    assert (call.task, call.next_task, call.note, call.goals) == (task, call.next_task, "Alles gut.", ["Termin"])
    assert (call.next_task.title, call.next_task.due_on) == ("Nachfragen, wie es läuft: Weber GmbH", date(2026, 12, 21))
    assert list(AuditEntry.objects.filter(action="call.recorded").values_list("thing_id", flat=True)) == [customer.pk]


def test_a_call_on_no_list_is_counted_once_in_time_spent(customer, salesperson):
    record(customer, salesperson, Outcome.REACHED, minutes=30)

    spent = task_queries.spent(
        begin=datetime(2026, 11, 23, tzinfo=UTC), end=datetime(2026, 11, 24, tzinfo=UTC), usual=24
    )
    assert [(one.customer_id, one.minutes, one.assumed, one.tasks) for one in spent] == [(customer.pk, 30, 0, 1)]


def test_sending_the_form_twice_records_one_call(customer, salesperson):
    first = record(customer, salesperson, Outcome.WANTS_OFFER)
    again = record(customer, salesperson, Outcome.COMPLAINT)

    assert first == again
    assert Call.objects.count() == 1
    assert list(Task.objects.filter(state="open").values_list("due_on", flat=True)) == [date(2026, 11, 24)]


def test_an_offer_is_a_task_of_who_called_for_the_next_working_day(customer, administrator):
    call = record(customer, administrator, Outcome.WANTS_OFFER, note="200 Stück")

    following = call.next_task
    assert (following.owner, following.due_on, following.due_time, following.is_urgent, following.note) == (
        administrator, date(2026, 11, 24), None, False, "200 Stück",
    )  # fmt: skip
    assert task_queries.due(today=date(2026, 11, 24), staff=administrator, limit=5) == [following]


def test_a_complaint_is_urgent_today_and_belongs_to_who_looks_after_the_customer(customer, administrator, salesperson):
    early = tasks.add(
        tasks.Content(title="Älter"), now=NOW, staff=salesperson, customer=customer, due_on=date(2026, 11, 1)
    )

    call = record(customer, administrator, Outcome.COMPLAINT, note="Kaputt")

    assert (call.next_task.owner, call.next_task.due_on, call.next_task.is_urgent) == (
        salesperson, date(2026, 11, 23), True,
    )  # fmt: skip
    assert task_queries.with_open_complaint([customer.pk]) == {customer.pk}
    assert task_queries.due(today=date(2026, 11, 23), staff=salesperson, limit=5) == [call.next_task, early]


def test_tries_are_counted_until_somebody_is_reached(customer, salesperson):
    titles = []
    for number, day in enumerate((23, 24, 25, 26)):
        now = NOW.replace(day=day)
        call = record(customer, salesperson, Outcome.NOT_REACHED, key=f"k{number}", now=now)
        titles.append((call.next_task.due_on, call.next_task.due_time))

    assert titles == [
        (date(2026, 11, 24), time(15)),
        (date(2026, 11, 26), time(15)),
        (date(2026, 12, 1), time(15)),
        (date(2026, 11, 27), None),
    ]
    assert queries.tries(customer.pk, now=NOW.replace(day=27)) == 4
    record(customer, salesperson, Outcome.REACHED, key="k9", now=NOW.replace(day=27))
    assert queries.tries(customer.pk, now=NOW.replace(day=28)) == 0


def test_tries_long_ago_are_forgotten(customer, salesperson):
    record(customer, salesperson, Outcome.NOT_REACHED)

    assert queries.tries(customer.pk, now=datetime(2026, 12, 22, tzinfo=UTC)) == 1
    assert queries.tries(customer.pk, now=datetime(2026, 12, 24, tzinfo=UTC)) == 0


def test_a_call_back_is_planned_in_our_time_for_who_is_elsewhere(salesperson):
    customer = factories.customer(country="Portugal", phone="1")
    ContactPreference.objects.create(
        customer=customer, call_from=time(14), call_until=time(16), changed_at=timezone.now()
    )

    again = record(customer, salesperson, Outcome.NOT_REACHED)
    agreed = record(
        customer, salesperson, Outcome.CALL_BACK, key="k2", agreed_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    )

    assert (again.next_task.due_on, again.next_task.due_time) == (date(2026, 11, 24), time(16))  # 15:00 in Lisbon
    assert (agreed.next_task.due_on, agreed.next_task.due_time) == (date(2026, 11, 24), time(10, 30))


def test_a_call_back_without_moment_is_recorded_and_stands_on_the_next_working_day(customer, salesperson):
    task = tasks.add(tasks.Content(title="Anrufen"), now=NOW, staff=salesperson, customer=customer)

    call = record(customer, salesperson, Outcome.CALL_BACK, task=task)

    task.refresh_from_db()
    assert (task.state, call.next_task.due_on, call.next_task.due_time) == ("done", date(2026, 11, 24), None)


def test_who_wants_no_more_calls_objects_with_proof_and_stays_reachable_about_orders(customer, salesperson):
    person = factories.contact_person(customer)

    record(customer, salesperson, Outcome.NO_MORE_CALLS, person=person)

    said = Consent.objects.order_by("purpose").values_list("contact_person", "channel", "purpose", "state")
    assert list(said) == [
        (person.pk, Channel.PHONE, purpose, "objected") for purpose in ("advertising", "newsletter", "survey", "thanks")
    ]
    assert ["Sven" in proof["note"] for proof in Consent.objects.values_list("proof", flat=True)] == [True] * 4


def test_taking_back_opens_the_task_drops_what_was_planned_and_keeps_the_words(customer, salesperson):
    task = tasks.add(tasks.Content(title="Anrufen"), now=NOW, staff=salesperson, customer=customer)
    call = record(customer, salesperson, Outcome.WANTS_OFFER, task=task, note="200 Stück", goals=["A"])

    services.take_back(call_id=call.pk, staff=salesperson, now=NOW)
    services.take_back(call_id=call.pk, staff=salesperson, now=NOW)

    assert list(Task.objects.values_list("pk", "state")) == [(task.pk, "open")]
    assert queries.of_customer(customer.pk, limit=5) == []
    draft = queries.draft(salesperson, customer.pk)
    assert (draft.note, draft.goals) == ("200 Stück", ["A"])
    again = record(customer, salesperson, Outcome.REACHED, key="k2", task=task)
    assert again.task == task
    assert Draft.objects.count() == 0


def test_only_who_called_or_management_takes_a_call_back_and_within_a_day(
    customer, salesperson, administrator, servant
):
    call = record(customer, salesperson, Outcome.REACHED, note="Vertraulich")

    with pytest.raises(services.NotYours):
        services.take_back(call_id=call.pk, staff=servant, now=NOW)
    with pytest.raises(services.TooLate):
        services.take_back(call_id=call.pk, staff=administrator, now=NOW + timedelta(days=1, seconds=1))
    assert contacts.slots([customer.pk], since=NOW - timedelta(days=1)) == [(customer.pk, None, NOW, True)]

    services.take_back(call_id=call.pk, staff=administrator, now=NOW + timedelta(days=1))

    assert contacts.slots([customer.pk], since=NOW - timedelta(days=1)) == []
    assert Contact.objects.get(voids__isnull=False).voids.source == call.contact_source
    assert list(Draft.objects.values_list("staff", "note")) == [(salesperson.pk, "Vertraulich")]


def test_words_that_come_back_leave_those_that_were_begun_since(customer, salesperson):
    call = record(customer, salesperson, Outcome.REACHED, note="Erst", goals=["A"])
    services.keep_draft(staff=salesperson, customer=customer, note="Dann", goals=["B"], now=NOW)

    services.take_back(call_id=call.pk, staff=salesperson, now=NOW)

    draft = queries.draft(salesperson, customer.pk)
    assert (draft.note, draft.goals) == ("Erst\nDann", ["A", "B"])


def test_a_task_that_was_opened_again_by_hand_takes_no_second_call_with_it(customer, salesperson):
    task = tasks.add(tasks.Content(title="Anrufen"), now=NOW, staff=salesperson, customer=customer)
    record(customer, salesperson, Outcome.REACHED, task=task)
    tasks.reopen(task_id=task.pk, now=NOW, staff=salesperson)

    again = record(customer, salesperson, Outcome.REACHED, key="k2", task=task, minutes=9)

    task.refresh_from_db()
    assert (task.state, again.task != task, again.task.minutes, Contact.objects.count()) == ("done", True, 9, 2)


def test_taking_back_leaves_what_somebody_acted_on(customer, salesperson):
    call = record(customer, salesperson, Outcome.WANTS_OFFER)
    tasks.finish(task_id=call.next_task_id, staff=salesperson, finished_at=NOW)

    services.take_back(call_id=call.pk, staff=salesperson, now=NOW)

    assert list(Task.objects.values_list("pk", "state")) == [(call.next_task_id, "done")]


def test_an_objection_stays_when_the_call_is_taken_back(customer, salesperson):
    call = record(customer, salesperson, Outcome.NO_MORE_CALLS)

    services.take_back(call_id=call.pk, staff=salesperson, now=NOW)

    assert Consent.objects.filter(state="objected").count() == 4


def test_a_task_that_is_done_already_is_not_finished_again(customer, salesperson):
    task = tasks.add(tasks.Content(title="Anrufen"), now=NOW, staff=salesperson, customer=customer)
    tasks.finish(task_id=task.pk, staff=salesperson, finished_at=NOW, minutes=5)

    call = record(customer, salesperson, Outcome.REACHED, task=task, minutes=30)

    assert call.task != task
    finished = Task.objects.exclude(state="open")
    assert sorted(finished.values_list("minutes", flat=True)) == [5, 30]


def test_who_has_a_next_step_already_is_not_given_another_by_being_reached(customer, salesperson):
    planned = tasks.add(tasks.Content(title="Messe"), now=NOW, staff=salesperson, customer=customer, due_on=NOW.date())

    call = record(customer, salesperson, Outcome.REACHED)

    assert call.next_task is None
    assert list(Task.objects.filter(state="open")) == [planned]
    assert record(customer, salesperson, Outcome.WANTS_OFFER, key="k2").next_task is not None


def test_a_draft_is_one_for_each_person_and_customer_and_nothing_keeps_nothing(customer, salesperson):
    for note in ("a", "b"):
        services.keep_draft(staff=salesperson, customer=customer, note=note, goals=[], now=NOW)
    assert list(Draft.objects.values_list("note", flat=True)) == ["b"]

    services.keep_draft(staff=salesperson, customer=customer, note=" ", goals=[], now=NOW)
    assert Draft.objects.count() == 0


def test_own_words_take_the_place_of_the_ready_made_guide_until_reset(salesperson):
    ready = guides.ready_made("risk", "de", "sie")
    own = guides.Script(opening="Hallo", questions=("Wie?",), goals=("Z",), offer="", avoid="", closing="")

    services.change_guide(kind="risk", language="de", form="sie", script=own, staff=salesperson, now=NOW)
    assert queries.guide("risk", "de", "sie") == own
    assert queries.guide("risk", "de", "du") == guides.ready_made("risk", "de", "du")
    services.change_guide(kind="risk", language="de", form="sie", script=own, staff=salesperson, now=NOW)
    assert [guides.read(one.texts) for one in EarlierGuide.objects.all()] == [ready]

    services.reset_guide(kind="risk", language="de", form="sie", staff=salesperson, now=NOW)
    assert queries.guide("risk", "de", "sie") == ready
    assert Guide.objects.count() == 0
    assert guides.read(EarlierGuide.objects.latest("pk").texts) == own


def test_hours_of_a_person_come_before_those_of_the_customer(customer):
    person, other = factories.contact_person(customer), factories.contact_person(customer)
    ContactPreference.objects.create(
        customer=customer, call_from=time(9), call_until=time(11), changed_at=timezone.now()
    )
    ContactPreference.objects.create(
        customer=customer, contact_person=person, call_weekdays=[2, 3], changed_at=timezone.now()
    )

    found = queries.hours([customer], company=factories.decided(holiday_region="DE"))

    assert queries.hours_of(found, customer.pk, person.pk).window.weekdays == {2, 3}
    assert queries.hours_of(found, customer.pk, other.pk).window.since == time(9)
