import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from stammkunde.outreach import services
from stammkunde.outreach.models import Message
from tests.outreach.planning import DAY, NOW, company, customer, plan

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 24


def at_once(work, given):
    """Do the same in many threads, each with a connection of its own, as nearly at once as can be."""
    start = threading.Barrier(len(given))

    def one(what):
        try:
            start.wait()
            return work(what)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(given)) as pool:
        return list(pool.map(one, given))


@pytest.mark.parametrize("most", [1, 3])
def test_campaigns_planned_at_once_never_pass_the_cap_together(most):
    company(cap_contacts=most, cap_days=7)
    anna = customer()
    plans = [plan(anna, origin=f"campaign:{number}", latest_at=NOW + 6 * DAY) for number in range(THREADS)]

    at_once(lambda one: services.plan_messages([one], now=NOW), plans)

    assert Message.objects.filter(slot_at__isnull=False).count() == most
    assert Message.objects.filter(state="planned", due_at=None).count() == THREADS - most


def test_campaigns_planned_at_once_keep_the_hours_between_two_messages():
    company(gap_hours=4)
    anna = customer()
    plans = [plan(anna, origin=f"campaign:{number}") for number in range(THREADS)]

    at_once(lambda one: services.plan_messages([one], now=NOW), plans)

    due = sorted(Message.objects.values_list("due_at", flat=True))
    assert due == [NOW + number * timedelta(hours=4) for number in range(THREADS)]


def test_same_key_planned_at_once_is_one_message():
    company()
    same = plan(customer())

    made = at_once(lambda _number: services.plan_messages([same], now=NOW)[0].pk, range(THREADS))

    assert (len(set(made)), Message.objects.count()) == (1, 1)


def test_customers_with_one_address_planned_at_once_are_reached_once():
    company()
    plans = [plan(customer(email="same@mail.example")) for _many in range(12)]

    at_once(lambda one: services.plan_messages([one], now=NOW), plans)

    assert Message.objects.filter(state="planned").count() == 1
    assert Message.objects.filter(state="refused", reason__code="duplicate_address").count() == 11


def test_batches_with_the_same_customers_in_any_order_do_not_lock_each_other_out():
    company(cap_contacts=1, cap_days=7)
    people = [customer() for _many in range(20)]
    orders = [people, people[::-1], people[10:] + people[:10], people[::3] + people[1::3] + people[2::3]]
    batches = [[plan(one, origin=f"campaign:{n}") for one in order] for n, order in enumerate(orders)]

    at_once(lambda batch: services.plan_messages(batch, now=NOW), batches)

    for one in people:
        slots = sorted(Message.objects.filter(customer=one).values_list("slot_at", flat=True))
        assert slots == [NOW + 7 * n * DAY for n in range(4)]


def test_workers_at_once_claim_every_message_once():
    company()
    messages = services.plan_messages([plan(customer()) for _many in range(120)], now=NOW)

    def work(number):
        mine = []
        for _turn in range(40):
            mine += services.claim(channel="email", holder=f"worker {number}", at_most=10, now=NOW)
        return [one.pk for one in mine]

    claimed = [pk for mine in at_once(work, range(4)) for pk in mine]

    assert sorted(claimed) == sorted(one.pk for one in messages)
    assert connection.vendor in {"sqlite", "postgresql"}
