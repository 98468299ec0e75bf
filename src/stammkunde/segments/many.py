"""
What is told of so many customers that they are not named, up to where the mirror knows it.

Whoever tells late, and has an earlier number, is not among those that were there: she is left for the next time.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from stammkunde.segments import changing
from stammkunde.segments.models import Passing
from stammkunde.store.models import Touched


@dataclass(frozen=True, kw_only=True)
class Everybody:
    """Facts about so many customers that they are not named: what they were, for the cause of a change."""

    because: str = ""
    told: tuple[int, ...] = ()  # the rows that told so

    @property
    def undone(self) -> bool:
        return changing.is_undone(self.because)


def note() -> None:
    """Note what is told of many by now, before the mirror is read: it will be in it."""
    Passing.objects.filter(pk=1).update(told=list(_rows().values_list("pk", flat=True)))


def read() -> Everybody:
    """Read what is told of many, as far as the mirror has it: the last, and an undoing only where nothing else is."""
    told = Passing.objects.values_list("told", flat=True).first() or []
    rows = list(_rows().filter(pk__in=told).values_list("pk", "because"))
    if not rows:
        return Everybody()
    because = changing.decides([because for _pk, because in rows])
    return Everybody(because=because, told=tuple(pk for pk, _because in rows))


def _rows() -> "QuerySet[Touched]":
    return Touched.objects.filter(customer_id=None).order_by("pk")


def forget(one: Everybody) -> None:
    """Take out what everybody was worked out by."""
    Touched.objects.filter(pk__in=one.told).delete()
