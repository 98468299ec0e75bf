"""Notes, and what was changed, on a customer's timeline."""

from collections.abc import Sequence

from django.db.models import QuerySet

from stammkunde.customers import changes
from stammkunde.customers.models import Note
from stammkunde.team.models import AuditEntry
from stammkunde.ui.asking import Asker
from stammkunde.ui.moments import Moments


def _notes(customer_id: int) -> QuerySet[Note]:
    return Note.objects.filter(customer=customer_id).select_related("author", "contact_person")


def _changes(customer_id: int) -> QuerySet[AuditEntry]:
    shown = AuditEntry.objects.filter(thing="customer", thing_id=customer_id, action__in=changes.SHOWN)
    return shown.select_related("staff")


def _worded(entries: Sequence[AuditEntry], _request: Asker) -> list[str]:
    return [changes.entry(one) for one in entries]


MOMENTS = (
    Moments(kind="note", order=1, rows=_notes, moment="created_at", template="customers/note_moment.html"),
    Moments(kind="change", order=3, rows=_changes, moment="at", template="customers/change_moment.html", words=_worded),
)
