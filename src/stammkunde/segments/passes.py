"""
Working groups out for everybody, after each refresh, over the mirror; `following` does it for a few within a minute.

Whoever comes or goes is judged by the last state that was stored, never by what is so now: after a standstill, nobody
enters twice. Changes are written in batches and the state after them: a pass that is killed goes on with those left.
The mirror is as old as its last build: who was looked at over the database since is looked at there again.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

import numpy as np
from django.db import transaction
from django.db.models import Max

from stammkunde import mirror
from stammkunde.customers.models import Customer
from stammkunde.insight import rules
from stammkunde.insight.periods import day_number
from stammkunde.insight.rules import Known, Rule, World
from stammkunde.mirror.manifest import Manifest, moment
from stammkunde.segments import aside, bits, changing, latest, many, membership, scores, vocabulary, worlds
from stammkunde.segments.bits import Ids
from stammkunde.segments.changing import Cause
from stammkunde.segments.many import Everybody
from stammkunde.segments.models import Recent, SegmentChange, SegmentState, SegmentVersion
from stammkunde.segments.worlds import Asking, Days
from stammkunde.signals.models import Generation
from stammkunde.store import bulk
from stammkunde.store.models import Touched

AT_ONCE = 25  # rules in one pass over everybody: few enough for a gigabyte at a million customers
Tell = Callable[[str, int, int], None]
Save = Callable[[], None]  # renews the claim, or raises: whoever lost it writes nothing


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One pass over everybody: by which mirror and generation, from which days, and who is left to the database."""

    manifest: Manifest
    generation: Generation | None  # None: of an evening that is past, of which no night is kept
    days: Days
    now: datetime
    known: Known
    apart: Ids
    highest: int
    everybody: Everybody
    save: Save

    @property
    def night(self) -> int:
        """Number the night as of which it is; 0 where none is kept."""
        return self.generation.pk if self.generation else 0


def due(generation: Generation) -> list[SegmentVersion]:
    """List the versions that are not worked out by a generation, but for those that cannot be read any more."""
    found = latest.versions().exclude(state__generation=generation.pk).defer("state__bits")
    late = aside.without(found, generation_id=generation.pk)
    return list(latest.readable(late)) if late else []


def _generation(version: SegmentVersion) -> int | None:
    state: SegmentState | None = getattr(version, "state", None)
    return state.generation if state else None


def _touched() -> set[int]:
    found = Touched.objects.exclude(customer_id=None).values_list("customer_id", flat=True)
    return {pk for pk in found if pk is not None}


def work_out(some: Sequence[SegmentVersion], *, generation: Generation, now: datetime, tell: Tell, save: Save) -> None:
    """
    Work versions out over the mirror, in chunks; each is stored by itself. Repeating is harmless.

    :raises LostLease: if the claim is another's by now
    """
    one = _pass(generation, now=now, save=save)
    readable = aside.without_circles(latest.readable(some, one.known), generation_id=generation.pk)
    done = 0
    for level in changing.levels(readable):
        for start in range(0, len(level), AT_ONCE):
            tell("groups", done, len(readable))
            chunk = {version: readable[version] for version in level[start : start + AT_ONCE]}
            aside.ask(chunk, lambda some: _chunk(some, one), generation_id=generation.pk)
            done += len(chunk)
    _after(one, is_refreshed=any(_generation(version) is not None for version in some))


def work_out_as_of(some: Sequence[SegmentVersion], *, on: date, now: datetime) -> None:
    """
    Work versions out as of an evening that is past, by facts of which some came later, as `signals.nights` does.

    Evenings come in order; between them nothing but time goes by. What models say is not known of them: versions that
    ask for it wait for a refresh.
    """
    one = replace(_pass(None, now=now, save=_freely), days=Days(today=on), apart=np.empty(0, dtype=np.int64))
    readable = latest.readable(some, one.known)
    _chunk({version: rule for version, rule in readable.items() if not scores.leaves([rule])}, one)


def _freely() -> None:
    """Write without a claim: where nobody else works groups out."""


