"""Late, undone, taken back, objected: what is known of a customer, and when it became known, each case by its name."""

import pytest

from stammkunde.contacts import services as contacts
from stammkunde.customers.services import Evidence, Recipient, change_preference, withdraw
from stammkunde.outreach.models import Message
from stammkunde.plays.models import Enrolment, Play
from stammkunde.store.models import Unmet
from stammkunde.tasks.models import Task
from tests import factories
from tests.outreach.planning import NOW, company, customer
from tests.plays.over_time import (
    DAY,
    HOUR,
    buys,
    known,
    leaves,
    message,
    ran,
    stands,
    started,
    task,
    the,
    undone,
    wait,
    work,
)

pytestmark = pytest.mark.django_db

PURCHASE = {"kind": "purchase", "window_days": 30}


@pytest.mark.parametrize(
    ("at", "enters"),
    [(NOW, 1), (NOW - 30 * HOUR, 1), (NOW - 3 * DAY, 1), (NOW - 4 * DAY, 0), (NOW - 400 * DAY, 0)],
)
def test_fact_that_happened_long_before_it_came_starts_nothing(at, enters):
    started(wait(1), now=NOW - 500 * DAY)
    buys(customer(), at)

    work()

    assert Enrolment.objects.count() == enters


def test_facts_dated_before_the_start_begin_nothing_and_years_of_history_neither():
    play = started(wait(1), trigger={"kind": "happened", "table": "orders", "too_old_days": 300})
    for years in range(5):
        for day in range(60):
            buys(customer(), NOW - HOUR * 2 - (365 * years + day) * DAY)

    work()

    play.refresh_from_db()
    assert (Enrolment.objects.count(), play.status) == (0, "running")


def test_order_that_is_dated_ahead_is_no_goal_before_its_day():
    play = started(wait(20), goal=PURCHASE)
    anna = customer()
    buys(anna)
    buys(anna, NOW + 9 * DAY)
    work()
    assert stands(play) == ("waiting", "s1", "")

    buys(customer(), NOW - 30 * DAY)  # whatever is learnt later
    work(NOW + 10 * DAY)

    assert (the(play).code, the(play).goal_source) == ("goal", f"orders:{anna.orders.latest('pk').source}")


def test_day_of_a_row_that_is_nobodys_begins_nothing():
    trigger = {"kind": "dated", "table": "orders", "column": "delivered_on"}
    play = started(wait(1), trigger=trigger, rule={"field": "customer.kind", "is": "is", "value": "person"})
    for one in (None, customer()):
        factories.order(one, NOW.date() - 3 * DAY, delivered_on=NOW.date())

    work()

    assert the(play).customer is not None


def test_goal_counts_as_of_its_date_though_it_came_late_and_messages_meanwhile_stay(template):
    play = started(message(template()), wait(5), task(), goal=PURCHASE)
    anna = customer()
    buys(anna)
    work()
    leaves()
    work()

    buys(anna, NOW + 2 * DAY)
    work(NOW + 4 * DAY)

    assert stands(play)[::2] == ("closed", "goal")
    assert Message.objects.get().state == "handed_over"


def test_order_that_started_the_play_and_one_of_before_are_no_goal():
    play = started(wait(5), goal=PURCHASE)
    anna = customer()
    buys(anna, NOW - DAY)
    buys(anna)

    work()
    buys(anna, NOW - 2 * DAY)
    work(NOW + HOUR)

    assert {(one.state, one.code) for one in Enrolment.objects.filter(play=play)} == {("waiting", "")}


def test_purchase_on_the_day_of_entry_is_a_goal_only_if_its_moment_is_known_and_later():
    play = started(wait(5), goal=PURCHASE)
    anna, berta = customer(), customer()
    for one in (anna, berta):
        buys(one)
    work(NOW + HOUR)

    buys(anna, NOW + 2 * HOUR)
    buys(berta, NOW.replace(hour=23) - DAY)  # midnight in Berlin: only the day is known
    work(NOW + 3 * HOUR)

    codes = {one.customer: one.code for one in Enrolment.objects.filter(play=play)}
    assert codes == {anna: "goal", berta: ""}


def test_goal_undone_and_told_again_sends_nothing_anew(template):
    play = started(message(template()), wait(5), goal=PURCHASE)
    anna = customer()
    buys(anna)
    work()
    leaves()
    order = buys(anna, NOW + DAY)
    work(NOW + DAY)

    undone(order)
    work(NOW + 2 * DAY)
    noted = the(play).goal_undone_at
    buys(anna, NOW + DAY, source=order.source)
    work(NOW + 3 * DAY)

    assert noted == NOW + 2 * DAY
    assert stands(play)[::2] == ("closed", "goal")
    assert (Message.objects.count(), Enrolment.objects.filter(cycle=the_first(play)).count()) == (1, 1)


