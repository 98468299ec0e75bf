"""
Files that came together: in which order they are imported, and which of them wait for another.

A file waits for those that fill what its own rows refer to: orders for customers, lines for orders and products.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from stammkunde.intake import layouts, report
from stammkunde.intake.models import Import
from stammkunde.intake.staging import attempt_dir, difference, folder
from stammkunde.intake.staging.difference import Difference
from stammkunde.store import facts

Status = Import.Status
AGAIN = {"waits_for", "stopped"}  # why a file came to nothing that may be as right as any
_ON_ITS_WAY = (Status.QUEUED, Status.CHECKING, Status.PUBLISHING)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An import among those that came with it; it can be started where nothing is open and nothing is before it."""

    incoming: Import
    behind: Import | None  # what must be in the database first, and is not on its way there

    @property
    def is_open(self) -> bool:
        return not self.incoming.layout or bool(self.incoming.left_open or report.open_questions(self.incoming))

    @property
    def is_ready(self) -> bool:
        return self.is_at_rest and not self.has_failed and not self.is_open and self.behind is None

    @property
    def is_at_rest(self) -> bool:
        """Tell whether nothing of it is in the database, or on its way there."""
        return self.incoming.status in (Status.UPLOADED, Status.CHECKED, Status.FAILED)

    @property
    def has_failed(self) -> bool:
        """Tell whether somebody must look at the file itself before it is started again."""
        code = (self.incoming.error or {}).get("code")
        return self.incoming.status == Status.FAILED and code not in AGAIN and not report.open_questions(self.incoming)


def of(key: str) -> QuerySet[Import]:
    """Give the files that came together."""
    return Import.objects.filter(together=key).exclude(status=Status.DISCARDED).select_related("staff")


def waiting() -> QuerySet[Import]:
    """Give all files that wait for a person."""
    return Import.objects.filter(status=Status.UPLOADED)


def in_order(imports: Iterable[Import]) -> list[Import]:
    """Put files in the order in which they are imported: what others refer to first."""
    return sorted(imports, key=lambda one: (layouts.order(one.layout), one.pk))


def planned(imports: Iterable[Import]) -> list[Waiting]:
    """Tell of each file whether it can be started: those in front of it are, or are in the database, or under way."""
    ordered = in_order(imports)
    found: list[Waiting] = []
    stuck = [one for one in ordered if not one.layout]
    for incoming in ordered:
        one = Waiting(incoming=incoming, behind=_first_needed(incoming, [each for each in stuck if each != incoming]))
        found.append(one)
        if not one.is_ready and incoming.status not in (*_ON_ITS_WAY, Status.DONE):
            stuck.append(incoming)
    return found


def in_the_way(incoming: Import) -> Import | None:
    """Give the file that should be in the database before this one, and is not: its turn was before, and it failed."""
    if not incoming.waits:
        return None
    tried = [one.pk for one in _tried(incoming)]
    others = of(incoming.together).exclude(pk__in=[incoming.pk, *tried])
    return _first_needed(incoming, in_order(others.exclude(status__in=(*_ON_ITS_WAY, Status.DONE))))


def promised(incoming: Import) -> list[Difference]:
    """Give what dry runs of the files that came with one would have made, for its own dry run."""
    places = [place for one in _tried(incoming) if (place := attempt_dir(one))]
    return [found for place in places if (found := difference.load(place))]


def _tried(incoming: Import) -> list[Import]:
    """Give the files that came with one and were found to be importable, where it is to be tried itself."""
    if not (incoming.dry_run and incoming.waits):
        return []
    found = of(incoming.together).filter(status=Status.CHECKED, dry_run=True, waits=True).exclude(pk=incoming.pk)
    return [one for one in in_order(found) if not report.open_questions(one)]


def let_go(imports: Iterable[Import]) -> None:
    """Forget what dry runs kept for each other, once all are through; repeating is harmless."""
    for one in imports:
        if one.status == Status.CHECKED and (place := attempt_dir(one)):
            folder.tidy(place)


def _first_needed(incoming: Import, others: Sequence[Import]) -> Import | None:
    needed = _needed(incoming.layout)
    return next((one for one in others if needed & _filled(one)), None)


def _filled(incoming: Import) -> set[str]:
    """Name the tables that a file fills: of which kind one is that nobody has said yet may be any."""
    if incoming.layout:
        return {one.name for one in layouts.get(incoming.layout).tables}
    return set(facts.tables()) if incoming.status == Status.UPLOADED else set()


def _needed(layout: str) -> set[str]:
    """Name the tables that a kind of file refers to and does not fill."""
    filled = {one.name for one in layouts.get(layout).tables} if layout else set()
    return {reference.table for name in filled for reference in facts.table(name).references} - filled
