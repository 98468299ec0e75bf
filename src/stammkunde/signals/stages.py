"""
Changes of lifecycle stage between two generations, as rows that stay.

There may be many, so they are written in batches right before the generation is shown. A refresh that is killed there
leaves some behind; the next one clears away those of a later day, and corrects those of the same.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max

from stammkunde.signals import facts
from stammkunde.signals.models import CustomerSignal, Generation, StageChange
from stammkunde.store import bulk

_LATER = (
    "DELETE FROM signals_stagechange WHERE id IN (SELECT id FROM signals_stagechange WHERE changed_on > %s LIMIT %s)"
)
_CORRECT = (
    'UPDATE signals_stagechange SET "after" = (SELECT stage FROM signals_customersignal n '
    "WHERE n.generation_id = %s AND n.customer_id = signals_stagechange.customer_id) "
    "WHERE id IN (SELECT c.id FROM signals_stagechange c JOIN signals_customersignal n "
    'ON n.generation_id = %s AND n.customer_id = c.customer_id WHERE c.changed_on = %s AND n.stage <> c."after" '
    "LIMIT %s)"
)
_NOTE = (
    'INSERT INTO signals_stagechange (customer_id, changed_on, "before", "after") '
    "SELECT n.customer_id, %s, f.stage, n.stage FROM signals_customersignal n "
    "JOIN signals_customersignal f ON f.generation_id = %s AND f.customer_id = n.customer_id "
    "WHERE n.generation_id = %s AND n.stage <> f.stage AND n.customer_id > %s AND n.customer_id <= %s "
    'ON CONFLICT (customer_id, changed_on) DO UPDATE SET "after" = excluded."after"'
)
_BACK_AGAIN = (
    "DELETE FROM signals_stagechange WHERE id IN "
    '(SELECT id FROM signals_stagechange WHERE changed_on = %s AND "before" = "after" LIMIT %s)'
)


def note(former: Generation | None, now: Generation, *, progress: bulk.Progress) -> None:
    """Write down who went from one stage to another since the shown generation. Repeating changes nothing."""
    if former is None:
        return
    on = now.as_of_on
    shown_until = Generation.objects.filter(status=Generation.Status.DONE).aggregate(last=Max("as_of_on"))["last"]
    later = list(StageChange.objects.filter(changed_on__gt=shown_until or on).dates("changed_on", "month"))
    bulk.repeat(_LATER, [shown_until or on])
    bulk.repeat(_CORRECT, [now.pk, now.pk, on])
    last = CustomerSignal.objects.filter(generation=now).aggregate(last=Max("customer_id"))["last"] or 0
    for after, up_to in bulk.cut(last, progress=progress):
        bulk.run(_NOTE, [on, former.pk, now.pk, after, up_to])
    bulk.repeat(_BACK_AGAIN, [on])
    mark([on, *later])


def append(changed: Iterable[tuple[int, str, str]], *, on: date) -> None:
    """Write down who went from one stage to another on an evening; inside the caller's transaction."""
    StageChange.objects.bulk_create(
        StageChange(customer_id=customer_id, changed_on=on, before=before, after=after)
        for customer_id, before, after in changed
    )
    mark([on])


@transaction.atomic
def mark(days: Iterable[date]) -> None:
    """Count a change for the mirror, in the months of these days; it is harmless to count one too many."""
    facts.STAGE_CHANGES.mark({f"{day:%Y-%m}" for day in days})
