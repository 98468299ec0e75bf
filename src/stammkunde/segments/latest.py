"""The rules that count: the latest version of every group that is not put away, read from what is kept."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from stammkunde.insight import rules
from stammkunde.insight.rules import InvalidRule, Known, Rule, Uses
from stammkunde.segments import vocabulary
from stammkunde.segments.models import SegmentVersion


def versions() -> QuerySet[SegmentVersion]:
    """Give the latest version of every group, with the group."""
    newest = SegmentVersion.objects.filter(segment=OuterRef("segment")).order_by("-number").values("pk")[:1]
    return (
        SegmentVersion.objects.filter(pk=Subquery(newest), segment__archived_at__isnull=True)
        .select_related("segment", "state")
        .order_by("segment_id")
    )


def version_of(segment_id: int) -> SegmentVersion:
    """Give a group's latest version, also of one that is put away."""
    found = SegmentVersion.objects.filter(segment=segment_id).select_related("segment", "state")
    return found.order_by("-number")[:1].get()


def version_at(segment_id: int, at: datetime) -> SegmentVersion:
    """Give the version of a group that counted at a moment; before the first, the first."""
    found = SegmentVersion.objects.filter(segment=segment_id)
    return found.filter(from_at__lte=at).order_by("-number").first() or found.order_by("number")[:1].get()


def readable(some: Iterable[SegmentVersion], known: Known | None = None) -> dict[SegmentVersion, Rule]:
    """
    Read the rules of versions; those that cannot be read any more are left out.

    A column may have gone since a rule was written: whatever uses it holds, and nobody comes or goes.
    """
    known = known or vocabulary.known()
    found: dict[SegmentVersion, Rule] = {}
    for one in some:
        try:
            found[one] = rules.read(one.rule, known)
        except InvalidRule:
            continue
    return found


def uses(version: SegmentVersion) -> Uses:
    """Tell what a version's rule reads; nothing where it cannot be read any more."""
    read = readable([version])
    return rules.uses(read[version]) if read else rules.uses(rules.tree.All(()))
