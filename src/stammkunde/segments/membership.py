"""
Who is in a group of customers: now, on a past day, since when, and who came and left.

A group's state holds everybody as of the last pass; the changes after it are on top. Walking changes backwards leads to
any day since recording began.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from stammkunde.insight import rules
from stammkunde.insight.periods import day, day_number
from stammkunde.insight.rules import Rule
from stammkunde.segments import bits, latest, packing
from stammkunde.segments.bits import Ids
from stammkunde.segments.models import Segment, SegmentChange, SegmentState, SegmentVersion

PREFIX = "segment:"


@dataclass(frozen=True, kw_only=True)
class Since:
    """Since when somebody is in a group; `at_least`: she was in it when recording began."""

    on: date
    at_least: bool
    cause: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Day:
    """How many came and left on a day; `by_rule` of them because the rule was changed."""

    on: date
    entered: int
    left: int
    by_rule: int


def state_of(segment_id: int) -> SegmentState | None:
    """Give the state that counts: of the latest version that was worked out; None: of none yet."""
    states = SegmentState.objects.filter(version__segment=segment_id).select_related("version")
    return states.order_by("-version__number").first()


def size(segment_id: int) -> int | None:
    """Count who is in a group; None while nobody has worked it out."""
    state = state_of(segment_id)
    return None if state is None else state.n


def members(segment_id: int) -> Ids:
    """Give the numbers of all who are in a group, in order; nobody while it is not worked out."""
    state = state_of(segment_id)
    return bits.read(bits.NOBODY) if state is None else of(state)


def of(state: SegmentState) -> Ids:
    """Give who is in it by a state and the changes on top of it."""
    return _with(bits.read(bytes(state.bits)), _on_top(state))


def _on_top(state: SegmentState) -> Iterable[tuple[int, bool]]:
    changes = SegmentChange.objects.filter(version=state.version_id, pk__gt=state.change_id).order_by("pk")
    return changes.values_list("customer_id", "is_in").iterator()


def _with(ids: Ids, changes: Iterable[tuple[int, bool]]) -> Ids:
    last = dict(changes)
    if not last:
        return ids
    kept = ids[~np.isin(ids, np.fromiter(last, dtype=np.int64))]
    come = np.fromiter((pk for pk, is_in in last.items() if is_in), dtype=np.int64)
    return np.union1d(kept, come)


def changed(ids: Ids, version_id: int) -> Ids:
    """Give who is in it with the changes of a version that has no state yet."""
    changes = SegmentChange.objects.filter(version=version_id).order_by("pk")
    return _with(ids, changes.values_list("customer_id", "is_in").iterator())


def bounds(rule: Rule) -> dict[str, Any]:
    """Give from which value on somebody is among the top or bottom of a rule's questions, by the last pass."""
    names = [rules.digest(leaf) for leaf in rules.leaves(rule)]
    states = SegmentState.objects.filter(bounds__has_any_keys=names).order_by("generation", "pk")
    return {name: one[name] for one in states.values_list("bounds", flat=True) for name in names if name in one}


def of_names(names: Iterable[str]) -> dict[str, Ids]:
    """Give the members that rules ask for by name: `segment:12`."""
    return {name: members(int(name.removeprefix(PREFIX))) for name in names if name.startswith(PREFIX)}


def began_at(segment_id: int) -> datetime | None:
    """Tell since when who is in a group is recorded."""
    found: datetime | None = SegmentVersion.objects.filter(segment=segment_id).aggregate(at=Min("began_at"))["at"]
    return found


def members_on(segment_id: int, on: date) -> Ids | None:
    """Give who was in a group on the evening of a day; None: it was not recorded yet."""
    began = began_at(segment_id)
    if began is None or timezone.localdate(began) > on:
        return None
    later = _changes(segment_id).filter(on__gt=on).order_by("-pk").values_list("customer_id", "is_in")
    backwards = chain(later.iterator(), packing.backwards(segment_id, after=on))
    return _with(members(segment_id), ((pk, not is_in) for pk, is_in in backwards))


