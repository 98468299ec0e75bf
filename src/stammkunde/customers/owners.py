"""
Who is responsible, changed by an import: as by hand, the timeline says so, and what belongs to the owner goes along.
"""

from collections.abc import Mapping

from stammkunde.customers import handing
from stammkunde.customers.models import Customer
from stammkunde.store.facts import Moved
from stammkunde.team.models import AuditEntry, Staff


def changed(moved: Moved) -> None:
    """Say so on the timelines, and hand over; inside the caller's transaction."""
    staff = _tell(moved)
    for owner, customers in _by_new_owner(moved, staff):
        handing.over(
            customers=customers, owner=owner, now=moved.now, staff=staff.get(moved.staff_id or 0), because=moved.because
        )


def changed_back(moved: Moved) -> None:
    """Say so on the timelines, and give back what went along; inside the caller's transaction."""
    _tell(moved)
    handing.back(customers=moved.rows, now=moved.now, because=moved.because)


def _tell(moved: Moved) -> dict[int, Staff]:
    staff = Staff.objects.in_bulk({pk for pair in moved.rows.values() for pk in (*pair, moved.staff_id) if pk})
    names = {None: None, **{pk: one.name for pk, one in staff.items()}}
    customers = Customer.objects.in_bulk(moved.rows)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=moved.now,
            staff_id=moved.staff_id,
            action="customer.changed",
            thing="customer",
            thing_id=pk,
            label=customers[pk].name[:200],
            detail={"changed": {"owner": [names.get(before), names.get(after)]}, "because": moved.because},
        )
        for pk, (before, after) in moved.rows.items()
    )
    return staff


def _by_new_owner(moved: Moved, staff: Mapping[int, Staff]) -> list[tuple[Staff, dict[int, int | None]]]:
    found: dict[int, dict[int, int | None]] = {}
    for pk, (before, after) in moved.rows.items():
        if after is not None:
            found.setdefault(after, {})[pk] = before
    return [(staff[owner], customers) for owner, customers in found.items()]
