"""The trial of a measure: true of today, and nothing is written by looking."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from stammkunde.plays import contents, trial
from stammkunde.plays.measures import running
from stammkunde.plays.models import Play
from stammkunde.plays.trial import near
from tests import factories
from tests.outreach.planning import company, customer
from tests.plays.over_time import BOUGHT, buys, content, message, started, task, wait

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def play(marketer, template, now):
    template(name="Mail", words="Guten Tag, {name}! Danke.")
    letter = template(name="Brief", channel="letter")
    mail = template(name="Zweite Mail", words="Hallo {name}")
    said = content(
        message(mail, letter), wait(7), task("Anrufen", minutes=10), trigger=BOUGHT,
        goal={"kind": "purchase", "window_days": 60}, holdout=0.1, cost={"each_cents": 200},
    )  # fmt: skip
    return running.draft(name="Danke", content=said, staff=marketer, now=now)


def looked(play, now):
    return trial.of(play, contents.read(play.versions.get().content), now=now)


def test_it_says_whom_it_would_take_by_which_way_and_what_it_costs(play, now):
    company()
    agreed, long_ago = customer(name="Anna"), customer(name="Cleo")
    other = factories.customer(name="Bert", email="bert@example.org")
    buys(agreed, now - 3 * DAY)
    buys(other, now - 10 * DAY)
    buys(long_ago, now - 40 * DAY)
    elsewhere = started(wait(30), now=now - 20 * DAY, name="Andere", trigger=BOUGHT)
    walks = {"version": elsewhere.versions.get(), "arm": "treated", "state": "waiting"}
    other.enrolments.create(play=elsewhere, cycle="x", entered_at=now, due_at=now, **walks)

    found = looked(play, now)

    assert found.whom.ids == (agreed.pk, other.pk)
    assert found.whom.a_week == (0, 1, 1)
    mail, letter = found.said.reach
    assert (mail.reached, letter.reached) == (1, 0)
    assert sum(n for _why, n in mail.reasons) == 1
    assert (found.each_cents, found.minutes_a_week) == (200, 10)
    assert found.overlaps == (("Andere", 1),)
    said, asked_for = found.said.examples
    assert said.text == "Hallo Anna"
    assert (asked_for.subject, asked_for.name) == ("Anrufen", "Aufgabe, die noch niemandem gehört")
    assert {one.name for one in found.people} == {"Anna", "Bert"}
    assert dict(found.power)[0.1] is None  # two customers show nothing


def test_looking_writes_nothing(client, marketer, play, now):
    company()
    buys(customer(name="Anna", email="anna@example.org"), now - DAY)
    client.force_login(marketer)
    client.get(reverse("measure-trial", args=[play.pk]))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get(reverse("measure-trial", args=[play.pk]))

    assert "Für 1 Kunden hätte sie in den letzten 28 Tagen begonnen." in answer.content.decode()
    assert not [one["sql"] for one in asked if one["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]


def test_who_misses_one_condition_only_is_near(monkeypatch, now):
    anna, bert = factories.customer(name="Anna"), factories.customer(name="Bert")
    bought, there = {"happened": "orders"}, {"field": "customer.city", "is": "is", "value": "Köln"}
    keep = {str({"all": [there]}): [anna.pk, bert.pk], str({"all": [bought]}): [anna.pk]}
    monkeypatch.setattr(near.counts, "who", lambda rule, now: keep[str(rule)])

    found = near.of({"all": [bought, there]}, [anna.pk], now=now)

    assert [(one.n, one.people) for one in found] == [(1, (bert,))]
    assert near.of(bought, [anna.pk], now=now) == ()  # one condition: everybody else would be near


def test_calls_stand_against_the_time_that_the_team_has(marketer, now):
    company()
    marketer.hours_per_week, marketer.role = 5, "sales"
    marketer.save()
    for _each in range(5):
        buys(customer(), now - 3 * DAY)
    said = content(task("Anrufen", by_phone=True, minutes=20), trigger=BOUGHT)
    play = running.draft(name="Anrufe", content=said, staff=marketer, now=now)

    found = looked(play, now)

    assert found.calls_a_day == found.whom.a_week[1] / 5
    assert found.free_calls == 3  # an hour a day, twenty minutes each


def test_the_smallest_effect_follows_the_number_as_it_is_typed(client, marketer, play, now):
    company()
    for number in range(40):
        buys(customer(), now - DAY, cents=1000 + number)
    client.force_login(marketer)

    def said(share):
        address = reverse("measure-trial", args=[play.pk])
        return client.get(address, {"share": share}, headers={"HX-Request": "true"}).content.decode()

    assert "Ohne Vergleichsgruppe" in said("0")
    assert "Ohne Vergleichsgruppe" in said("dance")
    assert "Zu wenige" in said("10")
    assert "je Kunde" in said("50")


def test_a_ready_made_one_leaves_as_many_alone_as_suit_the_customers_here(client, marketer, now):
    company()
    buys(customer(), now - DAY)
    client.force_login(marketer)

    client.post(reverse("measure-take", args=["thanks"]))

    assert Play.objects.get().versions.get().content["holdout"]["share"] == 0.5
