"""A start is told before, and can be taken back while nothing has been planned; a schedule changes while ready."""

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.outreach.models import Message
from stammkunde.outreach.services import collecting, printing
from stammkunde.plays import services
from stammkunde.plays.models import Play
from stammkunde.team.models import AuditEntry
from tests import factories
from tests.outreach.planning import NOW, company, consent, customer
from tests.plays.test_campaign import DAY, prepared, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(template, marketer):
    customer()
    return prepared(template(), marketer)


def started(play, marketer, *, begins=None):
    return services.start(play_id=play.pk, starts_at=begins, staff=marketer, now=NOW)


def test_a_start_is_taken_back_while_nothing_is_planned_and_may_be_made_again(play, marketer):
    started(play, marketer, begins=NOW + services.GRACE)
    work()

    back = services.take_back(play_id=play.pk, staff=marketer, now=NOW)

    assert (back.status, back.starts_at, back.started_at) == ("ready", None, None)
    work(now=NOW + DAY)
    assert not Message.objects.exists()
    assert AuditEntry.objects.filter(action="play.taken_back").count() == 1
    started(play, marketer)
    work()
    assert Message.objects.count() == 1


def test_what_was_planned_for_later_keeps_its_day(play, marketer):
    started(play, marketer, begins=NOW + 3 * DAY)

    assert services.take_back(play_id=play.pk, staff=marketer, now=NOW).starts_at == NOW + 3 * DAY


def test_once_planned_it_cannot_be_taken_back(play, marketer):
    started(play, marketer)
    work()

    with pytest.raises(services.NotPossible):
        services.take_back(play_id=play.pk, staff=marketer, now=NOW)


def test_a_thank_you_that_is_taken_back_thanks_nobody(template, marketer):
    factories.order(customer(), NOW.date() - DAY)
    made, after = template(purpose="thanks"), NOW.date() - 5 * DAY
    assert services.due(delay_days=1, after_on=after, today=NOW.date()) == 1
    play = services.create_thanks(
        name="D", template=made, delay_days=1, after_on=after, staff=marketer, now=NOW, starts_at=NOW + services.GRACE
    )
    work()

    assert services.take_back(play_id=play.pk, staff=marketer, now=NOW).status == "stopped"
    work(now=NOW + DAY)
    assert not Message.objects.exists()


def test_a_campaign_whose_print_run_is_not_at_the_post_after_all_runs_again_and_can_be_stopped(template, marketer):
    company(sender_address="Weg 9\n12345 Ort")
    consent(customer(street="Am Tor 1", postcode="89073", city="Ulm"), channel="post")
    play = started(prepared(template(channel="letter"), marketer), marketer)
    work()
    run = collecting.collect(run_id=printing.make_run(channel="letter", staff=marketer, now=NOW).pk, now=NOW)
    printing.hand_over(run_id=run.pk, staff=marketer, now=NOW)
    work()
    play.refresh_from_db()
    assert play.status == "done"

    printing.take_back(run_id=run.pk, staff=marketer, now=NOW)
    work()

    play.refresh_from_db()
    assert (play.status, play.finished_at) == ("running", None)
    printing.cancel(run_id=run.pk, staff=marketer, now=NOW)
    services.stop(play_id=play.pk, staff=marketer, now=NOW)
    assert Message.objects.get().state == "stopped"


def test_the_page_tells_what_a_start_does_and_offers_to_take_it_back(client, template, marketer):
    company(letter_cost_cents=120)
    customer(street="Am Tor 1", city="Ulm")
    play = prepared(template(channel="letter"), marketer)
    client.force_login(marketer)
    page = reverse("play", args=[play.pk])

    before = client.get(page).content.decode()
    client.post(reverse("play-start", args=[play.pk]))
    after = client.get(page).content.decode()
    client.post(reverse("play-take-back", args=[play.pk]))

    assert "Alle Kunden" in before
    assert "1,20" in before
    assert "Start zurücknehmen" in after
    play.refresh_from_db()
    assert play.status == "ready"


def test_a_schedule_changes_while_ready_and_the_governor_is_asked_anew(client, play, marketer):
    client.force_login(marketer)
    on = timezone.localtime(timezone.now() + 3 * DAY).replace(second=0, microsecond=0)
    url, said = reverse("play-schedule", args=[play.pk]), {"starts_at": f"{on:%Y-%m-%dT%H:%M}", "valid_days": 5}

    client.post(url, said | {"valid_days": 0})
    client.post(url, said)

    play.refresh_from_db()
    assert (play.status, play.starts_at, play.valid_days) == ("preparing", on, 5)
    assert play.enrolments.get().forecast is None
    work(now=NOW)
    play.refresh_from_db()
    assert play.status == "ready"
    started(play, marketer, begins=play.starts_at)
    with pytest.raises(services.NotPossible):
        services.reschedule(play_id=play.pk, starts_at=None, valid_days=5, staff=marketer, now=NOW)


def test_empty_fields_are_told_in_red_before_the_start(client, template, marketer):
    customer()
    play = prepared(template("{product}"), marketer)
    client.force_login(marketer)

    page = client.get(reverse("play", args=[play.pk])).content.decode()

    assert "Bei 1 von 1 ist ein Feld der Vorlage leer" in page
    assert Play.objects.get().status == "ready"
