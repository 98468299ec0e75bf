"""A campaign by phone: who calls whom and when, what stands on Today, hold-outs, hold and stop, and its results."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.calls import services as calls
from stammkunde.calls.models import Call
from stammkunde.contacts.models import Contact
from stammkunde.customers.models import ContactPreference
from stammkunde.home.queries import today as today_list
from stammkunde.outreach import working as outreach_working
from stammkunde.outreach.models import Message, Template
from stammkunde.plays import queries, services, working
from stammkunde.plays.models import CallPlan, CallTurn, Play
from stammkunde.plays.services import turns
from stammkunde.signals import hourly
from stammkunde.tasks import services as tasks
from stammkunde.tasks import worklist
from stammkunde.tasks.models import Task
from stammkunde.tasks.policy import Lengths
from stammkunde.team import services as team
from tests import factories
from tests.outreach.planning import company, left_alone

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)  # a Tuesday, 8:00 in Berlin
DAY, TODAY = timedelta(days=1), NOW.date()


@pytest.fixture
def firms(salesperson):
    company(holiday_region="DE")
    return [
        factories.customer(name=f"Firma {n}", kind="company", phone=f"030 {n}", owner=salesperson) for n in range(5)
    ]


def campaign(
    staff, *, callers, calls_per_day=2, holdout_share=0.0, guide="win_back", valid_days=14, about="Neue Töpfe"
) -> Play:
    what = services.Campaign(
        name="Rückruf im November", template=None, audience={}, audience_text="Alle", holdout_share=holdout_share,
        valid_days=valid_days, starts_at=None,
    )  # fmt: skip
    how = services.ByPhone(guide=guide, about=about, callers=callers, calls_per_day=calls_per_day)
    play = services.create_call_campaign(what, how, staff=staff, now=NOW)
    work()
    play.refresh_from_db()
    return play


def work(now=NOW) -> None:
    while any([working.choose(now=now), working.sweep(now=now), outreach_working.sweep(now=now, clock=lambda: now)]):
        pass


def started(staff, **given) -> Play:
    play = campaign(staff, **given)
    services.start(play_id=play.pk, starts_at=None, staff=staff, now=NOW)
    work()
    play.refresh_from_db()
    return play


def on_today(owner, today=TODAY):
    asked = worklist.Asked(today=today, generation=None, owner=owner, months=6, lengths=Lengths(usual=24))
    return today_list.items(asked, limit=20)


def record(task, staff, outcome="reached", *, key="k1", now=NOW):
    said = calls.Said(outcome=outcome, minutes=10)
    return calls.record(key=key, customer=task.customer, person=None, said=said, task=task, staff=staff, now=now)


def test_the_plan_says_who_calls_how_many_a_day_and_who_may_not_be_called(salesperson, servant, marketer, firms):
    factories.consent(firms[0], channel="phone", state="objected")
    factories.customer(name="Anna", kind="person", phone="030 9")  # a consumer without consent
    ContactPreference.objects.create(customer=firms[1], preferred_staff=servant, changed_at=NOW)
    nobodys = factories.customer(name="Allein", kind="company", phone="030 8")

    play = campaign(marketer, callers=[marketer])

    assert play.status == "ready"
    assert not Message.objects.exists()
    assert not Task.objects.exists()
    assert queries.progress([play])[play.pk].codes == {"": 5, "objected": 1, "no_consent": 1}
    found = [(one.caller, one.calls, one.per_day, one.first_on, one.last_on) for one in services.shares(play, now=NOW)]
    assert found == [
        (salesperson, 3, 2, date(2026, 11, 24), date(2026, 11, 25)),
        (servant, 1, 2, date(2026, 11, 24), date(2026, 11, 24)),
        (marketer, 1, 2, date(2026, 11, 24), date(2026, 11, 24)),
    ]
    assert CallTurn.objects.get(caller=marketer).enrolment.customer == nobodys
    assert not Template.objects.exclude(channel="call").exists()


def test_calls_go_off_the_lists_of_whoever_is_left_alone_of_everything_from_now_on(salesperson, marketer, firms):
    started(marketer, callers=[marketer])
    before = Task.objects.filter(state="open").count()
    one = Task.objects.filter(state="open").order_by("pk").first().customer

    left_alone(one, now=NOW)

    assert not Task.objects.filter(customer=one, state="open").exists()
    assert Task.objects.filter(state="open").count() == before - 1
    call = Message.objects.get(customer=one)
    assert (call.state, call.reason["code"]) == ("refused", "held_out")


@pytest.mark.slow
def test_calls_stand_on_today_with_their_guide_day_by_day(client, salesperson, marketer, firms):
    started(marketer, callers=[marketer])

    first = on_today(salesperson)
    assert [(item.kind, item.task.title, item.under.name) for item in first] == [
        ("planned_call", "Rückruf im November", "campaign_calls")
    ] * 2
    work(NOW + DAY)
    assert len(on_today(salesperson, NOW.date() + DAY)) == 4
    work(NOW + 2 * DAY)
    assert len(on_today(salesperson, NOW.date() + 2 * DAY)) == 5
    assert {one.slot_at is not None for one in Message.objects.all()} == {True}

    client.force_login(salesperson)
    page = client.get(reverse("call", args=[first[0].customer.pk]), {"for": first[0].key})
    assert page.context["kind"] == "win_back"
    assert "Neue Töpfe" in page.content.decode()
    assert "Anruf übernehmen" not in page.content.decode()  # it has its slot


def test_capacity_is_what_the_hours_and_other_campaigns_leave(salesperson, marketer, administrator, firms):
    team.change_staff(by=administrator, staff_id=salesperson.pk, now=NOW, hours_per_week=8)  # 96 minutes a day: 4 calls
    salesperson.refresh_from_db()
    play = started(marketer, callers=[marketer], calls_per_day=3)
    assert turns.per_day(play.call_plan, [salesperson])[salesperson.pk] == 3

    other = campaign(marketer, callers=[marketer], calls_per_day=9)
    both = [turns.per_day(one.call_plan, [salesperson])[salesperson.pk] for one in (play, other)]
    Message.objects.filter(origin=play.origin).update(state="delivered", handed_over_at=NOW)

    assert both == [3, 2]  # five calls are left of each, and the other does not run yet
    assert turns.per_day(other.call_plan, [salesperson])[salesperson.pk] == 4


@pytest.mark.parametrize(
    ("loads", "room", "calls_a_day"),
    [
        ({1: (40, 3)}, 10, 3),  # alone
        ({1: (40, 3), 2: (40, 7)}, 10, 3),  # both have room as wished
        ({1: (5, 9), 2: (5, 9)}, 10, 9),  # what is left of both has room in a day
        ({1: (40, 9), 2: (40, 9)}, 10, 5),
        ({1: (30, 9), 2: (10, 9)}, 10, 7),
        ({1: (10, 9), 2: (390, 9)}, 10, 1),
        ({2: (40, 9)}, 4, 1),  # nothing left of its own
    ],
)
def test_a_day_is_divided_by_what_is_left_to_do(loads, room, calls_a_day):
    plan = CallPlan(play_id=1, calls_per_day=loads.get(1, (0, 9))[1])

    assert turns._share(plan, loads, room=room) == calls_a_day


def test_words_name_fields_as_the_page_does(marketer, firms):
    assert campaign(marketer, callers=[marketer], about="Hallo {Vorname}").status == "ready"


def test_held_out_customers_are_not_called_and_are_kept(salesperson, marketer, firms):
    play = started(marketer, callers=[marketer], holdout_share=0.5, calls_per_day=9)

    held = set(play.enrolments.filter(arm="held_out").values_list("customer", flat=True))
    assert {one.customer.pk for one in on_today(salesperson)} == {one.pk for one in firms} - held


def test_on_hold_nothing_stands_on_today_and_stopping_takes_all_off(salesperson, marketer, firms):
    play = started(marketer, callers=[marketer])
    assert len(on_today(salesperson)) == 2
    put_off = Task.objects.earliest("pk")

    services.pause(play_id=play.pk, staff=marketer, now=NOW)
    assert [item.refusal.why for item in on_today(salesperson)] == ["Die Kampagne ruht."] * 2
    services.resume(play_id=play.pk, staff=marketer, now=NOW)
    assert [item.refusal for item in on_today(salesperson)] == [None, None]
    tasks.snooze(task_id=put_off.pk, until_on=TODAY + DAY, now=NOW, staff=salesperson)
    services.stop(play_id=play.pk, staff=marketer, now=NOW)
    assert on_today(salesperson) == []
    assert set(Message.objects.values_list("state", flat=True)) == {"stopped"}
    assert not Task.objects.exists()


def test_who_may_not_be_called_any_more_is_told_and_not_called(salesperson, marketer, firms):
    started(marketer, callers=[marketer])
    (first, second) = on_today(salesperson)
    complaint = tasks.Content(title="Kaputt", is_complaint=True)
    tasks.add(complaint, now=NOW, staff=salesperson, customer=first.customer, due_on=date(2999, 1, 1))

    items = on_today(salesperson)

    assert [(item.customer, bool(item.refusal)) for item in items] == [(second.customer, False), (first.customer, True)]
    task = Task.objects.get(key=first.key)
    reason = calls.take_up(customer=first.customer, person=None, task=task, occasion="", staff=salesperson, now=NOW)
    assert reason["code"] == "open_complaint"


def test_results_count_each_customer_once_with_minutes_and_cost(client, salesperson, administrator, marketer, firms):
    hourly.write_down(role="sales", holds_from_on=NOW.date(), cents=6000, by=administrator, now=NOW)
    play = started(marketer, callers=[marketer])
    (first, second) = on_today(salesperson)
    call = record(Task.objects.get(key=first.key), salesperson, "not_reached")
    record(Task.objects.get(key=second.key), salesperson, "wants_offer", key="k2")
    record(call.next_task, salesperson, "reached", key="k3", now=NOW + DAY)

    client.force_login(administrator)
    page = client.get(reverse("play", args=[play.pk]))

    results = page.context["results"]
    assert results.outcomes == {"reached": 1, "wants_offer": 1}
    assert (results.calls, results.minutes, results.cost_cents) == (3, 30, 3000)
    assert "Was die Anrufe ergaben" in page.content.decode()
    assert sorted(Message.objects.exclude(calls=None).values_list("origin", "state")) == [
        (play.origin, "delivered"), (play.origin, "delivered"), (play.origin, "failed"),
    ]  # fmt: skip


def test_a_call_that_was_taken_back_stands_on_the_list_again_and_counts_nothing(salesperson, marketer, firms):
    play = started(marketer, callers=[marketer])
    task = Task.objects.get(key=on_today(salesperson)[0].key)
    call = record(task, salesperson)

    calls.take_back(call_id=call.pk, staff=salesperson, now=NOW)

    assert len(on_today(salesperson)) == 2
    assert call.message.origin == play.origin
    record(task, salesperson, key="k2")
    assert Call.objects.get(undone_at=None).message == call.message


def test_a_call_that_was_taken_back_is_asked_about_before_it_is_listed_again(salesperson, marketer, firms):
    started(marketer, callers=[marketer])
    first, second = (Task.objects.get(key=item.key) for item in on_today(salesperson))
    made = [record(one, salesperson, key=str(one.pk)) for one in (first, second)]
    factories.consent(first.customer, channel="phone", state="objected")

    for one in made:
        calls.take_back(call_id=one.pk, staff=salesperson, now=NOW)

    assert [item.task for item in on_today(salesperson)] == [second]
    gone, back = (Message.objects.get(pk=one.message_id) for one in made)
    assert (gone.state, gone.reason["code"]) == ("refused", "objected")
    assert (back.state, back.slot_at) == ("handed_over", NOW)


def test_a_call_that_was_taken_back_waits_where_its_place_was_given_away(salesperson, marketer, firms):
    started(marketer, callers=[marketer])
    task = Task.objects.get(key=on_today(salesperson)[0].key)
    call = record(task, salesperson, "not_reached")
    factories.decided(cap_contacts=1, cap_days=7)
    Contact.objects.create(
        source="other", customer=task.customer, channel="email", direction="out", outcome="sent", takes_slot=True,
        happened_at=NOW, happened_on=TODAY, recorded_at=NOW,
    )  # fmt: skip

    calls.take_back(call_id=call.pk, staff=salesperson, now=NOW)

    found = {item.task: item.refusal for item in on_today(salesperson) if item.task}
    assert Message.objects.get(pk=call.message_id).slot_at is None
    assert found[task]


def test_starting_says_who_will_call_how_many_until_when(client, salesperson, marketer, firms):
    play = campaign(marketer, callers=[marketer])
    client.force_login(marketer)

    said = " ".join(client.get(reverse("play", args=[play.pk])).content.decode().split())

    assert "5 Anrufe, 2 am Tag, bis" in said
    assert "Niemand wird von selbst angerufen" in said


def test_what_nobody_called_in_time_is_taken_off_and_the_campaign_is_done(salesperson, marketer, firms):
    play = started(marketer, callers=[marketer], calls_per_day=9, valid_days=2)

    work(NOW + 3 * DAY)

    play.refresh_from_db()
    assert (play.status, Task.objects.count()) == ("done", 0)
    assert set(Message.objects.values_list("state", "reason__code")) == {("expired", "not_called")}


def test_from_the_filtered_list_to_a_campaign_by_phone(client, salesperson, marketer, firms):
    type(firms[1]).objects.filter(pk=firms[1].pk).update(region="Hessen")
    client.force_login(marketer)
    address = reverse("call-campaign-new")
    assert reverse("call-campaign-new") in client.get(reverse("campaign-new"), {"q": "Firma"}).content.decode()
    given = {
        "query": "region=Hessen", "name": "Nachfassen", "guide": "win_back", "about": "Neue Töpfe",
        "calls_per_day": "5", "valid_days": "14", "holdout_percent": "0", "callers": [str(marketer.pk)],
    }  # fmt: skip

    response = client.post(address, given)
    work(timezone.now())

    play = Play.objects.get()
    assert response.headers["Location"] == reverse("play", args=[play.pk])
    text = client.get(response.headers["Location"]).content.decode()
    assert "1 Kunde darf angerufen werden" in text
    assert "Wer anruft, und wann" in text
    assert "Sven" in text
    thanks = client.post(address, given | {"guide": "thanks", "about": "10 % Rabatt mit dem Code GARTEN"})
    assert "Das zählt als Werbung" in thanks.content.decode()
