"""
Working groups out: everybody after each refresh, over the mirror; the touched within a minute, over the database.

Whoever comes or goes is judged by the last state that was stored, never by what is so now: after a standstill, nobody
enters twice. Changes are written in batches and the state after them: a pass that is killed goes on with those left.
The mirror is as old as its last build: who was looked at over the database since is looked at there again.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import islice

import numpy as np
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from stammkunde import mirror
from stammkunde.customers.models import Customer
from stammkunde.insight import rules
from stammkunde.insight.periods import day_number
from stammkunde.insight.rules import Known, Rule, World
from stammkunde.mirror.manifest import Manifest, moment
from stammkunde.segments import aside, bits, latest, membership, scores, vocabulary, worlds
from stammkunde.segments.bits import Ids
from stammkunde.segments.models import Passing, Recent, SegmentChange, SegmentState, SegmentVersion
from stammkunde.segments.worlds import Asking, Days
from stammkunde.signals.models import Generation
from stammkunde.store import bulk, touched
from stammkunde.store.models import Touched

AT_ONCE = 25  # rules in one pass over everybody: few enough for a gigabyte at a million customers
TOUCHED_AT_ONCE = 2_000
Cause = SegmentChange.Cause
Tell = Callable[[str, int, int], None]
Save = Callable[[], None]  # renews the claim, or raises: whoever lost it writes nothing


@dataclass(frozen=True, kw_only=True)
class Everybody:
    """Facts about so many customers that they are not named: what they were, for the cause of a change."""

    because: str = ""
    last: int = 0  # the row that told so last

    @property
    def undone(self) -> bool:
        return _is_undone(self.because)


def _is_undone(because: str) -> bool:
    return because.startswith("undo:")


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


# --- everybody


def work_out(some: Sequence[SegmentVersion], *, generation: Generation, now: datetime, tell: Tell, save: Save) -> None:
    """
    Work versions out over the mirror, in chunks; each is stored by itself. Repeating is harmless.

    :raises LostLease: if the claim is another's by now
    """
    one = _pass(generation, now=now, save=save)
    readable = aside.without_circles(latest.readable(some, one.known), generation_id=generation.pk)
    done = 0
    for level in _levels(readable):
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
        everybody=_everybody(),
        save=save,
    )


def _everybody() -> Everybody:
    """Read what is told of many, as far as the mirror has it: the last, and an undoing only where nothing else is."""
    upto = Passing.objects.values_list("told_upto", flat=True).first() or 0
    told = Touched.objects.filter(customer_id=None, pk__lte=upto).order_by("pk")
    rows = list(told.values_list("pk", "because"))
    if not rows:
        return Everybody()
    return Everybody(because=_decides([because for _pk, because in rows]), last=rows[-1][0])


def _decides(facts: Sequence[str]) -> str:
    """Give the last fact of several; that something was undone, where nothing else is among them."""
    return next((one for one in reversed(facts) if not _is_undone(one)), facts[-1])


def _levels(readable: Mapping[SegmentVersion, Rule]) -> Iterator[list[SegmentVersion]]:
    """Put versions into levels: each asks only for members of groups in levels before."""
    named = {f"segment:{version.segment_id}": version for version in readable}
    depth: dict[str, int] = {}
    for name in rules.in_order({name: readable[version] for name, version in named.items()}):
        below = rules.uses(readable[named[name]]).members & depth.keys()
        depth[name] = 1 + max((depth[one] for one in below), default=-1)
    for level in sorted(set(depth.values())):
        yield [named[name] for name, at in depth.items() if at == level]


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
            _write(some)
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
    there = _there([*came.tolist(), *left.tolist()])
    moved = set() if by_time is None else _moved_by_time(by_time, former.ids, [*came.tolist(), *left.tolist()])
    for ids, is_in in ((came, True), (left, False)):
        for pk in ids.tolist():
            cause = _cause(pk, former=former, is_there=pk in there, is_time=pk in moved, one=one)
            source = one.everybody.because if cause in (Cause.FACT, Cause.UNDONE) else ""
            yield _change(version, pk, is_in=is_in, cause=cause, source=source, now=one.now)


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


def _there(ids: Iterable[int]) -> set[int]:
    """Tell which customers there still are."""
    wanted, found = list(ids), set[int]()
    for start in range(0, len(wanted), 10_000):
        found |= set(Customer.objects.filter(pk__in=wanted[start : start + 10_000]).values_list("pk", flat=True))
    return found


def _change(
    version: SegmentVersion, pk: int, *, is_in: bool, cause: Cause, source: str, now: datetime
) -> SegmentChange:
    return SegmentChange(
        version=version,
        customer_id=pk,
        at=now,
        on=timezone.localdate(now),
        is_in=is_in,
        cause=cause,
        source=source,
    )


def _write(changes: list[SegmentChange]) -> None:
    SegmentChange.objects.bulk_create(changes, batch_size=2000)


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
        Touched.objects.filter(customer_id=None, pk__lte=one.everybody.last).delete()
        scores.forget()
    one.save()


def forget(manifest: Manifest) -> None:
    """Forget whom the mirror knows by now as the database did; and while there is no group, what was noted of many."""
    Recent.objects.filter(at__lt=moment(manifest.built_at)).delete()
    if not latest.versions().exists():
        Touched.objects.filter(customer_id=None).delete()


# --- the touched


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
        _write(changes)
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
    return {customer_id: _decides(some) for customer_id, some in facts.items()}


def _follow(because: Mapping[int, str], *, generation: Generation, now: datetime) -> list[SegmentChange]:
    known = vocabulary.known()
    versions = aside.without(latest.versions().filter(state__isnull=False), generation_id=generation.pk)
    readable = aside.without_circles(latest.readable(versions, known), generation_id=generation.pk)
    changes: list[SegmentChange] = []
    answer = partial(_follow_chunk, because=because, so_far=changes, known=known, generation=generation, now=now)
    for level in _levels(readable):
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
    there = _there(because)
    changes = []
    for version in chunk:
        before = membership.among(version.state, because)
        for pk in sorted(before ^ found[str(version.pk)]):
            cause = _cause_of(because[pk], is_there=pk in there, is_new=pk > version.state.highest)
            source = because[pk] if cause in (Cause.FACT, Cause.UNDONE) else ""
            changes.append(_change(version, pk, is_in=pk not in before, cause=cause, source=source, now=now))
    return changes


def _cause_of(because: str, *, is_there: bool, is_new: bool) -> Cause:
    if _is_undone(because):
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
