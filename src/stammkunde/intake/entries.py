"""Imports with problems on the work list of those who import."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stammkunde.intake.models import Import
from stammkunde.tasks.worklist import Asked, Entries, Item, Kind, Section, not_taken_up
from stammkunde.team import policy
from stammkunde.team.policy import Sight
from stammkunde.ui import writing

IMPORTS = Section(name="imports", heading=gettext_lazy("Imports that need a look"), order=50)
MOST = 3
DAYS = 7


def _rows(asked: Asked, _room: int) -> list[Item]:
    """Give the latest that failed, or left problems."""
    status = Import.Status
    troubled = Q(status=status.FAILED) | Q(status=status.DONE, problem_count__gt=0)
    since = asked.today - timedelta(days=DAYS)
    found = Import.objects.filter(troubled, created_at__date__gte=since).order_by("-pk")[:MOST]
    return not_taken_up([_item(incoming, asked) for incoming in found], today=asked.today)


def _item(incoming: Import, asked: Asked) -> Item:
    return Item(
        kind="import",
        key=f"import:{incoming.pk}:{incoming.status}",
        under=IMPORTS,
        reason={"problems": incoming.problem_count, "has_failed": incoming.status == Import.Status.FAILED},
        name=incoming.file_name,
        url=reverse("import", args=[incoming.pk]),
        minutes=asked.lengths.least,
    )


def _again(import_id: int, asked: Asked) -> Item | None:
    return next((one for one in _rows(asked, MOST) if one.key.startswith(f"import:{import_id}:")), None)


def _words(item: Item, _sight: Sight) -> str:
    if item.reason["has_failed"]:
        return _("Nothing was imported from “%(file)s”.") % {"file": item.name}
    count = item.reason["problems"]
    values = {"n": writing.number(count), "file": item.name}
    return ngettext("%(n)s row of “%(file)s” has a problem.", "%(n)s rows of “%(file)s” have problems.", count) % values


def _title(item: Item) -> str:
    return _("Look at the import of %(name)s") % {"name": item.name}


ENTRIES = (
    Entries(
        name="imports",
        order=20,
        kinds=(Kind(name="import", icon="import", words=_words, title=_title, again=_again),),
        rows=_rows,
        right=policy.IMPORTS_RUN,
    ),
)
