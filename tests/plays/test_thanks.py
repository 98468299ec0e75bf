"""Thanks after a purchase: once for every day of purchase, never for old ones, never with advertising."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from stammkunde.outreach.models import Assignment, Message
from stammkunde.plays import services, working
from stammkunde.plays.models import Play
from tests import factories
from tests.outreach.planning import NOW, customer

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture
def play(template, marketer):
    return services.create_thanks(
        name="Dank", template=template("Danke, {name}!", purpose="thanks"), delay_days=1, after_on=TODAY - 5 * DAY,
        staff=marketer, now=NOW,
    )  # fmt: skip


def work(now=NOW):
    while working.sweep(now=now):
        pass


def thanked() -> list[tuple[int, str]]:
    return [(one.customer_id, one.key.split(":")[3]) for one in Message.objects.order_by("customer", "key")]


def test_who_bought_is_thanked_once_for_every_day(play):
    one = customer()
    for on in (TODAY - DAY, TODAY - DAY, TODAY - 3 * DAY):
        factories.order(one, on)

    work()
    work()

    assert thanked() == [(one.pk, "2026-11-21"), (one.pk, "2026-11-23")]
    assert {message.purpose for message in Message.objects.all()} == {"thanks"}


@pytest.mark.parametrize("on", [TODAY, TODAY - 6 * DAY])
def test_nobody_is_thanked_too_early_or_for_what_was_before(play, on):
    factories.order(customer(), on)

    work()

    assert thanked() == []


def test_cancelled_orders_guests_and_returns_are_no_purchases(play):
    factories.order(customer(), TODAY - DAY, status="cancelled")
    factories.order(None, TODAY - DAY)
    back = factories.order(customer(), TODAY - DAY)
    back.lines.update(kind="return", quantity=-1, revenue_cents=-1000)

    work()

    assert thanked() == []


def test_thanks_reach_who_gave_no_consent_to_advertising(play):
    one = factories.customer(email="neu@mail.example")
    factories.order(one, TODAY - DAY)

    work()

    assert Message.objects.get().state == "planned"


def test_a_purchase_imported_late_is_thanked_within_the_month_only(play):
    one = customer()
    factories.order(one, TODAY - 2 * DAY)

    work(now=NOW + 31 * DAY)

    assert thanked() == []


def test_a_template_that_advertises_is_no_thanks(template, marketer):
    with pytest.raises(services.NotPureThanks):
        services.create_thanks(name="Dank", template=template(), delay_days=1, after_on=TODAY, staff=marketer, now=NOW)


def test_thanks_go_on_until_stopped(play, marketer):
    factories.order(customer(), TODAY - DAY)
    work()
    services.stop(play_id=play.pk, staff=marketer, now=NOW)
    factories.order(customer(), TODAY - DAY)

    work()

    assert Message.objects.count() == 1
    assert Message.objects.get().state == "stopped"


def test_whom_chance_leaves_alone_is_never_thanked_and_counts_from_the_first_purchase(template, marketer):
    play = services.create_thanks(
        name="Dank", template=template("Danke, {name}!", purpose="thanks"), delay_days=1, after_on=TODAY - 5 * DAY,
        staff=marketer, now=NOW, holdout_share=0.5,
    )  # fmt: skip
    everybody = [customer() for _ in range(20)]
    for one in everybody:
        factories.order(one, TODAY - 3 * DAY)
    work()
    for one in everybody:
        factories.order(one, TODAY - DAY)
    work(now=NOW + DAY)

    alone = set(Assignment.objects.filter(held_out=True).values_list("customer", flat=True))
    assert 0 < len(alone) < 20
    assert {pk for pk, _on in thanked()} == {one.pk for one in everybody} - alone
    assert len(thanked()) == 2 * (20 - len(alone))
    assert set(Assignment.objects.values_list("entered_at", "draw__window_days", "draw__origin")) == {
        (NOW, 91, play.origin)
    }
    left = play.enrolments.filter(customer__in=alone)
    assert set(left.values_list("arm", "code", "message")) == {("held_out", "held_out", None)}
    assert left.count() == 2 * len(alone)


def test_the_form_asks_whom_to_leave_alone_and_says_nobody_unless_asked(client, marketer, template):
    made = template("Danke, {name}!", purpose="thanks")
    client.force_login(marketer)
    said = {"name": "Dank", "template": made.pk, "delay_days": 1, "after_on": "2026-11-20", "holdout_percent": "20"}

    assert client.get(reverse("thanks-new")).context["form"]["holdout_percent"].value() == 0
    for asked, share in ((said, 0.2), ({**said, "holdout_percent": ""}, 0.0)):
        seen = client.post(reverse("thanks-new"), asked).context["seen"]
        assert client.post(reverse("thanks-new"), {**asked, "seen": seen}).status_code == 302
        assert Play.objects.latest("pk").holdout_share == share
    wrong = client.post(reverse("thanks-new"), {**said, "holdout_percent": "90"})
    assert set(wrong.context["form"].errors) == {"holdout_percent"}
