"""
What a refresh may take over from the shown generation: the figures of periods that ended before anything changed.

A figure depends on the purchases until its period ends, on the properties of the customers, and on the program that
counts it. Where no customer, no owner's name, no earlier month and nothing of `insight` has changed, it is the same
figure. The A/B/C class looks at everything until today, and which channels are large at all lines: figures by these are
counted anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from stammkunde.insight import periods
from stammkunde.mirror import Manifest
from stammkunde.mirror.versions import differing, is_whole, starting
from stammkunde.signals import margins
from stammkunde.signals.models import Figure, Generation
from stammkunde.signals.policy import SAID
from stammkunde.store import changes
from stammkunde.store.kept import program

COUNTED_ANEW = frozenset({"class", "channel"})
COLUMNS = (
    "kpi, period, slice_by, slice_value, value, numerator, denominator, n, reason, remark, coverage"  # all but the keys
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Figures to take over: of these periods, but not by those slice columns."""

    periods: frozenset[str] = frozenset()
    anew: frozenset[str] = frozenset({"class"})


def mark(generation: Generation, *, manifest: Manifest, channels: list[str]) -> dict[str, Any]:
    """Note what a later refresh must know to take figures over."""
    versions = {"versions": manifest.versions, "program": program("insight")}
    return {**generation.checkpoint, **versions, "channels": sorted(channels)}


def kept(former: Generation | None, now: Generation, *, manifest: Manifest) -> Kept:
    """Name the figures that are still true."""
    if former is None or former.activity_days != now.activity_days or margins.of(former) != margins.of(now):
        return Kept()
    if former.checkpoint.get("program") != program("insight") or "versions" not in former.checkpoint:
        return Kept()
    changed = _changed(former.checkpoint["versions"], manifest.versions, margins.of(now))
    if any(map(is_whole, changed)):
        return Kept()
    until = min(former.as_of_on, now.as_of_on)
    stored = Figure.objects.filter(generation=former, slice_by="").values_list("period", flat=True).distinct()
    same_channels = former.checkpoint.get("channels") == now.checkpoint["channels"]
    return Kept(
        periods=frozenset(text for text in stored if _is_kept(periods.parse(text), until=until, changed=changed)),
        anew=frozenset({"class"} if same_channels else {"class", "channel"}),
    )


def _changed(before: Mapping[str, int], after: Mapping[str, int], margin: margins.Terms | None) -> set[str]:
    if margin is None:
        return differing(starting(before), starting(after))
    return differing(margins.reads(margin, before), margins.reads(margin, after))


def _is_kept(period: periods.Period, *, until: date, changed: set[str]) -> bool:
    last_month = f"{period.end_on:%Y-%m}"
    return period.end_on <= until and all(changes.split(part)[1] > last_month for part in changed)


def copy(former: Generation, now: Generation, *, kept: Kept) -> None:
    """Copy the kept figures, one slice column a transaction; what was said in its time is handed on by `said`."""
    slices = Figure.objects.filter(generation=former).exclude(slice_by__in=kept.anew)
    marks, said = (", ".join(["%s"] * len(names)) for names in (kept.periods, SAID))
    sql = (
        f"INSERT INTO signals_figure (generation_id, {COLUMNS}) SELECT %s, {COLUMNS} FROM signals_figure "  # noqa: S608
        f"WHERE generation_id = %s AND slice_by = %s AND period IN ({marks}) AND kpi NOT IN ({said}) "
        "ORDER BY id"  # as they stood there, whichever way the database finds them
    )
    for by in slices.values_list("slice_by", flat=True).distinct().order_by("slice_by"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [now.pk, former.pk, by, *sorted(kept.periods), *SAID])
