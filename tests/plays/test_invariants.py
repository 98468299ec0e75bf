"""
What holds whatever happens: random measures, purchases that come late or are undone, workers that die, clocks that err.

Each measure runs twice over the same customers, once with everybody contacted and once with everybody left alone.
"""

import contextlib
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import F

from stammkunde.outreach.models import Assignment, Draw, Message
from stammkunde.plays.measures import moves, running, walk, working
from stammkunde.plays.models import Enrolment, Play, StepRun
from stammkunde.tasks.models import Task
from tests.outreach.planning import NOW, consent, customer
from tests.plays.over_time import BOUGHT, DAY, HOUR, buys, content, message, task, undone, wait

pytestmark = pytest.mark.django_db

SEEDS = range(3)
HOURS = 24 * 20


class Killed(BaseException):
    """A worker dies, right before what it did would count."""


class World:
    """Two measures that are alike, some customers, and chance."""

    def __init__(self, seed: int, template, monkeypatch) -> None:
        self.chance = random.Random(seed)
        self.now = NOW
        self.monkeypatch = monkeypatch
        self.people = [customer() for _one in range(8)]
        self.orders: list = []
        self.is_again = seed % 3 != 0
        said = self.content([template(name=f"T{number}") for number in range(2)])
        self.treated = self.start("Kontaktiert", said, share=0.0)
        self.alone = self.start("Vergleich", said, share=1.0)
        self.forgotten = self.people[0]
        everything = Draw.objects.create(origin="", salt="x", share=0.1, drawn_at=NOW)
        Assignment.objects.create(draw=everything, customer=self.forgotten, held_out=True, entered_at=NOW)

    def content(self, templates) -> dict:
        kinds = {
            "message": lambda: message(self.chance.choice(templates), latest_days=self.chance.randint(1, 5)),
            "wait": lambda: wait(self.chance.randint(1, 6)),
            "until": lambda: wait(self.chance.randint(2, 9), until={"table": "contacts"}),
            "task": lambda: task(latest_days=self.chance.randint(1, 5), minutes=10),
            "hour": lambda: wait(weekday=self.chance.randint(1, 7), hour=9),
        }
        steps = [kinds[self.chance.choice(sorted(kinds))]() for _one in range(self.chance.randint(2, 6))]
        if self.chance.random() < 0.5:
            steps[0] = message(templates[0], otherwise=[{"key": "other", **task()}])
        return {
            "steps": steps,
            "goal": self.chance.choice([{"kind": "purchase", "window_days": 20}, {"kind": "none", "because": "x"}]),
            "reentry": {"again": self.is_again, "pause_days": self.chance.randint(0, 20)},
            "subject": {"per": self.chance.choice(["customer", "row"])},
            "latest_days": self.chance.randint(10, 40),
            "limits": {"entries": 9},
        }

    def start(self, name: str, said: dict, *, share: float) -> Play:
        given = {name: value for name, value in said.items() if name != "steps"}
        holdout = {"holdout": 0.5 if share else 0.0}
        whole = content(*said["steps"], trigger=BOUGHT, **given, **holdout)
        play = running.draft(name=name, content=whole, staff=None, now=NOW - HOUR)
        if share:
            origin = f"{play.origin}:draw:1"
            Draw.objects.create(origin=origin, salt="all", share=1.0, drawn_at=NOW - HOUR)
        return running.start(play_id=play.pk, staff=None, now=NOW - HOUR)

    def live(self) -> None:
        """Let things happen, each at its hour, in an order that chance decides."""
        deeds = [
            *[self.buy] * 6,
            self.buy_late,
            self.undo,
            self.leave,
            self.work,
            self.work,
            self.die,
            self.do,
            self.withdraw,
        ]
        hour = 0
        while hour < HOURS:
            hour += self.chance.randint(1, 30)
            self.now = NOW + hour * HOUR
            self.chance.choice(deeds)()
            self.leave()
            self.finish()
        for _day in range(20):
            self.now += 2 * DAY
            self.leave()
            self.finish()

    def buy(self) -> None:
        self.orders.append(buys(self.chance.choice(self.people), self.now - HOUR))

    def buy_late(self) -> None:
        self.orders.append(buys(self.chance.choice(self.people), self.now - self.chance.randint(1, 6) * DAY))

    def undo(self) -> None:
        if self.orders:
            order = self.orders.pop(self.chance.randrange(len(self.orders)))
            undone(order)
            if self.chance.random() < 0.5:  # and the same file again
                fields = {"source": order.source, "number": order.number}
                self.orders.append(buys(order.customer, order.ordered_at, **fields))

    def leave(self) -> None:
        due = list(Message.objects.filter(state="planned", due_at__lte=self.now, latest_at__gt=self.now).order_by("pk"))
        for one in due:
            if self.chance.random() < 0.8:
                Message.objects.filter(pk=one.pk).update(state="handed_over", handed_over_at=self.now)
        late = Message.objects.filter(state="planned", latest_at__lte=self.now)
        late.update(state="expired", reason={"code": "too_late"}, finished_at=F("latest_at"))

    def do(self) -> None:
        some = Task.objects.filter(state="open").order_by("pk")[: self.chance.randint(0, 3)]
        state = self.chance.choice(["done", "dismissed"])
        Task.objects.filter(pk__in=[one.pk for one in some]).update(state=state, finished_at=self.now)

    def withdraw(self) -> None:
        one = self.chance.choice(self.people)
        consent(one, state=self.chance.choice(["withdrawn", "given"]), at=self.now)

    def work(self) -> None:
        """A worker looks, with batches of another size each time; now and then its clock is an hour late."""
        self.monkeypatch.setattr(walk, "AT_ONCE", self.chance.randint(1, 7))
        back = HOUR if self.chance.random() < 0.2 else timedelta()
        for _turn in range(self.chance.randint(1, 4)):
            working.sweep(now=self.now - back)

    def die(self) -> None:
        whole = moves.Batch.save

        def dies(batch):
            whole(batch)
            raise Killed

        self.monkeypatch.setattr(moves.Batch, "save", dies)
        with contextlib.suppress(Killed):
            working.sweep(now=self.now)
        self.monkeypatch.setattr(moves.Batch, "save", whole)

    def finish(self) -> None:
        if self.chance.random() < 0.4:
            self.work()


