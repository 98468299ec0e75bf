"""Both arms of a play are written down when they are drawn, with what was known of each then."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps

from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Assignment, Draw, Message
from stammkunde.outreach.services import Drawing, hold_out
from stammkunde.plays import drawing, services, working
from stammkunde.plays.measures import running
from stammkunde.plays.models import Enrolment
from stammkunde.signals.models import Current, CustomerSignal, Generation
from stammkunde.tasks.models import Task
from tests import factories
from tests.outreach.planning import DAY, NOW, consent, customer, left_alone

from .over_time import HOUR, buys, content, message, started, task, wait, work
from .test_campaign import prepared
from .test_campaign import work as work_on

pytestmark = pytest.mark.django_db


def foreseen(**expected) -> Generation:
    """Let a refresh have said what is expected of customers within a year: by customer, in cents."""
    generation = Generation.objects.create(as_of_on=date(2026, 11, 23), started_at=NOW, status="done")
    for one, cents in expected.values():
        CustomerSignal.objects.create(
            generation=generation, customer=one, expected_cents=cents, expected_purchases=7.3, risk=0.25
        )
    Current.objects.update_or_create(pk=1, defaults={"generation": generation})
    return generation


def drawn(play) -> "dict[int, Assignment]":
    rows = Assignment.objects.filter(draw__origin__startswith=play.origin).select_related("draw")
    return {one.customer_id: one for one in rows}


def test_a_measure_writes_down_what_was_expected_within_its_window(template):
    people = [customer() for _one in range(8)]
    foreseen(anna=(people[0], 36_500))
    play = started(message(template()), holdout=0.5, goal={"kind": "purchase", "window_days": 45})
    for one in people:
        buys(one)

    work()

    found = drawn(play)
    arms = Enrolment.objects.filter(play=play).values_list("customer", "arm")
    assert {pk: one.held_out for pk, one in found.items()} == {pk: arm == "held_out" for pk, arm in arms}
    known = found[people[0].pk]
    assert (known.expected_cents, known.expected_purchases, known.risk) == (4_500, pytest.approx(0.9), 0.25)
    assert (found[people[1].pk].expected_cents, found[people[1].pk].risk) == (0, None)
    assert {(one.entered_at, one.draw.window_days, one.draw.name) for one in found.values()} == {(NOW, 45, play.name)}


def test_whoever_comes_again_keeps_what_was_known_at_first(template):
    anna = customer()
    foreseen(anna=(anna, 36_500))
    play = started(message(template()), holdout=0.5, reentry={"again": True})
    buys(anna)
    work()
    work(NOW + 60 * DAY)
    foreseen(anna=(anna, 99_900))

    buys(anna, NOW + 61 * DAY)
    work(NOW + 61 * DAY)

    assert Enrolment.objects.filter(play=play).count() == 2
    (only,) = drawn(play).values()
    assert (only.expected_cents, only.entered_at) == (9_100, NOW)


@pytest.mark.parametrize(
    ("steps", "reached"),
    [
        (lambda template: [message(template())], {"mail"}),
        (lambda template: [message(template()), message(template(name="Brief", channel="letter"))], {"mail", "post"}),
        (lambda _template: [{"kind": "task", "title": "Anrufen", "by_phone": True}], set()),
        (lambda _template: [{"kind": "task", "title": "Nachsehen"}], {"mail", "post", "nobody"}),
    ],
)
def test_a_measure_asks_of_both_arms_alike_who_can_be_reached(template, steps, reached):
    play = started(*steps(template), holdout=0.5)
    kinds = {
        "mail": customer,
        "post": lambda: factories.customer(street="Weg 1", postcode="10115", city="Berlin"),
        "nobody": factories.customer,
    }
    people = {kind: [make() for _six in range(6)] for kind, make in kinds.items()}
    for one in (one for some in people.values() for one in some):
        buys(one)

    work()

    found = drawn(play)
    assert {one.held_out for one in found.values()} == {True, False}
    said = {kind: {found[one.pk].eligible for one in some} for kind, some in people.items()}
    assert said == {kind: {kind in reached} for kind in people}


def test_a_campaign_asks_of_both_arms_alike_and_begins_for_all_when_it_starts(template, marketer):
    mail = [customer() for _twelve in range(12)]
    nobody = [factories.customer() for _twelve in range(12)]

    play = prepared(template(), marketer, holdout_share=0.5)

    before = drawn(play)
    assert {one.entered_at for one in before.values()} == {None}
    assert {before[one.pk].eligible for one in mail} == {True}
    assert {before[one.pk].eligible for one in nobody} == {False}
    assert {one.held_out for one in before.values()} == {True, False}
    alone = Enrolment.objects.filter(play=play, arm="held_out")
    assert set(alone.values_list("code", "way")) == {("held_out", 1)}

    services.start(play_id=play.pk, starts_at=NOW + DAY, staff=marketer, now=NOW)
    assert {one.entered_at for one in drawn(play).values()} == {NOW + DAY}

    services.take_back(play_id=play.pk, staff=marketer, now=NOW)
    assert {one.entered_at for one in drawn(play).values()} == {None}


@pytest.mark.parametrize(("gaps", "days"), [((), 91), ((5, 20, 400), 91), ((10, 60.2, 61, 70), 122), ((300, 400), 365)])
def test_a_campaign_waits_for_twice_the_usual_gap_and_keeps_to_it(template, marketer, gaps, days):
    made = foreseen()
    CustomerSignal.objects.bulk_create(
        CustomerSignal(generation=made, customer=customer(), gap_days=gap, orders=2) for gap in (*gaps, None)
    )

    play = prepared(template(), marketer, holdout_share=0.5)

    assert Draw.objects.get(origin=play.origin).window_days == days
    CustomerSignal.objects.update(gap_days=150)
    assert drawing.of_play(play).window_days == days
    assert drawing.usual_window_days() == 300


def test_whoever_is_left_alone_of_everything_is_in_no_arm_of_any_play(template, marketer):
    people = [customer() for _thirty in range(30)]
    alone = hold_out(Drawing(origin="all:2026", share=0.5), customers=[one.pk for one in people], now=NOW - DAY)
    assert 0 < len(alone) < 30

    play = prepared(template(), marketer, holdout_share=0.5)
    measure = started(message(template(name="Zwei")), holdout=0.5)
    thanks = services.create_thanks(
        name="Dank", template=template("Danke!", purpose="thanks", name="Drei"), delay_days=1,
        after_on=(NOW - DAY).date(), staff=marketer, now=NOW,
    )  # fmt: skip
    for one in people:
        buys(one)
    work()
    while working.sweep(now=NOW + 2 * DAY):
        pass

    for one in (play, measure):
        found = drawn(one)
        assert alone.isdisjoint(found)
        assert len(found) == 30 - len(alone)
    refused = Enrolment.objects.filter(play=play, customer__in=alone)
    assert set(refused.values_list("arm", "code")) == {("treated", "held_out")}  # shown, and never compared
    assert not Enrolment.objects.filter(play=measure, customer__in=alone).exists()
    assert not drawn(thanks)
    left = Message.objects.filter(customer__in=alone, state="planned")
    assert set(left.values_list("origin", flat=True)) == {thanks.origin}  # pure thanks reach everybody


def test_whoever_is_left_alone_since_she_waits_or_is_on_the_way_gets_nothing_but_what_is_owed(template):
    plays = {
        "waits": started(task(), name="Wartet", limits={"entries_a_day": 1}),
        "inside": started(wait(1), task(), message(template()), wait(9), name="Drin"),
        "owed": started(wait(1), task(), name="Geschuldet", kind="owed"),
    }
    first, anna = customer(), customer()
    buys(first)
    work()
    buys(anna, NOW + HOUR)
    work(NOW + HOUR)

    hold_out(Drawing(origin="all:2026", share=0.99999), customers=[anna.pk], now=NOW + HOUR)
    work(NOW + 2 * DAY)

    found = {name: Enrolment.objects.get(play=play, customer=anna) for name, play in plays.items()}
    waited = found["waits"]
    assert (waited.state, waited.code, waited.arm, waited.zero_at) == ("closed", "left_alone", "", None)
    runs = found["inside"].steps.exclude(kind="wait").values_list("step_key", "state", "code")
    assert list(runs) == [("s2", "skipped", "refused"), ("s3", "skipped", "refused")]
    assert found["owed"].steps.filter(step_key="s2", state="acting").exists()
    assert Task.objects.filter(customer=anna).count() == 1
    assert Task.objects.filter(customer=first).count() == 3


def test_tasks_on_lists_go_with_the_reason_when_the_year_begins(template):
    letter = [{"key": "letter", **message(template())}]
    plays = {
        "takes back": started(task(otherwise=letter), task(title="Danach"), wait(9), name="Werbung"),
        "owed": started(task(), name="Geschuldet", kind="owed"),
        "held": started(task(), name="Angehalten"),
    }
    anna = customer()
    buys(anna)
    work()
    assert Task.objects.count() == 3
    running.pause(play_id=plays["held"].pk, staff=None, now=NOW)
    work()

    left_alone(anna, now=NOW + HOUR)
    work(NOW + HOUR)

    assert Task.objects.get().key.startswith(plays["owed"].origin)
    told = Enrolment.objects.get(play=plays["takes back"]).steps.values_list("step_key", "state", "code")
    assert list(told) == [
        ("s1", "skipped", "left_alone"),
        ("letter", "skipped", "refused"),
        ("s2", "skipped", "refused"),
    ]
    running.resume(play_id=plays["held"].pk, staff=None, now=NOW + 2 * HOUR)
    work(NOW + DAY)  # when everybody is looked at
    held = Enrolment.objects.get(play=plays["held"])
    assert list(held.steps.values_list("state", "code")) == [("skipped", "left_alone")]


def test_draws_from_before_learn_who_was_contacted(template, marketer):
    people = [customer() for _twelve in range(12)]
    play = prepared(template(), marketer, holdout_share=0.5)
    services.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    measure = started(message(template(name="Zwei")), holdout=0.5, goal={"kind": "purchase", "window_days": 45})
    for one in people:
        buys(one)
    work()
    meant = {
        (one.draw_id, one.customer_id, one.held_out, one.entered_at)
        for found in (drawn(play), drawn(measure))
        for one in found.values()
    }
    Assignment.objects.filter(held_out=False).delete()
    Assignment.objects.update(entered_at=NOW - DAY)
    Draw.objects.update(name="", window_days=91)

    import_module("stammkunde.plays.migrations.0014_both_arms").both_arms(apps, None)

    after = Assignment.objects.filter(held_out=False) | Assignment.objects.filter(draw__origin=play.origin)
    rows = set(after.values_list("draw", "customer", "held_out", "entered_at"))
    assert rows == {one for one in meant if not one[2] or one[0] == Draw.objects.get(origin=play.origin).pk}
    assert set(Draw.objects.values_list("name", "window_days")) == {(play.name, 91), (measure.name, 45)}


def test_a_share_of_nothing_in_between_makes_nobody_one_who_was_contacted_under_the_draw_before(template):
    measure = started(message(template()), holdout=0.5)
    inside, later = customer(), customer()
    buys(inside)
    work()
    nobody = content(message(template(name="Zwei")), holdout=0.0)
    running.change(play_id=measure.pk, content=nobody, staff=None, now=NOW)
    running.start(play_id=measure.pk, already_in=running.AlreadyIn(), staff=None, now=NOW + HOUR)
    buys(later, NOW + 2 * HOUR)
    work(NOW + 3 * HOUR)
    assert Enrolment.objects.filter(play=measure, customer=later, arm="treated").exists()
    Assignment.objects.filter(held_out=False).delete()

    import_module("stammkunde.plays.migrations.0014_both_arms").both_arms(apps, None)

    assert not Assignment.objects.filter(customer=later).exists()


def test_a_campaign_on_paper_draws_all_of_one_address_together(template, marketer):
    homes = [{"street": f"Weg {number}", "postcode": "10115", "city": "Berlin"} for number in range(12)]
    pairs = [(factories.customer(**home), factories.customer(**home)) for home in homes]

    play = prepared(template(channel="letter", name="Brief"), marketer, holdout_share=0.5)

    arms = {pk: one.held_out for pk, one in drawn(play).items()}
    assert all(arms[one.pk] == arms[other.pk] for one, other in pairs)
    assert set(arms.values()) == {True, False}


def test_a_campaign_that_is_stopped_before_anything_was_planned_is_not_compared(template, marketer):
    for _one in range(12):
        customer()
    play = prepared(template(), marketer, holdout_share=0.5)
    services.start(play_id=play.pk, starts_at=NOW + 30 * DAY, staff=marketer, now=NOW)

    services.stop(play_id=play.pk, staff=marketer, now=NOW + DAY)

    assert {one.entered_at for one in drawn(play).values()} == {None}


def test_whose_people_are_asked_about_in_two_batches_can_be_reached_where_one_of_them_can(template, marketer):
    anna = customer()
    play = prepared(template(), marketer, holdout_share=0.5)

    outreach.judge(origin=play.origin, eligible={anna.pk: True})
    outreach.judge(origin=play.origin, eligible={anna.pk: False})
    assert drawn(play)[anna.pk].eligible

    consent(anna, state="withdrawn", at=NOW)
    services.reschedule(play_id=play.pk, starts_at=NOW + DAY, valid_days=9, staff=marketer, now=NOW)
    work_on(NOW)
    assert not drawn(play)[anna.pk].eligible
