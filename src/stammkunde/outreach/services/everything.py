"""Leaving some customers alone of everything for a year, so that it can be told what all plays bring together."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from stammkunde.outreach import queries
from stammkunde.outreach.models import Draw
from stammkunde.outreach.services import calling
from stammkunde.outreach.services.holding_out import Drawing, prepare
from stammkunde.store import touched

YEAR_DAYS = 365


def is_over(draw: Draw, *, now: datetime) -> bool:
    """Tell whether its year is over, so that another draw is due."""
    return now >= draw.drawn_at + timedelta(days=draw.window_days)


@transaction.atomic
def begin_year(share: float, *, now: datetime) -> Draw:
    """
    Fix how it is drawn who is left alone of everything for a year, by chance anew; those of the year before are free.

    Nobody is drawn yet (`hold_out`). Repeating within the year changes nothing.
    """
    last = queries.drawn_of_everything()
    if last is not None and not is_over(last, now=now):
        return last
    free_everybody(now=now)
    origin = _origin(timezone.localdate(now).year)
    return prepare(Drawing(origin=origin, share=share, window_days=YEAR_DAYS), now=now)


def year_begins(draw: Draw, *, now: datetime) -> None:
    """Let the year count from the moment at which all were drawn."""
    Draw.objects.filter(pk=draw.pk).update(drawn_at=now)


def leave_in_peace(customer_ids: Collection[int], *, now: datetime) -> None:
    """Take off all lists whom chance left alone of everything; inside the transaction that draws them."""
    calling.leave_alone(customer_ids, now=now)
    touched.note_moved(customer_ids)  # measures take back what they put on lists


def free_everybody(*, now: datetime) -> int:
    """End what leaves customers alone of everything; tell how many draws that were. Nothing drawn is lost."""
    rows = Draw.objects.filter(origin__startswith=Draw.OF_EVERYTHING, ended_at=None)
    return rows.update(ended_at=now) + Draw.objects.filter(origin="", ended_at=None).update(ended_at=now)


def _origin(year: int) -> str:
    first = f"{Draw.OF_EVERYTHING}{year}"
    before = Draw.objects.filter(origin=first).count() + Draw.objects.filter(origin__startswith=f"{first}:").count()
    return f"{first}:{before + 1}" if before else first
