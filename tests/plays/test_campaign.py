"""A campaign from a filtered list to its results: chosen once, asked before, sent once, held back and stopped."""

from datetime import timedelta

import pytest

from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Assignment, Message
from stammkunde.plays import lease, queries, services, working
from stammkunde.plays.models import Enrolment, Play
from stammkunde.work import LostLease
from tests import factories
from tests.outreach.planning import NOW, consent, customer

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def campaign(template, staff, *, audience=None, holdout_share=0.0, starts_at=None, valid_days=14, **whom) -> Play:
    what = services.Campaign(
        name="Herbst",
        template=template,
        audience=audience or {},
        audience_text="Alle Kunden",
        holdout_share=holdout_share,
        valid_days=valid_days,
        starts_at=starts_at,
        **whom,
    )
    return services.create_campaign(what, staff=staff, now=NOW)


def work(now=NOW) -> None:
    """Let workers do all there is, without anything leaving."""
    while any([working.choose(now=now), working.sweep(now=now)]):
        pass


def prepared(template, staff, **fields) -> Play:
    play = campaign(template, staff, **fields)
    work()
    play.refresh_from_db()
    return play


def test_preparing_chooses_the_filtered_and_sends_nothing(template, marketer):
    mine, other = customer(country="AT"), customer(country="DE")

    play = prepared(template(), marketer, audience={"texts": [["country", "AT"]]})

    assert play.status == "ready"
    assert list(play.enrolments.values_list("customer", "arm", "code")) == [(mine.pk, "treated", "")]
    assert not Message.objects.exists()
    assert not Enrolment.objects.filter(customer=other).exists()


def test_who_would_be_refused_is_told_with_the_reason_before_sending(template, marketer):
    made = template("{greeting}, wie ist {product}?")
    fine, lacks, silent = customer(), customer(), factories.customer(email="x@mail.example")
    factories.order(fine, NOW.date(), of=factories.product(name="Tasse"))
    factories.order(silent, NOW.date(), of=factories.product(name="Kanne"))

    play = prepared(made, marketer)

    found = {one.customer_id: (one.code, one.forecast["outcome"]) for one in play.enrolments.all()}
    assert found == {
        fine.pk: ("", "allowed"),
        lacks.pk: ("fields_missing", "refused"),
        silent.pk: ("no_consent", "refused"),
    }
    progress = queries.progress([play])[play.pk]
    assert (progress.enrolled, progress.reachable, progress.refused) == (3, 1, 2)


def test_starting_plans_a_message_for_each_once(template, marketer):
    people = [customer() for _ in range(3)]
    play = prepared(template(), marketer)

    services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    work()
    work()

    messages = Message.objects.order_by("customer")
    assert [one.key for one in messages] == [f"play:{play.pk}:{one.pk}:1:email" for one in people]
    assert {one.state for one in messages} == {"planned"}
    assert {one.latest_at for one in messages} == {NOW + 14 * DAY}
    assert [one.content["text"] for one in messages] == [f"Guten Tag, {one.name}!" for one in people]
    assert play.enrolments.filter(message__isnull=False).count() == 3


def test_planning_that_was_cut_off_goes_on_without_doubling(template, marketer):
    people = [customer() for _ in range(3)]
    play = prepared(template(), marketer)
    services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    services.plan_next(play_id=play.pk, now=NOW)
    Enrolment.objects.filter(customer=people[1]).update(message=None, planned_at=None)  # as if killed before its commit

    work(now=NOW + timedelta(minutes=1))

    assert Message.objects.count() == 3
    assert play.enrolments.get(customer=people[1]).message.customer == people[1]


def test_nothing_is_planned_before_its_time(template, marketer):
    customer()
    play = prepared(template(), marketer, starts_at=NOW + DAY)
    services.start(play_id=play.pk, starts_at=play.starts_at, staff=marketer, now=NOW)

    work()
    assert not Message.objects.exists()

    work(now=NOW + DAY)
    assert Message.objects.get().not_before_at == NOW + DAY


def test_who_is_drawn_hears_nothing_and_is_kept(template, marketer):
    people = [customer() for _ in range(40)]

    play = prepared(template(), marketer, holdout_share=0.5)
    services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    work()

    held_out = set(play.enrolments.filter(arm="held_out").values_list("customer", flat=True))
    drawn = Assignment.objects.filter(draw__origin=play.origin, entered_at=NOW)
    assert held_out == set(drawn.filter(held_out=True).values_list("customer", flat=True))
    assert {one.pk for one in people} - held_out == set(drawn.filter(held_out=False).values_list("customer", flat=True))
    assert 0 < len(held_out) < 40
    assert set(Message.objects.values_list("customer", flat=True)) == {one.pk for one in people} - held_out


def test_a_paused_campaign_sends_nothing_until_it_goes_on(template, marketer):
    customer()
    play = prepared(template(), marketer)
    services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    work()

    services.pause(play_id=play.pk, staff=marketer, now=NOW)
    assert outreach.claim(channel="email", holder="h 1 a", at_most=9, now=NOW) == []

    services.resume(play_id=play.pk, staff=marketer, now=NOW)
    assert len(outreach.claim(channel="email", holder="h 1 a", at_most=9, now=NOW)) == 1


