"""What people write down to do, give to each other, put off and get done, besides what the program suggests."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.demo.chapters.people import looked_after
from stammkunde.demo.story import Deed, Story
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from stammkunde.tasks.services import Content
from stammkunde.team.models import Staff

TODO = (
    ("Muster für die Frühjahrsbepflanzung schicken", "Freut sich, meldet sich nach Ostern."),
    ("Jahresgespräch vorbereiten", "Termin steht, Zahlen sind ausgedruckt."),
    ("Lieferadresse für das neue Lager klären", "Geändert."),
    ("Angebot für die Terrassenmöbel nachfassen", "Entscheidet nächste Woche."),
    ("Rechnung mit Kostenstelle neu ausstellen lassen", "Erledigt, Buchhaltung hat sie verschickt."),
    ("Nach der Hausmesse anrufen", "War begeistert, will Lichterketten testen."),
    ("Staffelpreise für Erde ausrechnen", "Geschickt."),
    ("Reklamierte Töpfe gutschreiben", "Gutschrift ist raus."),
)
OFTEN_DAYS = 6  # somebody writes something down
DONE, PUT_OFF, GIVEN_AWAY = 0.86, 0.94, 0.97
MOST_A_DAY = 14
LEFT_DAYS = 5  # what came due within the last days is left, partly
LEFT = 0.35


def deeds(story: Story) -> Iterator[Deed]:
    """Let somebody write a task down every few days, and everybody go through what is due once a week."""
    chance, companies = story.chance("work"), looked_after()
    days = story.working_days()
    for on in days[::OFTEN_DAYS] if companies else ():
        customer, todo = companies[chance.integers(len(companies))], TODO[chance.integers(len(TODO))]
        due = timedelta(days=int(chance.integers(2, 21)))
        yield Deed(at=story.at(on, 9 + 8 * chance.random()), do=_write_down(customer, todo[0], due))
    for place, on in enumerate(days):
        who = story.staff[place % len(story.staff)]
        yield Deed(at=story.at(on, 17), do=_go_through(story, who, chance))


def _write_down(customer: Customer, title: str, due: timedelta) -> Callable[[datetime], object]:
    def write(at: datetime) -> None:
        owner = Customer.objects.select_related("owner").get(pk=customer.pk).owner
        assert owner is not None
        on = timezone.localdate(at) + due
        tasks.add(Content(title=f"{customer.name}: {title}"), now=at, staff=owner, customer=customer, due_on=on)

    return write


def _go_through(story: Story, who: Staff, chance: np.random.Generator) -> Callable[[datetime], None]:
    """Deal with what is due; of the last days, some is left for tomorrow."""

    @transaction.atomic
    def go_through(at: datetime) -> None:
        today = timezone.localdate(at)
        due = Task.objects.filter(owner=who, state=Task.State.OPEN, due_on__lte=today)
        is_late = today > story.last - timedelta(days=LEFT_DAYS)
        due = due.exclude(is_complaint=True, key=None)  # what the service wrote down is a chapter of its own
        for task in due.exclude(snoozed_until_on__gt=today).order_by("due_on", "pk")[:MOST_A_DAY]:
            drawn, left, minutes = chance.random(), chance.random(), int(chance.integers(4, 55))
            if not (is_late and left < LEFT):
                _deal_with(task, who, story, drawn=drawn, minutes=minutes, at=at)

    return go_through


def _deal_with(task: Task, who: Staff, story: Story, *, drawn: float, minutes: int, at: datetime) -> None:
    if drawn < DONE:
        said = next((answer for title, answer in TODO if title in task.title), "")
        tasks.finish(task_id=task.pk, staff=who, finished_at=at, outcome=said, minutes=minutes)
    elif drawn < PUT_OFF:
        tasks.snooze(task_id=task.pk, until_on=timezone.localdate(at) + timedelta(days=7), now=at, staff=who)
    elif drawn < GIVEN_AWAY:
        (service,) = story.with_role("service")
        tasks.hand_over(task_id=task.pk, owner=service, now=at, staff=who)
    else:
        tasks.dismiss(task_id=task.pk, staff=who, finished_at=at, outcome="Hat sich erledigt.")
