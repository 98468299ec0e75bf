from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from stammkunde.customers.models import ContactPreference
from stammkunde.outreach import services
from stammkunde.outreach.models import AddressUse, Assignment, Draw, Message, MessageEvent, Turn, Undeliverable
from stammkunde.outreach.policy import Verdict
from stammkunde.outreach.services import settling
from stammkunde.tasks import services as tasks
from tests import factories
from tests.outreach.planning import CONTENT, DAY, NOW, company, consent, customer, everybody, plan, planned

pytestmark = pytest.mark.django_db


def state(message):
    message.refresh_from_db()
    return message.state, message.due_at, message.reason


def test_message_is_planned_with_its_address_and_history():
    company()
    anna = customer(email=" Anna@Example.ORG ")

    wanted = services.Plan(
        customer_id=anna.pk,
        channel="email",
        purpose="advertising",
        key="test:1:1:1:email",
        origin="test:1",
        content=CONTENT,
        importance_cents=1200,
        not_before_at=NOW + DAY,
        latest_at=NOW + 9 * DAY,
    )

    (message,) = services.plan_messages([wanted], now=NOW)

    assert state(message) == ("planned", NOW + DAY, None)
    assert (message.address, message.slot_at, message.importance_cents) == ("anna@example.org", NOW + DAY, 1200)
    assert list(MessageEvent.objects.values_list("message", "state", "reason", "at")) == [
        (message.pk, "planned", None, NOW)
    ]


def test_planning_again_with_the_same_key_changes_nothing():
    company(cap_contacts=1, cap_days=7)
    anna = customer()
    first = planned(anna, key="one")

    again = planned(anna, key="one", content={"subject": "other"}, importance_cents=9)

    assert (again.pk, again.content, again.importance_cents) == (first.pk, CONTENT, 0)
    assert (Message.objects.count(), MessageEvent.objects.count()) == (1, 1)


def test_key_of_somebody_else_is_not_given_away():
    company()
    planned(customer(), key="one")

    with pytest.raises(services.KeyTaken):
        planned(customer(), key="one")


def test_message_without_key_is_refused_by_the_database():
    company()

    with pytest.raises(IntegrityError), transaction.atomic():
        planned(customer(), key="")


@pytest.mark.parametrize(
    ("fields", "purpose", "code"),
    [
        ({"email": ""}, "advertising", "no_address"),
        ({"email": "anna at example"}, "service", "no_address"),
        ({}, "newsletter", "no_consent"),
    ],
)
def test_refusal_is_a_message_with_its_reason(fields, purpose, code):
    company()

    message = planned(customer(**fields), purpose=purpose)

    assert state(message) == ("refused", None, {"code": code})
    assert (message.slot_at, message.finished_at) == (None, NOW)


def test_message_to_a_shut_address_is_refused():
    company()
    anna = customer()
    Undeliverable.objects.create(channel="email", address=anna.email, code="complained", since_at=NOW)

    assert planned(anna, purpose="service").reason == {"code": "address_complained"}


def test_second_message_over_the_cap_moves_to_the_next_free_moment():
    company(cap_contacts=1, cap_days=7)
    anna = customer()
    planned(anna)

    second = planned(anna)

    assert state(second) == (
        "planned",
        NOW + 7 * DAY,
        {"code": "cap_person", "most": 1, "days": 7, "taken": 1},
    )


def test_worthier_message_takes_the_place_and_both_say_so():
    company(cap_contacts=1, cap_days=7)
    anna = customer()
    first = planned(anna, importance_cents=100)

    worthier = planned(anna, importance_cents=900)

    assert state(worthier)[:2] == ("planned", NOW)
    assert state(first)[:2] == ("planned", NOW + 7 * DAY)
    assert [event.reason for event in first.events.all()] == [
        None,
        {"code": "cap_person", "most": 1, "days": 7, "taken": 1},
    ]


def test_message_without_room_waits_and_moves_up_when_a_slot_becomes_free(administrator):
    company(cap_contacts=1, cap_days=7)
    anna = customer()
    first = planned(anna, origin="test:1", importance_cents=5)
    waiting = planned(anna, origin="test:2", latest_at=NOW + 3 * DAY)
    assert state(waiting)[:2] == ("planned", None)
    assert Turn.objects.get(pk=anna.pk).look_at == NOW + settling.LOOK_AGAIN_AFTER

    assert services.stop(origin="test:1", staff=administrator, now=NOW + timedelta(hours=1)) == 1
    assert Turn.objects.get(pk=anna.pk).look_at == NOW + timedelta(hours=1)
    with transaction.atomic():
        services.settle([anna.pk], now=NOW + timedelta(hours=2))

    assert state(first)[0] == "stopped"
    assert state(waiting) == ("planned", NOW + timedelta(hours=2), None)
    assert Turn.objects.get(pk=anna.pk).look_at is None