def the_first(play: Play) -> str:
    return Enrolment.objects.filter(play=play).order_by("pk")[0].cycle


def test_wait_until_something_happens_ends_with_it_and_an_old_one_ends_no_newer_wait():
    play = started(wait(1), wait(20, until={"table": "contacts"}), task())
    anna = customer()
    buys(anna)
    work()
    work(NOW + DAY)

    touched(anna, NOW - DAY)
    work(NOW + 2 * DAY)
    assert stands(play)[:2] == ("waiting", "s2")
    touched(anna, NOW + 3 * DAY)
    work(NOW + 3 * DAY + HOUR)

    assert ran(play)[1] == ("s2", "done", "happened")
    assert stands(play)[:2] == ("acting", "s3")


def touched(who, at) -> None:
    from stammkunde.contacts.models import Contact  # noqa: PLC0415

    Contact.objects.create(
        source=f"t:{at:%d%H}",
        customer=who,
        channel="phone",
        direction="in",
        happened_at=at,
        happened_on=at.date(),
        recorded_at=at,
    )
    known(who, "contacts", at)


def test_contact_that_was_taken_back_has_not_happened_and_ends_what_it_began():
    written = started(wait(30), trigger={"kind": "happened", "table": "contacts"}, name="Nach Kontakt")
    until = started(wait(30, until={"table": "contacts"}))
    anna = customer()
    buys(anna)
    work()

    touched(anna, NOW + HOUR)
    contacts.void([f"t:{NOW + HOUR:%d%H}"], now=NOW + 2 * HOUR)
    work(NOW + 3 * HOUR)
    assert (stands(until)[0], written.enrolments.count()) == ("waiting", 0)

    touched(anna, NOW + 4 * HOUR)
    work(NOW + 5 * HOUR)
    contacts.void([f"t:{NOW + 4 * HOUR:%d%H}"], now=NOW + 6 * HOUR)
    work(NOW + 7 * HOUR)
    assert stands(written)[::2] == ("closed", "reason_gone")


@pytest.mark.parametrize("agreed", [False, True])
def test_objection_ends_it_where_nothing_but_advertising_is_left(agreed, template):
    """Whoever had agreed before withdraws, which is kept as another word for the same."""
    advertises = started(wait(5), message(template()), name="Wirbt")
    calls = started(wait(5), task(), name="Ruft an")
    anna = customer() if agreed else factories.customer(email="anna@mail.example")
    buys(anna)
    work()

    withdraw(
        recipient=Recipient(customer_id=anna.pk), cells=[("email", "advertising")], now=NOW + HOUR, staff=None,
        evidence=Evidence(origin="test", happened_at=NOW + HOUR),
    )  # fmt: skip
    work(NOW + 2 * HOUR)  # within the minute, not when her turn comes

    assert stands(advertises)[::2] == ("closed", "objected")
    assert stands(calls)[0] == "waiting"
    work(NOW + 5 * DAY)
    assert stands(calls)[0] == "acting"


def test_who_withdraws_what_leaves_another_way_goes_that_way(template):
    play = started(wait(5), message(template(), template(name="Brief", channel="letter")))
    company(sender_address="Weg 2, 10115 Berlin")
    anna = customer(street="Weg 1", postcode="10115", city="Berlin")
    buys(anna)
    work()

    withdraw(
        recipient=Recipient(customer_id=anna.pk), cells=[("email", "advertising")], now=NOW + HOUR, staff=None,
        evidence=Evidence(origin="test", happened_at=NOW + HOUR),
    )  # fmt: skip
    work(NOW + 5 * DAY + HOUR)

    assert (stands(play)[0], ran(play)[-1:]) == ("acting", [("s2", "acting", "")])
    assert Message.objects.get().channel == "letter"


def test_wish_is_noted_for_measures_and_the_same_again_is_not():
    anna = customer()
    Unmet.objects.all().delete()

    for _time in range(2):
        change_preference(
            recipient=Recipient(customer_id=anna.pk), fields={"language": "en"}, changed_at=NOW, staff=None
        )

    assert list(Unmet.objects.values_list("customer_id", "entered")) == [(anna.pk, False)]


def test_complaint_ends_it_only_if_asked():
    stays, goes = started(wait(5), name="Bleibt"), started(wait(5), ends_on=["complaint"], name="Geht")
    anna = customer()
    buys(anna)
    work()

    Task.objects.create(title="Beschwerde", customer=anna, is_complaint=True, created_at=NOW)
    work(NOW + 5 * DAY)

    assert (stands(stays)[2], stands(goes)[2]) == ("done", "complaint")
