"""What an app declares stands on the list of those who may see it, and is acted on, though no page knows the app."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from stammkunde.home.queries import today as work
from stammkunde.tasks import worklist
from stammkunde.tasks.models import Task
from stammkunde.tasks.policy import Lengths
from stammkunde.team import policy
from tests import factories
from tests.desk.installing import installed

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def waiting(settings):
    with installed(settings):
        yield [factories.customer(name=name, city="Warteschlange") for name in ("Anna", "Berta", "Clara")]


def asked(staff=None):
    return worklist.Asked(
        today=TODAY,
        generation=None,
        owner=None,
        months=6,
        lengths=Lengths(usual=20),
        may=lambda right: staff is not None and policy.may(staff, right),
    )


def test_entries_stand_where_their_app_says_and_no_more_than_it_wants(waiting, client, salesperson):
    Task.objects.create(title="Zuerst geschrieben", owner=salesperson, created_at=NOW)
    client.force_login(salesperson)

    page = client.get(reverse("today"), {"who": "all"})

    assert [(one["name"], one["heading"], len(one["rows"])) for one in page.context["sections"]] == [
        ("desk", "Waiting at the desk", 2),
        ("tasks", "Fällige Aufgaben", 1),
    ]
    assert "Anna has waited long enough." in page.content.decode()


def test_whoever_lacks_the_right_neither_sees_nor_finds_them(waiting, salesperson):
    (first, *_more) = work.items(asked(salesperson), limit=9)

    assert work.items(asked(), limit=9) == []
    assert worklist.again(first.key, asked()) is None
    assert worklist.again(first.key, asked(salesperson)).customer == waiting[0]


def test_what_was_done_makes_room_for_the_next(waiting, salesperson):
    (first, _second) = work.items(asked(salesperson), limit=9)

    task = worklist.task(first.key, asked(salesperson), now=NOW, staff=salesperson)
    Task.objects.filter(pk=task.pk).update(state=Task.State.DONE, finished_at=NOW)

    assert (task.title, task.kind, task.customer) == ("See Anna", "desk", waiting[0])
    assert [item.customer for item in work.items(asked(salesperson), limit=9)] == waiting[1:]
    assert worklist.task("desk:0:2026-11-20", asked(salesperson), now=NOW, staff=salesperson) is None


def test_entries_and_kinds_have_names_and_turns_of_their_own():
    entries = worklist.entries()
    kinds = [kind.name for one in entries for kind in one.kinds]

    assert [one.name for one in entries] == [
        "tasks", "campaign_calls", "imports", "looks", "measures", "budgets",
        "points", "birthdays", "anniversaries", "may_be_lost",
    ]  # fmt: skip
    assert len({one.order for one in entries}) == len(entries)
    assert sorted(kinds) == sorted(worklist.kinds())
