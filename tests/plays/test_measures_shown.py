"""Where measures show: on a customer's page and timeline, on Today, and to programs."""

import pytest
from django.urls import reverse

from stammkunde.plays.measures import holding
from stammkunde.plays.models import Enrolment
from stammkunde.tasks.models import Task
from stammkunde.ui import moments
from tests.outreach.planning import NOW, company, customer
from tests.plays.over_time import BOUGHT, DAY, HOUR, buys, leaves, message, started, task, the, wait, work
from tests.team.test_tokens import program

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(template):
    """Somebody who was written to and waits for a call."""
    started(message(template()), wait(10), task(), name="Willkommen", goal={"kind": "purchase", "window_days": 60})
    found = customer()
    buys(found)
    work()
    leaves(NOW + HOUR)
    work(NOW + 2 * HOUR)
    return found


def shown(client, staff, who, language="en"):
    client.force_login(staff)
    client.post(reverse("language"), {"language": language})
    return " ".join(client.get(reverse("customer", args=[who.pk])).content.decode().split())


def test_customer_page_says_in_which_measures_she_is_why_and_what_comes_next(client, marketer, anna):
    page = shown(client, marketer, anna)

    assert "Next: Task “Anrufen”" in page
    assert "because: purchase" in page
    assert reverse("measure", args=[Enrolment.objects.get().play_id]) in page


def test_several_of_one_kind_are_told_apart_by_their_orders_and_not_left_out_in_silence(client, marketer):
    started(wait(10), name="Wie läuft es?", subject={"per": "row"})
    bert = customer(name="Bert")
    orders = [buys(bert, number=f"A{number}") for number in range(8)]
    work()

    page = shown(client, marketer, bert)

    assert f"because: purchase, {orders[0].number}" in page
    assert "2 more are not shown." in page


def test_who_is_left_alone_is_shown_to_those_who_plan_messages_and_to_nobody_else(client, marketer, servant, anna):
    Enrolment.objects.update(arm="held_out")

    assert "Left alone, to compare" in shown(client, marketer, anna)
    assert "Willkommen" not in shown(client, servant, anna)
    Enrolment.objects.update(arm="treated")
    page = shown(client, servant, anna)
    assert "Willkommen" in page
    assert "/measures/" not in page


def told(who):
    return [one.kind for one in moments.timeline(who.pk).events if one.kind.startswith("measure")]


def test_timeline_tells_when_a_measure_began_and_that_its_goal_was_met(client, marketer, anna):
    assert told(anna) == ["measure"]
    buys(anna, NOW + 3 * DAY)
    work(NOW + 3 * DAY + HOUR)

    assert told(anna) == ["measure_end", "measure"]
    assert "Reached the goal" in shown(client, marketer, anna)


def test_timeline_tells_nothing_of_whoever_is_left_alone_nor_of_a_usual_end(anna):
    play = the(Enrolment.objects.get().play)
    Enrolment.objects.update(state="closed", code="done", closed_at=NOW + DAY, due_at=None)
    assert told(anna) == ["measure"]

    Enrolment.objects.filter(pk=play.pk).update(arm="held_out")
    assert told(anna) == []


def test_today_asks_those_who_may_let_a_held_measure_go_on(client, marketer, servant):
    company()
    play = started(wait(1), name="Danke", trigger=BOUGHT)
    detail = {"count": 80, "usual_week": 4.0, "cause": "orders"}
    holding.hold(play, code=holding.SURGE, detail=detail, now=NOW)
    for place in range(4):  # more than a day without hours has room for
        Task.objects.create(title=f"Aufgabe {place}", owner=marketer, created_at=NOW)

    client.force_login(marketer)
    client.post(reverse("language"), {"language": "en"})
    page = client.get(reverse("today")).content.decode()
    client.force_login(servant)

    assert "Measures on hold" in page
    assert "80 today, 4 in a usual week; most of them by: Orders." in page
    assert "Danke" not in client.get(reverse("today")).content.decode()


def test_programs_read_measures_and_who_is_in_them(marketer, anna):
    asks, row = program(marketer), Enrolment.objects.get()

    (listed,) = asks.get("/api/v1/measures").json()
    read = asks.get(f"/api/v1/measures/{row.play_id}").json()
    address = f"/api/v1/measures/{row.play_id}/enrolments"
    (one,) = asks.get(address, {"state": "waiting"}).json()["enrolments"]

    assert listed == read
    assert (read["name"], read["status"], read["version"]) == ("Willkommen", "running", 1)
    assert (read["states"]["waiting"], read["arms"]) == (1, {"treated": 1, "held_out": 0})
    assert (one["customer_id"], one["step"], one["why"]) == (anna.pk, "s2", "purchase")
    assert one["says"].startswith("Task “Anrufen”")
    assert asks.get(address, {"state": "closed"}).json() == {"enrolments": [], "next": None}
    assert asks.get(address, {"after": row.pk}).json()["enrolments"] == []
