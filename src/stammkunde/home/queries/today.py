"""
Whom to call today: derived anew every time from figures, contact persons, tasks and imports.

A suggestion has a key of kind, subject and cycle; once somebody has acted on it, the key keeps it from coming back
(`activity`). The cycle of an overdue customer is the day of the last purchase: after a new one, a new cycle begins.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from stammkunde.activity import queries as activity
from stammkunde.activity.models import Task
from stammkunde.activity.services import Suggestion
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.intake.models import Import
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.team.models import Staff

OVERDUE, SILENT, BIRTHDAY, ANNIVERSARY, IMPORT, TASK = "overdue", "silent", "birthday", "anniversary", "import", "task"
PAST_RHYTHM = (CustomerSignal.Stage.AT_RISK, CustomerSignal.Stage.DORMANT)
BIRTHDAY_AHEAD_DAYS = 3
MOST_IMPORTS = 3
BIRTHDAY_BEHIND_DAYS = 1
OLDEST_YEAR = 1920
ROUND_YEARS = (1, 5, 10, 15, 20, 25, 30, 40, 50)
ANNIVERSARY_DAYS = 3
MOST_WISHES = 2  # birthdays, and anniversaries, at a time: the list is for those who are silent
SILENT_FOR_MONTHS_AT_MOST = 12  # past the months without purchase; longer ago is a matter for the list
IMPORT_DAYS = 7
CHUNK = 60
SECTIONS = ("tasks", "silence", "wishes", "imports")  # in the order in which they are shown
_SECTION_OF = {TASK: "tasks", BIRTHDAY: "wishes", ANNIVERSARY: "wishes", IMPORT: "imports"}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing to do: what about, why, what is at stake and whom to call."""

    kind: str
    key: str
    reason: dict[str, Any] = field(default_factory=dict)  # code and numbers, worded when shown
    customer: Customer | None = None
    person: ContactPerson | None = None
    signal: CustomerSignal | None = None
    task: Task | None = None
    batch: Import | None = None

    @property
    def section(self) -> str:
        return _SECTION_OF.get(self.kind, "silence")

    @property
    def is_silent(self) -> bool:
        return self.kind in {OVERDUE, SILENT}

    @property
    def stake_cents(self) -> int | None:
        """What a year of this customer is worth: margin where costs are known, otherwise revenue."""
        return self.signal.yearly_cents if self.signal else None

    @property
    def phone(self) -> str:
        return (self.person.phone if self.person else "") or (self.customer.phone if self.customer else "")

    def suggestion(self, title: str) -> Suggestion:
        kind, subject, cycle = self.key.split(":", 2)
        owner = self.customer.owner_id if self.customer else None
        customer_id = self.customer.pk if self.customer else None
        return Suggestion(
            kind=kind, customer_id=customer_id, subject=int(subject), cycle=cycle, title=title, owner_id=owner
        )


@dataclass(frozen=True, kw_only=True)
class Asked:
    """For whom and when the list is made."""

    today: date
    generation: Generation | None
    owner: Staff | None  # empty: everybody's
    months: int  # without purchase, after which a customer without rhythm is suggested
    with_imports: bool


def items(asked: Asked, *, limit: int) -> list[Item]:
    """Give what is to do: tasks, then who is silent, by value, and a few wishes and imports in any case."""
    pressing = [*_tasks(asked, limit=limit), *_awake_again(asked, limit=limit), *_imports(asked)]
    found = {item.key: item for item in _not_taken_up(pressing, today=asked.today)}
    for wishes in (birthdays(asked), anniversaries(asked)):
        standing = [item for item in _not_taken_up(wishes, today=asked.today) if item.key not in found]
        found |= {item.key: item for item in standing[:MOST_WISHES]}
    for item in overdue(asked, limit=max(limit - len(found), 0)):
        found.setdefault(item.key, item)
    chosen = list(found.values())[:limit]
    return _with_people(sorted(chosen, key=_place))


def _place(item: Item) -> tuple[int, int]:
    """Sort by section; among the most valuable who are silent, what hangs on them is shown, so it sorts them."""
    return SECTIONS.index(item.section), -(item.stake_cents or 0) if item.is_silent else 0


def item(key: str, asked: Asked) -> Item | None:
    """Find one suggestion again by its key; None where it no longer stands."""
    kind, _colon, rest = key.partition(":")
    subject, _colon, cycle = rest.partition(":")
    if not subject.isdecimal() or not cycle:
        return None
    finders = {OVERDUE: _silent_again, SILENT: _silent_again, BIRTHDAY: _birthday_again, ANNIVERSARY: _since_again}
    if kind == IMPORT:
        return next((one for one in _imports(asked) if one.key == key), None)
    found = finders[kind](int(subject), asked) if kind in finders else None
    return found if found and found.key == key else None


def of_customer(customer: Customer, asked: Asked) -> Item | None:
    """Give what the figures suggest for one customer, unless it has been dealt with."""
    found = _silent_again(customer.pk, asked)
    standing = _not_taken_up([found], today=asked.today) if found else []
    return standing[0] if standing else None


