"""The budget of a measure: it warns, then nobody enters, then nothing that costs is done; in both arms alike."""

import pytest
from django.urls import reverse

from stammkunde.outreach.models import Message
from stammkunde.plays.measures import spending
from stammkunde.plays.models import Enrolment, StepRun
from tests import factories
from tests.outreach.planning import NOW, company, customer
from tests.plays.over_time import DAY, HOUR, buys, done, leaves, message, ran, started, task, the, wait, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(template):
    company(letter_cost_cents=100)
    factories.decided(letter_cost_cents=100)
    return template(channel="letter")


def somebody():
    return customer(street="Weg 1", postcode="10115", city="Berlin")


@pytest.mark.parametrize(("budget", "warns"), [(501, False), (500, True)])
def test_page_and_today_warn_from_four_fifths_on(client, marketer, letter, budget, warns):
    play = started(message(letter), wait(30), name="Post", limits={"budget_cents": budget})
    for _one in range(4):
        buys(somebody())
    work()
    client.force_login(marketer)
    client.post(reverse("language"), {"language": "en"})

    pages = [client.get(one).content.decode() for one in (reverse("measure", args=[play.pk]), reverse("today"))]

    assert ["of the budget of" in page for page in pages] == [warns, warns]
    assert ("Measures whose budget runs out" in pages[1]) == warns


def test_what_the_closed_have_cost_leaves_the_others_their_part(letter):
    play = started(message(letter), wait(30), limits={"budget_cents": 300})
    buys(somebody())
    work()
    row = the(play)
    StepRun.objects.update(cost_cents=200, state="done", ended_at=NOW)
    Enrolment.objects.update(state="closed", code="done", closed_at=NOW, due_at=None, at_step="", waits_key="")

    for _one in range(2):
        buys(somebody(), NOW + HOUR)
    work(NOW + HOUR)

    entered = Enrolment.objects.exclude(pk=row.pk)
    assert sorted((one.zero_at is None, one.code) for one in entered) == [(False, ""), (True, "budget")]


def test_what_is_owed_is_said_whatever_the_budget(template):
    company(letter_cost_cents=100)
    factories.decided(letter_cost_cents=100)
    letter = template(channel="letter", purpose="service")
    play = started(message(letter), wait(30), kind="owed", limits={"budget_cents": 150})
    for _one in range(3):
        buys(somebody())

    work()

    assert (
        list(Enrolment.objects.filter(play=play).values_list("state", "at_step", "code")) == [("acting", "s1", "")] * 3
    )


@pytest.mark.parametrize("holdout", [0.0, 0.49])
def test_what_costs_nothing_goes_on_when_the_budget_is_used_up(letter, template, holdout):
    """A mail beside the letter, a mail that comes instead of it; in both arms alike."""
    mail = template(name="Mail")
    instead = message(letter, otherwise=[{"key": "instead", **message(mail)}])
    play = started(
        wait(1), message(letter, mail), wait(1), instead, wait(9), limits={"budget_cents": 250}, holdout=holdout,
        reentry={"again": True},
    )  # fmt: skip
    buys(somebody())
    work()
    Enrolment.objects.update(arm="held_out" if holdout else "treated")
    spender = Enrolment.objects.create(
        play=play, customer=somebody(), cycle="spent", entered_at=NOW, version=play.versions.get(), state="closed",
        code="done", closed_at=NOW, arm="treated", zero_at=NOW,
    )  # fmt: skip
    StepRun.objects.create(enrolment=spender, step_key="s2", state="done", began_at=NOW, ended_at=NOW, cost_cents=300)

    for days in range(1, 6):
        work(NOW + days * DAY + HOUR)
        leaves(NOW + days * DAY + HOUR)

    runs = StepRun.objects.exclude(enrolment=spender).exclude(kind="wait").order_by("pk")
    assert [(one.step_key, one.code) for one in runs] == [
        ("s2", "held_out" if holdout else ""), ("s4", "no_budget"), ("instead", "held_out" if holdout else ""),
    ]  # fmt: skip
    assert set(Message.objects.values_list("channel", flat=True)) == (set() if holdout else {"email"})


def test_what_was_skipped_has_cost_nothing(letter):
    play = started(message(letter), wait(30))
    buys(somebody())
    work()
    assert spending.spent(play) == 100

    StepRun.objects.update(state="skipped", ended_at=NOW)

    assert spending.spent(play) == 0


@pytest.mark.parametrize(("spent", "code"), [(109, None), (110, "no_budget")])
def test_a_tenth_above_it_nothing_is_done_any_more_in_either_arm(spent, code):
    play = started(wait(1), task(minutes=5), holdout=0.5, limits={"budget_cents": 100})
    for _one in range(8):
        buys(customer())
    work()
    StepRun.objects.create(
        enrolment=Enrolment.objects.first(), step_key="s0", kind="message", state="done", began_at=NOW, ended_at=NOW,
        cost_cents=spent,
    )  # fmt: skip

    work(NOW + DAY + HOUR)

    arms = {arm for (arm,) in Enrolment.objects.filter(steps__code="no_budget").values_list("arm")}
    assert arms == ({"treated", "held_out"} if code else set())
    assert len([one for one in ran(play) if one[0] == "s2"]) == 8


def test_what_each_costs_besides_postage_is_counted_once():
    play = started(task(), wait(1), task(), cost={"each_cents": 250})
    buys(customer())

    work()
    done()
    work(NOW + HOUR)
    work(NOW + 2 * DAY)

    assert [one[0] for one in ran(play)] == ["s1", "s2", "s3"]
    assert spending.spent(play) == 250
