"""What users of other programs suffer from, and does not happen here; each by its name."""

import pytest

from stammkunde.outreach.models import Message, Template
from stammkunde.plays.measures import running
from stammkunde.plays.models import Enrolment, StepRun
from stammkunde.tasks.models import Task
from tests import factories
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import (
    DAY,
    HOUR,
    buys,
    content,
    done,
    leaves,
    message,
    stands,
    started,
    task,
    the,
    wait,
    work,
)

pytestmark = pytest.mark.django_db


def test_replacing_a_step_sends_nobody_through_again(template):
    play = started(message(template()), wait(5))
    buys(customer())
    work()
    leaves()
    work()

    running.change(play_id=play.pk, content=content(message(template(name="Neu")), wait(5)), staff=None, now=NOW + DAY)
    running.start(play_id=play.pk, staff=None, now=NOW + DAY)
    work(NOW + 2 * DAY)

    assert (Message.objects.count(), Enrolment.objects.count(), the(play).version.number) == (1, 1, 1)


def test_stopping_one_play_stops_nothing_of_another(template, marketer):
    made = template()
    first, second = started(message(made), name="Eins"), started(message(made), name="Zwei")
    buys(customer())
    work()

    running.stop(play_id=first.pk, staff=marketer, now=NOW + HOUR)

    assert {one.origin: one.state for one in Message.objects.all()} == {
        first.origin: "stopped",
        second.origin: "planned",
    }
    assert (stands(first)[2], stands(second)[0]) == ("stopped", "acting")


def test_reentry_makes_no_second_schedule_and_keeps_its_pause():
    play = started(wait(2), reentry={"again": True, "pause_days": 10})
    anna = customer()
    for day in (0, 1, 5, 11):
        buys(anna, NOW + day * DAY)
        work(NOW + day * DAY + HOUR)

    days = [(one.entered_at - NOW).days for one in Enrolment.objects.filter(play=play).order_by("pk")]
    assert days == [0, 11]


def test_waiting_for_this_order_is_per_order_and_its_fields_travel_along():
    play = started(wait(30), subject={"per": "row", "fields": ["number", "channel"]}, reentry={"again": True})
    anna = customer()
    orders = [buys(anna, channel="shop"), buys(anna, NOW + HOUR, channel="fair")]

    work(NOW + 2 * HOUR)

    travels = {one.source: one.travels for one in Enrolment.objects.filter(play=play)}
    assert travels == {f"orders:{one.source}": {"number": one.number, "channel": one.channel} for one in orders}


def test_c_customers_get_the_cheap_way_first(template, monkeypatch):
    letter, mail = template(channel="letter"), template(name="Mail")
    started(message(letter, mail))
    dear, cheap = (customer(street="Weg 1", postcode="10115", city="Berlin") for _one in range(2))
    monkeypatch.setattr(
        "stammkunde.plays.measures.moves.signals.of_class",
        lambda _letter, *, customer_ids: {cheap.pk} & set(customer_ids),
    )
    for one in (dear, cheap):
        buys(one)

    work()

    assert {one.customer: one.channel for one in Message.objects.all()} == {dear: "letter", cheap: "email"}


def test_who_is_reached_by_nothing_is_said_to_be_not_reached(template):
    play = started(message(template()), wait(1))
    buys(factories.customer())

    work()
    work(NOW + 2 * DAY)

    assert stands(play)[::2] == ("closed", "not_reached")
    assert StepRun.objects.filter(state="skipped", code="refused").count() == 1


def test_done_needs_its_task_done(template):
    play = started(task(latest_days=3, otherwise=[{"key": "mail", **message(template())}]), wait(1))
    buys(customer())
    work()

    work(NOW + 3 * DAY + HOUR)

    assert stands(play)[:2] == ("acting", "mail")
    assert not Task.objects.exists()  # nobody finds an old one on the list
    assert done() == 0
    assert Template.objects.count() == 1
