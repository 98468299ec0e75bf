"""What workers hold at once: a transaction takes addresses, minutes or sets of measures, never two of these."""

import pytest

from stammkunde.outreach.models import Message
from stammkunde.outreach.services import settling
from stammkunde.plays.measures import admit, chores, walk
from stammkunde.plays.models import Enrolment
from stammkunde.tasks.models import Task
from tests.outreach.planning import customer
from tests.plays.over_time import BOUGHT, buys, message, started, task, wait, work

pytestmark = pytest.mark.django_db


def watched(monkeypatch) -> list[list[str]]:
    """Note what each batch holds."""
    batches: list[list[str]] = []
    move = walk._move

    def note(module, name, what):
        whole = getattr(module, name)

        def noted(*given, **named):
            if batches:
                batches[-1].append(what)
            return whole(*given, **named)

        monkeypatch.setattr(module, name, noted)

    def one(*given, **named):
        batches.append([])
        return move(*given, **named)

    monkeypatch.setattr(walk, "_move", one)
    note(settling, "claim_addresses", "addresses")
    note(chores, "Day", "minutes")
    note(admit, "take_over", "sets")
    return batches


def test_nobody_who_holds_minutes_waits_for_an_address_or_a_set_of_measures(template, monkeypatch):
    later = {**BOUGHT, "where": [{"column": "revenue", "is": ">=", "value": 10**9}]}
    target = started(wait(5), trigger=later, exclusive="win-back", name="Ziel")
    mail = message(template())
    started(mail, task(), name="Eins")
    started(task(otherwise=[{"key": "m", **mail}]), mail, name="Zwei")
    started({"kind": "hand_over", "play": target.pk}, name="Drei")
    started(task(by_phone=True, otherwise=[{"key": "m", **mail}]), wait(2), name="Vier")
    batches = watched(monkeypatch)
    for _one in range(3):
        buys(customer())

    work()

    assert all(len(set(held)) <= 1 for held in batches)
    assert {what for held in batches for what in held} == {"addresses", "minutes", "sets"}
    assert (Message.objects.count(), Task.objects.count()) == (6, 3)
    assert Enrolment.objects.filter(play=target).count() == 3
