"""One thing to do today, and for whom the list is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.intake.models import Import
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.tasks import queries as tasks
from stammkunde.tasks.models import Task
from stammkunde.tasks.policy import Lengths, at_stake
from stammkunde.tasks.services import Suggestion
from stammkunde.team.models import Staff

Row = TypeVar("Row", bound=Model)

RISK, OVERDUE, SILENT = "risk", "overdue", "silent"
BIRTHDAY, ANNIVERSARY, IMPORT, TASK = "birthday", "anniversary", "import", "task"
RANKED = (RISK, OVERDUE, SILENT)
CHUNK = 60
SECTIONS = ("tasks", "risk", "silence", "wishes", "imports")  # in the order in which they are shown
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
    incoming: Import | None = None
    minutes: int = 0  # that it is given

    @property
    def section(self) -> str:
        if self.is_ranked:
            return "silence" if self.at_risk_cents is None else "risk"
        return _SECTION_OF[self.kind]

    @property
    def is_ranked(self) -> bool:
        """Tell whether it stands here for what may be lost."""
        return self.kind in RANKED

    @property
    def stake_cents(self) -> int | None:
        """What a year of this customer is worth: margin where costs are known, otherwise revenue."""
        return self.signal.yearly_cents if self.signal else None

    @property
    def at_risk_cents(self) -> int | None:
        """What of it is in danger; None where no risk is known."""
        return self.signal.margin_at_risk_cents if self.signal else None

    def rate(self, *, usual_days: int) -> float:
        """Give the cents in danger for each minute that the contact is given."""
        need: float | None = self.at_risk_cents
        if need is None and self.signal:
            silent_days, gap_days = self.signal.silent_days or 0, self.signal.gap_days or usual_days
            need = at_stake(self.stake_cents or 0, silent_days=silent_days, usual_days=gap_days)
        return (need or 0) / max(self.minutes, 1)

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
    lengths: Lengths  # how long a contact is useful
    plan: Mapping[int, int] = field(default_factory=dict)  # minutes a month, by customer

    def contact_minutes(self, customer_id: int) -> int:
        return self.lengths.contact(self.plan.get(customer_id, 0))


def of_owner(rows: QuerySet[Row], asked: Asked, *, path: str) -> QuerySet[Row]:
    return rows if asked.owner is None else rows.filter(**{path: asked.owner})


def most_valuable(pairs: list[tuple[int, Row]], asked: Asked) -> list[tuple[Row, CustomerSignal | None]]:
    signals = signals_of([customer_id for customer_id, _thing in pairs], asked)
    ranked = [(thing, signals.get(customer_id)) for customer_id, thing in pairs]
    return sorted(ranked, key=lambda pair: pair[1].value_rank or 10**12 if pair[1] else 10**12)


def signals_of(customer_ids: Iterable[int], asked: Asked) -> dict[int, CustomerSignal]:
    ids = set(customer_ids)
    if not ids or asked.generation is None:
        return {}
    signals = CustomerSignal.objects.filter(generation=asked.generation, customer__in=ids)
    return {signal.customer_id: signal for signal in signals}


def not_taken_up(found: list[Item], *, today: date) -> list[Item]:
    done_with = tasks.taken_up([item.key for item in found if item.kind != TASK], today=today)
    return [item for item in found if item.key not in done_with]
