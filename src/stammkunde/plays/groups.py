"""What measures ask of groups of customers: who came, who is in one, for whom a rule holds. The one place that asks."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from stammkunde.plays import contents
from stammkunde.plays.contents import Branch, Content, Problem
from stammkunde.plays.files import members as named
from stammkunde.plays.models import Play, PlayVersion
from stammkunde.plays.saying import kinds
from stammkunde.segments import holding, latest, membership, wording, worlds
from stammkunde.segments import services as segments
from stammkunde.segments.models import Segment, SegmentChange, SegmentVersion
from stammkunde.segments.nightly import NotKept
from stammkunde.segments.using import Use
from stammkunde.store import facts
from stammkunde.team.models import Staff

BEGINS_NOTHING = (SegmentChange.Cause.RULE, SegmentChange.Cause.ERASED)
ENTRY = "entry"  # a moment, as rules name it
OVER = (Play.Status.STOPPED, Play.Status.DONE)


class UnknownRule(LookupError):
    """A condition asks for something that is not there any more; whatever uses it holds."""


def rule_of(content: Content) -> Any:
    """
    Give the rule of a measure's group; empty: everybody keeps to it.

    :raises UnknownRule: if the group is gone
    """
    if content.group is None:
        return dict(content.rule)
    try:
        return latest.version_of(int(content.group)).rule
    except SegmentVersion.DoesNotExist as gone:
        raise UnknownRule(f"group {content.group}") from gone


def digests(content: Content) -> dict[int, str]:
    """Give the digests of the rules of all groups that a content asks, also by way of others; empty: it is gone."""
    found: dict[int, str] = {}
    ahead = [content.group, *_groups_in(contents.write(content))]
    while ahead:
        pk = ahead.pop()
        if isinstance(pk, int) and pk not in found:
            version = SegmentVersion.objects.filter(segment=pk).order_by("-number").first()
            found[pk] = version.digest if version else ""
            ahead += _groups_in(version.rule if version else {})
    return found


def _groups_in(data: object) -> list[contents.Ref]:
    return [ref for kind, ref in named.names(data) if kind == "group"]


def _used_by(segment_id: int) -> list[str]:
    """Name the measures that ask a group, drafts too, but for those in the archive."""
    away = Q(play__status=Play.Status.DRAFT, play__archived_at__isnull=False)
    versions = PlayVersion.objects.exclude(play__status__in=OVER).exclude(away).select_related("play")
    return sorted({one.play.name for one in versions if one.segment_id == segment_id or _asks(one, segment_id)})


def _asks(version: PlayVersion, segment_id: int) -> bool:
    return segment_id in (version.content.get("group"), *_groups_in(version.content))


def _chosen_from(segment_id: int) -> list[str]:
    """Name the campaigns that choose their customers from a group, until they have."""
    waiting = Play.objects.filter(kind=Play.Kind.CAMPAIGN, chosen_at=None).exclude(status__in=OVER)
    return [one.name for one in waiting if one.audience.get("group") == str(segment_id)]


__all__ = ["NotKept", "UnknownRule"]
USES = (Use(of=_used_by), Use(of=_chosen_from))


@dataclass(frozen=True, kw_only=True)
class Change:
    """Somebody came into a group or left it."""

    number: int
    customer_id: int
    at: datetime
    on: date
    is_in: bool


def group_of(content: Content, *, play: Play, staff: Staff | None, now: datetime) -> int | None:
    """Give the number of the group that a measure is for; conditions of its own become a group of its own."""
    if content.group is not None:
        return int(content.group)
    if not content.rule:
        return None
    own = Segment.objects.filter(play_id=play.pk).first()
    if own is None:
        origin = Segment.Origin.PLAY
        own = segments.create(name="", rule=content.rule, now=now, staff=staff, origin=origin, play_id=play.pk)
    else:
        segments.edit(segment_id=own.pk, rule=content.rule, now=now, staff=staff)
    return own.pk


def is_there(segment_id: int) -> bool:
    return Segment.objects.filter(pk=segment_id, archived_at=None).exists()


def problems(content: Content) -> list[Problem]:
    """Find what is wrong with the conditions of a measure: its own, those of its branches, and those on rows."""
    found = list(_wrong("rule", partial(segments.check, content.rule))) if content.rule else []
    moments = {ENTRY, *(f"step:{one.key}" for one in contents.every(content.steps))}
    for one in contents.every(content.steps):
        if isinstance(one, Branch):
            asked = partial(holding.check, one.rule, moments=moments, same=about_same(content))
            found += _wrong(f"steps.{one.key}.rule", asked)
    for place, what in contents.happenings(content):
        rule = {"happened": what.table, "where": list(what.where)}
        if what.where:
            found += _wrong(place, partial(holding.check, rule, moments=()))
    return found


def _wrong(place: str, ask: Callable[[], object]) -> Iterator[Problem]:
    try:
        ask()
    except segments.InvalidRule as problem:
        inner = problem.place.removeprefix("happened.") if _is_of_rows(place) else problem.place
        yield Problem(place=f"{place}.{inner}".rstrip("."), code=problem.code, text=wording.problems.text(problem))


def _is_of_rows(place: str) -> bool:
    return not place.endswith("rule")


def sentence(rule: Mapping[str, Any], *, moments: Mapping[str, str] | None = None) -> str:
    """Say a rule in words, with what moments are called; what is wrong with it, where it cannot be asked any more."""
    try:
        said = wording.Said.current(moments=moments or {ENTRY: _("the start")}, same=kinds.words_for_same())
        return wording.sentence(holding.check(rule, moments=set(_moments(rule)), same=facts.every()), said)
    except segments.InvalidRule as problem:
        return wording.problems.text(problem)


def about_same(content: Content) -> frozenset[str]:
    """Name the tables whose rows can be about what begins a measure."""
    asked = facts.asked() if content.thing in facts.every() else ()
    return frozenset(one.name for one in asked if one.leads_to(content.thing))


def same_asked(rule: Mapping[str, Any]) -> frozenset[str]:
    """
    Name the tables of which a rule counts only what is about what began a measure.

    :raises UnknownRule: if it asks for something that is not there any more
    """
    with _understood():
        return holding.same_asked(rule, moments=set(_moments(rule)), same=facts.every())


def conditions(table: str, where: Collection[Mapping[str, Any]]) -> str:
    """Say what must hold for a row of a table, as a sentence about whoever has such a row."""
    return sentence({"happened": table, "where": list(where)})


def _moments(rule: Any) -> Iterator[str]:
    """Find the moments that a rule counts from, by their names."""
    for name, inner in rule.items() if isinstance(rule, Mapping) else enumerate(rule if isinstance(rule, list) else ()):
        if name == "since" and isinstance(inner, str):
            yield inner
        yield from _moments(inner)


def changes(segment_id: int, *, since: datetime, of: Collection[int] | None = None) -> list[Change]:
    """List who came and went since a moment, in order, but for a changed rule, which begins nothing."""
    rows = _changes(segment_id, since)
    rows = rows if of is None else rows.filter(customer_id__in=of)
    return [
        Change(number=one.pk, customer_id=one.customer_id, at=one.at, on=one.on, is_in=one.is_in)
        for one in rows.order_by("at", "pk")
    ]


def mark(segment_id: int, *, since: datetime) -> list[int]:
    """Tell whether there is anything new among these changes: how many there are, and the last one's number."""
    found = _changes(segment_id, since).aggregate(n=Count("pk"), last=Max("pk"))
    return [found["n"], found["last"] or 0]