def test_message_that_waited_too_long_expires_and_says_for_what():
    company(cap_contacts=1, cap_days=7)
    anna = customer()
    planned(anna)
    waiting = planned(anna, latest_at=NOW + 3 * DAY)

    with transaction.atomic():
        services.settle([anna.pk], now=NOW + 4 * DAY)

    assert state(waiting) == ("expired", None, {"code": "too_late", "waited_for": "cap_person"})


def test_cap_of_zero_allows_none_and_an_empty_one_allows_all():
    company(cap_contacts=0)
    anna = customer()
    assert planned(anna).reason == {"code": "none_allowed", "days": 7}

    company(cap_contacts=None)

    assert {planned(anna).due_at for _many in range(5)} == {NOW}


def test_orders_and_thanks_need_no_room_under_the_caps_and_take_none():
    company(cap_contacts=1, cap_days=7)
    anna = customer()
    planned(anna)

    exempt = [planned(anna, purpose=purpose) for purpose in ("service", "thanks", "service")]

    assert {one.due_at for one in exempt} == {NOW}
    assert planned(anna).due_at == NOW + 7 * DAY


def test_wishes_of_customer_and_person_hold_beside_the_companys_cap():
    company(cap_contacts=3, cap_days=7)
    house = customer(kind="company")
    kim = factories.contact_person(house, email="kim@mail.example")
    consent(house, person=kim)
    ContactPreference.objects.create(
        customer=house, contact_person=kim, max_contacts=1, per_days=30, changed_at=timezone.now()
    )

    due = [planned(house, contact_person_id=kim.pk, latest_at=NOW + 99 * DAY).due_at for _three in range(3)]

    assert due == [NOW, NOW + 30 * DAY, NOW + 60 * DAY]


def test_cap_of_the_customer_counts_all_contact_persons_together():
    company(cap_contacts=None, cap_customer_contacts=1, cap_days=7)
    house = customer(kind="company")
    people = [factories.contact_person(house, email=f"{n}@mail.example") for n in range(2)]
    for person in people:
        consent(house, person=person)

    due = [planned(house, contact_person_id=person.pk).due_at for person in people]

    assert due == [NOW, NOW + 7 * DAY]


def test_pause_puts_off_and_does_not_refuse():
    company()
    anna = customer()
    ContactPreference.objects.create(customer=anna, paused_until_on=date(2026, 11, 30), changed_at=timezone.now())

    message = planned(anna)

    assert message.state == "planned"
    assert message.reason == {"code": "paused", "until": "2026-11-30"}
    assert message.due_at.isoformat() == "2026-11-30T23:00:00+00:00"  # midnight in Berlin


def test_quiet_hours_are_those_where_the_customer_lives():
    company(quiet_from=time(20), quiet_until=time(8))
    at_nine_in_berlin = NOW.replace(hour=8)

    abroad = planned(customer(country="USA"), now=at_nine_in_berlin, not_before_at=at_nine_in_berlin)
    at_home = planned(customer(country="Deutschland"), now=at_nine_in_berlin, not_before_at=at_nine_in_berlin)

    assert at_home.due_at == at_nine_in_berlin
    assert abroad.due_at == NOW.replace(hour=13)  # eight in New York


def test_holidays_are_those_of_the_customers_region():
    company(quiet_holidays=True, holiday_region="DE-BE")
    epiphany = NOW.replace(year=2027, month=1, day=6)  # a holiday in Bavaria, not in Berlin

    bavaria = planned(
        customer(country="DE", region="Bayern"), now=epiphany, not_before_at=epiphany, latest_at=epiphany + DAY
    )
    berlin = planned(customer(), now=epiphany, not_before_at=epiphany, latest_at=epiphany + DAY)

    assert berlin.due_at == epiphany
    assert bavaria.reason == {"code": "holiday"}


def test_letters_and_calls_disturb_nobody_at_night():
    company(quiet_from=time(20), quiet_until=time(8))
    night = NOW.replace(hour=23)
    house = customer(kind="company")

    call = planned(house, channel="call", now=night, not_before_at=night)

    assert call.due_at == night


def test_address_is_reached_once_for_one_origin():
    company()
    anna, twin = customer(email="same@mail.example"), customer(email="SAME@mail.example")
    first = planned(anna, origin="campaign:1")

    assert planned(twin, origin="campaign:1").reason == {"code": "duplicate_address", "customer": anna.pk}
    assert planned(twin, origin="campaign:2").state == "planned"
    assert planned(anna, origin="campaign:1").state == "planned", "a second step to the same customer"
    assert planned(twin, origin="campaign:1", purpose="service").state == "planned"
    assert AddressUse.objects.get(origin="campaign:1").customer_id == first.customer_id


def test_address_is_reached_once_within_one_batch():
    company()
    twins = [customer(email="same@mail.example") for _two in range(2)]

    messages = services.plan_messages([plan(one) for one in twins], now=NOW)

    assert [one.state for one in messages] == ["planned", "refused"]


