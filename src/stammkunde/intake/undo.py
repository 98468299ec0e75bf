# ruff: noqa: SLF001 (`_meta` is how Django lets a model be asked)
"""
An import taken back: changed rows as they were before, new rows gone.

New rows are those whose ids were reserved for the import (`Import.checkpoint["ranges"]`), changed ones those with a
before-image. Nothing is taken back that somebody has touched since: `check` refuses beforehand, and every batch looks
again, because people go on working meanwhile.
"""

import time
from collections.abc import Iterator
from typing import Any

from django.db import connection, models, transaction

from stammkunde.intake.lease import Lease
from stammkunde.intake.models import BeforeImage, Import
from stammkunde.intake.publish import images
from stammkunde.store import bulk, facts, touched
from stammkunde.store.facts import FactTable, Moved


class CannotUndo(Exception):
    """
    The import's rows are no longer the import's alone.

    `code` is `changed_since` or `in_use`; `detail` says how many rows of which table, worded when shown.
    """

    def __init__(self, code: str, detail: dict[str, int]) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


def check(incoming: Import) -> None:
    """
    Look whether an import can be taken back as a whole.

    :raises CannotUndo: if a later import or a person changed its rows, or something hangs on its new ones
    """
    changed = {name: count for name, table in facts.tables().items() if (count := _changed_since(incoming, table))}
    if changed:
        raise CannotUndo("changed_since", changed)
    used: dict[str, int] = {}
    for table in facts.tables().values():
        for name, count in _keeping(incoming, table):
            used[name] = max(used.get(name, 0), count)  # a note about a person is one about the customer, too
    if any(used.values()):
        raise CannotUndo("in_use", {name: count for name, count in used.items() if count})


def ranges(incoming: Import, table: FactTable) -> list[tuple[int, int]]:
    """Give the ids that were reserved for the import's new rows, as (first, last)."""
    return [(first, last) for first, last in incoming.checkpoint.get("ranges", {}).get(table.name, [])]


def still_there(incoming: Import) -> int:
    """Count the import's rows that are in the database: new ones, and changed ones that can be put back."""
    new = sum(
        table.rows().filter(imported_by=incoming.pk, pk__range=one).count()
        for table in facts.tables().values()
        for one in ranges(incoming, table)
    )
    return new + BeforeImage.objects.filter(incoming=incoming).count()


def _changed_since(incoming: Import, table: FactTable) -> int:
    changed = sum(table.rows().filter(_by_others(incoming), pk__range=one).count() for one in ranges(incoming, table))
    imaged = BeforeImage.objects.filter(incoming=incoming, table=table.name)
    if not imaged.exists():
        return changed
    ours = table.rows().filter(imported_by=incoming.pk, pk__in=imaged.values("row_id"))
    return changed + imaged.count() - ours.count()


def _keeping(incoming: Import, table: FactTable) -> Iterator[tuple[str, int]]:
    """Count what keeps the import's new rows: facts that others brought, and what people have done with them."""
    for other, column in _pointing(table):
        yield other.name, _at(incoming, table, other.rows().filter(_by_others(incoming)), column)
    for one in facts.hanging(table.model):
        yield one.name, _at(incoming, table, one.holding(), one.column)


def _at(incoming: Import, table: FactTable, rows: models.QuerySet[Any], column: str) -> int:
    """Count the rows that point at the import's new rows."""
    return sum(
        rows.filter(**{f"{column}__gte": first, f"{column}__lte": last}).count()
        for first, last in ranges(incoming, table)
    )


def _by_others(incoming: Import) -> models.Q:
    return ~models.Q(imported_by=incoming.pk) | models.Q(imported_by=None)


def _pointing(table: FactTable) -> Iterator[tuple[FactTable, str]]:
    """Name the tables of facts that point at this one, with the column that does."""
    for other in facts.tables().values():
        for reference in other.references:
            if reference.table == table.name:
                yield other, reference.column