def _changes(segment_id: int, since: datetime) -> "QuerySet[SegmentChange]":
    rows = SegmentChange.objects.filter(version__segment=segment_id, at__gte=since)
    came_back = Q(is_in=True, cause=SegmentChange.Cause.UNDONE)  # when an import was undone: nothing happened to her
    return rows.exclude(cause__in=BEGINS_NOTHING).exclude(came_back)


def members(segment_id: int) -> list[int]:
    """List who is in a group now."""
    return [int(one) for one in membership.members(segment_id)]


def holds(
    rule: Mapping[str, Any],
    customer_ids: Collection[int],
    *,
    now: datetime,
    moments: Collection[tuple[int, str, date]] = (),
    same: Mapping[str, Collection[int]] = MappingProxyType({}),
) -> set[int]:
    """
    Tell for whom of some customers a rule holds.

    `moments` are days after which it may count, by customer and name; `same` the rows about what began it, by table.

    :raises UnknownRule: if it asks for something that is not there any more
    """
    with _understood():
        return holding.holds(rule, customer_ids=customer_ids, now=now, moments=moments, same=same)


def was_in(segment_id: int, customer_ids: Collection[int], *, at: datetime, now: datetime) -> set[int]:
    """
    Tell who of some customers was in a group at a moment, by its rule of then and all that is known of the day by now.

    What happened on the day itself may have been before or after: who was in it either way, was in it. A rule that asks
    for more than is known of a past day (what the last night said of customers, other groups) says nothing of it: by
    that, all were in it.

    :raises UnknownRule: if it asks for something that is not there any more
    """
    version = latest.version_at(segment_id, at)
    with _understood():
        if not holding.is_known_of_then(version.rule):
            return set(customer_ids)
        return holding.held(version.rule, customer_ids=customer_ids, now=now, on=timezone.localdate(at))


def is_in(segment_id: int, customer_ids: Collection[int], *, now: datetime) -> set[int]:
    """
    Tell who of some customers is in a group now, by the facts in the database.

    :raises UnknownRule: if it asks for something that is not there any more
    """
    return holds(latest.version_of(segment_id).rule, customer_ids, now=now)


def complete(content: Content, *, segment_id: int | None, now: datetime) -> tuple[date, str]:
    """
    Tell up to which day all is known by which a measure decides, and the table that holds it up.

    It decides by its group, by its ways, and by whether the goal was reached or it ended.
    """
    names = latest.uses(latest.version_of(segment_id)).tables if segment_id else frozenset()
    for one in contents.every(content.steps):
        names |= _read_by(one.rule) if isinstance(one, Branch) else frozenset()
    names |= {what.table for what in (content.goal.happening, *content.ends_when) if what}
    days = worlds.days(now=now)
    return min(((days.until.get(name, days.today), name) for name in names), default=(days.today, ""))


def _read_by(rule: Mapping[str, Any]) -> frozenset[str]:
    with _understood():
        return holding.tables(rule, moments=set(_moments(rule)), same=facts.every())


def rows_that(
    table: str, where: Collection[Mapping[str, Any]], customer_ids: Collection[int], *, now: datetime
) -> set[int]:
    """
    Tell which of some customers' rows of a table keep to conditions, by their numbers.

    :raises UnknownRule: if they ask for something that is not there any more
    """
    with _understood():
        return holding.rows_that(table, where, customer_ids=customer_ids, now=now)


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except segments.InvalidRule as problem:
        raise UnknownRule(str(problem)) from problem
