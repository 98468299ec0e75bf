"""Who works here, what the company decided, and who did what."""

from datetime import date, datetime, time, timedelta
from functools import cache

from django.db.models import QuerySet
from django.utils import timezone

from stammkunde.store.prepared import Prepared
from stammkunde.team import policy
from stammkunde.team.models import AuditEntry, Company, Seal, Session, Settings, Staff


def company() -> Company:
    """Give the company with the settings of all apps (`Settings.of`), before the first save the defaults; one query."""
    rows = tuple(Settings.every())
    return next(iter(_with_settings(rows)), None) or _undecided(rows)


@cache
def _with_settings(rows: tuple[type[Settings], ...]) -> Prepared[Company]:
    beside = [row._meta.app_label for row in rows]  # noqa: SLF001
    return Prepared(Company.objects.select_related(*beside).filter(pk=1))


def _undecided(rows: tuple[type[Settings], ...]) -> Company:
    company = Company(pk=1)
    for row in rows:
        row(company=company)  # which the company knows from now on
    return company


def staff_list() -> QuerySet[Staff]:
    """Give everybody, those who may sign in first."""
    return Staff.objects.order_by("-is_active", "name", "pk")


def active_staff() -> QuerySet[Staff]:
    """Give who may sign in, by name."""
    return Staff.objects.filter(is_active=True)


def sessions(staff: Staff, *, now: datetime) -> QuerySet[Session]:
    """Give where a person is signed in, the last seen first."""
    return Session.objects.filter(staff=staff, expire_date__gt=now)


def workers() -> QuerySet[Staff]:
    """Give those who may sign in and work tasks: their hours are the time there is for customers."""
    roles = [role for role, rights in policy.RIGHTS.items() if policy.TASKS_WORK in rights]
    return Staff.objects.filter(is_active=True, role__in=roles).order_by("name", "pk")


def audit(
    *, staff: Staff | None = None, action: str = "", from_on: date | None = None, to_on: date | None = None
) -> QuerySet[AuditEntry]:
    """Give the entries of the audit trail that fit."""
    entries = AuditEntry.objects.select_related("staff")
    if staff is not None:
        entries = entries.filter(staff=staff)
    if action:
        entries = entries.filter(action=action)
    if from_on is not None:
        entries = entries.filter(at__gte=_midnight(from_on))
    if to_on is not None:
        entries = entries.filter(at__lt=_midnight(to_on + timedelta(days=1)))
    return entries


def last_seal() -> Seal | None:
    """Give the seal up to which the audit trail is proven."""
    return Seal.objects.last()


def audit_actions() -> list[str]:
    """Give the kinds of action that occur."""
    return sorted(AuditEntry.objects.order_by().values_list("action", flat=True).distinct())


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))
