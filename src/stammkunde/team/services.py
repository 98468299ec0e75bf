"""What changes state in the team."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from stammkunde.team import policy
from stammkunde.team.models import AuditEntry, Company, Session, Settings, Staff


class LastAdministrator(Exception):
    """Somebody must be able to manage staff: the last administrator cannot be demoted or shut out."""


def record(
    *,
    staff: Staff | None,
    action: str,
    at: datetime,
    thing: str = "",
    thing_id: int | None = None,
    label: str = "",
    **detail: object,
) -> None:
    """Append to the audit trail; inside the caller's transaction."""
    AuditEntry.objects.create(
        at=at, staff=staff, action=action, thing=thing, thing_id=thing_id, label=label[:200], detail=detail
    )


@transaction.atomic
def add_staff(
    *, by: Staff | None, email: str, name: str, role: str, now: datetime, hours_per_week: int | None = None
) -> Staff:
    """Add a person who has no password yet: they set one by a link. Hours not given are those usual in the role."""
    hours = policy.usual_hours(role) if hours_per_week is None else hours_per_week
    staff = Staff.objects.create_user(email, None, name=name, role=role, hours_per_week=hours, created_at=now)
    record(staff=by, action="staff.added", at=now, thing="staff", thing_id=staff.pk, label=staff.email, role=role)
    return staff


@transaction.atomic
def change_staff(*, by: Staff, staff_id: int, now: datetime, **fields: object) -> Staff:
    """
    Change a person's name, e-mail, role, hours or whether they may sign in; repeating changes nothing.

    :raises LastAdministrator: if nobody would be left who may manage staff
    """
    administrators = {staff.pk for staff in _active_administrators().select_for_update()}
    staff: Staff = Staff.objects.select_for_update().get(pk=staff_id)
    changes = _assign(staff, fields)
    remains = staff.is_active and staff.role == Staff.Role.ADMINISTRATOR
    if administrators == {staff.pk} and not remains:
        raise LastAdministrator(staff.email)
    if changes:
        staff.save(update_fields=list(changes))
        record(
            staff=by,
            action="staff.changed",
            at=now,
            thing="staff",
            thing_id=staff.pk,
            label=staff.email,
            changes=changes,
        )
    if not staff.is_active:
        end_access(staff, now=now)
    return staff


@transaction.atomic
def change_profile(*, staff: Staff, now: datetime, **fields: object) -> None:
    """Change what people may change about themselves; repeating changes nothing."""
    changes = _assign(staff, fields)
    if changes:
        staff.save(update_fields=list(changes))
        whose: dict[str, Any] = {"thing": "staff", "thing_id": staff.pk, "label": staff.email}
        record(staff=staff, action="profile.changed", at=now, **whose, changes=changes)


@transaction.atomic
def choose(*, staff: Staff, **fields: object) -> None:
    """Keep a person's choice of language or appearance. Nobody else cares, so nothing is recorded."""
    changes = _assign(staff, fields)
    if changes:
        staff.save(update_fields=list(changes))


@transaction.atomic
def note_link(*, by: Staff, staff: Staff, now: datetime) -> None:
    """Record that a link for a new password was made; the link itself is kept nowhere."""
    record(staff=by, action="staff.link", at=now, thing="staff", thing_id=staff.pk, label=staff.email)


@transaction.atomic
def change_password(*, staff: Staff, password: str, now: datetime, here: str | None = None) -> None:
    """Set a person's password; that ends tokens, and all sessions but one (`here`: its key)."""
    staff.set_password(password)
    staff.password_is_given = False
    staff.save(update_fields=["password", "password_is_given"])
    end_access(staff, now=now, here=here)
    record(staff=staff, action="password.changed", at=now, thing="staff", thing_id=staff.pk, label=staff.email)


def end_access(staff: Staff, *, now: datetime, here: str | None = None) -> None:
    """Sign a person out everywhere but here, and end the tokens of her programs; inside the caller's transaction."""
    staff.sessions.exclude(session_key=here or "").delete()
    for token in staff.api_tokens.all():
        record(staff=staff, action="token.ended", at=now, thing="token", thing_id=token.pk, label=token.name)
    staff.api_tokens.all().delete()


@transaction.atomic
def end_session(*, staff: Staff, session: Session, now: datetime) -> None:
    """Sign a person out on one device."""
    session.delete()
    record(staff=staff, action="session.ended", at=now, thing="staff", thing_id=staff.pk, label=staff.email)


@transaction.atomic
def end_sessions(*, by: Staff, staff: Staff, now: datetime) -> None:
    """Sign a person out everywhere."""
    staff.sessions.all().delete()
    record(staff=by, action="sessions.ended", at=now, thing="staff", thing_id=staff.pk, label=staff.email)


@transaction.atomic
def change_company(*, by: Staff | None, now: datetime, **fields: object) -> Company:
    """Change what the company decided, each field in the row that has it; repeating changes nothing."""
    company, _created = Company.objects.select_for_update().get_or_create(pk=1)
    changes: dict[str, list[object]] = {}
    for row, own in _by_row(company, fields):
        changed = _assign(row, own)
        row.save(update_fields=list(changed))
        changes |= changed
    if changes:
        record(staff=by, action="settings.changed", at=now, thing="company", thing_id=1, changes=changes)
    return company


def _by_row(company: Company, fields: Mapping[str, object]) -> Iterator[tuple[Company | Settings, dict[str, object]]]:
    """Give the rows that have fields to change, with these; the company's row is locked."""
    left = dict(fields)
    models: list[type[Company | Settings]] = [Company, *Settings.every()]
    for model in models:
        names = {one.name for one in model._meta.fields}  # noqa: SLF001
        own = {name: left.pop(name) for name in fields if name in names}
        if own:
            yield model.stored(company) if issubclass(model, Settings) else company, own
    if left:
        raise TypeError(f"No app has settings of these names: {', '.join(left)}")


def _active_administrators() -> QuerySet[Staff]:
    return Staff.objects.filter(role=Staff.Role.ADMINISTRATOR, is_active=True)


def _assign(thing: Staff | Company | Settings, fields: Mapping[str, object]) -> dict[str, list[object]]:
    """Set the fields that differ, and give what was and what is as the audit trail can keep it."""
    changes = {name: [getattr(thing, name), value] for name, value in fields.items() if getattr(thing, name) != value}
    for name, (_was, value) in changes.items():
        setattr(thing, name, value)
    return {name: [_plain(was), _plain(value)] for name, (was, value) in changes.items()}


def _plain(value: object) -> object:
    if isinstance(value, Model):
        return str(value)
    return value.isoformat(timespec="minutes") if isinstance(value, time) else value