def was_in(segment_id: int, customers: Ids, evenings: Ids) -> npt.NDArray[np.float64]:
    """
    Tell of each customer whether she was in a group on an evening, as it was recorded then: 1 or 0.

    Days are numbered since 1970-01-01, an evening a customer; not a number: it was not recorded yet.
    """
    began, found = began_at(segment_id), np.full(len(customers), np.nan)
    if began is None or not len(customers):
        return found
    is_known = evenings >= day_number(timezone.localdate(began))
    if not is_known.any():
        return found
    after = day(int(evenings[is_known].min()))
    later = _changes(segment_id).filter(on__gt=after).order_by("on", "pk").values_list("customer_id", "on", "is_in")
    rows = [
        (customer, day_number(on), is_in)
        for customer, on, is_in in chain(packing.forwards(segment_id, after=after), later.iterator())
    ]
    now_in = np.isin(customers, members(segment_id))
    found[is_known] = _undone(rows, customers, evenings, now_in)[is_known]
    return found


def _undone(
    rows: list[tuple[int, int, bool]], customers: Ids, evenings: Ids, now_in: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Give what was so before the first change after each evening; what is so now where there is none."""
    if not rows:
        return now_in
    who, on, is_in = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    order = np.lexsort((np.arange(len(who)), on, who))
    who, on, is_in = who[order], on[order], is_in[order]
    changed, place = np.unique(who, return_index=True)
    was = now_in.copy()
    for row in np.flatnonzero(np.isin(customers, changed)):
        first = int(place[np.searchsorted(changed, customers[row])])
        last = first + int(np.searchsorted(who[first:], customers[row], side="right"))
        at = first + int(np.searchsorted(on[first:last], evenings[row], side="right"))
        if at < last:
            was[row] = not is_in[at]
    return was


def _changes(segment_id: int) -> QuerySet[SegmentChange]:
    return SegmentChange.objects.filter(version__segment=segment_id)


def days(segment_id: int, *, since: date) -> list[Day]:
    """Count who came and who left, day by day, the latest first."""
    counted = (
        _changes(segment_id)
        .filter(on__gte=since)
        .values("on")
        .annotate(
            entered=Count("pk", filter=Q(is_in=True)),
            left=Count("pk", filter=Q(is_in=False)),
            by_rule=Count("pk", filter=Q(cause=SegmentChange.Cause.RULE)),
        )
        .order_by("-on")
    )
    return [Day(**one) for one in counted]


def since(segment_id: int, customer_id: int) -> Since | None:
    """Tell since when somebody is in a group; None: she is not."""
    last = _changes(segment_id).filter(customer_id=customer_id).order_by("-pk").first()
    if last is not None:
        return Since(on=last.on, at_least=False, cause=last.cause, source=last.source) if last.is_in else None
    began = began_at(segment_id)
    if began is None or customer_id not in _among(state_of(segment_id), [customer_id]):
        return None
    return Since(on=timezone.localdate(began), at_least=True)


def _among(state: SegmentState | None, customer_ids: list[int]) -> set[int]:
    return among(state, customer_ids) if state else set()


def among(state: SegmentState, customer_ids: Iterable[int]) -> set[int]:
    """Tell which of some customers are in it by a state and the changes on top of it."""
    wanted = list(customer_ids)
    there = bits.among(bytes(state.bits), wanted)
    changes = SegmentChange.objects.filter(
        version=state.version_id, pk__gt=state.change_id, customer_id__in=wanted
    ).order_by("pk")
    for customer_id, is_in in changes.values_list("customer_id", "is_in"):
        (there.add if is_in else there.discard)(customer_id)
    return there


def of_customer(customer_id: int) -> list[tuple[Segment, Since]]:
    """List the groups with a name that somebody is in, and since when, in a few queries for all of them."""
    versions = [one for one in latest.versions() if one.segment.name]
    changes = SegmentChange.objects.filter(customer_id=customer_id).select_related("version").order_by("pk")
    last = {one.version.segment_id: one for one in changes}
    firsts = SegmentVersion.objects.order_by().values_list("segment").annotate(at=Min("began_at"))
    began = dict(firsts.filter(segment__in=[one.segment_id for one in versions]))
    found = ((one.segment, _since(one, customer_id, last.get(one.segment_id), began)) for one in versions)
    return [(segment, since) for segment, since in found if since]


def _since(
    version: SegmentVersion, customer_id: int, last: SegmentChange | None, began: Mapping[int, datetime | None]
) -> Since | None:
    if last is not None:
        return Since(on=last.on, at_least=False, cause=last.cause, source=last.source) if last.is_in else None
    state, at = _own_state(version), began.get(version.segment_id)
    if at is None or state is None or customer_id not in bits.among(bytes(state.bits), [customer_id]):
        return None
    return Since(on=timezone.localdate(at), at_least=True)


def _own_state(version: SegmentVersion) -> SegmentState | None:
    found: SegmentState | None = getattr(version, "state", None)
    return found or state_of(version.segment_id)
