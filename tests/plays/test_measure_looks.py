"""Who is looked at because something became known: those whom it is about, and everybody once a day."""

import pytest
from django.db import DataError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from stammkunde.plays import groups
from stammkunde.plays.measures import looking, moves, running, triggers, working
from stammkunde.plays.models import Enrolment, Play
from stammkunde.store import touched
from stammkunde.store.models import Unmet
from stammkunde.tasks import services as tasks
from tests import factories
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import DAY, HOUR, buys, stands, started, undone, wait, work

pytestmark = pytest.mark.django_db
PURCHASE = {"kind": "purchase", "window_days": 30}


@pytest.fixture
def looked_at(monkeypatch):
    """Note who is looked at."""
    found: list[set[int]] = []
    whole = moves.Batch.__init__

    def noted(self, rows, **named):
        found.append({row.customer_id for row in rows})
        whole(self, rows, **named)

    monkeypatch.setattr(moves.Batch, "__init__", noted)
    return found


def inside(number: int, **more) -> list:
    people = [customer() for _one in range(number)]
    for one in people:
        buys(one)
    return people


def test_fact_about_somebody_lets_nobody_else_be_looked_at(looked_at):
    started(wait(20), goal=PURCHASE)
    anna, *_others = inside(5)
    work()
    looked_at.clear()

    buys(anna, NOW + HOUR)
    work(NOW + 2 * HOUR)

    assert looked_at == [{anna.pk}]
    assert Enrolment.objects.get(customer=anna).code == "goal"
    assert not Unmet.objects.exists()


def test_what_began_it_and_its_goal_are_found_undone_on_the_same_day():
    play = started(wait(20), goal=PURCHASE)
    anna, berta = inside(2)
    work()
    goal = buys(berta, NOW + HOUR)
    work(NOW + 2 * HOUR)

    undone(goal)
    undone(anna.orders.get())
    work(NOW + 3 * HOUR)

    assert Enrolment.objects.get(customer=anna).code == "reason_gone"
    assert Enrolment.objects.get(customer=berta).goal_undone_at == NOW + 3 * HOUR
    undone(berta.orders.get())
    work(NOW + 4 * HOUR)
    assert set(play.enrolments.exclude(undone_at=None).values_list("customer", flat=True)) == {anna.pk, berta.pk}


def test_more_than_are_named_let_everybody_be_looked_at():
    play = started(wait(20), goal=PURCHASE)
    anna, berta = inside(2)
    work()

    factories.order(anna, NOW.date(), ordered_at=NOW + HOUR)
    factories.order(customer(), NOW.date(), ordered_at=NOW + HOUR)
    work(NOW + 2 * HOUR)
    assert {one.code for one in Enrolment.objects.all()} == {""}
    touched.note_everybody(because="import:1")
    work(NOW + 2 * HOUR)

    assert Enrolment.objects.get(customer=anna).code == "goal"
    assert Enrolment.objects.get(customer=berta).code == ""
    assert play.enrolments.count() == 3


def test_what_nobody_noted_is_met_on_the_next_day():
    play = started(wait(20), goal=PURCHASE)
    (anna,) = inside(1)
    work()

    factories.order(anna, NOW.date(), ordered_at=NOW + HOUR)
    work(NOW + DAY)

    assert stands(play)[2] == "goal"


def test_what_cannot_be_met_yet_is_kept(monkeypatch):
    started(wait(20), goal=PURCHASE)
    (anna,) = inside(1)
    work()
    buys(anna, NOW + HOUR)

    def breaks(*_given, **_named):
        raise moves.TooLate(1)

    with monkeypatch.context() as patched:
        patched.setattr(moves.Batch, "save", breaks)
        working.sweep(now=NOW + 2 * HOUR)
    assert Unmet.objects.exists()
    work(NOW + 2 * HOUR)

    assert Enrolment.objects.get(customer=anna).code == "goal"


def test_nobody_is_forgotten_where_one_of_them_fails_and_another_is_moved_meanwhile(monkeypatch):
    started(wait(20), goal=PURCHASE)
    anna, berta = inside(2)
    work()
    buys(anna, NOW + HOUR)
    buys(berta, NOW + HOUR)
    save = moves.Batch.save

    def breaks(batch):
        ids = {one.row.customer_id for one in batch.walkers}
        if ids == {anna.pk}:
            raise moves.TooLate(1)
        if batch.walkers[0].standing.code != "failed":
            raise ZeroDivisionError
        return save(batch)

    with monkeypatch.context() as patched:
        patched.setattr(moves.Batch, "save", breaks)
        working.sweep(now=NOW + 2 * HOUR)
    work(NOW + 2 * HOUR)

    codes = dict(Enrolment.objects.filter(customer__in=[anna.pk, berta.pk]).values_list("customer", "code"))
    assert codes == {anna.pk: "goal", berta.pk: "failed"}


