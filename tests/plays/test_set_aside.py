"""A play that kills whoever works on it: tried a few times, then set aside with a reason, and the others go on."""

import signal
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.outreach.models import Message
from stammkunde.plays import lease, services, working
from stammkunde.plays.models import Enrolment, Play
from stammkunde.team.models import AuditEntry
from stammkunde.work import is_gone
from tests import factories, processes
from tests.outreach.planning import NOW, customer
from tests.plays.test_campaign import campaign, prepared, work
from tests.plays.worker import die_of

pytestmark = pytest.mark.django_db(transaction=True)


def die(play: Play, *, times: int) -> None:
    """Let one worker die of a play in the middle of it."""
    worker = processes.start(die_of, play_id=play.pk)
    worker.join(timeout=180)
    assert worker.exitcode == -signal.SIGKILL
    play.refresh_from_db()
    assert play.leased_by.split(" ")[1] == str(worker.pid)
    assert (play.claims, play.trouble, is_gone(play.leased_by)) == (times, "", True)


def die_three_times(play: Play) -> None:
    for times in (1, 2, 3):
        die(play, times=times)
    work(now=timezone.now())
    play.refresh_from_db()
    assert (play.trouble, play.claims, play.leased_by) == ("set_aside", 0, "")


def try_again(client, marketer, play: Play) -> None:
    """Look at the page of what was set aside, and click."""
    marketer.language = "en"
    marketer.save()
    client.force_login(marketer)
    page = client.get(reverse("play", args=[play.pk])).content.decode()
    assert "It was set aside" in page
    assert 'hx-trigger="every 2s"' not in page
    client.post(reverse("play-try-again", args=[play.pk]))
    assert "It was set aside" not in client.get(reverse("play", args=[play.pk])).content.decode()


def test_choosing_that_kills_workers_is_set_aside_and_others_get_their_turn(client, template, marketer):
    customer()
    bad, good = campaign(template(name="Eins"), marketer), campaign(template(name="Zwei"), marketer)

    die_three_times(bad)

    good.refresh_from_db()
    assert (bad.status, bad.chosen_at, good.status) == ("preparing", None, "ready")
    try_again(client, marketer, bad)
    work(now=timezone.now())
    bad.refresh_from_db()
    assert (bad.status, bad.trouble, bad.enrolments.count()) == ("ready", "", 1)
    assert AuditEntry.objects.filter(action="play.tried_again", thing_id=bad.pk).count() == 1


def test_planning_that_kills_workers_is_set_aside_and_doubles_nothing(client, template, marketer):
    customer()
    bad, good = prepared(template(name="Eins"), marketer), prepared(template(name="Zwei"), marketer)
    for play in (bad, good):
        services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)

    die_three_times(bad)

    assert list(Message.objects.values_list("origin", flat=True)) == [good.origin]
    try_again(client, marketer, bad)
    work(now=timezone.now())
    assert sorted(Message.objects.values_list("origin", flat=True)) == sorted([good.origin, bad.origin])


def test_thanking_that_kills_workers_is_set_aside_and_thanks_once_when_tried_again(client, template, marketer):
    today = timezone.localdate()
    factories.order(customer(), today - timedelta(days=1))
    made = template(purpose="thanks")
    given = {"name": "Dank", "template": made, "delay_days": 1, "after_on": today - timedelta(days=3)}
    play = services.create_thanks(**given, staff=marketer, now=timezone.now())

    die_three_times(play)

    assert not Enrolment.objects.exists()
    try_again(client, marketer, play)
    work(now=timezone.now())
    assert (Enrolment.objects.count(), Message.objects.count()) == (1, 1)


def test_choosing_that_gets_further_each_time_is_never_set_aside(template, marketer):
    people, play = [customer() for _ in range(4)], campaign(template(), marketer)

    for one, at in zip(people, range(4), strict=True):
        _play, held = lease.claim_choosing(now=NOW + at * 2 * lease.LEASE)
        for known in people[: people.index(one) + 1]:
            services.choose(play=play, customer_ids=[known.pk], lease=held, now=NOW)

    play.refresh_from_db()
    assert (play.claims, play.enrolments.count()) == (1, 4)


def test_choosing_that_gets_no_further_is_counted(template, marketer):
    one, play = customer(), campaign(template(), marketer)

    for at in range(4):
        _play, held = lease.claim_choosing(now=NOW + at * 2 * lease.LEASE) or (None, None)
        if held:
            services.choose(play=play, customer_ids=[one.pk], lease=held, now=NOW)

    play.refresh_from_db()
    assert (held, play.trouble) == (None, "set_aside")


def test_failure_that_is_said_is_no_lost_claim(template, marketer, monkeypatch):
    customer()
    play = campaign(template(), marketer)
    with monkeypatch.context() as patch:
        patch.setattr(services, "choose", lambda **_given: 1 // 0)
        for at in range(4):
            with pytest.raises(ZeroDivisionError):
                working.choose(now=NOW + at * 2 * working.PAUSE)

    play.refresh_from_db()
    assert (play.trouble, play.claims) == ("failed", 0)


def test_what_is_not_set_aside_or_is_over_is_not_tried_again(template, marketer):
    play = campaign(template(), marketer)
    assert not services.try_again(play_id=play.pk, staff=marketer, now=NOW)

    Play.objects.update(trouble="set_aside")
    services.stop(play_id=play.pk, staff=marketer, now=NOW)

    assert not services.try_again(play_id=play.pk, staff=marketer, now=NOW)


def test_nothing_is_claimed_where_nothing_is_due(template, marketer, django_assert_num_queries):
    play = prepared(template(), marketer)
    services.start(play_id=play.pk, starts_at=NOW + timedelta(days=1), staff=marketer, now=NOW)

    with django_assert_num_queries(3):
        assert not working.sweep(now=NOW)