def _pass(generation: Generation | None, *, now: datetime, save: Save) -> Pass:
    manifest = mirror.read()
    if manifest is None:
        raise mirror.NoMirror
    built_at = moment(manifest.built_at)
    apart = {*Recent.objects.filter(at__gte=built_at).values_list("customer_id", flat=True), *_touched()}
    return Pass(
        manifest=manifest,
        generation=generation,
        days=worlds.days(now=now),
        now=now,
        known=vocabulary.known(),
        apart=np.fromiter(sorted(apart), dtype=np.int64, count=len(apart)),
        highest=Customer.objects.aggregate(last=Max("pk"))["last"] or 0,
        everybody=many.read(),
        save=save,
    )


def _chunk(chunk: Mapping[SegmentVersion, Rule], one: Pass) -> None:
    uses = [rules.uses(rule) for rule in chunk.values()]
    members = membership.of_names({name for use in uses for name in use.members})
    asking = Asking(known=one.known, uses=uses, days=one.days, members=members)
    tables = mirror.tables(one.manifest)
    world = worlds.of_all(asking, tables=tables, generation=one.generation)
    if one.generation is None:
        world = world.as_of(day_number(one.days.today))
    asked = scores.leaves(chunk.values())
    scores.answer(asked, world, generation_id=one.night, save=one.save)
    limits = rules.bounds(chunk.values(), world)
    world = replace(worlds.with_members(world, scores.members(asked)), bounds=limits)
    stands = {str(version.pk): rule for version, rule in chunk.items()}
    stands = scores.held(stands)
    found = worlds.answers(stands, world)
    former = {version: _former(version) for version in chunk}
    before = _by_former_days(stands, former, found, world, one)
    for version, rule in chunk.items():
        now_in = _but_for(found[str(version.pk)], former[version], one.apart)
        own = {
            rules.digest(leaf): limits[rules.digest(leaf)]
            for leaf in rules.leaves(rule)
            if rules.digest(leaf) in limits
        }
        _store(version, now_in, former=former[version], by_time=before.get(str(version.pk)), bounds=own, one=one)


@dataclass(frozen=True, kw_only=True)
class Former:
    """What was stored last of a group: by this version, or by the one before."""

    state: SegmentState
    ids: Ids
    is_same: bool


def _former(version: SegmentVersion) -> Former | None:
    state = membership.state_of(version.segment_id)
    if state is None:
        return None
    is_same, ids = state.version_id == version.pk, membership.of(state)
    return Former(state=state, ids=ids if is_same else membership.changed(ids, version.pk), is_same=is_same)


def _but_for(found: Ids, former: Former | None, apart: Ids) -> Ids:
    """Leave those who are looked at over the database as they were."""
    if former is None or not former.is_same or not len(apart):
        return found
    return np.union1d(np.setdiff1d(found, apart), np.intersect1d(former.ids, apart))


def _by_former_days(
    stands: Mapping[str, Rule],
    former: Mapping[SegmentVersion, Former | None],
    found: Mapping[str, Ids],
    world: World,
    one: Pass,
) -> dict[str, Ids]:
    """Tell who would be in it if only the days were as before: whoever changes nevertheless, time has moved."""
    states = {str(version.pk): then for version, then in former.items() if then and then.is_same}
    if one.generation is None:
        return {name: then.ids for name, then in states.items()}
    changed = [np.setxor1d(found[name], then.ids) for name, then in states.items()]
    ids = np.unique(np.concatenate(changed)) if changed else np.empty(0, dtype=np.int64)
    if not len(ids) or all(
        then.state.as_of_on == one.days.today and then.state.until == one.days.as_dict() for then in states.values()
    ):
        return {}
    then = next(iter(states.values())).state
    past = worlds.with_days(worlds.some(world, ids), today=then.as_of_on, until=then.until)
    return worlds.answers({name: stands[name] for name in states}, past)