def overdue(asked: Asked, *, limit: int) -> list[Item]:
    """Give the most valuable customers past their own rhythm, or without one and silent for the months asked."""
    if asked.generation is None or limit <= 0:
        return []
    found: list[Item] = []
    for signals in _by_value(_silent_signals(asked)):
        found += _not_taken_up([_silent_item(signal, asked) for signal in signals], today=asked.today)
        if len(found) >= limit:
            break
    return found[:limit]


def _silent_signals(asked: Asked) -> QuerySet[CustomerSignal]:
    as_of = asked.generation.as_of_on
    silent_since = months_before(as_of, asked.months)
    earliest = months_before(as_of, asked.months + SILENT_FOR_MONTHS_AT_MOST)
    own_rhythm = Q(overdue_days__gt=0, stage__in=PAST_RHYTHM)
    without_purchase = Q(last_on__lte=silent_since, last_on__gt=earliest)
    signals = CustomerSignal.objects.filter(own_rhythm | without_purchase, generation=asked.generation)
    signals = signals.filter(value_rank__isnull=False)
    if asked.owner is not None:
        signals = signals.filter(customer__owner=asked.owner)
    return signals.select_related("customer", "customer__owner")


def _by_value(signals: QuerySet[CustomerSignal]) -> Iterator[list[CustomerSignal]]:
    rank, pk = 0, 0
    while True:
        after = Q(value_rank__gte=rank) & (Q(value_rank__gt=rank) | Q(customer__gt=pk))
        chunk = list(signals.filter(after).order_by("value_rank", "customer_id")[:CHUNK])
        if chunk:
            yield chunk
            rank, pk = chunk[-1].value_rank, chunk[-1].customer_id
        if len(chunk) < CHUNK:
            return


def _silent_item(signal: CustomerSignal, asked: Asked) -> Item:
    past_rhythm = signal.stage in PAST_RHYTHM and (signal.overdue_days or 0) > 0
    kind = OVERDUE if past_rhythm else SILENT
    reason = {
        "code": kind,
        "gap_days": signal.gap_days,
        "silent_days": signal.silent_days,
        "overdue_days": signal.overdue_days,
        "last_on": signal.last_on,
        "months": asked.months,
    }
    return Item(
        kind=kind,
        key=f"{kind}:{signal.customer_id}:{signal.last_on}",
        reason=reason,
        customer=signal.customer,
        signal=signal,
    )


def _silent_again(customer_id: int, asked: Asked) -> Item | None:
    if asked.generation is None:
        return None
    signal = _silent_signals(asked).filter(customer=customer_id).first()
    return _silent_item(signal, asked) if signal else None


def birthdays(asked: Asked) -> list[Item]:
    """Give the contact persons whose birthday is near, those of the most valuable customers first."""
    people = ContactPerson.objects.filter(birthday_on__in=list(_birth_days(asked.today)))
    people = _of_owner(people, asked, path="customer__owner").select_related("customer", "customer__owner")
    near = list(people.order_by("pk")[: CHUNK * 5])
    ranked = _most_valuable([(person.customer_id, person) for person in near], asked)
    return [_birthday_item(person, signal, asked) for person, signal in ranked]


def _birth_days(today: date) -> Iterator[date]:
    """Give every day of birth whose anniversary is near; 29 February comes round on the 28th in other years."""
    for ahead in range(-BIRTHDAY_BEHIND_DAYS, BIRTHDAY_AHEAD_DAYS + 1):
        near = today + timedelta(days=ahead)
        for year in range(OLDEST_YEAR, today.year):
            yield from (born for born in _same_days(near, year) if anniversary(born, near.year) == near)


def _same_days(on: date, year: int) -> Iterator[date]:
    days = [(on.month, on.day)] + ([(2, 29)] if (on.month, on.day) == (2, 28) else [])
    for month, number in days:
        try:
            yield date(year, month, number)
        except ValueError:
            continue