def test_a_stopped_campaign_sends_nothing_more(template, marketer):
    customer()
    play = prepared(template(), marketer)
    services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    work()

    services.stop(play_id=play.pk, staff=marketer, now=NOW)
    services.stop(play_id=play.pk, staff=marketer, now=NOW)

    assert Message.objects.get().state == "stopped"
    with pytest.raises(services.NotPossible):
        services.resume(play_id=play.pk, staff=marketer, now=NOW)


def test_stopping_while_customers_are_chosen_ends_it(template, marketer):
    customer()
    play = campaign(template(), marketer)
    claimed, held = lease.claim_choosing(now=NOW)
    services.stop(play_id=play.pk, staff=marketer, now=NOW)

    with pytest.raises(LostLease):
        services.choose(play=claimed, customer_ids=[customer().pk], lease=held, now=NOW)
    assert not play.enrolments.exists()


def test_a_campaign_is_done_when_nothing_is_on_the_way(template, marketer):
    customer()
    play = prepared(template(), marketer)
    services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    work()
    assert Play.objects.get().status == "running"

    Message.objects.update(state="delivered", handed_over_at=NOW)
    work()

    assert (Play.objects.get().status, Play.objects.get().finished_at) == ("done", NOW)


def test_choosing_is_one_workers_at_a_time_and_taken_over_when_it_dies(template, marketer):
    play = campaign(template(), marketer)

    first, _lease = lease.claim_choosing(now=NOW)
    assert lease.claim_choosing(now=NOW + timedelta(seconds=30)) is None
    second, _lease = lease.claim_choosing(now=NOW + timedelta(minutes=3))

    assert first == second == play


def test_choosing_again_enrols_nobody_twice(template, marketer):
    one, play = customer(), campaign(template(), marketer)

    _play, held = lease.claim_choosing(now=NOW)

    assert services.choose(play=play, customer_ids=[one.pk], lease=held, now=NOW) == 1
    assert services.choose(play=play, customer_ids=[one.pk], lease=held, now=NOW) == 0


def test_a_person_at_the_company_is_written_to_where_the_company_has_no_consent(template, marketer):
    firm = factories.customer(kind="company", email="info@firma.example")
    factories.contact_person(firm, email="nein@firma.example", role="executive")
    person = factories.contact_person(firm, email="ja@firma.example", role="user")
    consent(firm, person=person)

    play = prepared(template(), marketer)

    enrolment = play.enrolments.get()
    assert (enrolment.contact_person, enrolment.code) == (person, "")


def test_a_template_without_words_is_refused(template, marketer):
    empty = template()
    empty.texts.all().delete()

    with pytest.raises(services.NothingToSay):
        campaign(empty, marketer)


def test_what_a_worker_held_while_the_campaign_was_stopped_does_not_leave(template, marketer):
    customer()
    play = prepared(template(), marketer)
    services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    work()
    claimed = outreach.claim(channel="email", holder="h 1 a", at_most=9, now=NOW)

    services.stop(play_id=play.pk, staff=marketer, now=NOW)
    outreach.release(claimed, holder="h 1 a", code="rate", until=NOW)

    assert len(claimed) == 1
    assert outreach.claim(channel="email", holder="h 1 a", at_most=9, now=NOW + DAY) == []


def test_a_campaign_that_lost_its_words_says_so_and_stops_no_other(template, marketer):
    one, silent, fine = customer(), template(name="Leer"), template(name="Voll")
    plays = [prepared(made, marketer) for made in (silent, fine)]
    for play in plays:
        services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    (text,) = silent.texts.all()
    silent.texts.all().delete()

    work()
    assert [play.trouble for play in Play.objects.order_by("pk")] == ["no_words", ""]
    assert list(Message.objects.values_list("origin", "customer")) == [(plays[1].origin, one.pk)]

    text.pk = None
    text.save()
    work()
    assert [play.trouble for play in Play.objects.order_by("pk")] == ["", ""]
    assert Message.objects.filter(origin=plays[0].origin).count() == 1


def test_filters_of_another_version_choose_nobody_say_so_and_stop_no_other(template, marketer):
    customer()
    strange = campaign(template(name="Eins"), marketer, audience={"colour": "red"})
    other = campaign(template(name="Zwei"), marketer)

    work()

    assert [(one.pk, one.status, one.trouble) for one in Play.objects.order_by("pk")] == [
        (strange.pk, "preparing", "unknown_filters"),
        (other.pk, "ready", ""),
    ]
    assert not strange.enrolments.exists()


def test_what_fails_with_one_play_is_raised_when_the_others_had_their_turn(template, marketer, monkeypatch):
    customer()
    broken, fine = prepared(template(name="Eins"), marketer), prepared(template(name="Zwei"), marketer)
    for play in (broken, fine):
        services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    whole = services.plan_next

    def plan_next(*, play_id, now):
        if play_id == broken.pk:
            raise ZeroDivisionError
        return whole(play_id=play_id, now=now)

    monkeypatch.setattr(services, "plan_next", plan_next)
    with pytest.raises(ZeroDivisionError):
        working.sweep(now=NOW)

    assert [play.trouble for play in Play.objects.order_by("pk")] == ["failed", ""]
    assert Message.objects.get().origin == fine.origin


@pytest.mark.parametrize("act", ["pause", "resume", "start"])
def test_what_is_not_possible_is_refused(template, marketer, act):
    play = campaign(template(), marketer)
    given = {"start": {"starts_at": None, "now": NOW}, "pause": {"now": NOW}, "resume": {"now": NOW}}[act]

    with pytest.raises(services.NotPossible):
        getattr(services, act)(play_id=play.pk, staff=marketer, **given)
