"""Complaints: written down by the service, settled within days; the youngest are open."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from stammkunde.customers.models import Customer
from stammkunde.demo.story import SATURDAY, Deed, Story
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from stammkunde.tasks.services import Content
from stammkunde.team.models import Staff

SHARE = 0.018  # of all customers complain in three years
OPEN = 5  # of the last days
CAUSES = (
    ("Bruchware", "Ersatz am selben Tag verschickt, kleine Pflanze als Entschuldigung dazu."),
    ("Zu spät geliefert", "Versandkosten erstattet und angerufen."),
    ("Falsche Farbe geliefert", "Umgetauscht, Abholung war kostenlos."),
    ("Pflanzen vertrocknet angekommen", "Gutschrift, Verpackung mit dem Lager besprochen."),
    ("Rechnung stimmt nicht", "Korrigiert und neu verschickt."),
)


def deeds(story: Story) -> Iterator[Deed]:
    """Give complaints over all the time with how they were settled, and some of the last days that are open."""
    chance, (service,) = story.chance("complaints"), story.with_role("service")
    everyone = list(Customer.objects.order_by("source"))
    days = story.working_days()
    for number, place in enumerate(chance.permutation(len(everyone))[: OPEN + round(SHARE * len(everyone))]):
        cause, settled = CAUSES[chance.integers(len(CAUSES))]
        on = days[-1 - number] if number < OPEN else days[chance.integers(len(days) - 2 * OPEN)]
        at, length = story.at(on, 9 + 7 * chance.random()), timedelta(hours=float(3 + 120 * chance.beta(1.3, 3)))
        minutes = int(chance.integers(10, 70))
        told: list[Task] = []
        yield Deed(at=at, do=_complain(everyone[place], cause, service, told))
        if number >= OPEN:
            yield Deed(at=at + length, do=_settle(told, service, settled, minutes))


def _complain(customer: Customer, cause: str, service: Staff, told: list[Task]) -> Callable[[datetime], object]:
    what = Content(title=f"Reklamation {customer.name}: {cause}", is_complaint=True)
    return lambda at: told.append(tasks.add(what, now=at, staff=service, customer=customer, due_on=_due(at.date())))


def _due(on: date) -> date:
    """Give the second day after, or the Monday after that."""
    due = on + timedelta(days=2)
    return due if due.weekday() < SATURDAY else due + timedelta(days=7 - due.weekday())


def _settle(told: list[Task], service: Staff, settled: str, minutes: int) -> Callable[[datetime], object]:
    def settle(at: datetime) -> None:
        (task,) = told
        tasks.finish(task_id=task.pk, staff=service, finished_at=at, outcome=settled, minutes=minutes)

    return settle