def test_trouble_with_one_customer_stops_nobody_else_and_comes_last(monkeypatch):
    play = started(wait(1), wait(20), goal=PURCHASE)
    anna, berta, carla = inside(3)
    work()
    for one in (anna, berta):
        buys(one, NOW + HOUR)
    meet_of = looking.walk.meet_of

    def breaks(ids, *, now):
        if anna.pk in ids:
            raise DataError("Zahl")
        return meet_of(ids, now=now)

    with monkeypatch.context() as patched:
        patched.setattr(looking.walk, "meet_of", breaks)
        with pytest.raises(DataError):
            working.sweep(now=NOW + 1.5 * DAY)

    assert play.enrolments.get(customer=berta).code == "goal"
    assert play.enrolments.get(customer=carla).at_step == "s2"
    assert list(Unmet.objects.values_list("customer_id", flat=True)) == [anna.pk]
    work(NOW + 1.5 * DAY)
    assert play.enrolments.get(customer=anna).code == "goal"


@pytest.mark.parametrize("place", ["triggers.enter", "walk.walk"])
def test_what_is_not_written_down_yet_is_no_trouble_but_waits(monkeypatch, place):
    play = started(wait(1), goal=PURCHASE)

    def not_yet(*_args, **_more):
        raise groups.NotKept(1)

    with monkeypatch.context() as patched:
        patched.setattr(f"stammkunde.plays.measures.{place}", not_yet)
        (anna,) = inside(1)
        working.sweep(now=NOW)
    work()

    assert play.enrolments.get().customer == anna
    play.refresh_from_db()
    assert (play.failures, play.trouble) == (0, "")


def test_database_that_is_locked_keeps_all_where_they_are(monkeypatch):
    started(wait(20), goal=PURCHASE)
    (anna,) = inside(1)
    work()
    buys(anna, NOW + HOUR)
    asked = []

    def locked(ids, *, now):
        asked.append(ids)
        raise OperationalError("locked")

    with monkeypatch.context() as patched:
        patched.setattr(looking.walk, "meet_of", locked)
        with pytest.raises(OperationalError):
            working.sweep(now=NOW + 2 * HOUR)

    assert (len(asked), Unmet.objects.count()) == (1, 1)


def test_who_wanted_to_enter_while_it_was_held_or_when_it_failed_enters_later(marketer, monkeypatch):
    play = started(wait(20))
    running.pause(play_id=play.pk, staff=marketer, now=NOW)
    inside(1)
    work()
    assert not Enrolment.objects.exists()
    running.resume(play_id=play.pk, staff=marketer, now=NOW + HOUR)
    work(NOW + HOUR)
    assert Enrolment.objects.count() == 1

    inside(1)
    with monkeypatch.context() as patched:
        patched.setattr(triggers.admit, "admit", lambda *_given, **_named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            working.sweep(now=NOW + 2 * HOUR)
    work(NOW + 3 * HOUR)
    assert Enrolment.objects.count() == 2


def test_who_could_not_enter_as_nothing_could_be_written_enters_as_soon_as_it_can(monkeypatch):
    started(wait(20))
    work()
    inside(1)

    def locked(*_given, **_named):
        raise OperationalError("locked")

    with monkeypatch.context() as patched:
        patched.setattr(triggers.admit, "admit", locked)
        patched.setattr(triggers.upto, "note", locked)
        with pytest.raises(OperationalError):
            working.sweep(now=NOW + HOUR)
    work(NOW + HOUR)

    assert Enrolment.objects.count() == 1


def test_task_that_is_done_is_met_within_the_minute(marketer):
    play = started(wait(20), goal={"kind": "happened", "table": "tasks", "window_days": 30})
    (anna,) = inside(1)
    work()
    one = tasks.plan(
        tasks.Content(title="Rückfrage"), key="x", customer_id=anna.pk, owner_id=marketer.pk,
        due=tasks.Due(on=NOW.date()), now=NOW,
    )  # fmt: skip
    tasks.finish(task_id=one.pk, staff=marketer, finished_at=NOW + HOUR)

    work(NOW + 2 * HOUR)

    assert stands(play)[2] == "goal"


def test_a_quiet_sweep_asks_the_same_however_many_are_inside():
    counts = []
    for number in (2, 8):
        Play.objects.update(status="stopped")
        Enrolment.objects.update(state="closed", code="stopped", closed_at=NOW)
        started(wait(20), goal=PURCHASE, name=f"M{number}")
        inside(number)
        work()
        with CaptureQueriesContext(connection) as asked:
            working.sweep(now=NOW)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_without_a_measure_nothing_is_kept():
    inside(1)
    working.sweep(now=NOW)
    assert not Unmet.objects.exists()
