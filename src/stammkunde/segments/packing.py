"""
Changes of groups that are long past: who came and who left on which day stays for ever, packed by month.

A row of `SegmentChange` older than 400 days is packed once the same customer has a later one in that group; the last
one of each customer stays a row, as it says since when, and why. Causes of what is packed are gone.
"""

import zlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from stammkunde.segments.models import PastMonth, Segment, SegmentChange, SegmentVersion

KEPT = timedelta(days=400)  # a year and the days around it, for figures of the year before
AT_ONCE = 5_000
_LOOKED = "segments:packed"
_ROW = np.dtype([("customer", "<i8"), ("day", "u1"), ("is_in", "u1")])
Rows = npt.NDArray[np.void]


def sweep(*, now: datetime) -> bool:
    """Pack some of what is old, looking once a day; say whether there was any. Safe to run twice, and to kill."""
    if cache.get(_LOOKED):
        return False
    before = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date() - KEPT
    some = list(_old(before).order_by("version__segment_id", "pk")[:AT_ONCE])
    for segment_id, rows in groupby(some, key=lambda one: one.version.segment_id):
        _pack(segment_id, list(rows))
    if not some:
        cache.set(_LOOKED, True, timeout=86_400)
    return bool(some)


def _old(before: date) -> QuerySet[SegmentChange]:
    later = SegmentChange.objects.filter(
        customer_id=OuterRef("customer_id"), version__segment=OuterRef("version__segment"), pk__gt=OuterRef("pk")
    )
    newer = SegmentVersion.objects.filter(
        segment=OuterRef("version__segment"), number__gt=OuterRef("version__number"), state__isnull=False
    )
    is_below = Q(version__state__change_id__gte=F("pk")) | Exists(newer)  # what is on top of a state is read with it
    return SegmentChange.objects.filter(is_below, Exists(later), on__lt=before).select_related("version")


@transaction.atomic
def _pack(segment_id: int, rows: list[SegmentChange]) -> None:
    Segment.objects.select_for_update().get(pk=segment_id)
    there = set(SegmentChange.objects.filter(pk__in=[one.pk for one in rows]).values_list("pk", flat=True))
    left = sorted((one for one in rows if one.pk in there), key=lambda one: (one.on.replace(day=1), one.pk))
    for month, some in groupby(left, key=lambda one: one.on.replace(day=1)):
        found, _made = PastMonth.objects.get_or_create(segment_id=segment_id, month=month, defaults={"changes": b""})
        new = np.array([(one.customer_id, one.on.day, one.is_in) for one in some], dtype=_ROW)
        found.changes = zlib.compress(np.concatenate([_read(found), new]).tobytes(), 9)
        found.save()
    SegmentChange.objects.filter(pk__in=there).delete()


def _read(one: PastMonth) -> Rows:
    packed = bytes(one.changes)
    return np.frombuffer(zlib.decompress(packed) if packed else b"", dtype=_ROW)


def forwards(segment_id: int, *, after: date) -> Iterator[tuple[int, date, bool]]:
    """Give what is packed of a group's changes after a day, the earliest first: who, on which day, came or left."""
    months = PastMonth.objects.filter(segment=segment_id, month__gte=after.replace(day=1)).order_by("month")
    for one in months.iterator():
        for row in _read(one):
            on = one.month.replace(day=int(row["day"]))
            if on > after:
                yield int(row["customer"]), on, bool(row["is_in"])


def backwards(segment_id: int, *, after: date) -> Iterator[tuple[int, bool]]:
    """Give what is packed of a group's changes after a day, the latest first."""
    months = PastMonth.objects.filter(segment=segment_id, month__gte=after.replace(day=1)).order_by("-month")
    for one in months.iterator():
        rows = _read(one)
        later = rows[rows["day"] > after.day] if one.month == after.replace(day=1) else rows
        yield from ((int(row["customer"]), bool(row["is_in"])) for row in later[::-1])
