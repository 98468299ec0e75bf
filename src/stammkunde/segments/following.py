"""
Following the touched: groups are worked out anew for the customers about whom a fact has changed, over the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

import numpy as np
from django.db import transaction
from django.db.models import F

from stammkunde.insight import rules
from stammkunde.insight.rules import Known, Rule
from stammkunde.segments import aside, changing, latest, membership, scores, vocabulary, worlds
from stammkunde.segments.bits import Ids
from stammkunde.segments.changing import Cause
from stammkunde.segments.models import Recent, SegmentChange, SegmentState, SegmentVersion
from stammkunde.segments.passes import AT_ONCE, Save
from stammkunde.segments.worlds import Asking
from stammkunde.signals.models import Generation
from stammkunde.store import touched
from stammkunde.store.models import Touched

TOUCHED_AT_ONCE = 2_000


def follow(*, generation: Generation, now: datetime, save: Save) -> int:
    """
    Work out groups anew for the customers who were touched, some at once, and tell how many rows that were.

    Their facts are read after the rows that name them, and these are removed together with what follows: whoever is
    touched in between has another row, and whoever kills this loses nothing.

    :raises LostLease: if the claim is another's by now
    """
    rows = list(
        Touched.objects.exclude(customer_id=None)
        .order_by("pk")
        .values_list("pk", "customer_id", "because")[:TOUCHED_AT_ONCE]
    )
    if not rows:
        return 0
    because = _because(rows)
    changes = _follow(because, generation=generation, now=now)
    with transaction.atomic():
        _take_out([pk for pk, _customer_id, _why in rows])
        changing.write(changes)
        touched.note_moved({one.customer_id for one in changes})
        _count(changes)
        Recent.objects.bulk_create(
            [Recent(customer_id=pk, at=now) for pk in because],
            update_conflicts=True,
            update_fields=["at"],
            unique_fields=["customer_id"],
            batch_size=500,
        )
        save()
    return len(rows)


def _because(rows: Iterable[tuple[int, int | None, str]]) -> dict[int, str]:
    facts: dict[int, list[str]] = {}
    for _pk, customer_id, because in rows:
        if customer_id is not None:
            facts.setdefault(customer_id, []).append(because)
    return {customer_id: changing.decides(some) for customer_id, some in facts.items()}


def _follow(because: Mapping[int, str], *, generation: Generation, now: datetime) -> list[SegmentChange]:
    known = vocabulary.known()
    versions = aside.without(latest.versions().filter(state__isnull=False), generation_id=generation.pk)
    readable = aside.without_circles(latest.readable(versions, known), generation_id=generation.pk)
    changes: list[SegmentChange] = []
    answer = partial(_follow_chunk, because=because, so_far=changes, known=known, generation=generation, now=now)
    for level in changing.levels(readable):
        for start in range(0, len(level), AT_ONCE):
            chunk = {version: readable[version] for version in level[start : start + AT_ONCE]}
            for found in aside.ask(chunk, answer, generation_id=generation.pk):
                changes += found
    return changes


def _take_out(ids: list[int]) -> None:
    for start in range(0, len(ids), 500):
        Touched.objects.filter(pk__in=ids[start : start + 500]).delete()


def _count(changes: list[SegmentChange]) -> None:
    more: dict[int, int] = {}
    for one in changes:
        more[one.version_id] = more.get(one.version_id, 0) + (1 if one.is_in else -1)
    for version_id, n in more.items():
        SegmentState.objects.filter(version=version_id).update(n=F("n") + n)


def _follow_chunk(
    chunk: Mapping[SegmentVersion, Rule],
    *,
    because: Mapping[int, str],
    so_far: Sequence[SegmentChange],
    known: Known,
    generation: Generation,
    now: datetime,
) -> list[SegmentChange]:
    uses = [rules.uses(rule) for rule in chunk.values()]
    names = {name for use in uses for name in use.members}
    asked = scores.leaves(chunk.values())
    members = _members(names, because, so_far) | scores.members(asked)
    limits = {name: value for version in chunk for name, value in version.state.bounds.items()}
    asking = Asking(known=known, uses=uses, days=worlds.days(now=now), members=members, bounds=limits)
    stands = scores.held({str(version.pk): rule for version, rule in chunk.items()})
    with worlds.of_few(asking, customer_ids=because, generation=generation) as world:
        found = {name: set(ids.tolist()) for name, ids in worlds.answers(stands, world).items()}
    there = changing.there(because)
    changes = []
    for version in chunk:
        before = membership.among(version.state, because)
        for pk in sorted(before ^ found[str(version.pk)]):
            cause = _cause_of(because[pk], is_there=pk in there, is_new=pk > version.state.highest)
            source = because[pk] if cause in (Cause.FACT, Cause.UNDONE) else ""
            changes.append(changing.change(version, pk, is_in=pk not in before, cause=cause, source=source, now=now))
    return changes


def _cause_of(because: str, *, is_there: bool, is_new: bool) -> Cause:
    if changing.is_undone(because):
        return Cause.UNDONE
    if not is_there:
        return Cause.ERASED
    return Cause.NEW if is_new else Cause.FACT


def _members(names: Iterable[str], ids: Iterable[int], so_far: Sequence[SegmentChange]) -> dict[str, Ids]:
    """Tell which of the touched are members of groups, with what was found a moment ago."""
    found = {}
    for name in names:
        state = membership.state_of(int(name.removeprefix(membership.PREFIX)))
        now_in = membership.among(state, ids) if state else set()
        for one in so_far:
            if state and one.version_id == state.version_id:
                (now_in.add if one.is_in else now_in.discard)(one.customer_id)
        found[name] = np.fromiter(sorted(now_in), dtype=np.int64, count=len(now_in))
    return found