def _store(
    version: SegmentVersion,
    now_in: Ids,
    *,
    former: Former | None,
    by_time: Ids | None,
    bounds: Mapping[str, float | int | None],
    one: Pass,
) -> None:
    """Write the changes that lead to a version's state, then the state; repeating goes on with those that are left."""
    if former is not None:
        _write_paced(_changes(version, now_in, former=former, by_time=by_time, one=one), one.save)
    _store_state(version, now_in, bounds=bounds, one=one)


def _write_paced(changes: Iterator[SegmentChange], save: Save) -> None:
    """Write changes in batches, each a short transaction, so that others get their turn."""
    pace = bulk.Pace()
    while some := list(islice(changes, pace.rows)):
        began = time.monotonic()
        with transaction.atomic():
            changing.write(some)
            save()
        pace.note(time.monotonic() - began)
        bulk.rest(time.monotonic() - began)


@transaction.atomic
def _store_state(version: SegmentVersion, now_in: Ids, *, bounds: Mapping[str, float | int | None], one: Pass) -> None:
    last = SegmentChange.objects.filter(version=version).aggregate(last=Max("pk"))["last"] or 0
    SegmentState.objects.update_or_create(
        version=version,
        defaults={
            "generation": one.night,
            "as_of_on": one.days.today,
            "until": one.days.as_dict(),
            "at": one.now,
            "highest": one.highest,
            "change_id": last,
            "bits": bits.packed(now_in),
            "n": len(now_in),
            "bounds": dict(bounds),
        },
    )
    SegmentVersion.objects.filter(pk=version.pk, began_at=None).update(began_at=one.now)
    one.save()


def _changes(
    version: SegmentVersion, now_in: Ids, *, former: Former, by_time: Ids | None, one: Pass
) -> Iterator[SegmentChange]:
    came, left = np.setdiff1d(now_in, former.ids), np.setdiff1d(former.ids, now_in)
    there = changing.there([*came.tolist(), *left.tolist()])
    moved = set() if by_time is None else _moved_by_time(by_time, former.ids, [*came.tolist(), *left.tolist()])
    for ids, is_in in ((came, True), (left, False)):
        for pk in ids.tolist():
            cause = _cause(pk, former=former, is_there=pk in there, is_time=pk in moved, one=one)
            source = one.everybody.because if cause in (Cause.FACT, Cause.UNDONE) else ""
            yield changing.change(version, pk, is_in=is_in, cause=cause, source=source, now=one.now)


def _cause(pk: int, *, former: Former, is_there: bool, is_time: bool, one: Pass) -> Cause:
    if not is_there:
        return Cause.UNDONE if one.everybody.undone else Cause.ERASED
    if not former.is_same:
        return Cause.RULE
    if pk > former.state.highest:
        return Cause.NEW
    if is_time:
        return Cause.TIME
    return Cause.UNDONE if one.everybody.undone else Cause.FACT


def _moved_by_time(by_time: Ids, former: Ids, changed: list[int]) -> set[int]:
    """Tell who would be as before if the days were."""
    then, before = set(by_time.tolist()), set(former.tolist())
    return {pk for pk in changed if (pk in then) == (pk in before)}


@transaction.atomic
def _after(one: Pass, *, is_refreshed: bool) -> None:
    """Hand those who were left apart to the database again, and forget what the mirror knows by now."""
    built_at = moment(one.manifest.built_at)
    again = Recent.objects.filter(at__gte=built_at).values_list("customer_id", flat=True)
    known = _touched()
    Touched.objects.bulk_create(
        [Touched(customer_id=pk, because="") for pk in again if pk not in known], batch_size=500
    )
    Recent.objects.all().delete()
    if is_refreshed:
        many.forget(one.everybody)
        scores.forget()
    one.save()


def forget(manifest: Manifest) -> None:
    """Forget whom the mirror knows by now as the database did; and while there is no group, what was noted of many."""
    Recent.objects.filter(at__lt=moment(manifest.built_at)).delete()
    if not latest.versions().exists():
        Touched.objects.filter(customer_id=None).delete()
