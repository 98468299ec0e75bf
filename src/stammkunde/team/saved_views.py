"""Lists with their filters, under a name: one's own, or for everyone."""

from django.db import transaction
from django.db.models import Q, QuerySet

from stammkunde.team.models import SavedView, Staff


class NotYours(Exception):
    """Only who saved a view may take it away."""


def of_page(page: str, *, staff: Staff) -> QuerySet[SavedView]:
    """Give the views of a page that someone may use: their own and those for everyone."""
    return SavedView.objects.filter(Q(staff=staff) | Q(shared=True), page=page)


@transaction.atomic
def save(*, page: str, name: str, query: str, shared: bool, staff: Staff) -> SavedView:
    """Keep a list's filters under a name; the same name replaces one's own."""
    view, _created = SavedView.objects.update_or_create(
        staff=staff, page=page, name=name.strip(), defaults={"query": query, "shared": shared}
    )
    return view


@transaction.atomic
def remove(*, view_id: int, staff: Staff) -> None:
    """
    Take a view away; repeating is harmless.

    :raises NotYours: if someone else saved it
    """
    view = SavedView.objects.filter(pk=view_id).first()
    if view is not None and view.staff_id != staff.pk:
        raise NotYours(view.name)
    SavedView.objects.filter(pk=view_id).delete()
