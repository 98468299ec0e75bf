"""Who works here, what the company decided, and who did what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from stammkunde.team import policy
from stammkunde.team.models import AuditEntry, Company, Staff


def company() -> Company:
    """Give the company's settings; before the first save, the defaults."""
    return Company.objects.filter(pk=1).first() or Company(pk=1)


def staff_list() -> QuerySet[Staff]:
    """Give everybody, those who may sign in first."""
    return Staff.objects.order_by("-is_active", "name", "pk")


def workers() -> QuerySet[Staff]:
    """Give those who may sign in and work tasks: their hours are the time there is for customers."""
    roles = [role for role, rights in policy.RIGHTS.items() if policy.TASKS_WORK in rights]
    return Staff.objects.filter(is_active=True, role__in=roles).order_by("name", "pk")


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    staff_id: int | None = None
    action: str = ""
    thing: str = ""
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    entries: list[AuditEntry]
    newer: int | None  # the key to go back from, where there is something newer
    older: int | None


def audit_page(*, which: AuditFilter, before: int | None = None, after: int | None = None, size: int = 50) -> AuditPage:
    """Give one page of the audit trail, newest first, by key: older than `before`, or newer than `after`."""
    entries = _audit(which).select_related("staff")
    if after is not None:
        rows = list(entries.filter(pk__gt=after).order_by("pk")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return AuditPage(entries=rows, newer=rows[0].pk if more else None, older=rows[-1].pk if rows else None)
    if before is not None:
        entries = entries.filter(pk__lt=before)
    rows = list(entries.order_by("-pk")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    newer = rows[0].pk if rows and before is not None else None
    return AuditPage(entries=rows, newer=newer, older=rows[-1].pk if more else None)


def audit_entries(*, which: AuditFilter) -> Iterator[AuditEntry]:
    """Give all entries of a filter, newest first, without holding them in memory."""
    return _audit(which).select_related("staff").order_by("-pk").iterator(chunk_size=2000)


def audit_actions() -> list[str]:
    """Give the kinds of action that occur."""
    return sorted(AuditEntry.objects.order_by().values_list("action", flat=True).distinct())


def _audit(which: AuditFilter) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.all()
    if which.staff_id is not None:
        entries = entries.filter(staff_id=which.staff_id)
    if which.action:
        entries = entries.filter(action=which.action)
    if which.thing:
        entries = entries.filter(thing=which.thing)
    if which.from_on is not None:
        entries = entries.filter(at__gte=_midnight(which.from_on))
    if which.to_on is not None:
        entries = entries.filter(at__lt=_midnight(which.to_on + timedelta(days=1)))
    return entries


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))