def test_held_out_customer_is_left_alone_for_that_origin():
    company()
    people = [customer() for _twenty in range(20)]
    drawn = services.hold_out(
        services.Drawing(origin="test:1", share=0.5), customers=[one.pk for one in people], now=NOW
    )
    assert 0 < len(drawn) < 20

    messages = services.plan_messages([plan(one) for one in people], now=NOW)

    refused = {one.customer_id for one in messages if one.state == "refused"}
    assert refused == drawn
    assert {one.reason["code"] for one in messages if one.state == "refused"} == {"held_out"}
    left_alone = Assignment.objects.filter(held_out=True).first().customer
    assert planned(left_alone, origin="other").state == "planned"
    assert planned(left_alone, purpose="service").state == "planned"


def test_draw_again_gives_the_same_and_keeps_its_salt():
    people = [customer().pk for _ten in range(10)]
    first = services.hold_out(services.Drawing(origin="", share=0.5), customers=people, now=NOW)

    again = services.hold_out(services.Drawing(origin="", share=0.9), customers=people, now=NOW + DAY)

    assert again == first
    assert Draw.objects.get().share == 0.5
    kept = Assignment.objects.values_list("customer", "held_out", "entered_at")
    assert set(kept) == {(one, one in first, NOW) for one in people}


def test_person_who_was_removed_is_not_written_to_at_the_customers_address():
    company()
    house = customer(kind="company")
    kim = factories.contact_person(house, email="kim@mail.example")
    consent(house, person=kim)
    message = planned(house, contact_person_id=kim.pk)
    kim.delete()

    with transaction.atomic():
        services.settle([house.pk], now=NOW)

    assert state(message) == ("refused", None, {"code": "person_gone"})
    assert message.person_name == str(kim)


def test_withdrawn_consent_refuses_what_was_planned():
    company()
    anna = customer()
    message = planned(anna)
    consent(anna, state="withdrawn", at=NOW)

    with transaction.atomic():
        services.settle([anna.pk], now=NOW + DAY)

    assert state(message) == ("refused", None, {"code": "withdrawn"})


def test_forecast_tells_what_planning_does_and_plans_nothing():
    company(cap_contacts=1, cap_days=7)
    anna = customer()
    planned(anna)
    plans = [plan(anna), plan(customer()), plan(customer(email=""))]

    told = {one.key: (decision.verdict, decision.at) for one, decision in services.forecast(plans, now=NOW)}

    assert Message.objects.count() == 1
    assert list(told.values()) == [
        (Verdict.ALLOWED, NOW + 7 * DAY),
        (Verdict.ALLOWED, NOW),
        (Verdict.REFUSED, None),
    ]
    services.plan_messages(plans, now=NOW)
    assert {one.key: one.due_at for one in Message.objects.filter(key__in=told)} == {
        key: at for key, (_o, at) in told.items()
    }


@pytest.mark.parametrize("many", [10, 400])
def test_number_of_queries_does_not_grow_with_the_messages(django_assert_max_num_queries, many):
    company(cap_contacts=2)
    plans = [plan(one) for one in everybody(many)]

    with django_assert_max_num_queries(60):  # SQLite takes 999 values in a statement, and so many insert in parts
        services.plan_messages(plans, now=NOW)

    assert Message.objects.filter(state="planned").count() == many


def test_number_of_reads_is_fixed(django_assert_num_queries):
    company(cap_contacts=2)
    few, many = [plan(one) for one in everybody(2)], [plan(one) for one in everybody(200)]
    list(services.forecast(few, now=NOW))

    with django_assert_num_queries(17) as first:
        list(services.forecast(few, now=NOW))
    with django_assert_num_queries(len(first)):
        list(services.forecast(many, now=NOW))


def test_promotion_pauses_while_a_complaint_is_open_and_goes_on_when_it_is_settled(salesperson):
    company()
    one = customer()
    complaint = tasks.add(
        tasks.Content(title="Falsche Ware", is_complaint=True), now=NOW, customer=one, staff=salesperson
    )

    (message,) = services.plan_messages([plan(one)], now=NOW)
    assert (message.state, message.reason, message.due_at) == ("planned", {"code": "open_complaint"}, None)
    assert services.claim(channel="email", holder="h 1 a", at_most=9, now=NOW) == []

    tasks.finish(task_id=complaint.pk, staff=salesperson, finished_at=NOW)
    later = NOW + timedelta(hours=7)
    services.look_after(now=later)
    assert [one.pk for one in services.claim(channel="email", holder="h 1 a", at_most=9, now=later)] == [message.pk]


def test_what_is_planned_already_waits_when_a_complaint_comes(salesperson):
    company()
    one = customer()
    services.plan_messages([plan(one)], now=NOW)
    tasks.add(tasks.Content(title="Falsche Ware", is_complaint=True), now=NOW, customer=one, staff=salesperson)

    assert services.claim(channel="email", holder="h 1 a", at_most=9, now=NOW) == []
