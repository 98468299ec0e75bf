"""What changes state in the team."""

from stammkunde.team.models import AuditEntry, Staff


def record(
    *, staff: Staff | None, action: str, thing: str = "", thing_id: int | None = None, label: str = "", **detail: object
) -> None:
    """Append to the audit trail; inside the caller's transaction."""
    AuditEntry.objects.create(
        staff=staff, action=action, thing=thing, thing_id=thing_id, label=label[:200], detail=detail
    )
