"""Calls: with whom was warned about, and on birthdays; what came of them, and the steps that follow."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction

from stammkunde.calls import services as calls
from stammkunde.calls.models import Outcome
from stammkunde.calls.services import Said
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.demo.story import Deed, Story
from stammkunde.signals.models import EarlyWarning
from stammkunde.signals.suggestions import BIRTHDAY, RISK, wording
from stammkunde.signals.suggestions.item import AT_RISK
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from stammkunde.tasks.services import Suggestion
from stammkunde.tasks.worklist import Item
from stammkunde.team.models import Staff

AT_ONCE = ((91, 6), (365, 2))  # calls with whom was warned about: until so many days before the end, so many
AT_FIRST = 1
BIRTHDAYS = 0.35  # of the weeks in which there is one
OUTCOMES = (
    (Outcome.REACHED, 40), (Outcome.NOT_REACHED, 27), (Outcome.WANTS_OFFER, 11), (Outcome.CALL_BACK, 7),
    (Outcome.NOT_INTERESTED, 7), (Outcome.COMPLAINT, 4), (Outcome.WRONG_NUMBER, 2), (Outcome.NO_MORE_CALLS, 2),
)  # fmt: skip
SAID = {
    Outcome.REACHED: (
        "Hat umgebaut und deshalb nichts gebraucht. Bestellt im nächsten Monat wieder.",
        "War zufrieden, hatte nur noch Ware am Lager.",
        "Neue Leitung im Haus, will das Sortiment neu zusammenstellen.",
        "Kauft zurzeit auch beim Großmarkt. Lieferung ist dort schneller.",
    ),
    Outcome.WANTS_OFFER: ("Braucht ein Angebot für die Terrasse.", "Möchte Staffelpreise für Erde und Töpfe."),
    Outcome.CALL_BACK: ("War gerade im Gespräch, bitte noch einmal anrufen.",),
    Outcome.NOT_INTERESTED: ("Hat zurzeit keinen Bedarf.", "Schließt den Außenbereich über den Winter."),
    Outcome.COMPLAINT: ("Die letzte Lieferung kam mit zerbrochenen Töpfen an.",),
    Outcome.WRONG_NUMBER: ("Die Nummer gehört inzwischen jemand anderem.",),
    Outcome.NO_MORE_CALLS: ("Möchte nur noch Post bekommen.",),
}
QUIET = (Outcome.NOT_REACHED, Outcome.WRONG_NUMBER)


def deeds(story: Story) -> Iterator[Deed]:
    """Let each salesperson call a few customers a week, from the first evening on that warned; lately, more of them."""
    chance, sales = story.chance("calls"), story.with_role("sales")
    for place, on in enumerate(story.working_days(since=story.evenings[0] + timedelta(days=1))):
        who = sales[place % len(sales)]
        if on.weekday() in {0, 2} or place % 5 == 0:
            yield Deed(at=story.at(on, 9), do=_calls(story, who, chance, on))
    yield Deed(at=story.at(story.last, 16), do=lambda at: _unfinished(sales[0], at))


def _calls(story: Story, who: Staff, chance: np.random.Generator, on: date) -> Callable[[datetime], None]:
    days_ago = (story.last - on).days
    count = next((number for days, number in AT_ONCE if days_ago < days), AT_FIRST)

    @transaction.atomic
    def call(at: datetime) -> None:
        for warning in _next(who, count):
            at += timedelta(minutes=int(chance.integers(8, 50)))
            _about(warning, who, chance, at)
        person = _birthday(who, on) if chance.random() < BIRTHDAYS else None
        if person is not None:
            _congratulate(person, who, chance, at + timedelta(minutes=15))

    return call


def _next(who: Staff, count: int) -> list[EarlyWarning]:
    """Find those with most in danger whom nobody has called about it."""
    warnings = EarlyWarning.objects.filter(
        outcome=EarlyWarning.Outcome.OPEN, customer__owner=who, customer__kind=Customer.Kind.COMPANY
    ).exclude(customer__phone="")
    found = list(warnings.select_related("customer__owner").order_by("-margin_at_risk_cents", "customer__source")[:60])
    keys = {_suggestion(one).key: one for one in found}
    for done in Task.objects.filter(key__in=keys).values_list("key", flat=True):
        del keys[str(done)]
    return list(keys.values())[:count]


def _suggestion(warning: EarlyWarning) -> Suggestion:
    item = Item(kind=RISK, key="", under=AT_RISK, customer=warning.customer)
    return Suggestion(
        kind=RISK,
        customer_id=warning.customer_id,
        cycle=warning.warned_on.isoformat(),
        title=wording.title(item),
        owner_id=warning.customer.owner_id,
    )


def _about(warning: EarlyWarning, who: Staff, chance: np.random.Generator, at: datetime) -> None:
    task = tasks.take_up(_suggestion(warning), now=at, staff=who)
    weights = np.array([weight for _outcome, weight in OUTCOMES], float)
    outcome = OUTCOMES[chance.choice(len(OUTCOMES), p=weights / weights.sum())][0]
    person = warning.customer.contact_persons.order_by("source").first()
    _record(task, warning.customer, person, outcome, who, chance, at)


def _record(
    task: Task,
    customer: Customer,
    person: ContactPerson | None,
    outcome: Outcome,
    who: Staff,
    chance: np.random.Generator,
    at: datetime,
) -> None:
    words = SAID.get(outcome, ("",))
    minutes = int(chance.integers(1, 4) if outcome in QUIET else chance.integers(6, 38))
    said = Said(
        outcome=outcome,
        note=words[chance.integers(len(words))],
        minutes=minutes,
        agreed_at=at + timedelta(days=3) if outcome == Outcome.CALL_BACK else None,
    )
    calls.record(key=f"demo:{task.pk}", customer=customer, person=person, said=said, task=task, staff=who, now=at)


def _birthday(who: Staff, on: date) -> ContactPerson | None:
    """Find somebody among the own customers whose birthday it is."""
    born = ContactPerson.objects.filter(birthday_on__month=on.month, birthday_on__day=on.day, customer__owner=who)
    return born.exclude(customer__phone="").select_related("customer").order_by("source").first()


def _congratulate(person: ContactPerson, who: Staff, chance: np.random.Generator, at: datetime) -> None:
    item = Item(kind=BIRTHDAY, key="", under=AT_RISK, customer=person.customer, person=person)
    suggestion = Suggestion(
        kind=BIRTHDAY,
        customer_id=person.customer_id,
        subject=person.pk,
        cycle=str(at.year),
        title=wording.title(item),
        owner_id=who.pk,
    )
    task = tasks.take_up(suggestion, now=at, staff=who)
    _record(task, person.customer, person, Outcome.REACHED, who, chance, at)


def _unfinished(who: Staff, at: datetime) -> None:
    """Leave the notes of a call that is not over yet."""
    for warning in _next(who, 1):
        calls.keep_draft(staff=who, customer=warning.customer, note="Fragt nach Lieferzeit für", goals=[], now=at)