def anniversary(born: date, year: int) -> date:
    """Give the day on which a day comes round in a year; 29 February comes round on the 28th where there is none."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _birthday_item(person: ContactPerson, signal: CustomerSignal | None, asked: Asked) -> Item:
    near = min(
        (anniversary(person.birthday_on, asked.today.year + years) for years in (-1, 0, 1)),
        key=lambda on: abs((on - asked.today).days),
    )
    reason = {
        "code": BIRTHDAY,
        "on": near,
        "age": near.year - person.birthday_on.year,
        "days": (near - asked.today).days,
    }
    return Item(
        kind=BIRTHDAY,
        key=f"{BIRTHDAY}:{person.pk}:{near.year}",
        reason=reason,
        customer=person.customer,
        person=person,
        signal=signal,
    )


def _birthday_again(person_id: int, asked: Asked) -> Item | None:
    person = ContactPerson.objects.select_related("customer").filter(pk=person_id, birthday_on__isnull=False).first()
    return _birthday_item(person, None, asked) if person else None


def anniversaries(asked: Asked) -> list[Item]:
    """Give the customers who have been with us for a round number of years these days."""
    recent = [asked.today - timedelta(days=behind) for behind in range(ANNIVERSARY_DAYS)]
    days = [anniversary(on, on.year - years) for on in recent for years in ROUND_YEARS]
    customers = _of_owner(Customer.objects.filter(since_on__in=days), asked, path="owner").select_related("owner")
    near = list(customers.order_by("pk")[: CHUNK * 5])
    ranked = _most_valuable([(customer.pk, customer) for customer in near], asked)
    still = [(customer, signal) for customer, signal in ranked if signal and signal.stage != signal.Stage.LOST]
    return [_anniversary_item(customer, signal, asked) for customer, signal in still]


def _anniversary_item(customer: Customer, signal: CustomerSignal | None, asked: Asked) -> Item:
    years = asked.today.year - customer.since_on.year
    if anniversary(customer.since_on, asked.today.year) > asked.today:
        years -= 1  # it was in December, and today is in January
    return Item(
        kind=ANNIVERSARY,
        key=f"{ANNIVERSARY}:{customer.pk}:{years}",
        reason={"code": ANNIVERSARY, "years": years, "on": customer.since_on},
        customer=customer,
        signal=signal,
    )


def _since_again(customer_id: int, asked: Asked) -> Item | None:
    customer = Customer.objects.filter(pk=customer_id, since_on__isnull=False).first()
    return _anniversary_item(customer, None, asked) if customer else None


def _imports(asked: Asked) -> list[Item]:
    if not asked.with_imports:
        return []
    since = asked.today - timedelta(days=IMPORT_DAYS)
    status = Import.Status
    troubled = Q(status=status.FAILED) | Q(status=status.DONE, problem_count__gt=0)
    batches = Import.objects.filter(troubled, created_at__date__gte=since).order_by("-pk")[:MOST_IMPORTS]
    return [
        Item(
            kind=IMPORT,
            key=f"{IMPORT}:{batch.pk}:{batch.status}",
            reason={"code": f"import_{batch.status}", "problems": batch.problem_count, "file": batch.file_name},
            batch=batch,
        )
        for batch in batches
    ]


def _tasks(asked: Asked, *, limit: int) -> list[Item]:
    return _task_items(activity.due(today=asked.today, staff=asked.owner, limit=limit), asked)


def _awake_again(asked: Asked, *, limit: int) -> list[Item]:
    """Give the wishes that were put off beyond their own days; what is silent is derived anew anyway."""
    tasks = activity.awake_again(today=asked.today, staff=asked.owner, limit=limit)
    return _task_items([task for task in tasks if task.kind in {BIRTHDAY, ANNIVERSARY}], asked)


def _task_items(tasks: list[Task], asked: Asked) -> list[Item]:
    signals = _signals([task.customer_id for task in tasks if task.customer_id], asked)
    return [
        Item(
            kind=TASK,
            key=task.key or f"{TASK}:{task.pk}:",
            reason={"code": TASK, "due_on": task.due_on, "note": task.note},
            customer=task.customer,
            signal=signals.get(task.customer_id),
            task=task,
        )
        for task in tasks
    ]


def _of_owner(rows: QuerySet, asked: Asked, *, path: str) -> QuerySet:
    return rows if asked.owner is None else rows.filter(**{path: asked.owner})


def _most_valuable(pairs: list[tuple[int, Any]], asked: Asked) -> list[tuple[Any, CustomerSignal | None]]:
    signals = _signals([customer_id for customer_id, _thing in pairs], asked)
    ranked = [(thing, signals.get(customer_id)) for customer_id, thing in pairs]
    return sorted(ranked, key=lambda pair: pair[1].value_rank or 10**12 if pair[1] else 10**12)


def _signals(customer_ids: Iterable[int], asked: Asked) -> dict[int, CustomerSignal]:
    ids = set(customer_ids)
    if not ids or asked.generation is None:
        return {}
    signals = CustomerSignal.objects.filter(generation=asked.generation, customer__in=ids)
    return {signal.customer_id: signal for signal in signals}


def _not_taken_up(found: list[Item], *, today: date) -> list[Item]:
    done_with = activity.taken_up([item.key for item in found if item.kind != TASK], today=today)
    return [item for item in found if item.key not in done_with]


def _with_people(found: list[Item]) -> list[Item]:
    """Add whom to call: the decision maker, or else whoever has a number."""
    ids = {item.customer.pk for item in found if item.customer and item.person is None}
    best: dict[int, ContactPerson] = {}
    for person in ContactPerson.objects.filter(customer__in=ids).order_by("pk"):
        known = best.get(person.customer_id)
        if known is None or _weight(person) > _weight(known):
            best[person.customer_id] = person
    return [
        replace(item, person=best.get(item.customer.pk)) if item.customer and item.person is None else item
        for item in found
    ]


def _weight(person: ContactPerson) -> tuple[bool, bool]:
    return bool(person.phone), person.role == ContactPerson.Role.DECISION_MAKER


def months_before(on: date, months: int) -> date:
    """Go back so many months, to the same day or the last of a shorter month."""
    number = on.year * 12 + on.month - 1 - months
    year, month = divmod(number, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(on.day, last))