def enrolment_of(key: str) -> int:
    return int(key.split(":")[2])


def entries(rows, play: Play) -> set[tuple[int, str]]:
    return {(one.customer_id, one.cycle) for one in rows if one.play_id == play.pk}


@pytest.fixture(params=SEEDS)
def world(request, template, monkeypatch) -> World:
    made = World(request.param, template, monkeypatch)
    made.live()
    while working.sweep(now=made.now):
        pass
    return made


def test_invariants(world):
    rows = {one.pk: one for one in Enrolment.objects.all()}
    messages, tasks = list(Message.objects.all()), list(Task.objects.all())
    acts = [(one.key, one.planned_at) for one in messages] + [(one.key, one.created_at) for one in tasks]
    assert rows

    # 1 one open at a time, one per cycle ever
    open_ones = Counter((one.play_id, one.customer_id, one.subject) for one in rows.values() if not one.closed_at)
    assert set(open_ones.values()) <= {1}
    assert set(Counter((one.play_id, one.customer_id, one.cycle) for one in rows.values()).values()) == {1}
    # 2 one run per step, one act per key
    runs = Counter(StepRun.objects.values_list("enrolment", "step_key"))
    assert set(runs.values()) <= {1}
    assert set(Counter(key for key, _at in acts).values()) <= {1}
    # 3 whoever is left alone gets nothing
    assert all(rows[enrolment_of(key)].arm == "treated" for key, _at in acts)
    # 5 no act after closing
    assert all(not (closed := rows[enrolment_of(key)].closed_at) or at <= closed for key, at in acts)
    # 6 none later than its latest moment
    assert all(one.handed_over_at <= one.latest_at for one in messages if one.handed_over_at)
    # 10 no more than the limit
    assert set(Counter(one.play_id for one in rows.values() if one.zero_at).values()) <= set(range(10))
    # 11 closed, or due, and what is waited for exists
    keys = {key for key, _at in acts}
    assert all(one.closed_at or one.due_at for one in rows.values())
    assert all(one.waits_key in keys for one in rows.values() if one.waits_key and not one.closed_at)
    # 9, 10 who enters does not depend on the arm, where re-entry does not depend on when somebody is through
    if not world.is_again:
        entered = {play: entries(rows.values(), play) for play in (world.treated, world.alone)}
        assert entered[world.treated] == entered[world.alone]
    # 12 the version is that of the entry
    assert {one.version.number for one in rows.values()} == {1}
    # 14 whom everything leaves alone is in no arm
    assert not any(one.customer_id == world.forgotten.pk for one in rows.values())

    # 15 a clock that goes back, and workers that look again, repeat nothing
    before = list(Enrolment.objects.order_by("pk").values())
    counts = (Message.objects.count(), Task.objects.count(), StepRun.objects.count())
    for back in (timedelta(), HOUR, DAY):
        while working.sweep(now=world.now - back):
            pass
    assert list(Enrolment.objects.order_by("pk").values()) == before
    assert (Message.objects.count(), Task.objects.count(), StepRun.objects.count()) == counts
