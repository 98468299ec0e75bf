"""Of what kinds suggestions are, where they stand, and what figures say of somebody."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from stammkunde.customers import caretakers
from stammkunde.signals.models import CustomerSignal
from stammkunde.tasks.worklist import Asked, Section

Row = TypeVar("Row", bound=Model)

RISK, OVERDUE, SILENT = "risk", "overdue", "silent"
BIRTHDAY, ANNIVERSARY = "birthday", "anniversary"
RANKED = (RISK, OVERDUE, SILENT)
CHUNK = 60
AT_RISK = Section(name="risk", heading=_("At risk, the most for each minute first"), order=20)
SILENCE = Section(name="silence", heading=_("Gone quiet, the most for each minute first"), order=30)
IN_WRITING = Section(name="in_writing", heading=_("At risk, in writing only"), order=35)
NOT_CALLED = Section(name="not_called", heading=_("Not called now, replaced"), order=45, beside=True)
WISHES = Section(name="wishes", heading=_("Birthdays and anniversaries"), order=40, beside=True)


def of_owner(rows: QuerySet[Row], asked: Asked, *, path: str) -> QuerySet[Row]:
    return rows if asked.owner is None else rows.filter(**{f"{path}__in": caretakers.customers_of(asked.owner)})


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
