"""Late, undone, taken back, objected, too many, too much, three in a row: each case of the table by its name."""

import pytest

from stammkunde.contacts import services as contacts
from stammkunde.customers.models import Consent
from stammkunde.outreach import policy
from stammkunde.outreach.models import Draw, Message, Template
from stammkunde.plays.measures import messages, running
from stammkunde.plays.models import Enrolment, Play, StepRun
from stammkunde.tasks.models import Task
from tests import factories
from tests.outreach.planning import NOW, company, customer
from tests.plays.over_time import (
    DAY,
    HOUR,
    buys,
    content,
    done,
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


def boss(django_user_model):
    return django_user_model.objects.create_user("b@example.org", "x", name="B", role="management", created_at=NOW)


# What happened, and when it became known


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
    from stammkunde.store import facts  # noqa: PLC0415

    Contact.objects.create(
        source=f"t:{at:%d%H}",
        customer=who,
        channel="phone",
        direction="in",
        happened_at=at,
        happened_on=at.date(),
        recorded_at=at,
    )
    facts.table("contacts").mark({f"{at:%Y-%m}"})


# Customers


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


def test_objection_ends_it_where_nothing_but_advertising_is_left(template):
    advertises = started(wait(5), message(template()), name="Wirbt")
    calls = started(wait(5), task(), name="Ruft an")
    anna = customer()
    buys(anna)
    work()

    Consent.objects.create(
        source="test:no", customer=anna, channel="email", purpose="advertising", state="objected", origin="test",
        happened_at=NOW, recorded_at=NOW,
    )  # fmt: skip
    work(NOW + 5 * DAY)

    assert stands(advertises)[::2] == ("closed", "objected")
    assert stands(calls)[0] == "acting"


def test_complaint_ends_it_only_if_asked():
    stays, goes = started(wait(5), name="Bleibt"), started(wait(5), ends_on=["complaint"], name="Geht")
    anna = customer()
    buys(anna)
    work()

    Task.objects.create(title="Beschwerde", customer=anna, is_complaint=True, created_at=NOW)
    work(NOW + 5 * DAY)

    assert (stands(stays)[2], stands(goes)[2]) == ("done", "complaint")


# Limits


def test_limit_of_a_day_lets_the_others_in_tomorrow():
    play = started(wait(30), limits={"entries_a_day": 2, "entries": 3})
    for _one in range(5):
        buys(customer())

    counts = []
    for day in range(3):
        work(NOW + day * DAY)
        counts.append(Enrolment.objects.filter(play=play, zero_at__isnull=False).count())

    assert counts == [2, 3, 3]
    assert set(Enrolment.objects.filter(zero_at=None).values_list("state", "arm")) == {("admitted", "")}


def test_surge_holds_the_play_names_the_cause_and_asks(django_user_model):
    play = started(wait(30))
    for _one in range(51):
        buys(customer())

    work()
    play.refresh_from_db()
    assert (play.status, play.trouble, Enrolment.objects.count()) == ("paused", "surge", 0)
    assert play.trouble_detail == {"count": 51, "usual_week": 0.0, "cause": "orders"}

    running.resume(play_id=play.pk, staff=boss(django_user_model), now=NOW + HOUR)
    work(NOW + HOUR)
    assert Enrolment.objects.filter(state="waiting").count() == 51


def test_budget_stops_entries_of_both_arms_alike(template):
    company(letter_cost_cents=100)
    letter = template(channel="letter")
    factories.decided(letter_cost_cents=100)
    play = started(message(letter), wait(30), limits={"budget_cents": 250})
    for _one in range(5):
        buys(customer(street="Weg 1", postcode="10115", city="Berlin"))

    work()

    codes = [(one.zero_at is None, one.code) for one in Enrolment.objects.filter(play=play)]
    assert sorted(codes) == [(False, "")] * 2 + [(True, "budget")] * 3


def test_minutes_of_a_day_put_tasks_off_and_then_skip_them():
    play = started(task(minutes=30, latest_days=2), limits={"minutes_a_day": 30})
    for _one in range(4):
        buys(customer())

    for day in range(5):
        work(NOW + day * DAY)

    assert StepRun.objects.filter(minutes=30).count() == 3
    assert ran(play).count(("s1", "skipped", "no_capacity")) == 1


def test_share_of_the_arms_depends_on_neither_order_nor_limits():
    plays = [started(wait(30), holdout=0.4, name=f"P{n}", limits={"entries_a_day": n}) for n in (3, 20)]
    for play in plays:
        Draw.objects.create(origin=f"{play.origin}:draw:1", salt="same", share=0.4, drawn_at=NOW)
    people = [customer() for _one in range(20)]
    for one in people:
        buys(one)

    for day in range(8):
        work(NOW + day * DAY)

    alone = {one.pk for one in people if policy.is_held_out(salt="same", customer_id=one.pk, share=0.4)}
    for play in plays:
        rows = Enrolment.objects.filter(play=play)
        assert set(rows.filter(arm="held_out").values_list("customer", flat=True)) == alone
        assert rows.filter(arm="treated").count() == 20 - len(alone)


def test_measures_of_one_exclusive_name_hold_a_customer_one_at_a_time():
    first, second = (started(wait(30), exclusive="win-back", name=name) for name in ("Eins", "Zwei"))
    buys(customer())

    work()

    assert [Enrolment.objects.filter(play=one).count() for one in (first, second)] == [1, 0]


def test_two_letters_of_two_plays_are_planned_by_gain_and_a_pause_apart(template):
    factories.decided(gap_hours=24)
    poor = started(message(template()), name="Wenig", prior_percent=0.1)
    rich = started(message(template(name="Zwei")), name="Viel", kind="dated")
    company(gap_hours=24)
    buys(customer())

    work()

    due = {one.origin: one.due_at for one in Message.objects.all()}
    assert (due[rich.origin], due[poor.origin]) == (NOW, NOW + DAY)


def test_second_customer_at_an_address_is_refused_in_the_same_round_and_reached_in_the_next(template):
    started(message(template()), wait(1))
    people = [customer(email="haus@mail.example") for _one in range(3)]
    for one in people[:2]:
        buys(one)

    work()
    leaves()
    for day in (1, 2, 3):
        work(NOW + day * DAY)
    buys(people[2], NOW + 3 * DAY)
    work(NOW + 3 * DAY)

    assert list(Message.objects.order_by("pk").values_list("customer", flat=True)) == [people[0].pk, people[2].pk]


# What goes wrong


def test_error_of_one_ends_that_one_and_three_in_a_row_hold_the_play(template, monkeypatch):
    play = started(message(template()), wait(5))
    people = [customer() for _one in range(5)]
    whole = messages._plan

    def breaks(one, *given):
        if one.walker.row.customer_id in broken:
            raise ZeroDivisionError("Wörter")
        return whole(one, *given)

    monkeypatch.setattr(messages, "_plan", breaks)
    broken = {people[0].pk}
    for one in people[:2]:
        buys(one)
    work()
    assert sorted(Enrolment.objects.values_list("state", "code")) == [("acting", ""), ("closed", "failed")]

    broken |= {one.pk for one in people}
    for one in people[2:]:
        buys(one, NOW + HOUR)
    work(NOW + HOUR)

    play.refresh_from_db()
    assert (play.status, play.trouble) == ("paused", "failed")
    assert play.trouble_detail["problem"] == "ZeroDivisionError: Wörter"


def test_words_that_are_gone_hold_the_play_and_nobody_is_lost(template, django_user_model):
    made = template()
    play = started(message(made), wait(5))
    texts = list(made.texts.all())
    made.texts.all().delete()
    buys(customer())

    work()
    play.refresh_from_db()
    assert (play.status, play.trouble, stands(play)[0]) == ("paused", "no_words", "ready")

    type(texts[0]).objects.bulk_create(texts)
    running.resume(play_id=play.pk, staff=boss(django_user_model), now=NOW + HOUR)
    work(NOW + HOUR)
    assert stands(play)[0] == "acting"


def test_held_nobody_enters_or_moves_and_clocks_run_on(template, django_user_model):
    play = started(wait(2), message(template(), latest_days=1))
    buys(customer())
    work()
    running.pause(play_id=play.pk, staff=boss(django_user_model), now=NOW)

    buys(customer(), NOW + HOUR)
    work(NOW + 2 * DAY)
    assert [one.state for one in Enrolment.objects.all()] == ["waiting"]
    running.resume(play_id=play.pk, staff=play.created_by or boss_of(django_user_model), now=NOW + 10 * DAY)
    work(NOW + 10 * DAY)

    assert ran(play) == [("s1", "done", "time"), ("s2", "skipped", "too_late")]


def boss_of(django_user_model):
    return django_user_model.objects.get(email="b@example.org")


def test_hand_over_ends_it_and_lets_her_enter_the_other_with_a_draw_of_its_own():
    other = started(wait(7), name="Danach", trigger={"kind": "dated", "table": "customers", "column": "since_on"})
    play = started(wait(1), {"kind": "hand_over", "play": other.pk})
    anna = customer()
    buys(anna)
    work()

    work(NOW + DAY)

    assert stands(play)[::2] == ("closed", "moved")
    assert (the(other).customer, stands(other)[0]) == (anna, "waiting")


# What users of others suffer


def test_replacing_a_step_sends_nobody_through_again(template, django_user_model):
    play = started(message(template()), wait(5))
    buys(customer())
    work()
    leaves()
    work()

    running.change(play_id=play.pk, content=content(message(template(name="Neu")), wait(5)), staff=None, now=NOW + DAY)
    running.start(play_id=play.pk, staff=None, now=NOW + DAY)
    work(NOW + 2 * DAY)

    assert (Message.objects.count(), Enrolment.objects.count(), the(play).version.number) == (1, 1, 1)


def test_stopping_one_play_stops_nothing_of_another(template, django_user_model):
    made = template()
    first, second = started(message(made), name="Eins"), started(message(made), name="Zwei")
    buys(customer())
    work()

    running.stop(play_id=first.pk, staff=boss(django_user_model), now=NOW + HOUR)

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
