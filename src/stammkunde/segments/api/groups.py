"""Groups of customers, for programs: list them, read one, make, change and delete one, and take its members along."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError

from stammkunde.customers.models import Customer
from stammkunde.insight import rules
from stammkunde.insight.errors import InvalidRule
from stammkunde.segments import latest, membership, queries, rights, services, telling, vocabulary
from stammkunde.segments.models import NAME_LENGTH, Segment, SegmentVersion
from stammkunde.segments.wording import Said, problems
from stammkunde.team import policy, taking
from stammkunde.team.access import StaffRequest
from stammkunde.team.api import NeedsRight, speaking
from stammkunde.team.models import Staff

MOST_MEMBERS = 5000

router = Router(tags=["segments"])
MAY_SEE = NeedsRight(policy.FIGURES_VIEW, gives="")
MAY_MAKE = NeedsRight(policy.SEGMENTS_EDIT, gives="")
MAY_TAKE = NeedsRight(policy.CUSTOMERS_VIEW, policy.EXPORT, policy.FIGURES_VIEW, gives="customers")


class SegmentOut(Schema):
    id: int
    name: str
    says: str = Field(description="The rule as a sentence, in the language that was asked for.")
    rule: dict[str, Any] | None = Field(
        description="null, and `says` empty: it asks for margins, numbers or owners, which this token may not see."
    )
    version: int
    changed_at: datetime
    members: int | None = Field(description="How many are in it now; null: nobody has worked it out yet.")
    is_archived: bool


class SegmentIn(Schema):
    name: str
    rule: dict[str, Any] = Field(
        description="docs/methods/rules.md says how it is written, `/segments/vocabulary` what it may ask."
    )


class ChangeIn(Schema):
    name: str | None = Field(None, description="Left out: it stays.")
    rule: dict[str, Any] | None = Field(None, description="Left out: it stays.")
    version: int | None = Field(
        None, description="The version that you have read: if there is a later one by now, the rule is not replaced."
    )


class MemberOut(Schema):
    id: int
    number: str


class MembersOut(Schema):
    members: list[MemberOut]
    next: int | None = Field(description="Give it as `after` for the next page.")


class Which(Schema):
    after: int = 0
    limit: int = 1000


@router.get("/segments", auth=MAY_SEE, response=list[SegmentOut])
def segments(request: StaffRequest) -> Any:
    """List the groups of customers that are not in the archive."""
    with speaking(request):
        return list(_told((one for one in latest.versions() if one.segment.name), request.user))


@router.get("/segments/{segment_id}/members", auth=MAY_TAKE, response=MembersOut)
def segment_members(request: StaffRequest, segment_id: int, which: Query[Which]) -> Any:
    """Give who is in a group of customers now, page by page, by their numbers."""
    found = _named(segment_id)
    limit = max(1, min(which.limit, MOST_MEMBERS))
    ids = [int(pk) for pk in membership.members(found.pk) if pk > which.after]
    some = Customer.objects.filter(pk__in=queries.among(ids[:limit])).order_by("pk").values("id", "number")
    told: dict[str, Any] = {"thing": "segment", "thing_id": found.pk, "label": found.name}
    taking.note(request, rows=len(some), now=timezone.now(), **told)
    return {"members": list(some), "next": ids[limit - 1] if len(ids) > limit else None}


@router.get("/segments/{segment_id}", auth=MAY_SEE, response=SegmentOut)
def segment(request: StaffRequest, segment_id: int) -> Any:
    """Give one group of customers, by its latest version."""
    found = _named(segment_id)
    with speaking(request):
        return next(_told([latest.version_of(found.pk)], request.user))


@router.post("/segments", auth=MAY_MAKE, response={201: SegmentOut})
def create_segment(request: StaffRequest, given: SegmentIn) -> Any:
    """Make a group of customers; a name that is taken is refused."""
    with speaking(request), _refusing(given.name):
        _refuse_unseen(request.user, given.rule)
        made = services.create(name=given.name, rule=given.rule, now=timezone.now(), staff=request.user)
        return Status(201, next(_told([latest.version_of(made.pk)], request.user)))


@router.patch("/segments/{segment_id}", auth=MAY_MAKE, response=SegmentOut)
def change_segment(request: StaffRequest, segment_id: int, given: ChangeIn) -> Any:
    """Call a group otherwise, or give it another rule, as a version of its own; who comes in by it begins nothing."""
    found = _standing(segment_id)
    how: dict[str, Any] = {"segment_id": found.pk, "now": timezone.now(), "staff": request.user}
    with speaking(request), transaction.atomic(), _refusing(found.name if given.name is None else given.name):
        if given.rule is not None:
            _refuse_unseen(request.user, given.rule)
            services.edit(rule=given.rule, began=given.version, **how)
        if given.name is not None:
            services.rename(name=given.name, **how)
        return next(_told([latest.version_of(found.pk)], request.user))


@router.delete("/segments/{segment_id}", auth=MAY_MAKE, response={204: None})
def delete_segment(request: StaffRequest, segment_id: int) -> Any:
    """Delete a group of customers with all that is known of who was in it; one in use stays."""
    found = _named(segment_id)
    try:
        services.delete(segment_id=found.pk, now=timezone.now(), staff=request.user)
    except services.InUse as used:
        raise HttpError(409, f"The group is in use: {', '.join(used.names)}. Take it out there first.") from None
    return Status(204, None)


def _named(segment_id: int) -> Segment:
    """Find a group with a name: a play's own is changed with the play."""
    return get_object_or_404(Segment.objects.exclude(name=""), pk=segment_id)


def _standing(segment_id: int) -> Segment:
    found = _named(segment_id)
    if found.archived_at:
        raise HttpError(409, "The group is in the archive. Take it out before you change it.")
    return found


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Answer a name or a rule that cannot be, with the cure."""
    if not name.strip() or len(name) > NAME_LENGTH or services.one_line(name) != name.strip():
        raise HttpError(422, f"'name' is empty, no line, or longer than {NAME_LENGTH} characters. Give another one.")
    try:
        yield
    except InvalidRule as refused:
        raise HttpError(422, f"rule.{refused.place}: {problems.text(refused)} ({refused.text})") from None
    except services.NameTaken:
        raise HttpError(409, f"Another group is called '{name.strip()}'. Give it another name.") from None
    except services.Changed:
        raise HttpError(409, "The group has a later 'version' by now. Read it again.") from None
    except services.TooMany:
        raise HttpError(409, problems.too_many(services.MOST_GROUPS)) from None


def _refuse_unseen(staff: Staff, rule: dict[str, Any]) -> None:
    """Refuse a rule that asks what its maker may not see: who is in the group would tell it."""
    known = vocabulary.known()
    if lacking := rights.lacking(staff, [rules.read(rule, known)], known):
        names = ", ".join(lacking)
        raise HttpError(403, f"The rule asks what this token may not see. It lacks the rights: {names}.")


def _told(versions: Iterable[SegmentVersion], staff: Staff) -> Iterator[dict[str, Any]]:
    said, known = Said.current(), vocabulary.known()
    for one in versions:
        is_shown = rights.may_read(staff, one, known)
        yield {
            "id": one.segment_id,
            "name": one.segment.name,
            "says": telling.in_words(one.rule, said=said, known=known) if is_shown else "",
            "rule": one.rule if is_shown else None,
            "version": one.number,
            "changed_at": one.from_at,
            "members": membership.size(one.segment_id),
            "is_archived": one.segment.archived_at is not None,
        }