class Undoing:
    """One import being taken back, in batches, from the last table to the first."""

    def __init__(self, incoming: Import, lease: Lease) -> None:
        self.incoming, self.lease = incoming, lease
        self.checkpoint: dict[str, Any] = dict(incoming.checkpoint)
        self.done = 0
        self.total = sum(
            last - first + 1 for table in facts.tables().values() for first, last in ranges(incoming, table)
        )
        self.total += BeforeImage.objects.filter(incoming=incoming).count()

    def run(self) -> int:
        """Take back what is still the import's, and give the number of rows that had to stay, new or changed."""
        for table in facts.tables().values():  # first what was changed: afterwards nothing refers to what was new
            self._restore(table)
        for table in reversed(facts.tables().values()):
            for first, last in ranges(self.incoming, table):
                self._delete(table, first, last)
        stayed = sum(
            table.rows().filter(pk__range=one).count()
            for table in facts.tables().values()
            for one in ranges(self.incoming, table)
        )
        return stayed + int(self.checkpoint.get("kept", 0))

    def _restore(self, table: FactTable) -> None:
        imaged = BeforeImage.objects.filter(incoming=self.incoming, table=table.name).order_by("pk")
        pace = bulk.Pace()
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:  # opens the connection, if it is not open yet
                cursor.execute("SELECT 1")
            images.install(connection)
        while ids := list(imaged.values_list("pk", flat=True)[: pace.rows]):
            began = time.monotonic()
            with transaction.atomic():
                self._mark_images(table, ids)
                self._keep(table, ids)
                moved = self._moved(table, ids)
                with connection.cursor() as cursor:
                    images.put_back(cursor, table, import_id=self.incoming.pk, after=ids[0] - 1, upto=ids[-1])
                if table.follow and moved:
                    table.follow.undone(self._back(moved))
                self._mark_images(table, ids)
                imaged.filter(pk__range=(ids[0], ids[-1])).delete()
                self._save(len(ids))
            self._rest(pace, began)

    def _keep(self, table: FactTable, ids: list[int]) -> None:
        """Count the changed rows that are somebody else's by now: they stay as they are."""
        imaged = BeforeImage.objects.filter(pk__range=(ids[0], ids[-1]), incoming=self.incoming, table=table.name)
        theirs = table.rows().filter(_by_others(self.incoming), pk__in=imaged.values("row_id"))
        self.checkpoint["kept"] = int(self.checkpoint.get("kept", 0)) + theirs.count()

    def _moved(self, table: FactTable, ids: list[int]) -> images.Pairs:
        if table.follow is None:
            return {}
        column = table.follow.column
        return images.moved(table, column, import_id=self.incoming.pk, after=ids[0] - 1, upto=ids[-1])

    def _back(self, moved: images.Pairs) -> Moved:
        rows = {pk: (now, was) for pk, (was, now) in moved.items()}
        return Moved(rows=rows, because=f"import:{self.incoming.pk}", now=self.lease.moment(), staff_id=None)

    def _mark_images(self, table: FactTable, ids: list[int]) -> None:
        rows = BeforeImage.objects.filter(pk__range=(ids[0], ids[-1]), incoming=self.incoming, table=table.name)
        self._mark(table, table.rows().filter(pk__in=rows.values("row_id")))

    def _mark(self, table: FactTable, rows: models.QuerySet[Any], *, going: bool = False) -> None:
        """Count a change of rows, and note whom they are about where these are few; inside the transaction."""
        table.mark_rows(rows)
        facts.tell(table, rows, going=going)
        because = f"undo:{self.incoming.pk}"
        if self.total <= touched.MOST:
            table.touch(rows, because=because)
        elif not self.done:
            touched.note_everybody(because=because)

    def _delete(self, table: FactTable, first: int, last: int) -> None:
        """Delete new rows from the end, so that the number of those left is the checkpoint."""
        pace, at = bulk.Pace(), last
        while at >= first:
            low = max(first, at - pace.rows + 1)
            began = time.monotonic()
            with transaction.atomic():
                self._mark(table, table.rows().filter(pk__range=(low, at), imported_by=self.incoming.pk), going=True)
                self._delete_some(table, low, at)
                self._save(at - low + 1)
            at = low - 1
            self._rest(pace, began)

    def _delete_some(self, table: FactTable, low: int, upto: int) -> None:
        """Delete new rows that nothing keeps, after what was derived from them."""
        free = self._free(table).filter(pk__range=(low, upto))
        for one in facts.hanging(table.model):
            if one.hold is not None:  # else none is left that points at a free row
                one.model._default_manager.filter(**{f"{one.column}__in": free.values("pk")}).delete()
        free._raw_delete(using=connection.alias)

    def _free(self, table: FactTable) -> models.QuerySet[Any]:
        """Give the import's new rows that nothing keeps by now."""
        free = table.rows().filter(imported_by=self.incoming.pk)
        for other, column in _pointing(table):
            free = free.exclude(models.Exists(other.rows().filter(**{column: models.OuterRef("pk")})))
        for one in facts.hanging(table.model):
            free = free.exclude(models.Exists(one.holding().filter(**{one.column: models.OuterRef("pk")})))
        return free

    def _save(self, rows: int) -> None:
        self.done += rows
        self.lease.advance(checkpoint=self.checkpoint, step="undo", done=self.done, total=max(self.total, self.done))

    def _rest(self, pace: bulk.Pace, began: float) -> None:
        self.lease.hear("undo", self.done, max(self.total, self.done))
        seconds = time.monotonic() - began
        pace.note(seconds)
        bulk.rest(seconds)
