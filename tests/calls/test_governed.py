"""Calls inside the governor: taken up, refused, recorded, taken back and let go like every message."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.calls import services
from stammkunde.calls.models import Call
from stammkunde.calls.services import Said
from stammkunde.contacts import queries as contacts
from stammkunde.contacts.models import Contact
from stammkunde.customers import caretakers
from stammkunde.customers.models import ContactPreference
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import settling
from stammkunde.signals import hourly
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from stammkunde.team.models import AuditEntry
from tests import factories
from tests.outreach.planning import company, planned

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)  # a Tuesday noon in Berlin
DAY = timedelta(days=1)
EVENING = datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC)


@pytest.fixture
def customer(salesperson):
    company(cap_contacts=1)
    made = factories.customer(name="Weber GmbH", kind="company", phone="030 99", email="a@b.example", owner=salesperson)
    factories.consent(made)
    return made


def task_of(customer, staff):
    return tasks.add(tasks.Content(title="Anrufen"), now=NOW, staff=staff, customer=customer)


def take_up(customer, task, staff, *, occasion="risk", now=NOW, person=None):
    return services.take_up(customer=customer, person=person, task=task, occasion=occasion, staff=staff, now=now)


def record(customer, task, staff, *, outcome="reached", key="k1", now=NOW, occasion="risk", **said):
    said = Said(outcome=outcome, occasion=occasion, **said)
    return services.record(key=key, customer=customer, person=None, said=said, task=task, staff=staff, now=now)


def state(**which):
    message = Message.objects.get(channel="call", **which)
    return message.state, (message.reason or {}).get("code", ""), message.slot_at


def test_a_call_takes_its_slot_once_it_is_taken_up_and_keeps_it_until_it_was_led(customer, salesperson):
    task = task_of(customer, salesperson)

    assert take_up(customer, task, salesperson) is None
    assert take_up(customer, task, salesperson) is None

    assert state() == ("handed_over", "", NOW)
    assert planned(customer, now=NOW + timedelta(hours=1)).due_at == NOW + 7 * DAY  # the slot is taken
    record(customer, task, salesperson, now=NOW + timedelta(hours=1))
    assert state() == ("delivered", "", None)
    assert contacts.slots([customer.pk], since=NOW - DAY) == [(customer.pk, None, NOW + timedelta(hours=1), True)]
    assert [one.state for one in Message.objects.get(channel="call").events.all()] == [
        "planned", "handed_over", "delivered",
    ]  # fmt: skip
    assert Message.objects.filter(channel="call").count() == 1


def test_what_the_governor_refuses_is_a_message_and_says_why(customer, salesperson):
    Contact.objects.create(
        customer=customer, source="test:1", direction="out", channel="email", takes_slot=True,
        happened_at=NOW - DAY, happened_on=(NOW - DAY).date(), recorded_at=NOW,
    )  # fmt: skip
    task = task_of(customer, salesperson)

    reason = take_up(customer, task, salesperson)

    assert reason == {"code": "cap_person", "most": 1, "days": 7, "taken": 1}
    assert state() == ("refused", "cap_person", None)
    assert list(AuditEntry.objects.filter(action="call.refused").values_list("detail__code", flat=True)) == [
        "cap_person"
    ]
    assert take_up(customer, task, salesperson, now=NOW + 7 * DAY) is None  # asked again, when there is room


@pytest.mark.parametrize("of", ["everything", "complaint", "consumer", "objection"])
def test_hold_outs_complaints_and_consent_hold_for_calls(customer, salesperson, of):
    if of == "everything":
        outreach.hold_out(outreach.Drawing(origin="", share=1.0), customers=[customer.pk], now=NOW)
    if of == "complaint":
        complaint = tasks.Content(title="Kaputt", is_complaint=True)
        tasks.add(complaint, now=NOW, staff=salesperson, customer=customer)
    if of == "consumer":
        type(customer).objects.filter(pk=customer.pk).update(kind="person")
    if of == "objection":
        factories.consent(customer, channel="phone", state="objected")
    codes = {"everything": "held_out", "complaint": "open_complaint", "consumer": "no_consent", "objection": "objected"}

    assert take_up(customer, task_of(customer, salesperson), salesperson)["code"] == codes[of]
    assert take_up(customer, task_of(customer, salesperson), salesperson, occasion="free") is None  # about an order


def test_a_call_that_was_made_is_recorded_whatever_stood_against_it(customer, salesperson):
    factories.consent(customer, channel="phone", state="objected")

    record(customer, None, salesperson)

    message = Message.objects.get(channel="call")
    assert (message.state, message.reason) == ("delivered", {"code": "called_anyway", "because": "objected"})
    assert Contact.objects.get().takes_slot
    assert Call.objects.get().message == message


def test_a_call_is_recorded_with_minutes_and_what_they_cost(customer, salesperson, administrator):
    hourly.write_down(role="sales", holds_from_on=NOW.date() - 9 * DAY, cents=6000, by=administrator, now=NOW)
    hourly.write_down(role="sales", holds_from_on=NOW.date() + DAY, cents=9000, by=administrator, now=NOW)

    record(customer, None, salesperson, minutes=15)
    record(customer, None, administrator, key="k2")  # nobody said how long, nor what an hour costs

    told = list(Contact.objects.order_by("pk").values_list("cost_cents", "role", "purpose"))
    assert told == [(1500, "sales", "advertising"), (None, "administrator", "advertising")]
    messages = Message.objects.order_by("pk").values_list("content__minutes", "cost_cents")
    assert list(messages) == [(15, 1500), (24, None)]


def test_nobody_reached_gives_the_slot_back(customer, salesperson):
    task = task_of(customer, salesperson)
    take_up(customer, task, salesperson)

    record(customer, task, salesperson, outcome="not_reached")

    assert state() == ("failed", "not_reached", None)
    assert contacts.slots([customer.pk], since=NOW - DAY) == []
    assert planned(customer, now=NOW).due_at == NOW


def test_taking_back_frees_the_slot_and_the_call_can_be_recorded_again(customer, salesperson):
    task = task_of(customer, salesperson)
    take_up(customer, task, salesperson)
    call = record(customer, task, salesperson)

    services.take_back(call_id=call.pk, staff=salesperson, now=NOW)

    assert state() == ("stopped", "taken_back", None)
    assert contacts.slots([customer.pk], since=NOW - DAY) == []
    record(customer, task, salesperson, key="k2")
    assert len(contacts.slots([customer.pk], since=NOW - DAY)) == 1


def test_a_call_that_is_not_made_gives_its_slot_back_by_hand_or_in_the_night(customer, salesperson):
    task = task_of(customer, salesperson)
    take_up(customer, task, salesperson)
    assert services.let_go(task=task, staff=salesperson, now=NOW) is True
    assert services.let_go(task=task, staff=salesperson, now=NOW) is False
    assert state() == ("stopped", "not_called", None)

    take_up(customer, task, salesperson)
    assert outreach.look_after_calls(now=EVENING) == 0
    assert outreach.look_after_calls(now=EVENING + timedelta(seconds=1)) == 1
    assert state(key=f"call:{task.pk}:2") == ("expired", "not_called", None)
    assert Task.objects.get(pk=task.pk).state == "open"  # somebody wrote it down


def test_a_call_back_that_was_agreed_on_stays_where_it_is_not_made(customer, salesperson):
    record(customer, None, salesperson, outcome="call_back", agreed_at=NOW + timedelta(hours=2))
    agreed = Task.objects.get(state="open")
    factories.decided(cap_contacts=9)

    assert take_up(customer, agreed, salesperson) is None
    services.let_go(task=agreed, staff=salesperson, now=NOW)
    take_up(customer, agreed, salesperson)
    assert outreach.look_after_calls(now=EVENING + timedelta(seconds=1)) == 1

    assert Task.objects.filter(pk=agreed.pk, state="open").exists()


def test_dialling_takes_a_call_up_that_stood_on_no_list(client, customer, salesperson):
    client.force_login(salesperson)
    address = reverse("call-take-up", args=[customer.pk])
    said = {"key": "0" * 30, "guide": "risk", "for": "", "person": "", "quiet": "1"}

    assert [client.post(address, said).status_code for _twice in range(2)] == [204, 204]

    task = Task.objects.get()
    assert (task.title, task.owner, state()[0]) == ("Anruf: Weber GmbH", salesperson, "handed_over")
    text = client.get(reverse("call", args=[customer.pk]), {"for": task.key}).content.decode()
    assert "Übernommen von Sven" in text
    client.post(reverse("call-let-go", args=[customer.pk]), {"for": task.key})
    assert (Task.objects.count(), state()[:2]) == (0, ("stopped", "not_called"))


def test_a_call_that_was_dialled_and_stood_on_no_list_is_recorded_as_one(client, customer, salesperson):
    client.force_login(salesperson)
    said = {"key": "0" * 30, "guide": "risk", "for": "", "person": ""}
    client.post(reverse("call-take-up", args=[customer.pk]), said | {"quiet": "1"})

    for _twice in range(2):
        client.post(reverse("call-record", args=[customer.pk]), said | {"outcome": "reached"})

    assert state()[0] == "delivered"
    assert Call.objects.get().task.title == "Anruf: Weber GmbH"


@pytest.mark.parametrize("by", ["let_call_go", "stop_calls", "look_after_calls"])
def test_a_call_that_is_recorded_while_somebody_waits_to_take_it_off_stays_recorded(
    customer, salesperson, monkeypatch, by
):
    task, lock = task_of(customer, salesperson), settling.lock
    take_up(customer, task, salesperson)

    def wait(customer_ids):
        lock(customer_ids)
        Message.objects.filter(state="handed_over").update(state="delivered", finished_at=NOW)

    monkeypatch.setattr(settling, "lock", wait)
    told = {
        "let_call_go": lambda: outreach.let_call_go(task_id=task.pk, by="", now=NOW),
        "stop_calls": lambda: outreach.stop_calls(origin=f"call:{task.pk}", by="", now=NOW),
        "look_after_calls": lambda: outreach.look_after_calls(now=NOW + DAY),
    }[by]()

    assert told == (by == "stop_calls")  # it goes on until there is nothing more to read
    assert state()[:2] == ("delivered", "")


def test_taking_up_by_button_leads_back_or_says_why_not(client, customer, salesperson):
    factories.consent(customer, channel="phone", state="objected")
    client.force_login(salesperson)
    task = task_of(customer, salesperson)

    response = client.post(
        reverse("call-take-up", args=[customer.pk]), {"for": f"task:{task.pk}:", "guide": "risk"}, follow=True
    )

    assert "Jetzt nicht:" in response.content.decode()
    assert state()[:2] == ("refused", "objected")


def test_the_page_says_what_stands_against_a_call_now(client, customer, salesperson):
    outreach.hold_out(outreach.Drawing(origin="", share=1.0), customers=[customer.pk], now=NOW)
    client.force_login(salesperson)

    text = client.get(reverse("call", args=[customer.pk]), {"guide": "risk"}).content.decode()

    assert "Besser nicht jetzt" in text
    assert "Kontrollgruppe" in text


def test_a_call_that_was_taken_up_and_is_ticked_off_is_recorded(client, customer, salesperson):
    task = task_of(customer, salesperson)
    take_up(customer, task, salesperson, now=timezone.now())
    client.force_login(salesperson)

    for _twice in range(2):
        client.post(reverse("today-act"), {"key": f"task:{task.pk}:", "act": "done", "outcome": "Bestellt"})

    call = Call.objects.get()
    assert (call.task, call.outcome, call.note, state()[0]) == (task, "reached", "Bestellt", "delivered")
    assert Contact.objects.count() == 1


def test_whom_one_contact_person_chose_takes_nobodys_customer_away(customer, salesperson, servant):
    person = factories.contact_person(customer)
    ContactPreference.objects.create(customer=customer, contact_person=person, preferred_staff=servant, changed_at=NOW)

    assert [list(caretakers.customers_of(one)) for one in (salesperson, servant)] == [[customer.pk]] * 2


def test_whom_the_customer_chose_is_asked_to_call(customer, salesperson, administrator, servant):
    ContactPreference.objects.create(customer=customer, preferred_staff=servant, changed_at=NOW)
    planned(customer, channel="call", purpose="service")

    complaint = record(customer, None, salesperson, outcome="complaint")

    assert complaint.next_task.owner == servant
    servant.is_active = False
    servant.save()
    assert record(customer, None, administrator, outcome="complaint", key="k2").next_task.owner == salesperson
