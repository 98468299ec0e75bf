"""Groups of customers, for programs: list them, read one, make one, and take its members along."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

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
        description="As `rule` of another group; docs/methods/rules.md says how it is written."
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


@router.get("/segments/{segment_id}", auth=MAY_SEE, response=SegmentOut)
def segment(request: StaffRequest, segment_id: int) -> Any:
    """Give one group of customers, by its latest version."""
    found = get_object_or_404(Segment.objects.exclude(name=""), pk=segment_id)
    with speaking(request):
        return next(_told([latest.version_of(found.pk)], request.user))


@router.post("/segments", auth=MAY_MAKE, response={201: SegmentOut})
def create_segment(request: StaffRequest, given: SegmentIn) -> Any:
    """Make a group of customers; a name that is taken is refused."""
    with speaking(request):
        if (
            not given.name.strip()
            or len(given.name) > NAME_LENGTH
            or services.one_line(given.name) != given.name.strip()
        ):
            raise HttpError(
                422, f"'name' is empty, no line, or longer than {NAME_LENGTH} characters. Give another one."
            )
        try:
            _refuse_unseen(request.user, given.rule)
            made = services.create(name=given.name, rule=given.rule, now=timezone.now(), staff=request.user)
        except InvalidRule as refused:
            raise HttpError(422, f"rule.{refused.place}: {problems.text(refused)} ({refused.text})") from None
        except services.NameTaken:
            raise HttpError(409, f"Another group is called '{given.name.strip()}'. Give it another name.") from None
        return Status(201, next(_told([latest.version_of(made.pk)], request.user)))


def _refuse_unseen(staff: Staff, rule: dict[str, Any]) -> None:
    """Refuse a rule that asks what its maker may not see: who is in the group would tell it."""
    known = vocabulary.known()
    if lacking := rights.lacking(staff, [rules.read(rule, known)], known):
        names = ", ".join(lacking)
        raise HttpError(403, f"The rule asks what this token may not see. It lacks the rights: {names}.")


@router.get("/segments/{segment_id}/members", auth=MAY_TAKE, response=MembersOut)
def segment_members(request: StaffRequest, segment_id: int, which: Query[Which]) -> Any:
    """Give who is in a group of customers now, page by page, by their numbers."""
    found = get_object_or_404(Segment.objects.exclude(name=""), pk=segment_id)
    limit = max(1, min(which.limit, MOST_MEMBERS))
    ids = [int(pk) for pk in membership.members(found.pk) if pk > which.after]
    some = Customer.objects.filter(pk__in=queries.among(ids[:limit])).order_by("pk").values("id", "number")
    told: dict[str, Any] = {"thing": "segment", "thing_id": found.pk, "label": found.name}
    taking.note(request, rows=len(some), now=timezone.now(), **told)
    return {"members": list(some), "next": ids[limit - 1] if len(ids) > limit else None}


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
