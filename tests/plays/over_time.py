"""Measures for tests: what each says of itself, time that passes, and messages that leave."""

from datetime import datetime, timedelta

from stammkunde.outreach.models import Message
from stammkunde.plays.measures import running, working
from stammkunde.plays.models import Enrolment, Play
from stammkunde.sales.models import Order
from stammkunde.store import facts, touched
from stammkunde.tasks.models import Task
from tests import factories
from tests.outreach.planning import NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BOUGHT = {"kind": "happened", "table": "orders"}


def content(*steps, trigger=BOUGHT, goal=None, holdout=0.0, **more) -> dict:
    return {
        "trigger": trigger,
        "steps": [{"key": f"s{number}", **one} for number, one in enumerate(steps, start=1)],
        "goal": goal or {"kind": "none", "because": "test"},
        "holdout": {"share": holdout, "because": "test"},
        **more,
    }


def message(*templates, **more) -> dict:
    return {"kind": "message", "templates": [one.pk for one in templates], **more}


def wait(days=0, **more) -> dict:
    return {"kind": "wait", "days": days, **more}


def task(title="Anrufen", **more) -> dict:
    return {"kind": "task", "title": title, **more}


def started(*steps, now=NOW - HOUR, name="Maßnahme", already_in=None, **more) -> Play:
    play = running.draft(name=name, content=content(*steps, **more), staff=None, now=now)
    return running.start(play_id=play.pk, already_in=already_in or running.AlreadyIn(), staff=None, now=now)


def work(now: datetime = NOW) -> None:
    """Let workers do all there is."""
    while working.sweep(now=now):
        pass


def leaves(now: datetime = NOW) -> list[str]:
    """Let every message that may leave by now leave, and give their keys."""
    due = Message.objects.filter(state="planned", due_at__lte=now).order_by("pk")
    keys = list(due.values_list("key", flat=True))
    Message.objects.filter(key__in=keys).update(state="handed_over", handed_over_at=now, finished_at=now)
    return keys


def done(now: datetime = NOW) -> int:
    return Task.objects.filter(state="open").update(state="done", finished_at=now)


def the(play: Play) -> Enrolment:
    """The only one who is in a play."""
    return Enrolment.objects.get(play=play)


def stands(play: Play) -> tuple[str, str, str]:
    """Where the only one stands: state, step, code."""
    one = the(play)
    return one.state, one.at_step, one.code


def ran(play: Play) -> list[tuple[str, str, str]]:
    """What steps came to, in their order: key, state, code."""
    runs = Enrolment.objects.filter(play=play).values_list("steps__step_key", "steps__state", "steps__code")
    return [one for one in runs.order_by("pk", "steps__pk") if one[0]]


def buys(who, at: datetime = NOW, **fields) -> Order:
    """Let somebody buy, and let it be known."""
    made = factories.order(who, at.date(), ordered_at=at, **fields)
    known(who, "orders", at)
    return made


def undone(order: Order) -> None:
    """Take a purchase back, as when its import is undone."""
    order.delete()
    known(order.customer, "orders", order.ordered_at)


def known(who, table: str, at: datetime) -> None:
    """Let it be known that a fact about somebody changed."""
    facts.table(table).mark({f"{at:%Y-%m}"})
    touched.note([who.pk], because=f"{table}:1")


def richer(monkeypatch, people) -> None:
    """Let each of some customers be worth more than the one before."""
    worth = {one.pk: place * 100_000 for place, one in enumerate(people, start=1)}
    monkeypatch.setattr("stammkunde.signals.queries.worth", lambda *, customer_ids: worth)
