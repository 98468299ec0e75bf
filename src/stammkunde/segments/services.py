"""What changes groups of customers; who is in them is worked out by the worker (`passes`)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from unicodedata import category

from django.db import IntegrityError, transaction
from django.db.models import Max

from stammkunde.insight import rules
from stammkunde.insight.rules import InvalidRule, Rule
from stammkunde.segments import latest, using, vocabulary
from stammkunde.segments.models import Segment, SegmentChange, SegmentVersion
from stammkunde.team import services as team
from stammkunde.team.models import Staff

__all__ = [
    "Changed",
    "InUse",
    "InvalidRule",
    "NameTaken",
    "TooMany",
    "archive",
    "check",
    "create",
    "delete",
    "edit",
    "rename",
    "restore",
]


MOST_GROUPS = 500  # with a name, not in the archive: each costs a part of every night
CHANGES_AT_ONCE = 5_000


class NameTaken(Exception):
    """Another group has this name."""


class TooMany(Exception):
    """There are as many groups as there may be."""


def one_line(name: str) -> str:
    """Write a name in one line, without signs that nobody sees and no database keeps."""
    return "".join(" " if category(sign) in {"Cc", "Cs", "Zl", "Zp"} else sign for sign in name).strip()


class Changed(Exception):
    """Somebody else has changed the group meanwhile."""


class InUse(Exception):
    """Something uses the group; `names` says what."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def check(rule: Any, *, segment_id: int | None = None) -> Rule:
    """
    Read a rule that is to be kept: for everybody alike, and asking for no group that asks for it.

    :raises InvalidRule: if it is none, with the place and the cure
    """
    read = rules.read(rule, vocabulary.known())
    if rules.uses(read).me:
        raise InvalidRule("'me' is for lists only. Name a person.", place="", code="me_is_for_lists", about="me")
    if away := _archived(rules.uses(read).members):
        text = f"The group '{away}' is in the archive, and its members stand still. Take it out, or choose another one."
        raise InvalidRule(text, place="", code="archived_member", about=away)
    if rules.uses(read).members:
        others = latest.readable(latest.versions())
        named = {f"segment:{version.segment_id}": one for version, one in others.items()}
        rules.in_order(named | {f"segment:{segment_id}": read})
    return read


def _archived(members: Collection[str]) -> str:
    """Name a group among those asked for that is in the archive; empty: there is none."""
    asked = [int(name.removeprefix("segment:")) for name in members if name.startswith("segment:")]
    return Segment.objects.filter(pk__in=asked, archived_at__isnull=False).values_list("name", flat=True).first() or ""


@transaction.atomic
def create(
    *,
    name: str,
    rule: Any,
    now: datetime,
    staff: Staff | None,
    origin: str = Segment.Origin.BUILDER,
    play_id: int | None = None,
) -> Segment:
    """
    Make a group; a play's own may have no name.

    :raises InvalidRule: if the rule is none
    :raises NameTaken: if another group is called so
    :raises TooMany: if there are as many groups with a name as there may be
    """
    read = check(rule)
    if name:
        _refuse_more()
    segment = _named(Segment(name=one_line(name), origin=origin, play_id=play_id, created_by=staff, created_at=now))
    _add_version(segment, read, now=now, staff=staff)
    _record(staff, "segment.created", now, segment)
    return segment


@transaction.atomic
def edit(*, segment_id: int, rule: Any, now: datetime, staff: Staff | None, began: int | None = None) -> SegmentVersion:
    """
    Give a group another rule, as a version of its own; the same rule again changes nothing.

    `began` is the number of the latest version when somebody began to write; None: whatever it is, it is replaced.

    :raises InvalidRule: if the rule is none, or asks in a circle
    :raises Changed: if there is a later version than that by now
    """
    segment = _locked(segment_id)
    read, former = check(rule, segment_id=segment_id), latest.version_of(segment_id)
    if former.digest == rules.digest(read):
        return former
    if began not in {None, former.number}:
        raise Changed
    made = _add_version(segment, read, now=now, staff=staff)
    _record(staff, "segment.changed", now, segment, version=made.number)
    return made


@transaction.atomic
def rename(*, segment_id: int, name: str, now: datetime, staff: Staff) -> Segment:
    """
    Call a group otherwise.

    :raises NameTaken: if another group is called so
    """
    segment = Segment.objects.select_for_update().get(pk=segment_id)
    before, segment.name = segment.name, one_line(name)
    if before != segment.name:
        _named(segment)
        _record(staff, "segment.renamed", now, segment, before=before)
    return segment


@transaction.atomic
def archive(*, segment_id: int, now: datetime, staff: Staff) -> None:
    """
    Put a group away: it is worked out no more, and what is known of it stays. Repeating changes nothing.

    :raises InUse: if something uses it
    """
    segment = _free(segment_id)
    if segment.archived_at is None:
        segment.archived_at = now
        segment.save(update_fields=["archived_at"])
        _record(staff, "segment.archived", now, segment)


@transaction.atomic
def restore(*, segment_id: int, now: datetime, staff: Staff) -> None:
    """
    Take a group out again; repeating changes nothing.

    :raises NameTaken: if another group is called so by now
    :raises InvalidRule: if its rule cannot be read any more
    :raises TooMany: as `create`
    """
    segment = _locked(segment_id)
    if segment.archived_at is not None:
        _refuse_more()
        check(latest.version_of(segment_id).rule, segment_id=segment_id)
        segment.archived_at = None
        _named(segment)
        _record(staff, "segment.restored", now, segment)


def delete(*, segment_id: int, now: datetime, staff: Staff) -> None:
    """
    Delete a group with all that is known of who was in it; where this is cut short, it stays in the archive.

    :raises InUse: if something uses it
    """
    archive(segment_id=segment_id, now=now, staff=staff)  # nobody works it out any more, nobody begins to use it
    changes = SegmentChange.objects.filter(version__segment=segment_id).order_by("pk")
    while some := list(changes.values_list("pk", flat=True)[:CHANGES_AT_ONCE]):  # each its own transaction
        SegmentChange.objects.filter(pk__in=some).delete()
    with transaction.atomic():
        segment = _free(segment_id)
        _record(staff, "segment.deleted", now, segment)
        segment.delete()


def _refuse_more() -> None:
    if Segment.objects.filter(archived_at=None).exclude(name="").count() >= MOST_GROUPS:
        raise TooMany


def _locked(segment_id: int) -> Segment:
    """Lock a group with all others, always in one order, so that two edits at once make no circle."""
    found = {one.pk: one for one in Segment.objects.select_for_update().order_by("pk")}
    if segment_id not in found:
        raise Segment.DoesNotExist
    return found[segment_id]


def _free(segment_id: int) -> Segment:
    segment = Segment.objects.select_for_update().get(pk=segment_id)
    if used := using.names(segment_id):
        raise InUse(used)
    return segment


def _named(segment: Segment) -> Segment:
    """Write a group, unless another one has its name."""
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError:
        raise NameTaken(segment.name) from None
    return segment


def _add_version(segment: Segment, rule: Rule, *, now: datetime, staff: Staff | None) -> SegmentVersion:
    last = segment.versions.aggregate(last=Max("number"))["last"] or 0
    return SegmentVersion.objects.create(
        segment=segment,
        number=last + 1,
        rule=rules.write(rule),
        digest=rules.digest(rule),
        from_at=now,
        by=staff,
    )


def _record(staff: Staff | None, action: str, at: datetime, segment: Segment, **detail: object) -> None:
    team.record(staff=staff, action=action, at=at, thing="segment", thing_id=segment.pk, label=segment.name, **detail)
